"""One-time codes by which a person comes in to set what they will sign in with; good for `VALID`, kept as digests.

Not here: who may invite (`office/pages/appointing`), the entry (`actions`), the pages (`welcome`).
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

from duecourse.edge import clock, ids
from duecourse.office.people.models import Account, Invitation

VALID: Final = timedelta(days=7)


def make(account: Account) -> str:
    """A fresh code; every earlier one ends."""
    end(account)
    code = ids.code()
    moment = clock.now()
    Invitation.objects.create(account=account, code_sha256=_digest(code), made_at=moment, ends_at=moment + VALID)
    return code


def find(typed: str) -> Invitation | None:
    """The invitation that a typed code opens, or None. Raises Invalid("code_malformed") for what is no code."""
    digest = _digest(ids.read_code(typed))
    return open_ones().filter(code_sha256=digest, account__is_active=True).select_related("account").first()


def use(invitation: Invitation) -> bool:
    """Take the invitation; False when somebody took it a moment ago."""
    return bool(open_ones().filter(pk=invitation.pk).update(used_at=clock.now()))


def end(account: Account) -> None:
    """No invitation of this account opens anything from now on."""
    Invitation.objects.filter(account=account, used_at=None).update(used_at=clock.now())


def open_ones():  # noqa: ANN201 - a queryset of Invitation
    """Invitations that are neither used nor out of date."""
    return Invitation.objects.filter(used_at=None, ends_at__gt=clock.now())


def _digest(code: str) -> str:
    return hashlib.sha256(b"duecourse.office.people invitation\n" + code.encode("ascii")).hexdigest()
