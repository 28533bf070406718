"""The record (全过程记录) of a matter in words: each entry as `office.matters.record` lets this reader see it.

Responsible for wording values and for the number of each entry in the log. Not responsible for who sees which field
(`office.matters.record`), nor for proofs (`office.ledger.store.proof`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext, gettext_lazy, ngettext

from duecourse.core.procedure import correcting, engine
from duecourse.office.documents import spelling
from duecourse.office.ledger import sql
from duecourse.office.matters import projection
from duecourse.office.matters.record import EntryView, FieldView, names_in, views
from duecourse.ui import language

from .delegation import Delegations

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import FormField
    from duecourse.office.ledger.store import StoredEntry

    from .standing import Standing

PHASES: Final = {
    "done": gettext_lazy("Taken"),
    "proposed": gettext_lazy("Proposed"),
    "opinion": gettext_lazy("Agreed, passed on"),
    "returned": gettext_lazy("Returned"),
    "lapsed": gettext_lazy("By lapse of time"),
    "refused": gettext_lazy("Refused"),
    "corrected": gettext_lazy("Corrected"),
}
CLASSES: Final = {
    "public": gettext_lazy("public"),
    "party": gettext_lazy("party"),
    "case": gettext_lazy("case file"),
    "report": gettext_lazy("report"),
    "identity": gettext_lazy("identity, sealed"),
    "office": gettext_lazy("office"),
}
WITHHELD: Final = {
    "withheld": gettext_lazy("not for your role"),
    "sealed": gettext_lazy("sealed to the custodian"),
    "erased": gettext_lazy("erased; the entry still verifies"),
}
TITLES: Final = {
    projection.FILE_NUMBER: gettext_lazy("File number"),
    projection.EXHIBITS: gettext_lazy("Exhibits"),
    projection.EXHIBIT_NAMES: gettext_lazy("Names of the files"),
    "opinion": gettext_lazy("Opinion"),
}
"""Fields of entries that stand in no form of the rulebook."""
REPORT: Final = "report"
"""The class of what a reporter wrote."""
OPINION: Final = "opinion"
"""The words of who speaks to a proposal, in an entry without a form. (A form may have a field of this name too.)"""
_NUMBERS: Final = "SELECT e.index, p.number FROM entry e JOIN position p ON p.entry_id = e.id WHERE e.stream = %s"


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of an entry: its title, and its value when this reader may see it; else why not."""

    title: str
    text: str
    class_: str
    withheld: str = ""
    name: str = ""

    @property
    def note(self) -> str:
        """Which class the field has: who may ever see it."""
        return gettext("class: %(class)s") % {"class": self.class_}


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry of the record as this reader may see it; `number` is its place in the log, None while it has none."""

    view: EntryView
    title: str
    phase: str
    who: str
    fields: tuple[FieldLine, ...]
    number: int | None
    reasons: tuple[str, ...]
    correctable: bool
    place: str = ""
    opinion: str = ""

    @property
    def place_in_log(self) -> str:
        """The entry's number in the log, in words."""
        return gettext("number %(number)s in the log") % {"number": self.number}

    @property
    def how_many(self) -> str:
        """How many fields it has, in words."""
        number = len(self.fields)
        return ngettext("%(number)s field", "%(number)s fields", number) % {"number": number}


def record(standing: Standing, person: PersonFacts, entries: Sequence[StoredEntry]) -> list[EntryLine]:
    """Return the whole record of a matter as this person may see it."""
    numbers = dict(sql.rows(_NUMBERS, (standing.row.id,)))
    known = names_in(entries, standing.state)
    seen = views(standing.book, entries, person, known, language.tag())
    given = Delegations.of(entries)
    return [
        replace(_entry(standing, view, known, numbers.get(view.index)), place=given.words(entry))
        for view, entry in zip(seen, entries, strict=True)
    ]


def reported(standing: Standing, record: Sequence[EntryLine]) -> tuple[FieldLine, ...]:
    """Return what a reporter wrote in the entry that opened the matter, as far as this reader may see it.

    In the order of the form; what stands in none of its fields (the names of the files) comes last.
    """
    first = record[0] if record else None
    step = standing.step(first.view.step) if first else None
    if first is None or step is None:
        return ()
    names = {field.name for field in first.view.fields if field.class_ == REPORT and field.state == "held"}
    order = {name: place for place, name in enumerate(step.form)}
    lines = (line for line in first.fields if line.name in names and line.text)
    return tuple(sorted(lines, key=lambda line: order.get(line.name, len(order))))


def fields_of(standing: Standing, person: PersonFacts, entry: StoredEntry) -> tuple[FieldLine, ...]:
    """Return the fields of one entry as this person may see them."""
    known = names_in([entry], standing.state)
    view = next(iter(views(standing.book, [entry], person, known, language.tag())))
    return tuple(_fields(standing, view, known))


def _entry(standing: Standing, view: EntryView, known: Mapping[str, str], number: int | None) -> EntryLine:
    step, lines = standing.step(view.step), tuple(_fields(standing, view, known))
    asked = step is not None and OPINION in step.form
    return EntryLine(
        view=view,
        title=gettext("A period ended") if view.step == engine.LAPSE else view.title,
        phase=str(PHASES.get(view.phase, view.phase)),
        who=view.actor_name or view.actor or gettext("the system"),
        fields=tuple(line for line in lines if line.name != OPINION or line.withheld or asked),
        opinion="" if asked else next((line.text for line in lines if line.name == OPINION), ""),
        number=number,
        reasons=tuple(str(reason) for reason in view.reasons),
        correctable=correcting.corrected_step(standing.procedure, standing.state, view.index) is not None,
    )


def _fields(standing: Standing, view: EntryView, known: Mapping[str, str]) -> Iterable[FieldLine]:
    step = standing.step(view.step)
    corrected = standing.step(standing.state.history[view.corrects].step) if view.corrects is not None else None
    for seen in view.fields:
        name = seen.name.removeprefix(correcting.PREFIX)
        form = (corrected or step).form if (corrected or step) else {}  # type: ignore[union-attr]
        definition = form.get(name) or (step.form.get(name) if step else None)
        title = language.pick(definition.title) if definition else str(TITLES.get(seen.name, seen.title))
        withheld = str(WITHHELD[seen.state]) if seen.state in WITHHELD else ""
        text = "" if withheld else _text(standing, seen, definition, known)
        yield FieldLine(title, text, str(CLASSES.get(seen.class_, seen.class_)), withheld, seen.name)


def _text(standing: Standing, seen: FieldView, definition: FormField | None, known: Mapping[str, str]) -> str:
    value: Any = seen.shown
    if seen.name == projection.FILE_NUMBER:
        return f"〔{value['year']}〕{value['number']}号"
    if seen.name == projection.EXHIBITS:
        return "、".join(f"SHA-256 {row['sha256'][:16]}… ({row['media_type']})" for row in value)
    return spelling.value(standing.book, definition, value, lang=language.tag(), names=known)
