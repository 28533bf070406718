"""The one registry of the places that hold personal data, each with its eraser.

Responsible for naming every column of the office's tables that can hold text or bytes: either it is a `Place`, with
what it holds and how it is forgotten, or it stands in `NOT_PERSONAL` with the reason. A test fails for a column that is
in neither. Erasing empties the place and leaves the entry: the skeleton and its digests stand, so the record still
verifies. Not responsible for when something may be erased: withdrawal ends the contact (`office.reports.letters`);
the rest waits for the retention rules, and the ledger's skeletons are never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from duecourse.edge import clock
from duecourse.office.ledger import sql, store
from duecourse.office.matters import folding, rulebook, tables

Eraser = Callable[[UUID, frozenset[str]], int]
"""Forgets what a matter holds in this place, of the classes of field named; returns how many values were emptied."""


@dataclass(frozen=True, slots=True)
class Place:
    """One column that holds personal data: what, in which classes of field, and its eraser."""

    column: str
    what: str
    classes: frozenset[str]
    erase: Eraser


def forget(matter: UUID, classes: Iterable[str]) -> int:
    """Empty every place of a matter that holds these classes; return how many values that were. One transaction."""
    wanted = frozenset(classes)
    with transaction.atomic():
        return sum(place.erase(matter, wanted) for place in PLACES if place.classes & wanted)


def _emptied(query: str, *params: object) -> int:
    return len(sql.rows(query, params))


def _fields(matter: UUID, classes: frozenset[str]) -> int:
    query = """
    UPDATE entry_field AS f SET value = NULL, salt = NULL, erased_at = %s FROM entry AS e
    WHERE e.id = f.entry_id AND f.erased_at IS NULL AND f.class = ANY(%s) AND (e.stream = %s OR e.stream IN
      (SELECT stream FROM matter_link WHERE matter = %s AND kind IN ('submission', 'party-act')))
    RETURNING 1
    """
    return _emptied(query, clock.now(), sorted(classes), matter, matter)


def _words(matter: UUID, _classes: frozenset[str]) -> int:
    """Project the words of the matter's own rows anew from the fields that are left."""
    rows = folding.fold(rulebook.current(), store.read(matter))
    return tables.rewrite_words(matter, str(rows.matter["title"]), rows.exhibits.values())


def _register(matter: UUID, _classes: frozenset[str]) -> int:
    query = """UPDATE register_item SET fields = '{}', number = '' WHERE matter = %s AND withdrawn_on IS NOT NULL
    AND fields <> '{}' RETURNING 1"""
    return _emptied(query, matter)


def _submitted(column: str) -> Eraser:
    empty = "NULL" if column == "identity" else "''"

    def erase(matter: UUID, _classes: frozenset[str]) -> int:
        query = f"""
        UPDATE submission SET {column} = {empty} WHERE octet_length({column}) > 0
        AND stream IN (SELECT stream FROM matter_link WHERE matter = %s AND kind IN ('submission', 'party-act'))
        RETURNING 1
        """  # noqa: S608 - the column is one of the three below
        return _emptied(query, matter)

    return erase


def _letters(matter: UUID, _classes: frozenset[str]) -> int:
    return _emptied("UPDATE letter SET sealed = '' WHERE matter = %s AND octet_length(sealed) > 0 RETURNING 1", matter)


_REPORT: Final = frozenset({"report"})
_IDENTITY: Final = frozenset({"identity"})
_PARTY: Final = frozenset({"party"})
_FILE: Final = frozenset({"case", "party"})

PLACES: Final = (
    Place("entry_field.value", "what persons wrote, by class of field", _REPORT | _IDENTITY | _FILE, _fields),
    Place("entry_field.salt", "goes with the value: without it the digest says nothing", _REPORT | _IDENTITY, _fields),
    Place("matter.title", "the party or operator, who may be a natural person", _FILE, _words),
    Place("exhibit.title", "what it is, in an officer's words or as the sender named it", _FILE | _REPORT, _words),
    Place("exhibit.kind", "goes with the title", _FILE | _REPORT, _words),
    Place("exhibit.obtained", "how it was obtained, perhaps from whom", _FILE | _REPORT, _words),
    Place("submission.sealed", "the report, sealed to the intake key", _REPORT, _submitted("sealed")),
    Place("submission.copy", "the report, sealed to the reporter", _REPORT, _submitted("copy")),
    Place("submission.identity", "contact details, sealed to the custodian", _IDENTITY, _submitted("identity")),
    Place("letter.sealed", "letters to a reporter, papers of a party, sealed to them", _REPORT | _PARTY, _letters),
    Place("register_item.fields", "a published decision, once withdrawn", frozenset({"public"}), _register),
    Place("register_item.number", "goes with the decision", frozenset({"public"}), _register),
)

_ID: Final = "an identifier of the rulebook, or a state from a closed list"
_DIGEST: Final = "a digest or a key: it says nothing of its content"
_LEDGER: Final = "the record's skeleton: ids, digests, dates and words of the rulebook; never erased"
_OFFICER: Final = "an officer acting as such: kept as long as the files that name the account"

NOT_PERSONAL: Final[Mapping[str, str]] = {
    "matter.procedure": _ID,
    "matter.series": _ID,
    "matter.stage": _ID,
    "matter.state": "ids, dates, facts and the values that the rulebook marks as carried; never free text",
    "matter.turns": "ids of steps and accounts: computed from matter.state",
    "matter.opening": "the values of the opening step in matter.state",
    "matter.head": _DIGEST,
    "matter.open_key": "an account's id and a random key",
    "matter_clock.clock": _ID,
    "matter_clock.state": _ID,
    "matter_person.capacity": _ID,
    "matter_link.kind": _ID,
    "number_counter.series": _ID,
    "exhibit.sha256": _DIGEST,
    "exhibit.media_type": _ID,
    "register_item.entries": "ids and indexes of entries",
    "register_item.document_sha256": _DIGEST,
    "register_item.withdrawn_reason": "published words of the office about its own act",
    "submission.lookup_id": _DIGEST,
    "submission.letters_key": _DIGEST,
    "submission.state": _ID,
    "submission.aside_reason": "a code",
    "attachment.object": _DIGEST,
    "party_access.lookup_id": _DIGEST,
    "party_access.public_key": "a public key: it can only lock",
    "party_act.kind": _ID,
    "letter.lookup_id": _DIGEST,
    "letter.letter": _ID,
    "agency.name": "an authority",
    "agency.token_hash": _DIGEST,
    "document.kind": _ID,
    "document.state": _ID,
    "document.number": "a printed number",
    "document.object": _DIGEST,
    "document.copy": _DIGEST,
    "document.sealed_object": _DIGEST,
    "document.scan_object": _DIGEST,
    "document_counter.series": _ID,
    "entry.commitment": _DIGEST,
    "entry.kind": _ID,
    "entry.prev": _DIGEST,
    "entry.skeleton": _LEDGER,
    "entry.key": "a random key, or an account's id with one",
    "entry_field.name": _ID,
    "entry_field.class": _ID,
    "account.username": _OFFICER,
    "account.name": _OFFICER,
    "account.password": "an Argon2 hash; replaced when the account ends",
    "appointment.role": _ID,
    "appointment.document_sha256": _DIGEST,
    "certificate.number": _OFFICER,
    "setting_change.setting": _ID,
    "setting_change.value": "what the office says of itself",
    "setting_change.reason": "an officer's words about the office's own rules",
    "setting_change.state": _ID,
    "setting_confirmation.setting": _ID,
    "setting_confirmation.value": "what the office says of itself",
    "setting_confirmation.lawyer": "a lawyer of the office acting as such",
    "setting_confirmation.note": "on which text the lawyer confirmed it",
    "calendar_reading.content": "days off, and the announcement that says so",
    "calendar_reading.link": "the address of a public announcement",
    "calendar_reading.file_object": _DIGEST,
    "calendar_reading.state": _ID,
    "imported_case.old_number": "a file number of the old books",
    "imported_case.file_sha256": _DIGEST,
    "sign_in.name_digest": "a keyed digest of a typed user name; gone after 90 days",
    "sign_in.address": "an officer's workplace, or whoever tried the door; gone after 90 days",
    "sign_in.means": _ID,
    "sign_in.result": _ID,
    "sign_in.browser": _ID,
    "sitting.session_key": _DIGEST,
    "sitting.means": _ID,
    "sitting.browser": _ID,
    "invitation.code_sha256": _DIGEST,
    "mfa_authenticator.type": _ID,
    "mfa_authenticator.data": "an officer's public keys and encrypted seeds; deleted when the account ends",
}
"""table.column: why it holds no personal data that an eraser must reach."""

WHOLE_TABLES: Final[Mapping[str, str]] = {
    "position": _LEDGER,
    "tile": _LEDGER,
    "checkpoint": _LEDGER,
    "installation": "names the log",
    "rulebook_version": "digests of the rules of the office, and from which day they hold",
    "refused_entry": _ID,
    "timestamp_attempt": "an authority's name and its error",
    "django_migrations": "names of migrations",
    "django_content_type": "names of models",
    "django_session": "random keys and signed account ids; gone after a working day",
    "auth_group": "unused: roles are appointments",
    "office_cache": "counters and used one-time codes, for minutes",
    "account_emailaddress": "empty: the office role may not write it",
    "account_emailconfirmation": "empty: the office role may not write it",
    "socialaccount_socialaccount": "empty: the office role may not write it",
    "socialaccount_socialapp": "empty: services are named by settings",
    "socialaccount_socialtoken": "empty: the office role may not write it",
    "auth_permission": "names of permissions",
    "presence": "which account has which matter open; forgotten after a quarter of an hour (diary/presence.py)",
    "procrastinate_jobs": "ids and indexes (a test holds job arguments to that)",
    "procrastinate_events": _ID,
    "procrastinate_periodic_defers": _ID,
    "procrastinate_workers": _ID,
}
"""Tables none of whose columns holds personal data, and why."""
