"""The record of a matter as one reader may see it: every entry, each field by its class.

Responsible for who sees what: a field of a class that the reader may not see is shown as withheld, an erased one as
erased, an identity as sealed; none is left out. Not responsible for the matter around it (`reading`) or for proofs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from duecourse.core.procedure import correcting, engine
from duecourse.core.procedure.attempt import PersonFacts
from duecourse.core.procedure.definition import FormField, Rulebook
from duecourse.core.procedure.reading_lists import EVERYONE
from duecourse.core.procedure.refusal import Reason, Sentences
from duecourse.core.procedure.state import MatterState
from duecourse.core.procedure.timing import TITLES
from duecourse.office.ledger import sql
from duecourse.office.ledger.store import StoredEntry, StoredField
from duecourse.office.matters import actors, projection, rulebook
from duecourse.office.matters.fields import IDENTITY

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of an entry as one reader may see it: `state` is held, withheld, sealed or erased; `shown` its value."""

    name: str
    title: str
    class_: str
    state: str
    type: str
    shown: Any


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry of the record: what was done, by whom, in which role, when, and where its proof stands."""

    id: int
    index: int
    step: str
    title: str
    phase: str
    actor: str | None
    actor_name: str
    role: str
    role_title: str
    occurred_on: date
    recorded_at: datetime
    commitment: str
    proof: str
    fields: tuple[FieldView, ...]
    reasons: tuple[Sentences, ...]
    corrects: int | None
    delegated_by: str | None
    superseded_by: tuple[int, ...]


def role_title(book: Rulebook, role: str, lang: str) -> str:
    """A role's name; roles that the rulebook does not have are shown as they stand."""
    if role == engine.SYSTEM:
        return {"zh-Hans": "系统", "en": "the system"}[lang]
    return book.roles[role].title[lang] if role in book.roles else role


def may_see(class_: str, roles: Iterable[str]) -> bool:
    """Whether somebody with these roles may see fields of a class."""
    allowed = rulebook.classes().get(class_, ())
    return EVERYONE in allowed or not set(allowed).isdisjoint(roles)


def views(
    book: Rulebook, record: Sequence[StoredEntry], reader: PersonFacts, names: Mapping[str, str], lang: str
) -> Iterable[EntryView]:
    """Every entry of `record` in order, as `reader` may see it, with `names` of the accounts."""
    superseded: dict[int, list[int]] = {}
    for entry in record:
        corrects = entry.skeleton.outcome.get("corrects")
        if isinstance(corrects, dict):
            superseded.setdefault(int(str(corrects["entry"])), []).append(entry.index)
    numbered = _numbered(record)
    for entry in record:
        outcome = engine.Outcome.from_json(dict(entry.skeleton.outcome))
        ruled = book.procedure(entry.skeleton.procedure or "", outcome.on)
        step = book.step(ruled, outcome.step)
        form = {**step.form} if step else {}
        if outcome.corrects:
            corrected = ruled.steps[outcome.corrects.step].form
            form |= {correcting.PREFIX + name: field for name, field in corrected.items()}
        yield EntryView(
            id=entry.id,
            index=entry.index,
            step=outcome.step,
            title=step.title[lang] if step else TITLES.get(outcome.step, {}).get(lang, outcome.step),
            phase=outcome.phase,
            actor=outcome.actor,
            actor_name=names.get(outcome.actor or "", ""),
            role=outcome.role,
            role_title=role_title(book, outcome.role, lang),
            occurred_on=outcome.on,
            recorded_at=entry.recorded_at,
            commitment=entry.commitment.hex(),
            proof=numbered.get(entry.id, "waiting"),
            fields=tuple(_field(held, form, reader, lang) for held in entry.fields.values()),
            reasons=tuple(_cited(book, reason).words(lang) for reason in outcome.reasons),
            corrects=outcome.corrects.entry if outcome.corrects else None,
            delegated_by=outcome.delegated_by,
            superseded_by=tuple(superseded.get(entry.index, ())),
        )


def _cited(book: Rulebook, reason: Reason) -> Reason:
    """Name the articles of a reason that was entered with their numbers alone."""
    return replace(reason, cited=tuple(book.cite(citation) for citation in reason.on))


def _field(held: StoredField, form: Mapping[str, FormField], reader: PersonFacts, lang: str) -> FieldView:
    name, known = held.name, form.get(held.name)
    title, kind = (known.title[lang], known.type) if known else (_OWN.get(held.name, {}).get(lang, name), "text")
    if held.state != "held":
        return FieldView(held.name, title, held.class_, held.state, kind, None)
    if not may_see(held.class_, reader.roles):
        return FieldView(held.name, title, held.class_, "withheld", kind, None)
    if held.class_ == IDENTITY:
        return FieldView(held.name, title, held.class_, "sealed", kind, None)
    return FieldView(held.name, title, held.class_, "held", kind, _value(held.value, known, lang))


_OWN: Final[Mapping[str, Words]] = {
    projection.FILE_NUMBER: {"zh-Hans": "文号", "en": "File number"},
    projection.EXHIBIT_NAMES: {"zh-Hans": "文件名", "en": "Names of the files"},
    projection.EXHIBITS: {"zh-Hans": "证据登记", "en": "Exhibits entered"},
}


def _value(value: Any, known: FormField | None, lang: str) -> Any:
    """A choice is shown by its words; everything else as it stands."""
    if known is not None and isinstance(value, str) and value in known.choices:
        return known.choices[value][lang]
    return value


def _numbered(record: Sequence[StoredEntry]) -> dict[int, str]:
    """Where each proof stands: `numbered` with a number, `published` once a public checkpoint covers it."""
    query = """
    SELECT p.entry_id, EXISTS (SELECT FROM checkpoint AS c WHERE c.size > p.number AND c.published_at IS NOT NULL)
    FROM position AS p WHERE p.entry_id = ANY(%s)
    """
    found = sql.rows(query, ([entry.id for entry in record],))
    return {entry: "published" if published else "numbered" for entry, published in found}


def names_in(record: Sequence[StoredEntry], state: MatterState) -> dict[str, str]:
    """Account id to name, of everybody whom the record or the state names."""
    named = {str(entry.skeleton.outcome["actor"]) for entry in record if entry.skeleton.outcome.get("actor")}
    named |= {account for accounts in state.people.values() for account in accounts} | state.recused
    for entry in record:
        for held in entry.fields.values():
            values = held.value if isinstance(held.value, list) else [held.value]
            named |= {str(value) for value in values if actors.is_account(value)}
    found = sql.rows("SELECT id, name FROM account WHERE id = ANY(%s::uuid[])", (sorted(named),))
    return {str(id_): name for id_, name in found}
