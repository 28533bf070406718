"""The register's row of a published decision: pure, from the entries of the publication and of the matter it publishes.

Responsible for which fields are shown (class `public` of the publication's own entries, nothing else), which document
(only an organisation's: one that may name a person stays in the file), and which entries a reader checks. Not
responsible for whether it may be published (`core.procedure`), nor for pages.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from duecourse.core.procedure.outcome import Outcome
from duecourse.core.procedure.state import MatterState, apply
from duecourse.office.ledger.store import StoredEntry

PUBLIC: Final = "public"
NUMBER: Final = "public_number"
DECIDED_ON: Final = "decided_on"
REASON: Final = "withdrawal_reason"
PARTY_KIND: Final = "party_kind"
ORGANISATION: Final = "organisation"


def item(publication: Sequence[StoredEntry], decided: Sequence[StoredEntry]) -> dict[str, Any]:
    """The whole row, as the entries of both streams leave it. Asserts that the publication was published."""
    acts = [(entry, Outcome.from_json(dict(entry.skeleton.outcome))) for entry in publication]
    shown = next(((entry, act) for entry, act in reversed(acts) if act.publish and act.publish.act == "publish"), None)
    ended = next((act for _, act in reversed(acts) if act.publish and act.publish.act == "withdraw"), None)
    assert shown is not None, "nothing was published here"
    assert shown[1].publish is not None
    found = _public(publication)
    of, document = shown[1].publish.of, _served(decided) if _of_organisation(acts) else None
    kept = {name: value for name, value in found.items() if name != REASON}
    reason = found.get(REASON, {}).get("value")
    return {
        "matter": publication[0].stream,
        "of": of,
        "number": str(kept.get(NUMBER, {}).get("value", "")),
        "decided_on": _date(kept.get(DECIDED_ON, {}).get("value")),
        "fields": kept,
        "entries": _checked(publication, kept, shown[0].index) + _document_entries(decided, document),
        "document": document[0] if document else None,
        "document_sha256": document[1] if document else None,
        "published_on": shown[1].on,
        "withdrawn_on": ended.on if ended else None,
        "withdrawn_reason": str(reason or "") if ended else None,
    }


def _public(entries: Sequence[StoredEntry]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        for name, field in entry.fields.items():
            if field.class_ == PUBLIC and field.salt is not None:
                salt = base64.b64encode(field.salt).decode("ascii")
                found[name] = {"value": field.value, "salt": salt, "entry": entry.index}
    return found


def _of_organisation(acts: Sequence[tuple[StoredEntry, Outcome]]) -> bool:
    """Whether the party is said to be an organisation. A document that may name a person is not shown (ogi#15)."""
    return any(act.values.get(PARTY_KIND) == ORGANISATION for _, act in acts)


def _served(decided: Sequence[StoredEntry]) -> tuple[str, str] | None:
    """Id and digest of the document served last in the matter that is published."""
    if not decided:
        return None
    first = decided[0].skeleton
    state = MatterState.new(first.stream, first.procedure or "", "")
    for entry in decided:
        state = apply(state, Outcome.from_json(dict(entry.skeleton.outcome)))
    for id_, held in reversed(list(state.documents.items())):
        digest = held.sealed or held.rendered
        if held.served_on is not None and digest is not None:
            return id_, digest
    return None


def _checked(
    publication: Sequence[StoredEntry], kept: Mapping[str, Mapping[str, Any]], shown: int
) -> list[dict[str, Any]]:
    indexes = sorted({int(field["entry"]) for field in kept.values()} | {shown})
    return [{"stream": str(publication[0].stream), "index": index} for index in indexes]


def _document_entries(decided: Sequence[StoredEntry], document: tuple[str, str] | None) -> list[dict[str, Any]]:
    if document is None:
        return []
    return [
        {"stream": str(entry.stream), "index": entry.index}
        for entry in decided
        for mark in Outcome.from_json(dict(entry.skeleton.outcome)).files
        if mark.id == document[0] and mark.digest == document[1]
    ]


def _date(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None
