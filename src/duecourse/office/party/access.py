"""Giving a party access to the papers of its matter, replacing a lost code, ending access.

Responsible for the code (made here, shown once, never kept: the office keeps lookup id and public key alone), for the
entry that says who was given what by whom, and for the rule that every exhibit on file is either opened or named with
the reason why not. Each act is one step of the matter and one transaction.
Not responsible for what the papers hold (`papers`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import transaction

from duecourse.core.errors import Invalid, Refused
from duecourse.core.procedure.party import ACCESS
from duecourse.edge import clock, ids, sealing
from duecourse.office.documents.models import Document
from duecourse.office.ledger import store
from duecourse.office.matters import rulebook
from duecourse.office.matters.actions import take_step
from duecourse.office.matters.actors import SYSTEM, Actor
from duecourse.office.matters.models import Matter
from duecourse.office.party import papers, rules
from duecourse.office.party.models import PartyAccess

if TYPE_CHECKING:
    from duecourse.office.ledger.store import StoredEntry

OWN_PIECES: Final = frozenset({"party-act"})


@dataclass(frozen=True, slots=True)
class Given:
    """An access and its code; `code` is None when the same page was posted before: a code is shown once."""

    access: PartyAccess
    code: str | None
    entry: StoredEntry


@dataclass(frozen=True, slots=True)
class Choice:
    """What an officer opens: digests of exhibits, and for each of the others the reason (a key of `withheld`)."""

    opened: Sequence[str] = ()
    withheld: Mapping[str, str] | None = None


def give(
    document: UUID, choice: Choice, *, by: Actor, person: str, key: str | None, seen: int | str | None = None
) -> Given:
    """Open the papers of a matter with the code that goes with `document`; `person` is whom it is handed to.

    Raises Invalid `party_no_pages`, `party_document_not_ready`, `party_person_missing`, `party_choose_exhibits`,
    `party_cannot_open`; Refused and StalePage as `take_step`.
    """
    row = _ready(document)
    form = {"act": "given", "person": _named(person)} | _chosen(row.matter, choice)
    return _opened(row, form, by=by, key=key, seen=seen)


def replace(old: UUID, *, by: Actor, reason: str, key: str | None, seen: int | str | None = None) -> Given:
    """Give a new code for a lost one, after the identity was checked in person; the old code opens nothing any more.

    What was opened stays opened. `reason` says how the identity was checked. Raises as `give`, and Invalid
    `party_access_unknown`, `party_access_ended`, `party_reason_missing`.
    """
    held = _live(old)
    last = last_form(held)
    form = {**last, "act": "replaced", "reason": _reason(reason)}
    return _opened(_ready(held.document), form, by=by, key=key, seen=seen, replaces=held)


def end(access: UUID, *, by: Actor, reason: str, key: str | None, seen: int | str | None = None) -> StoredEntry:
    """End an access: its code opens nothing any more. Raises as `replace`."""
    held = _live(access)
    form = {"act": "ended", "reason": _reason(reason), "access": str(held.id)}
    entry, refused = None, None
    with transaction.atomic():
        try:
            entry = take_step(held.matter, ACCESS, by=by, form=form, key=key, seen=seen)
        except Refused as no:  # the refusal is on file and stays there
            refused = no
        else:
            _end(held)
    if refused is not None or entry is None:
        raise refused or AssertionError
    return entry


def bring_up_to_date(matter: UUID) -> int:
    """Seal the papers of every open access of a matter anew; return how many. A new document is entered."""
    found = list(PartyAccess.objects.filter(matter=matter, ended_at__isnull=True))
    for held in found:
        _enter_new_documents(held)
        papers.seal(held)
    return len(found)


def _enter_new_documents(held: PartyAccess) -> None:
    """What was served since is open to the party from now on, and the record says so."""
    file = papers.File.of(held)
    now, last = "\n".join(papers.titles(file)), last_form(held)
    if now != last.get("documents"):
        form = {name: value for name, value in last.items() if name != "reason"}
        form |= {"act": "updated", "documents": now, "access": str(held.id)}
        take_step(held.matter, ACCESS, by=SYSTEM, form=form, key=f"party-papers:{held.id}:{len(file.entries)}")


def _opened(
    row: Document, form: Mapping[str, Any], *, by: Actor, key: str | None, seen: int | str | None,
    replaces: PartyAccess | None = None,
) -> Given:  # fmt: skip
    code, id_ = ids.code(), ids.new_uuid()
    keys = sealing.party_keys(code)
    held = PartyAccess(
        id=id_, matter=row.matter, document=row.id, lookup_id=keys.lookup_id, public_key=keys.public.raw,
        entry=-1, given_at=clock.now(),
    )  # fmt: skip
    full = {**form, "documents": "\n".join(papers.titles(papers.File.of(held))), "access": str(id_)}
    refused = None
    with transaction.atomic():
        try:
            entry = take_step(row.matter, ACCESS, by=by, form=full, key=key, seen=seen)
        except Refused as no:  # the refusal is on file and stays there
            refused = no
        else:
            if entry.fields["access"].value != str(id_):
                return Given(PartyAccess.objects.get(id=UUID(str(entry.fields["access"].value))), None, entry)
            held.entry = entry.index
            held.save(force_insert=True)
            if replaces is not None:
                _end(replaces, replaced_by=held.id)
            papers.seal(held)
            return Given(held, code, entry)
    raise refused


def _end(held: PartyAccess, *, replaced_by: UUID | None = None) -> None:
    held.ended_at, held.replaced_by = clock.now(), replaced_by
    held.save(update_fields=["ended_at", "replaced_by"])
    papers.close(held)


def _ready(document: UUID) -> Document:
    """The document that a code goes with: one that the party gets, sealed where its rule says so."""
    row = Document.objects.filter(id=document).first()
    if row is None:
        raise Invalid("document_unknown", document=str(document))
    held = rules.of(Matter.objects.get(id=row.matter).procedure)
    if held is None or row.kind not in held.documents:
        raise Invalid("party_no_pages")
    if row.object is None or (rulebook.current().documents[row.kind].seal and row.sealed_object is None):
        raise Invalid("party_document_not_ready")
    return row


def _chosen(matter: UUID, choice: Choice) -> dict[str, Any]:
    """The officer's choice as the entry keeps it; every exhibit that can be opened must be in it."""
    entries = store.read(matter)
    asked = {piece.sha256: piece for piece in papers.pieces(entries) if piece.origin not in OWN_PIECES}
    opened, left = list(dict.fromkeys(choice.opened)), dict(choice.withheld or {})
    if any(digest not in asked or not asked[digest].openable for digest in opened):
        raise Invalid("party_cannot_open")
    missing = [piece.number for digest, piece in asked.items() if piece.openable and digest not in {*opened, *left}]
    if missing:
        raise Invalid("party_choose_exhibits", numbers=missing)
    lines = [f"{digest} {reason}" for digest, reason in left.items() if digest in asked and digest not in opened]
    return {"exhibits": opened or None, "withheld": "\n".join(lines) or None}


def last_form(held: PartyAccess) -> dict[str, Any]:
    """What the newest entry on this access says: whom it was given to, what is open."""
    for entry in reversed(store.read(held.matter)):
        named = entry.fields.get("access") if entry.skeleton.step == ACCESS else None
        if named is not None and named.value == str(held.id):
            names = ("person", "documents", "exhibits", "withheld")
            return {name: entry.fields[name].value for name in names if name in entry.fields}
    return {}


def _live(access: UUID) -> PartyAccess:
    held = PartyAccess.objects.filter(id=access).first()
    if held is None:
        raise Invalid("party_access_unknown")
    if held.ended_at is not None:
        raise Invalid("party_access_ended")
    return held


def _named(person: str) -> str:
    if not person.strip():
        raise Invalid("party_person_missing")
    return person.strip()


def _reason(text: str) -> str:
    if not text.strip():
        raise Invalid("party_reason_missing")
    return text.strip()
