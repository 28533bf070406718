"""The queue: matters that nobody has taken on yet, by urgency and then by age; and the same list by other questions.

    free     nobody handles them and none is on hold: what an officer may take on
    mine     this person handles them
    held     on hold until a day that has not come
    all      every open one

Responsible for one page of it, with its filters, in a fixed number of questions. What came in with the report (head of
harm, urgent, channel, who sent it) is read from the column `opening`, the values of the opening step that the rulebook
keeps. Not responsible for taking a matter on (the step that the procedure names does it).
"""

# ruff: noqa: S608 - the parts of a statement are the constants of this module; every value is a parameter
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from duecourse.core.procedure import engine
from duecourse.edge import clock
from duecourse.office.diary import presence, turns
from duecourse.office.ledger import sql
from duecourse.office.matters import rulebook
from duecourse.office.matters.models import Matter
from duecourse.office.pages import access
from duecourse.office.pages.standing import Standing, names
from duecourse.ui import language

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import Procedure

HEADS: Final = ("head", "lead_head", "case_head")
"""Fields of an opening step that hold the head of harm, the first that is given."""
URGENT, CHANNEL, SOURCE = "urgent", "channel", "sent_by"
MACHINE: Final = "machine"
SHOWN: Final = ("free", "mine", "held", "all")

_HANDLED: Final = "EXISTS (SELECT FROM matter_person AS p WHERE p.matter = m.id AND p.capacity = 'handler')"
_HANDLES: Final = "m.id IN (SELECT matter FROM matter_person WHERE account = %(me)s AND capacity = 'handler')"
_AWAKE: Final = "(m.held_until IS NULL OR m.held_until <= %(today)s)"
_WHICH: Final[Mapping[str, str]] = {
    "free": f"{_AWAKE} AND NOT {_HANDLED}",
    "mine": f"{_AWAKE} AND {_HANDLES}",
    "held": "m.held_until > %(today)s",
    "all": "true",
}
_HEAD: Final = "coalesce(" + ", ".join(f"m.opening ->> '{name}'" for name in HEADS) + ")"
_FILTERS: Final[Mapping[str, str]] = {
    "head": f"{_HEAD} = %(head)s",
    "urgent": "m.opening ->> 'urgent' = 'true'",
    "channel": "m.opening ->> 'channel' = %(channel)s",
    "machine": "coalesce(m.opening ->> 'sent_by', '') = 'machine'",
    "person": "coalesce(m.opening ->> 'sent_by', '') <> 'machine'",
}
_LIST: Final = """
SELECT m.id, count(*) OVER () FROM matter AS m WHERE NOT m.ended AND m.procedure = %(procedure)s AND {where}
ORDER BY (m.opening ->> 'urgent' = 'true') DESC NULLS LAST, m.opened_on, m.year, m.number, m.id
LIMIT %(most)s OFFSET %(skip)s
"""
_FREE: Final = f"""
SELECT m.procedure, count(*), count(*) FILTER (WHERE m.opening ->> 'urgent' = 'true') FROM matter AS m
WHERE NOT m.ended AND m.procedure = ANY(%(procedures)s) AND {_AWAKE} AND NOT {_HANDLED} GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks of the queue: which procedure, which of the four lists, and the filters ("" is any)."""

    procedure: str
    which: str = "free"
    head: str = ""
    channel: str = ""
    sent_by: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A line of the queue. `claim`: whether this person can take it on now; `others`: colleagues who have it open."""

    matter: UUID
    label: str
    number: str
    head: str
    opened_on: dt.date
    age: int
    urgent: bool
    channel: str
    machine: bool
    stage: str
    entries: int
    claim: bool
    whose: str
    mine: bool
    held_until: dt.date | None
    others: tuple[str, ...]

    @property
    def chosen(self) -> str:
        """The value that a tick or a button posts: the matter, and how much of its record the page showed."""
        return f"{self.matter}:{self.entries}"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the queue, and how many lines there are in all."""

    lines: tuple[Report, ...]
    total: int


def procedures(person: PersonFacts, today: dt.date) -> list[Procedure]:
    """Return the procedures whose queue this person may see."""
    seen = access.seen_procedures(person)
    return [rulebook.current().procedure(name, today) for name in turns.queues(today) if name in seen]


def waiting(person: PersonFacts, today: dt.date) -> dict[str, tuple[int, int]]:
    """Return for each procedure how many matters nobody has taken on, and how many of them are urgent."""
    names_ = [ruled.id for ruled in procedures(person, today)]
    rows = sql.rows(_FREE, {"procedures": names_, "today": today}) if names_ else []
    found = {name: (count, urgent) for name, count, urgent in rows}
    return {name: found.get(name, (0, 0)) for name in names_}


def page(person: PersonFacts, today: dt.date, asked: Asked, *, most: int, skip: int) -> Page:
    """Return one page of the queue that was asked for."""
    where = [_WHICH[asked.which], *(_FILTERS[name] for name in _filters(asked))]
    given = {
        "procedure": asked.procedure, "me": UUID(person.account), "today": today, "head": asked.head,
        "channel": asked.channel, "most": most, "skip": skip,
    }  # fmt: skip
    rows = sql.rows(_LIST.format(where=" AND ".join(where)), given)  # type: ignore[arg-type]
    found = Matter.objects.in_bulk([row[0] for row in rows])
    standings = [Standing.of(found[row[0]]) for row in rows if row[0] in found]
    return Page(tuple(lines(standings, person, today)), rows[0][1] if rows else 0)


def lines(standings: Sequence[Standing], person: PersonFacts, today: dt.date) -> list[Report]:
    """Return matters as lines of the queue."""
    open_ = presence.others_in([one.row.id for one in standings], person)
    known = names(account for one in standings for account in one.state.people.get(turns.HANDLER, ()))
    return [_line(one, person, today, known, open_.get(one.row.id, ())) for one in standings]


def _filters(asked: Asked) -> list[str]:
    chosen = {"head": asked.head, "urgent": asked.urgent, "channel": asked.channel}
    source = [asked.sent_by] if asked.sent_by in (MACHINE, "person") else []
    return [name for name, wanted in chosen.items() if wanted] + source


def _line(
    standing: Standing, person: PersonFacts, today: dt.date, known: Mapping[str, str], others: tuple[str, ...]
) -> Report:
    row, book = standing.row, standing.book
    opening = _opening(standing)
    head = book.heads.get(next((str(opening[name]) for name in HEADS if opening.get(name)), ""))
    handlers = standing.state.people.get(turns.HANDLER, ())
    return Report(
        matter=row.id,
        label=standing.label,
        number=f"〔{row.year}〕{row.number}" if row.number else "",
        head=language.pick(head.title) if head else "",
        opened_on=row.opened_on,
        age=(today - row.opened_on).days,
        urgent=opening.get(URGENT) is True,
        channel=_choice(standing, CHANNEL, opening.get(CHANNEL)),
        machine=opening.get(SOURCE) == MACHINE,
        stage=standing.stage_title,
        entries=standing.entries,
        claim=_can_claim(standing, person),
        whose=("、" if language.tag() == "zh-Hans" else ", ").join(known.get(one, "") for one in handlers),
        mine=person.account in handlers,
        held_until=standing.state.held_until if standing.state.held_on(today) else None,
        others=others,
    )


def _can_claim(standing: Standing, person: PersonFacts) -> bool:
    step = turns.claim_in(standing.procedure, standing.state.stage)
    if step is None:
        return False
    return engine.offered(standing.book, standing.state, step, person, clock.now()).refusal is None


def _opening(standing: Standing) -> Mapping[str, Any]:
    """The values of the opening step that the state keeps, as the column `opening` holds them."""
    history = standing.state.history
    return standing.state.values.get(history[0].step, {}) if history else {}


def _choice(standing: Standing, name: str, value: object) -> str:
    step = standing.procedure.steps.get(standing.state.history[0].step)
    field = step.form.get(name) if step else None
    return language.pick(field.choices.get(str(value))) if field and value else ""
