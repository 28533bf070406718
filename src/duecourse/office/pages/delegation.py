"""In whose place somebody acted, and by which written delegation, in words.

Responsible for the words beside an opinion and an entry of the record. That a delegation stood, the entry itself says
(`delegated_by` in its outcome); its document is looked up in the accounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext

from duecourse.office.ledger import sql

from .standing import names

if TYPE_CHECKING:
    from duecourse.office.ledger.store import StoredEntry

_DOCUMENTS = """
SELECT account_id, delegated_by_id, role, from_on, until_on, document_sha256 FROM appointment
WHERE delegated_by_id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Delegations:
    """The delegations under which some entries were made."""

    names: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[sql.Row, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[StoredEntry]) -> Delegations:
        """Read what these entries need; nothing is asked where nobody acted in another's place."""
        givers = {str(entry.skeleton.outcome["delegated_by"]) for entry in entries
                  if entry.skeleton.outcome.get("delegated_by")}  # fmt: skip
        if not givers:
            return cls()
        return cls(names(givers), tuple(sql.rows(_DOCUMENTS, ([UUID(giver) for giver in givers],))))

    def words(self, entry: StoredEntry) -> str:
        """Say in whose place the entry's actor acted; "" when in their own."""
        giver = str(entry.skeleton.outcome.get("delegated_by") or "")
        if not giver:
            return ""
        said = {"name": self.names.get(giver, giver), "document": self._document(entry, giver)[:12] or "—"}
        return gettext("by delegation of %(name)s, document %(document)s") % said

    def _document(self, entry: StoredEntry, giver: str) -> str:
        """The digest of the paper that was in force on the day of the entry."""
        actor, day = str(entry.skeleton.outcome.get("actor")), entry.skeleton.occurred.date
        for account, by, role, from_on, until_on, digest in self.rows:
            fits = str(account) == actor and str(by) == giver and role == entry.skeleton.role
            if fits and from_on.isoformat() <= day and (until_on is None or day <= until_on.isoformat()):
                return str(digest)
        return ""
