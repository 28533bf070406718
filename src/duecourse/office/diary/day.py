"""A person's day, found in the tables: one statement a list, and no state of a matter is read that is not shown.

    opinions   proposals whose next opinion is theirs to give
    mine       matters they handle, where it is the handlers' turn
    owned      matters whose stage waits for a role of theirs (and for nobody by name)
    others     matters they handle or proposed something in, where it is somebody else's turn
    held       matters they put aside, and the day on which each comes back
    due        clocks that end soon, have rung their alarm, are overdue, or ended late and nobody said why, of their
               matters or for their role to answer

What waits is what the rulebook asks of them (`turns.py`), never all that they may do. Nobody finds a matter here that
they may not see: each list asks for a role that its procedure names, or for a capacity that they hold.
Not responsible for the words of a line (`agenda.py`), nor for the queue of what nobody has taken on (`queue.py`).
"""

# ruff: noqa: S608 - the parts of a statement are the constants of this module; every value is a parameter
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from duecourse.office.diary.turns import Place, Turns, queues, turns_of
from duecourse.office.ledger import sql

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts

AHEAD: Final = dt.timedelta(days=14)

_HANDLES: Final = "m.id IN (SELECT matter FROM matter_person WHERE account = %(me)s AND capacity = 'handler')"
_HANDLED: Final = "EXISTS (SELECT FROM matter_person AS p WHERE p.matter = m.id AND p.capacity = 'handler')"
_RECUSED: Final = "m.id IN (SELECT matter FROM matter_person WHERE account = %(me)s AND capacity = 'recused')"
_AWAKE: Final = "NOT m.ended AND (m.held_until IS NULL OR m.held_until <= %(today)s)"
_NEAREST: Final = "(SELECT min(c.last_on) FROM matter_clock AS c WHERE c.matter = m.id AND c.state = 'running')"


def _places(name: str) -> str:
    """The places handed over under a name, as rows."""
    columns = f"%({name}_procedure)s::text[], %({name}_version)s::date[], %({name}_stage)s::text[]"
    return f"unnest({columns}) AS {name} (procedure, version, stage)"


def _stands(name: str) -> str:
    """Match the matters that stand in one of the places handed over under a name."""
    return f"(m.procedure, m.version, m.stage) IN (SELECT * FROM {_places(name)})"


_HANDLING: Final = """(SELECT matter AS id FROM matter_person WHERE account = %(me)s AND capacity = 'handler') AS own
  JOIN matter AS m USING (id)"""
_CONCERNING: Final = """(SELECT matter AS id FROM matter_person WHERE account = %(me)s AND capacity = 'handler'
  UNION SELECT id FROM matter WHERE NOT ended AND turns @> %(proposed)s) AS own JOIN matter AS m USING (id)"""
_MINE: Final = f"{_AWAKE} AND m.turns = '{{}}' AND {_stands('handled')}"
_OWNED: Final = f"""{_AWAKE} AND m.turns = '{{}}' AND NOT {_RECUSED} AND NOT {_HANDLES}
  AND (open.handled IS FALSE OR NOT {_HANDLED})"""
_OTHERS: Final = f"""{_AWAKE} AND (
  (m.turns <> '{{}}' AND (m.turns @> %(proposed)s OR NOT m.turns && %(opinions)s))
  OR (m.turns = '{{}}' AND NOT {_stands("handled")}))"""
_HELD: Final = f"""NOT m.ended AND m.held_until IS NOT NULL AND m.held_until > %(today)s
  AND ({_HANDLES} OR (NOT {_HANDLED} AND ({_stands("handled")} OR {_stands("owned")})))"""
_OPEN: Final = """unnest(%(open_procedure)s::text[], %(open_version)s::date[], %(open_stage)s::text[],
  %(open_handled)s::bool[]) AS open (procedure, version, stage, handled)
  JOIN matter AS m USING (procedure, version, stage)"""
_LIST: Final = "SELECT m.id, NULL AS what, count(*) OVER () FROM {source} WHERE {where} ORDER BY {order} {page}"
_PAGE: Final = "LIMIT %(most)s OFFSET %(skip)s"
_BY_PERIOD: Final = f"{_NEAREST} NULLS LAST, m.opened_on, m.id"

_OPINIONS: Final = f"""
WITH asked AS MATERIALIZED (
  SELECT m.id, m.opened_on, m.procedure || '/' || to_char(m.version, 'YYYY-MM-DD') || '/' AS place,
    m.state -> 'proposals' AS proposals, m.state -> 'recused' AS recused
  FROM matter AS m WHERE NOT m.ended AND m.turns && %(opinions)s)
SELECT m.id, p.key, count(*) OVER () FROM asked AS m CROSS JOIN LATERAL jsonb_each(m.proposals) AS p
WHERE m.place || p.key || '/' || jsonb_array_length(p.value -> 'opinions') = ANY(%(opinions)s)
  AND NOT p.value -> 'opinions' @> jsonb_build_array(jsonb_build_array(%(name)s::text)) AND NOT m.recused ? %(name)s
ORDER BY {_NEAREST} NULLS LAST, p.value #>> '{{opinions,-1,2}}', m.id, p.key {_PAGE}
"""
_DUE: Final = f"""
WITH due AS (
  SELECT matter, clock, last_on, true AS runs FROM matter_clock
  WHERE state = 'running' AND (last_on <= %(ahead)s OR earliest_on <= %(ahead)s OR alarm_on <= %(today)s)
  UNION ALL SELECT matter, clock, last_on, false FROM matter_clock WHERE state = 'stopped' AND missed)
SELECT m.id, c.clock, count(*) OVER (), count(*) FILTER (WHERE c.last_on < %(today)s) OVER ()
FROM due AS c JOIN matter AS m ON m.id = c.matter
  AND CASE WHEN c.runs THEN NOT m.ended ELSE m.state #>> ARRAY['clocks', c.clock, 'late_reason'] = 'false' END
WHERE (%(whole)s OR c.matter IN (SELECT matter FROM matter_person WHERE account = %(me)s AND capacity <> 'recused')
    OR (c.clock = ANY(%(clock_name)s) AND (m.procedure, c.clock) IN
      (SELECT * FROM unnest(%(clock_procedure)s::text[], %(clock_name)s::text[]))))
ORDER BY c.last_on, m.id, c.clock {_PAGE}
"""
_STATEMENTS: Final[Mapping[str, str]] = {
    "opinions": _OPINIONS,
    "mine": _LIST.format(source=_HANDLING, where=_MINE, order=_BY_PERIOD, page=_PAGE),
    "owned": _LIST.format(source=_OPEN, where=_OWNED, order=_BY_PERIOD, page=_PAGE),
    "others": _LIST.format(source=_CONCERNING, where=_OTHERS, order="m.updated_at, m.id", page=_PAGE),
    "held": _LIST.format(source="matter AS m", where=_HELD, order="m.held_until, m.id", page=_PAGE),
    "due": _DUE,
}
LISTS: Final = tuple(_STATEMENTS)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a list: (matter, the step or clock that it is about), how many there are in all, how many overdue."""

    items: tuple[tuple[UUID, str], ...]
    total: int
    overdue: int = 0


def found(name: str, person: PersonFacts, today: dt.date, *, most: int, skip: int = 0, whole: bool = False) -> Found:
    """Return one page of one of the `LISTS`. `whole`: the clocks of the whole office (for those who oversee it)."""
    asked = _parameters(person, today) | {"most": most, "skip": skip, "whole": whole}
    rows = sql.rows(_STATEMENTS[name], asked)  # type: ignore[arg-type]
    if not rows:
        return Found((), 0)
    overdue = rows[0][3] if name == "due" else 0
    return Found(tuple((row[0], row[1] or "") for row in rows), rows[0][2], overdue)


def _parameters(person: PersonFacts, today: dt.date) -> dict[str, Any]:
    turns: Turns = turns_of(person.roles, today)
    queued = queues(today)
    unqueued = tuple(place for place in turns.handled if place[0] not in queued)
    return {
        "me": UUID(person.account),
        "name": person.account,
        "today": today,
        "ahead": today + AHEAD,
        "opinions": list(turns.opinions),
        "proposed": [f"from:{person.account}"],
        "clock_procedure": [procedure for procedure, _ in turns.clocks],
        "clock_name": [clock for _, clock in turns.clocks],
        **_columns("handled", turns.handled),
        **_columns("owned", turns.owned),
        **_columns("open", (*turns.owned, *unqueued)),
        "open_handled": [False] * len(turns.owned) + [True] * len(unqueued),
    }


def _columns(name: str, places: tuple[Place, ...]) -> dict[str, list[Any]]:
    return {
        f"{name}_procedure": [place[0] for place in places],
        f"{name}_version": [place[1] for place in places],
        f"{name}_stage": [place[2] for place in places],
    }
