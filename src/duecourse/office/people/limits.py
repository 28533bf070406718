"""Locks after repeated failures: for a user name and for an address, whatever was wrong and whether the name exists.

`ALLOWED` failures of one name, or `ALLOWED_HERE` from one address, within `WINDOW` lock passwords and codes until the
oldest of them is `WINDOW` old, or until an administrator unlocks the account (an entry). Attempts during a lock are not
counted, so nobody can keep a colleague locked out for ever; a passkey cannot be guessed and is not locked.
An attempt counts as wrong from its beginning, so that many at once gain nothing.

Not here: what the pages say (`sign_in`, `proving`).
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from duecourse.edge import clock
from duecourse.office.people import browsers
from duecourse.office.people.models import Account, SignIn
from duecourse.ui import address

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import HttpRequest

WINDOW: Final = timedelta(minutes=15)
ALLOWED: Final = 5
ALLOWED_HERE: Final = 30
_FAILED: Final = (SignIn.Result.WRONG, SignIn.Result.BEGUN)
_CLEARS: Final = (SignIn.Result.RIGHT, SignIn.Result.UNLOCKED)


class Locked(Exception):  # noqa: N818 - the state of the door
    """Too many failures. `minutes` until passwords and codes are looked at again; the words fit any name."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes

    def __str__(self) -> str:
        said = gettext(
            "Too many wrong attempts for this user name or from this place. Passwords and codes are looked at again in "
            "%(minutes)s min. Until then sign in with a passkey, or ask whoever keeps the office's accounts to unlock "
            "the account."
        )
        return said % {"minutes": self.minutes}


def begin(request: HttpRequest, username: str, means: str) -> SignIn:
    """Write down an attempt before it is judged. Raises Locked, and then writes nothing."""
    name, here = name_digest(username), address.of(request)
    moment = clock.now()
    written = SignIn.objects.create(
        at=moment, account=Account.objects.filter(username__iexact=username.strip()).first(), name_digest=name,
        address=here, means=means, result=SignIn.Result.BEGUN, browser=browsers.kind_of(request),
    )  # fmt: skip
    until = max(
        (end for end in (_by_name(name, moment, written.pk), _by_address(here, moment, written.pk)) if end),
        default=None,
    )
    if until is not None:
        written.delete()
        raise Locked(minutes=max(1, -int(-(until - moment).total_seconds() // 60)))
    return written


def wrong(attempt: SignIn) -> None:
    """What was given is not right."""
    attempt.result = SignIn.Result.WRONG
    attempt.save(update_fields=["result"])


def right(attempts: list[int], account: Account) -> None:
    """These attempts led through the door: they and what failed before count no longer."""
    SignIn.objects.filter(pk__in=attempts).update(result=SignIn.Result.RIGHT, account=account)


def unlock(request: HttpRequest, account: Account) -> None:
    """Forget the failures of an account's name (not those of an address). The entry is `actions.unlock`."""
    SignIn.objects.create(
        at=clock.now(), account=account, name_digest=name_digest(account.username), address=address.of(request),
        means="", result=SignIn.Result.UNLOCKED, browser="",
    )  # fmt: skip


def locked_until(account: Account) -> datetime | None:
    """Until when passwords and codes of this account are not looked at; None when they are."""
    return _by_name(name_digest(account.username), clock.now(), None)


def name_digest(username: str) -> str:
    """A keyed digest of a typed name: what was typed there may have been a password."""
    return salted_hmac("duecourse.office.people.limits", username.strip().casefold(), algorithm="sha256").hexdigest()


def _by_name(name: str, moment: datetime, own: int | None) -> datetime | None:
    rows = SignIn.objects.filter(name_digest=name)
    cleared = rows.filter(result__in=_CLEARS).order_by("-at").values_list("at", flat=True).first()
    failed = _failed(rows, moment, own)
    return _until(failed.filter(at__gt=cleared) if cleared else failed, ALLOWED)


def _by_address(here: str, moment: datetime, own: int | None) -> datetime | None:
    if not here:
        return None
    near = SignIn.objects.filter(address=here)
    if ":" in here:  # whoever has one IPv6 address has a whole /64
        near = SignIn.objects.filter(address__startswith=str(ip_network(f"{here}/64", strict=False)).partition("::")[0])
    return _until(_failed(near, moment, own), ALLOWED_HERE)


def _failed(rows: QuerySet[SignIn], moment: datetime, own: int | None) -> QuerySet[SignIn]:
    return rows.filter(result__in=_FAILED, at__gt=moment - WINDOW).exclude(pk=own)


def _until(failed: QuerySet[SignIn], allowed: int) -> datetime | None:
    latest = list(failed.order_by("-at").values_list("at", flat=True)[:allowed])
    return latest[-1] + WINDOW if len(latest) >= allowed else None
