"""The papers of a matter as its party may read them, sealed to the key that follows from the party's code.

Responsible for what goes in: the documents served, with the proof of the entry that bound each; the evidence opened
and, by name and reason, the evidence left out; dates; rights with their last days; acts and answers. Nothing of a class
other than those of `party.yaml` is read, so a reporter's words, name or number cannot be among them. Files are sealed
as objects of their own below the published folder; the list itself lies in `letter`, where the party's pages find it.
Format: docs/formats/party.md. Not responsible for when (`access`, `acts`, `jobs`).
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from duecourse.core.ledger import canonical
from duecourse.core.procedure.built_in_forms import KINDS as EVIDENCE
from duecourse.core.procedure.outcome import Outcome
from duecourse.core.procedure.party import ACCESS, ACT, ANSWER, HANDLER, KINDS
from duecourse.core.procedure.state import MatterState
from duecourse.edge import clock, ids, sealing
from duecourse.edge.objects import ObjectStore
from duecourse.office.documents import actions as documents
from duecourse.office.documents.content import EXHIBITS, file_number, office_name, setting
from duecourse.office.documents.models import Document
from duecourse.office.ledger import sql, store
from duecourse.office.matters import exhibits, rulebook
from duecourse.office.matters.models import Matter
from duecourse.office.party import rights, rules
from duecourse.office.party.models import PartyAccess
from duecourse.office.people.models import Account

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Procedure, Rulebook
    from duecourse.office.ledger.store import StoredEntry

VERSION: Final = "duecourse/party-papers/v1"
LETTER: Final = "party-papers"
FOLDER: Final = "party"
RECEIPT: Final = "duecourse/receipt/v1"
LANGUAGES: Final = rights.LANGUAGES
PENDING: Final = "pending"
_PENDING_WORDS: Final = {"zh-Hans": "承办人尚未确认是否开放", "en": "The officer has not yet said whether it is open"}
_INSERT: Final = """
INSERT INTO letter (id, submission, lookup_id, matter, letter, sealed, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
FORGET_SECONDS: Final = 3600
_LOCK: Final = "SELECT 1 FROM party_access WHERE id = %s AND ended_at IS NULL FOR UPDATE"
_EMPTY: Final = "UPDATE letter SET sealed = '' WHERE lookup_id = %s AND octet_length(sealed) > 0 RETURNING 1"


@dataclass(frozen=True)
class File:
    """A matter as its papers are made from it: the state, the entries, the rules, and the access they are for."""

    access: PartyAccess
    book: Rulebook
    procedure: Procedure
    state: MatterState
    entries: Sequence[StoredEntry]
    rules: rules.Rules

    @classmethod
    def of(cls, access: PartyAccess) -> File:
        """Read the matter of an access."""
        row = Matter.objects.get(id=access.matter)
        book, state = rulebook.current(), MatterState.from_json(row.state)
        procedure = book.ruling(state.procedure, version=state.version, on=book.local_date(clock.now()))
        held = rules.of(state.procedure)
        assert held is not None, f"{state.procedure} has no party's pages"
        return cls(access, book, procedure, state, store.read(access.matter), held)


def folder(access: UUID) -> Path:
    """Where the sealed files of one access lie; the party's pages read there."""
    return Path(settings.DUECOURSE_PUBLISHED) / FOLDER / str(access)


def seal(access: PartyAccess) -> None:
    """Seal the papers anew: the newest list replaces the one before, files that it does not name go after an hour."""
    key = sealing.PublicKey.of(bytes(access.public_key))
    objects = _Objects(ObjectStore(folder(access.id)), key)
    with transaction.atomic():
        if sql.row(_LOCK, (access.id,)) is None:
            return  # it was ended at this moment
        plain = canonical.encode(canonical.normal(compose(File.of(access), objects)))
        sealed = sealing.seal(plain, [key])
        sql.rows(_EMPTY, (access.lookup_id,))
        row = (ids.new_uuid(), access.id, access.lookup_id, access.matter, LETTER, sealed, clock.now())
        sql.rows(_INSERT + " RETURNING 1", row)
    objects.forget_others(time.time() - FORGET_SECONDS)


def close(access: PartyAccess) -> None:
    """Empty what an access held: its code opens nothing any more."""
    sql.rows(_EMPTY, (access.lookup_id,))
    query = """
    UPDATE submission SET copy = '' FROM party_act AS a WHERE a.submission = submission.stream AND a.access = %s
    AND octet_length(submission.copy) > 0 RETURNING 1
    """
    sql.rows(query, (access.id,))
    shutil.rmtree(folder(access.id), ignore_errors=True)


class _Objects:
    """The sealed files of one access. Each is sealed anew every time: the office cannot open what it sealed."""

    def __init__(self, held: ObjectStore, key: sealing.PublicKey) -> None:
        self._store, self._key = held, key
        self._kept: set[str] = set()

    def put(self, content: bytes, *, name: str, what: str) -> dict[str, Any]:
        sealed = sealing.seal(content, [self._key])
        digest = self._store.put(sealed)
        self._kept.add(digest)
        plain = hashlib.sha256(content).hexdigest()
        return {"name": name, "what": what, "size": len(content), "sha256": plain, "object": digest}

    def forget_others(self, before: float) -> None:
        """Remove what the list does not name, unless it is younger: another list may be on its way to naming it."""
        for path in self._store.root.glob("??/*"):
            if path.parent.name + path.name not in self._kept and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)


def compose(file: File, objects: _Objects) -> dict[str, Any]:
    """Everything the party reads, as plain data in both languages."""
    open_documents = list(_documents(file))
    kinds = {row.kind for row in open_documents}
    return {
        "v": VERSION,
        "access": str(file.access.id),
        "made_at": clock.now().isoformat(timespec="seconds"),
        "office": {lang: office_name(file.book, lang) for lang in LANGUAGES},
        "hotline": setting(file.book, "hotline", "zh-Hans") or "",
        "matter": {"title": dict(file.procedure.title), "number": file_number(file.entries) or ""},
        "documents": [_document(file, row, objects) for row in open_documents],
        "exhibits": list(_exhibits(file, objects)),
        "dates": list(_dates(file)),
        "rights": rights.of(file.book, file.procedure, file.state, documents=kinds, online=served_online(file)),
        "officers": _officers(file),
        "acts": list(_acts(file)),
    }


def served_online(file: File) -> bool:
    """Whether the decision was served electronically, so that the online channel must stand beside the remedy."""
    if file.rules.online is None:
        return False
    step, name, value = file.rules.online
    return any(entry.fields[name].value == value for entry in _taken(file, step) if name in entry.fields)


def titles(file: File) -> list[str]:
    """The documents that are open, by title and number, for the entry that says so."""
    return [f"{file.book.documents[row.kind].title['zh-Hans']} {row.number or ''}".strip() for row in _documents(file)]


def _documents(file: File) -> Iterator[Document]:
    """The newest served version of each kind that a party gets, and the document handed over with the code."""
    rows = {str(row.id): row for row in Document.objects.filter(matter=file.access.matter)}
    for kind in file.rules.documents:
        versions = [id_ for id_, held in file.state.documents.items() if held.document == kind]
        wanted = [v for v in versions if file.state.documents[v].served_on or v == str(file.access.document)]
        if wanted and rows[wanted[-1]].served_bytes:
            yield rows[wanted[-1]]


def _document(file: File, row: Document, objects: _Objects) -> dict[str, Any]:
    digest = row.served_bytes or ""
    stem = f"{row.kind}-{row.number or row.version}"
    files = [objects.put(exhibits.objects().get(digest), name=f"{stem}.pdf", what="original")]
    if row.copy:
        files.append(objects.put(exhibits.objects().get(row.copy), name=f"{stem}-en.pdf", what="copy"))
    bound = file.entries[row.sealed_entry if row.sealed_object else row.drafted_entry or 0]
    proof = store.proof(bound)
    if proof is not None:
        receipt = {"v": RECEIPT, "skeleton": bound.skeleton_bytes.decode("utf-8"), "fields": {}, "proof": proof}
        files.append(objects.put(canonical.spell(receipt), name=f"{stem}.proof.json", what="proof"))
    served = file.state.documents[str(row.id)].served_on
    said = {lang: documents.said(row.id, lang) for lang in LANGUAGES}
    return {
        "kind": row.kind, "title": dict(file.book.documents[row.kind].title), "number": row.number or "",
        "served_on": served.isoformat() if served else None, "files": files,
        "says": [{"title": {lang: said[lang]["slots"][name]["title"] for lang in LANGUAGES},
                  "text": {lang: said[lang]["slots"][name]["text"] for lang in LANGUAGES}}
                 for name in said["zh-Hans"]["slots"] if name in said["en"]["slots"]],
    }  # fmt: skip


# -- evidence ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """One exhibit on file: its number in the list, what the party may know of it, whether it can be opened at all."""

    number: int
    sha256: str
    size: int
    title: Mapping[str, str]
    kind: Mapping[str, str] | None
    origin: str

    @property
    def openable(self) -> bool:
        """What an officer put on file can be opened; what came with a report cannot, whatever an officer says."""
        return self.origin in ("exhibit", ACT)


def pieces(entries: Sequence[StoredEntry]) -> list[Piece]:
    """The evidence in the order, and under the numbers, of the list in the notice."""
    found: list[Piece] = []
    for entry in entries:
        held = entry.fields.get(EXHIBITS)
        for row in (held.value or ()) if held is not None else ():  # type: ignore[union-attr]
            kind = _evidence_kind(entry)
            number = len(found) + 1
            found.append(Piece(number, row["sha256"], row["size"], _title(entry, number), kind, entry.skeleton.step))  # type: ignore[index,call-overload,arg-type]
    return found


def _evidence_kind(entry: StoredEntry) -> Mapping[str, str] | None:
    held = entry.fields.get("kind")
    named = EVIDENCE.get(str(held.value)) if held is not None and entry.skeleton.step == "exhibit" else None
    return {"zh-Hans": named[0], "en": named[1]} if named else None


def _title(entry: StoredEntry, number: int) -> Mapping[str, str]:
    title = entry.fields.get("title")
    if entry.skeleton.step == "exhibit" and title is not None and title.value:
        return dict.fromkeys(LANGUAGES, str(title.value))
    if entry.skeleton.step == ACT:
        return {"zh-Hans": f"您提交的材料（证据{number}）", "en": f"What you sent (exhibit {number})"}
    return {"zh-Hans": f"证据{number}", "en": f"Exhibit {number}"}


def selection(entries: Sequence[StoredEntry], access: UUID) -> tuple[frozenset[str], Mapping[str, str]]:
    """What the newest entry on this access opened (digests), and what it left out: digest → reason."""
    for entry in reversed(entries):
        named = entry.fields.get("access") if entry.skeleton.step == ACCESS else None
        if named is not None and named.value == str(access) and entry.skeleton.outcome.get("phase") == "done":
            opened, left = entry.fields.get("exhibits"), entry.fields.get("withheld")
            lines = str(left.value).split("\n") if left is not None and left.value else []
            chosen = opened.value if opened is not None and isinstance(opened.value, list) else []
            return frozenset(map(str, chosen)), dict(line.split(" ", 1) for line in lines if " " in line)  # type: ignore[arg-type,misc]
    return frozenset(), {}


def _exhibits(file: File, objects: _Objects) -> Iterator[dict[str, Any]]:
    opened, left = selection(file.entries, file.access.id)
    for piece in pieces(file.entries):
        own = piece.origin == ACT
        is_open = piece.openable and (own or piece.sha256 in opened)
        why = None if is_open else "reporter" if not piece.openable else left.get(piece.sha256, PENDING)
        shown = (
            piece.title if why != "reporter" else {"zh-Hans": f"证据{piece.number}", "en": f"Exhibit {piece.number}"}
        )
        yield {
            "number": piece.number, "title": dict(shown), "kind": dict(piece.kind) if piece.kind else None,
            "size": piece.size, "own": own,
            "withheld": None if why is None else dict(file.rules.withheld.get(why, _PENDING_WORDS)),
            "file": objects.put(exhibits.objects().get(piece.sha256), name=f"exhibit-{piece.number}", what="exhibit")
            if is_open else None,
        }  # fmt: skip


# -- what happened -----------------------------------------------------------------------------------------------------


def _taken(file: File, step: str) -> list[StoredEntry]:
    done = ("done", "corrected")
    return [e for e in file.entries if e.skeleton.step == step and e.skeleton.outcome.get("phase") in done]


def _dates(file: File) -> Iterator[dict[str, Any]]:
    for name in file.rules.dates:
        for entry in _taken(file, name)[-1:]:
            yield {"title": dict(file.procedure.steps[name].title), "on": entry.skeleton.occurred.date, "text": None}
    for step, name in file.rules.fields:
        for entry in _taken(file, step)[-1:]:
            held, known = entry.fields.get(name), file.procedure.steps[step].form[name]
            if held is not None and held.state == "held" and held.class_ in file.rules.classes:
                is_day = known.type == "date"
                yield {"title": dict(known.title), "on": str(held.value) if is_day else None,
                       "text": None if is_day else str(held.value)}  # fmt: skip


def _officers(file: File) -> list[str]:
    handlers = file.state.people.get(HANDLER, ())
    named = {str(row.id): row.name for row in Account.objects.filter(id__in=handlers)}
    return [named[account] for account in handlers if account in named]


def _acts(file: File) -> Iterator[dict[str, Any]]:
    answers = {}
    for entry in file.entries:
        if entry.skeleton.step == ANSWER and entry.skeleton.outcome.get("phase") == "done":
            answers[str(entry.fields["entry"].value)] = {
                "answer": _choice(entry, "answer"), "reason": str(entry.fields["reason"].value),
                "on": entry.skeleton.occurred.date,
            }  # fmt: skip
    for entry in _taken(file, ACT):
        values = Outcome.from_json(dict(entry.skeleton.outcome)).values
        text = entry.fields.get("text")
        yield {
            "entry": entry.index, "kind": str(values["kind"]), "title": _named(str(values["kind"])),
            "arrived_on": entry.skeleton.occurred.date, "channel": _choice(entry, "channel"),
            "late": values.get("late") is True, "last": values.get("last"),
            "text": str(text.value) if text is not None and text.value else "",
            "submission": next((link.stream for link in entry.skeleton.links if link.kind == ACT), None),
            "answer": answers.get(str(entry.index)),
        }  # fmt: skip


def _named(kind: str) -> dict[str, str]:
    return {"zh-Hans": KINDS[kind][0], "en": KINDS[kind][1]}


def _choice(entry: StoredEntry, name: str) -> dict[str, str]:
    field = rulebook.current().built_in[entry.skeleton.step].form[name]
    return dict(field.choices[str(entry.fields[name].value)])
