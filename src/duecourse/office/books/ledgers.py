"""The ledger books: which there are, their columns, and their rows, a page of matters at a time.

Responsible for reading: only fields whose class the reader's roles may see are asked for at all, and a column that a
reader may not see is left out whole. Not responsible for the files (`sheets`) nor for who opens a book (`views`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.utils.translation import gettext, gettext_noop

from duecourse.edge import clock
from duecourse.office.ledger import sql
from duecourse.office.matters import rulebook
from duecourse.office.matters.lists import file_number
from duecourse.office.matters.record import may_see
from duecourse.office.people.models import Account
from duecourse.ui import language

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import Procedure, Rulebook

PAGE: Final = 500
Cell = str | int | dt.date | None
Line = Mapping[str, Any]
PUBLIC, CASE, PARTY, OFFICE = "public", "case", "party", "office"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the class of field it shows, and how a row gives it."""

    name: str
    heading: str
    class_: str
    of: Callable[[_Context, Line], Cell]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows: a year, and perhaps a stage, a head of harm or duty, only those that are late."""

    year: int
    stage: str = ""
    head: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """A ledger book. `procedure`: whose matters it lists; None for the two that are no matters."""

    id: str
    title: str
    procedure: str | None
    columns: tuple[Column, ...]
    lines: Callable[[_Context, Choice], Iterator[Line]]


@dataclass
class _Context:
    """What rows are read with: the rulebook, the reader's roles, names of accounts, today."""

    book: Rulebook
    roles: frozenset[str]
    today: dt.date
    names: dict[str, str]
    classes: list[str] = field(default_factory=list)

    def procedure(self, name: str) -> Procedure:
        return self.book.procedures[name][-1]


def columns_for(book: Book, roles: frozenset[str]) -> tuple[Column, ...]:
    """The columns that these roles may see."""
    return tuple(column for column in book.columns if column.class_ == OFFICE or may_see(column.class_, roles))


def rows(book: Book, choice: Choice, person: PersonFacts) -> Iterator[list[Cell]]:
    """Every row of a book for this reader, in the order of numbers."""
    here = _context(person.roles)
    columns = columns_for(book, person.roles)
    for line in book.lines(here, choice):
        yield [column.of(here, line) for column in columns]


_COUNTS: Final = {
    "items": "SELECT count(*) FROM register_item WHERE extract(year FROM published_on) = %s",
    "documents": """SELECT count(*) FROM document AS d JOIN matter AS m ON m.id = d.matter
    WHERE d.served_entry IS NOT NULL AND m.year = %s""",
}


def count(book: Book, year: int) -> int:
    """How many rows a year has."""
    if book.procedure is not None:
        found = sql.row("SELECT count(*) FROM matter WHERE procedure = %s AND year = %s", (book.procedure, year))
    else:
        found = sql.row(_COUNTS[book.id], (year,))
    return int(found[0]) if found else 0


def years() -> list[int]:
    """Every year that has a matter, newest first."""
    return [row[0] for row in sql.rows("SELECT DISTINCT year FROM matter WHERE year IS NOT NULL ORDER BY year DESC")]


def _context(roles: frozenset[str]) -> _Context:
    book = rulebook.current()
    names = {str(id_): name for id_, name in Account.objects.values_list("id", "name")}
    classes = [name for name in book.classes if may_see(name, roles)]
    return _Context(book, roles, book.local_date(clock.now()), names, classes)


# -- matters -----------------------------------------------------------------------------------------------------------

_MATTERS: Final = """
SELECT m.id, m.procedure, m.series, m.year, m.number, m.voided, m.stage, m.ended, m.opened_on, m.state
FROM matter AS m WHERE m.procedure = %(procedure)s AND m.year = %(year)s AND m.number > %(after)s
  AND (%(stage)s = '' OR m.stage = %(stage)s)
  AND (NOT %(late)s OR EXISTS (SELECT FROM matter_clock AS c WHERE c.matter = m.id AND (c.missed
    OR c.state = 'running' AND c.last_on < %(today)s)))
ORDER BY m.number LIMIT %(page)s
"""
_FIELDS: Final = """
SELECT e.stream, e.index, f.name, f.value FROM entry AS e JOIN entry_field AS f ON f.entry_id = e.id
WHERE (e.stream, e.index) IN (SELECT * FROM unnest(%s::uuid[], %s::int[])) AND f.class = ANY(%s) AND f.value IS NOT NULL
"""
_LATE_REASON: Final = "late-reason"
_HEADS: Final = ("head", "lead_head", "case_head")


def _matters(here: _Context, choice: Choice, procedure: str) -> Iterator[Line]:
    after, names = 0, ("id", "procedure", "series", "year", "number", "voided", "stage", "ended", "opened_on", "state")
    asked = {"procedure": procedure, "year": choice.year, "stage": choice.stage, "late": choice.late,
             "today": here.today, "page": PAGE}  # fmt: skip
    while found := sql.rows(_MATTERS, {**asked, "after": after}):
        lines = [dict(zip(names, row, strict=True)) for row in found]
        after = lines[-1]["number"]
        _with_fields(here, lines)
        yield from (line for line in lines if not choice.head or _head_of(line) == choice.head)


def _with_fields(here: _Context, lines: Sequence[dict[str, Any]]) -> None:
    """Give each line the fields of its first entry, and of the last that says why it is late."""
    wanted: list[tuple[UUID, int]] = []
    for line in lines:
        line["late_entry"] = next((n for n, item in reversed(list(enumerate(line["state"]["history"])))
                                   if item["step"] == _LATE_REASON and item["phase"] == "done"), None)  # fmt: skip
        wanted += [(line["id"], n) for n in {0, line["late_entry"]} if n is not None]
    streams, indexes = [stream for stream, _ in wanted], [index for _, index in wanted]
    held: dict[tuple[UUID, int], dict[str, Any]] = {}
    for stream, index, name, value in sql.rows(_FIELDS, (streams, indexes, here.classes)):
        held.setdefault((stream, index), {})[name] = json.loads(bytes(value))
    for line in lines:
        line["opening"] = held.get((line["id"], 0), {})
        line["why_late"] = held.get((line["id"], line["late_entry"]), {}).get("reason") if line["late_entry"] else None


def _value(line: Line, name: str) -> Any:
    """What the first entry says, as later corrected where the rulebook keeps the value."""
    for values in line["state"]["values"].values():
        if name in values:
            return values[name]
    return line["opening"].get(name)


def _head_of(line: Line) -> str:
    return str(next((found for name in _HEADS if (found := _value(line, name))), ""))


def _number(_here: _Context, line: Line) -> Cell:
    return file_number(line["series"], line["year"], line["number"], voided=line["voided"])


def _head(here: _Context, line: Line) -> Cell:
    head = here.book.heads.get(_head_of(line))
    return language.pick(head.title) if head else ""


def _choice(name: str) -> Callable[[_Context, Line], Cell]:
    """A field of choices, in words."""

    def cell(here: _Context, line: Line) -> Cell:
        value = _value(line, name)
        for step in here.procedure(line["procedure"]).steps.values():
            if name in step.form and str(value) in step.form[name].choices:
                return language.pick(step.form[name].choices[str(value)])
        return str(value) if value is not None else ""

    return cell


def _text(name: str) -> Callable[[_Context, Line], Cell]:
    return lambda _here, line: str(line["opening"].get(name) or "")


def _kept(step: str, name: str) -> Callable[[_Context, Line], Cell]:
    """A value that the rulebook keeps of a step, in words where it is a choice."""

    def cell(here: _Context, line: Line) -> Cell:
        value = line["state"]["values"].get(step, {}).get(name)
        form = here.procedure(line["procedure"]).steps[step].form
        choices = form[name].choices if name in form else {}
        return language.pick(choices[str(value)]) if str(value) in choices else "" if value is None else str(value)

    return cell


def _breach(here: _Context, line: Line) -> Cell:
    breach = here.book.breaches.get(str(_value(line, "breach")))
    return language.pick(breach.title) if breach else ""


def _handlers(here: _Context, line: Line) -> Cell:
    return gettext(", ").join(here.names.get(one, "") for one in line["state"]["people"].get("handler", []))


def _stage(here: _Context, line: Line) -> Cell:
    stage = here.procedure(line["procedure"]).stages.get(line["stage"] or "")
    return language.pick(stage.title) if stage else ""


def _end(line: Line) -> Mapping[str, Any] | None:
    if not line["ended"]:
        return None
    return next((item for item in reversed(line["state"]["history"]) if item["entered"]), None)


def _result(here: _Context, line: Line) -> Cell:
    item = _end(line)
    step = here.procedure(line["procedure"]).steps.get(item["step"]) if item else None
    return language.pick(step.title) if step else ""


def _ended_on(_here: _Context, line: Line) -> Cell:
    item = _end(line)
    return dt.date.fromisoformat(item["on"]) if item else None


def _days(here: _Context, line: Line) -> Cell:
    item = _end(line)
    last = dt.date.fromisoformat(item["on"]) if item else here.today
    return (last - line["opened_on"]).days


def _day_of(*steps: str) -> Callable[[_Context, Line], Cell]:
    """The day on which one of these steps was last taken."""

    def cell(_here: _Context, line: Line) -> Cell:
        taken = [item for item in line["state"]["history"] if item["step"] in steps and item["phase"] == "done"]
        return dt.date.fromisoformat(taken[-1]["on"]) if taken else None

    return cell


def _last_day(_here: _Context, line: Line) -> Cell:
    """Of what runs, the next last day; of what has ended, the last day of the period that decided."""
    clocks = line["state"]["clocks"].values()
    live = [one["last"] for one in clocks if one["status"] in ("running", "paused")]
    spent = [one["last"] for one in clocks]
    found = min(live) if live and not line["ended"] else max(spent) if spent else None
    return dt.date.fromisoformat(found) if found else None


def _late(here: _Context, line: Line) -> Cell:
    today = here.today.isoformat()
    clocks = line["state"]["clocks"].values()
    late = any(one["missed"] or one["late"] or (one["status"] == "running" and one["last"] < today) for one in clocks)
    return gettext("late") if late else ""


def _why_late(_here: _Context, line: Line) -> Cell:
    return str(line["why_late"] or "")


_TAIL: Final = (
    Column("handlers", gettext_noop("Handlers"), OFFICE, _handlers),
    Column("stage", gettext_noop("Stage"), OFFICE, _stage),
    Column("result", gettext_noop("Result"), OFFICE, _result),
    Column("ended_on", gettext_noop("Ended on"), OFFICE, _ended_on),
    Column("days", gettext_noop("Days used"), OFFICE, _days),
    Column("last_day", gettext_noop("Last day"), OFFICE, _last_day),
    Column("late", gettext_noop("Late"), OFFICE, _late),
    Column("why_late", gettext_noop("Why late"), CASE, _why_late),
)
_OPENED: Final = Column("opened_on", gettext_noop("Day"), OFFICE, lambda _here, line: line["opened_on"])
_NUMBER: Final = Column("number", gettext_noop("Number"), OFFICE, _number)
_HEAD: Final = Column("head", gettext_noop("Head"), CASE, _head)

# -- what is no matter -------------------------------------------------------------------------------------------------

_ITEMS: Final = """
SELECT number, decided_on, fields, published_on, withdrawn_on, withdrawn_reason FROM register_item
WHERE extract(year FROM published_on) = %s ORDER BY published_on, number, matter
"""
_SERVED: Final = """
SELECT d.id, d.kind, d.number, d.sealed_object, d.object, m.series, m.year, m.number, m.voided, e.stream, e.index,
  convert_from(e.skeleton, 'UTF8')::jsonb #>> '{occurred,date}'
FROM document AS d JOIN matter AS m ON m.id = d.matter
JOIN entry AS e ON e.stream = d.matter AND e.index = d.served_entry
WHERE m.year = %(year)s AND d.id > %(after)s ORDER BY d.id LIMIT %(page)s
"""


def _items(_here: _Context, choice: Choice) -> Iterator[Line]:
    names = ("number", "decided_on", "fields", "published_on", "withdrawn_on", "withdrawn_reason")
    for row in sql.rows(_ITEMS, (choice.year,)):
        yield dict(zip(names, row, strict=True))


def _served(here: _Context, choice: Choice) -> Iterator[Line]:
    names = ("id", "kind", "number", "sealed", "object", "series", "year", "file", "voided", "stream", "index", "on")
    after = UUID(int=0)
    while found := sql.rows(_SERVED, {"year": choice.year, "after": after, "page": PAGE}):
        lines = [dict(zip(names, row, strict=True)) for row in found]
        after = lines[-1]["id"]
        held: dict[tuple[UUID, int], dict[str, Any]] = {}
        asked = ([line["stream"] for line in lines], [line["index"] for line in lines], here.classes)
        for stream, index, name, value in sql.rows(_FIELDS, asked):
            held.setdefault((stream, index), {})[name] = json.loads(bytes(value))
        for line in lines:
            yield {**line, "form": held.get((line["stream"], line["index"]), {})}


def _public(name: str) -> Callable[[_Context, Line], Cell]:
    def cell(_here: _Context, line: Line) -> Cell:
        held = line["fields"].get(name)
        return str(held["value"]) if isinstance(held, Mapping) and held.get("value") is not None else ""

    return cell


def _kind(here: _Context, line: Line) -> Cell:
    rule = here.book.documents.get(line["kind"])
    return language.pick(rule.title) if rule else line["kind"]


def _way(here: _Context, line: Line) -> Cell:
    way = str(line["form"].get("way") or "")
    for versions in here.book.procedures.values():
        for step in versions[-1].steps.values():
            if "way" in step.form and way in step.form["way"].choices:
                return language.pick(step.form["way"].choices[way])
    return way


def _recipient(_here: _Context, line: Line) -> Cell:
    return str(line["form"].get("recipient") or "")


def _plain(name: str) -> Callable[[_Context, Line], Cell]:
    return lambda _here, line: line[name]


BOOKS: Final = (
    Book(
        "reports", gettext_noop("Reports"), "report",
        (_NUMBER, _OPENED, _HEAD, Column("channel", gettext_noop("Channel"), CASE, _choice("channel")),
         Column("harmed", gettext_noop("Who was harmed"), CASE, _choice("harmed")), *_TAIL),
        lambda here, choice: _matters(here, choice, "report"),
    ),
    Book(
        "leads", gettext_noop("Leads"), "lead",
        (_NUMBER, _OPENED, _HEAD, Column("source", gettext_noop("Source"), CASE, _choice("source")),
         Column("operator", gettext_noop("Operator"), CASE, _text("operator")),
         Column("place", gettext_noop("Address or service"), CASE, _text("place")), *_TAIL),
        lambda here, choice: _matters(here, choice, "lead"),
    ),
    Book(
        "cases", gettext_noop("Cases"), "penalty-ordinary",
        (_NUMBER, Column("old_number", gettext_noop("Number in the old books"), CASE, _text("old_number")), _OPENED,
         Column("filed_on", gettext_noop("Filed on"), OFFICE, _day_of("file", "take-over")),
         Column("party", gettext_noop("Party"), PARTY, _text("party")),
         Column("party_kind", gettext_noop("Kind of party"), CASE, _choice("party_kind")), _HEAD,
         Column("breach", gettext_noop("Breach"), PARTY, _breach),
         Column("measure", gettext_noop("Penalty"), PARTY, _kept("decide", "penalty_kind")),
         Column("fine", gettext_noop("Fine (yuan)"), PARTY, _kept("decide", "fine")),
         Column("decided_on", gettext_noop("Decided on"), OFFICE, _day_of("decide")),
         Column("served_on", gettext_noop("Served on"), OFFICE, _day_of("serve-decision")), *_TAIL),
        lambda here, choice: _matters(here, choice, "penalty-ordinary"),
    ),
    Book(
        "items", gettext_noop("Published decisions"), None,
        (Column("number", gettext_noop("Number"), PUBLIC, _plain("number")),
         Column("party", gettext_noop("Party"), PUBLIC, _public("party")),
         Column("decided_on", gettext_noop("Decided on"), PUBLIC, _plain("decided_on")),
         Column("published_on", gettext_noop("Published on"), PUBLIC, _plain("published_on")),
         Column("withdrawn_on", gettext_noop("Withdrawn on"), PUBLIC, _plain("withdrawn_on")),
         Column("withdrawn_reason", gettext_noop("Why withdrawn"), PUBLIC, _plain("withdrawn_reason"))),
        _items,
    ),
    Book(
        "documents", gettext_noop("Documents served"), None,
        (Column("number", gettext_noop("Number"), OFFICE, _plain("number")),
         Column("kind", gettext_noop("Document"), OFFICE, _kind),
         Column("file", gettext_noop("File"), OFFICE,
                lambda _here, line: file_number(line["series"], line["year"], line["file"], voided=line["voided"])),
         Column("served_on", gettext_noop("Served on"), OFFICE, lambda _here, line: dt.date.fromisoformat(line["on"])),
         Column("way", gettext_noop("Way of service"), PARTY, _way),
         Column("recipient", gettext_noop("Received by"), PARTY, _recipient),
         Column("digest", gettext_noop("SHA-256 of what was served"), OFFICE,
                lambda _here, line: line["sealed"] or line["object"])),
        _served,
    ),
)  # fmt: skip
"""Every ledger book, in the order in which the office keeps them."""


def by_id(name: str) -> Book | None:
    """The book of this id."""
    return next((book for book in BOOKS if book.id == name), None)
