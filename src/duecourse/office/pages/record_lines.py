"""The record (全过程记录) of a matter as one reader may see it: every entry, every field by its class, every proof.

Responsible for showing an entry whole: a field that the reader may not see is named and withheld, never left out.
Not responsible for proofs themselves (`office.ledger.store.proof`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext, gettext_lazy

from duecourse.core.procedure import correcting, engine
from duecourse.office.documents import spelling
from duecourse.office.ledger import sql
from duecourse.ui import language

from . import access
from .standing import accounts_in, names, role_title

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.office.ledger.store import StoredEntry, StoredField

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
_NUMBERS: Final = """
SELECT e.index, p.number FROM entry e JOIN position p ON p.entry_id = e.id WHERE e.stream = %s
"""


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of an entry: its title, and its value when this reader may see it; else why not."""

    title: str
    text: str
    class_: str
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry of the record as this reader may see it."""

    index: int
    title: str
    phase: str
    role: str
    who: str
    on: str
    recorded_at: dt.datetime
    fields: tuple[FieldLine, ...]
    commitment: str
    number: int | None
    reasons: tuple[str, ...]
    correctable: bool = False


def phase(entry: StoredEntry) -> str:
    """Return how the step of an entry ended: done, proposed, opinion, returned and so on."""
    return str(entry.skeleton.outcome.get("phase", ""))


def record(standing: Standing, person: PersonFacts, entries: Sequence[StoredEntry]) -> list[EntryLine]:
    """Return the whole record of a matter as this person may see it."""
    numbers = dict(sql.rows(_NUMBERS, (standing.row.id,)))
    known = names(accounts_in(entries))
    return [_entry(standing, person, entry, known, numbers.get(entry.index)) for entry in entries]


def _entry(
    standing: Standing, person: PersonFacts, entry: StoredEntry, known: Mapping[str, str], number: int | None
) -> EntryLine:
    outcome = entry.skeleton.outcome
    step = standing.step(entry.skeleton.step)
    actor = str(outcome.get("actor") or "")
    reasons = engine.Refusal(tuple(engine.Reason.from_json(item) for item in outcome.get("reasons") or ()))  # type: ignore[arg-type, union-attr]
    return EntryLine(
        index=entry.index,
        title=language.pick(step.title) if step else entry.skeleton.step,
        phase=str(PHASES.get(phase(entry), phase(entry))),
        role=role_title(entry.skeleton.role),
        who=known.get(actor, actor) or gettext("the system"),
        on=entry.skeleton.occurred.date,
        recorded_at=entry.recorded_at,
        fields=tuple(field_lines(standing, entry, person, known)),
        commitment=entry.commitment.hex(),
        number=number,
        reasons=tuple(reasons.words(language.tag())),
        correctable=correcting.corrected_step(standing.procedure, standing.state, entry.index) is not None,
    )


def field_lines(
    standing: Standing, entry: StoredEntry, person: PersonFacts, known: Mapping[str, str]
) -> Iterable[FieldLine]:
    """Give the fields of an entry; what this reader may not see is named and withheld, never silently left out."""
    step = standing.step(entry.skeleton.step)
    for held in entry.fields.values():
        definition = step.form.get(held.name) if step else None
        title = language.pick(definition.title) if definition else _office_field(held.name)
        withheld = _withheld(held, person)
        text = "" if withheld else _text(standing, held, definition, known)
        yield FieldLine(title, text, str(CLASSES.get(held.class_, held.class_)), withheld)


def _withheld(held: StoredField, person: PersonFacts) -> str:
    if held.state == "erased":
        return gettext("erased; the entry still verifies")
    if held.class_ == "identity" or held.state == "sealed":
        return gettext("sealed to the custodian")
    if not access.sees_class(person, held.class_):
        return gettext("not for your role")
    return ""


def _text(standing: Standing, held: StoredField, definition: Any, known: Mapping[str, str]) -> str:
    if held.name == "file_number" and isinstance(held.value, Mapping):
        return f"〔{held.value['year']}〕{held.value['number']}号"
    if held.name == "exhibit_record" and isinstance(held.value, list):
        return "、".join(f"{row['title'] or row['kind']} {row['sha256'][:12]}…" for row in held.value)  # type: ignore[index, call-overload]
    return spelling.value(standing.book, definition, held.value, lang=language.tag(), names=known)


def _office_field(name: str) -> str:
    known = {
        "file_number": gettext("File number"),
        "exhibit_record": gettext("Exhibits"),
        "opinion": gettext("Opinion"),
        "title": gettext("Title"),
    }
    return known.get(name, name)
