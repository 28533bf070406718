"""What was entered of an account, in sentences: for its own page, for who keeps accounts, for the next sign-in.

Not here: writing it (`actions`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from duecourse.office.ledger import store
from duecourse.office.matters import rulebook
from duecourse.office.people.models import Account
from duecourse.ui import language

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

TITLES: Final = {
    "account-created": _("Account made"),
    "invited": _("Invitation made"),
    "invitation-used": _("Invitation used"),
    "appointed": _("Appointed"),
    "appointment-ended": _("Last day of a role set"),
    "appointment-withdrawn": _("Role withdrawn"),
    "certified": _("Certificate entered"),
    "certificate-ended": _("Last day of a certificate set"),
    "delegated": _("Role delegated to this person"),
    "account-closed": _("Account closed"),
    "account-unlocked": _("Account unlocked"),
    "factors-reset": _("All means of signing in taken away"),
    "factor-added": _("Means of signing in added"),
    "factor-removed": _("Means of signing in removed"),
    "codes-renewed": _("Recovery codes renewed"),
}
LABELS: Final = {
    "username": _("User name"),
    "name": _("Name"),
    "role": _("Role"),
    "from": _("from"),
    "until": _("until"),
    "on": _("from"),
    "certificate": _("Certificate"),
    "delegated_by": _("in place of"),
    "document": _("Document (SHA-256)"),
    "reason": _("Reason"),
    "kind": _("Kind"),
    "label": _("Name"),
}
KINDS: Final = {
    "passkey": _("Passkey"),
    "totp": _("Codes from a device"),
    "recovery_codes": _("Recovery codes"),
    "password": _("Password"),
}
DAYS: Final = frozenset({"from", "until", "on"})
OWN: Final = frozenset({"factor-added", "factor-removed", "invitation-used", "codes-renewed"})


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of an account's stream: what, when, by whom, and its details (label, value)."""

    index: int
    title: str
    at: datetime
    by: str
    said: tuple[tuple[str, str], ...]


def of(account: Account) -> list[Line]:
    """Everything entered of the account, newest first."""
    entries = store.read(account.id)
    actors = {str(one.skeleton.outcome["actor"]) for one in entries if one.skeleton.outcome.get("actor")}
    givers = {str(one.fields["delegated_by"].value) for one in entries if "delegated_by" in one.fields}
    known = {str(one.pk): one.name for one in Account.objects.filter(pk__in=actors | givers)}
    return [_line(entry, known) for entry in reversed(entries)]


def since(account: Account, moment: datetime) -> list[str]:
    """A sentence for each thing that another person changed of the account since a moment."""
    changed = [
        entry for entry in store.read(account.id)
        if entry.recorded_at > moment and entry.skeleton.step in TITLES and entry.skeleton.step not in OWN
    ]  # fmt: skip
    return [
        gettext("Changed on your account since you were last here: %(what)s, %(day)s. If you know nothing of it, tell "
                "the head of the office.")
        % {"what": gettext(TITLES[entry.skeleton.step]), "day": date_format(entry.recorded_at.date())}
        for entry in changed
    ]  # fmt: skip


def _line(entry: store.StoredEntry, known: dict[str, str]) -> Line:
    title = TITLES.get(entry.skeleton.step)
    actor = entry.skeleton.outcome.get("actor")
    return Line(
        index=entry.index,
        title=gettext(title) if title else gettext("Step refused: %(step)s") % {"step": entry.skeleton.step},
        at=entry.recorded_at,
        by=known.get(str(actor), "") if actor else gettext("the system"),
        said=tuple(
            _said(name, field.value, known) for name, field in entry.fields.items() if field.value and name in LABELS
        ),
    )


def _said(name: str, value: object, known: dict[str, str] | dict[UUID, str]) -> tuple[str, str]:
    text = str(value)
    roles = rulebook.current().roles
    if name == "role" and text in roles:
        text = language.pick(roles[text].title)
    elif name == "kind":
        text = gettext(KINDS.get(text, text))
    elif name in DAYS:
        text = date_format(date.fromisoformat(text))
    elif name == "delegated_by":
        text = known.get(text, text)  # type: ignore[call-overload]
    return gettext(LABELS[name]), text
