"""What became of everything, as one digest: the same seed gives the same one, whatever ids, salts and keys were drawn.

Of each matter: its procedure and each entry's step, phase, role, person (by user name), legal day, stage reached,
reasons and words. Ids, digests of files, file numbers and times of day are left out: they are random, or depend on
which process was first. Not responsible for whether any of it is lawful (`duecourse audit`).
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final

from duecourse.office.ledger import sql, store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from duecourse.office.ledger.store import StoredEntry

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_NUMBER: Final = re.compile(r"〔\d{4}〕\d+号")
_OWN: Final = frozenset({"file_number", "exhibit_record", "contact"})
_PAGE: Final = 400


def of_town() -> str:
    """The digest of all matters of this installation, in whatever order they were opened."""
    names = {str(id_): name for id_, name in sql.rows("SELECT id, username FROM account")}
    matters = [row[0] for row in sql.rows("SELECT id FROM matter ORDER BY id")]
    found: list[str] = []
    for start in range(0, len(matters), _PAGE):
        found += [_of_matter(entries, names) for entries in store.read_many(matters[start : start + _PAGE]).values()]
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()


def history(matter: UUID) -> list[dict[str, Any]]:
    """What the digest covers of one matter."""
    names = {str(id_): name for id_, name in sql.rows("SELECT id, username FROM account")}
    return [_of_entry(entry, names) for entry in store.read(matter)]


def _of_matter(entries: list[StoredEntry], names: Mapping[str, str]) -> str:
    told = [_of_entry(entry, names) for entry in entries]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _of_entry(entry: StoredEntry, names: Mapping[str, str]) -> dict[str, Any]:
    outcome: Mapping[str, Any] = entry.skeleton.outcome
    return {
        "procedure": entry.skeleton.procedure,
        "step": entry.skeleton.step,
        "role": entry.skeleton.role,
        "on": entry.skeleton.occurred.date,
        "phase": outcome.get("phase"),
        "actor": names.get(str(outcome.get("actor")), ""),
        "to": outcome.get("to"),
        "reasons": sorted(str(reason.get("code")) for reason in outcome.get("reasons") or ()),
        "words": {name: _plain(held.value, names) for name, held in entry.fields.items() if name not in _OWN},
    }


def _plain(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_plain(one, names) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one, names) for name, one in value.items()}
    if isinstance(value, str):
        named = names.get(value, value)
        return _NUMBER.sub("〔〕号", _HEX.sub("#", _UUID.sub("*", named)))
    return value
