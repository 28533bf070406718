"""The figures that the office publishes, counted from the tables of matters.

Responsible for what is counted and how: whole months by legal days; a number under `FEWEST` that is not zero is not
published as it is, since it may point at a person. Counted are matters, never people, and nothing that ranks officers
or adds up fines (remit: the assessment of units never looks at totals of fines).
Not responsible for when they are counted and where they lie (`publishing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, LiteralString

from duecourse.office.ledger import sql

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

VERSION: Final = "duecourse/figures/v1"
FEWEST: Final = 5
"""A number between 1 and 4 is published as `null` with its mark: fewer than five."""

_OPENED: LiteralString = """
SELECT to_char(opened_on, 'YYYY-MM'), procedure, count(*) FROM matter WHERE stage IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2
"""
_HEADS: LiteralString = """
SELECT year, head, count(*) FROM (
  SELECT extract(year FROM opened_on)::int AS year, jsonb_path_query_first(state, '$.values.*.head') #>> '{}' AS head
  FROM matter WHERE procedure = 'report'
) AS told WHERE head IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
"""
_STAGES: LiteralString = (
    "SELECT procedure, stage, count(*) FROM matter WHERE stage IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"
)
_CLOCKS: LiteralString = """
SELECT m.procedure, c.clock, count(*) FILTER (WHERE NOT c.missed), count(*) FILTER (WHERE c.missed)
FROM matter_clock AS c JOIN matter AS m ON m.id = c.matter WHERE c.state IN ('stopped', 'lapsed') OR c.missed
GROUP BY 1, 2 ORDER BY 1, 2
"""
_REGISTER: LiteralString = """
SELECT extract(year FROM published_on)::int, count(*), count(*) FILTER (WHERE withdrawn_on IS NOT NULL)
FROM register_item GROUP BY 1 ORDER BY 1
"""


def count(today: dt.date) -> dict[str, Any]:
    """Every published figure as of `today`: lists of rows, each with the names of what it counts (open-data.md)."""
    return {
        "v": VERSION,
        "as_of": today.isoformat(),
        "fewest": FEWEST,
        "opened": _rows(("month", "procedure"), ("opened",), sql.rows(_OPENED)),
        "heads": _rows(("year", "head"), ("reports",), sql.rows(_HEADS)),
        "stages": _rows(("procedure", "stage"), ("matters",), sql.rows(_STAGES)),
        "periods": _rows(("procedure", "clock"), ("kept", "overrun"), sql.rows(_CLOCKS)),
        "register": _rows(("year",), ("published", "withdrawn"), sql.rows(_REGISTER), every=True),
    }


def shown(number: int) -> int | None:
    """A number as it may be published; None stands for fewer than `FEWEST`."""
    return number if number == 0 or number >= FEWEST else None


def _rows(
    names: tuple[str, ...], counted: tuple[str, ...], found: Iterable[sql.Row], *, every: bool = False
) -> list[dict[str, Any]]:
    """Name the columns. `every`: what is public one by one already needs no threshold."""
    rows = []
    for row in found:
        numbers = row[len(names) :]
        said = numbers if every else [shown(number) for number in numbers]
        rows.append({**dict(zip(names, row, strict=False)), **dict(zip(counted, said, strict=True))})
    return rows
