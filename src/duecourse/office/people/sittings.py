"""Sittings: which sessions a person has open, seen last when; the middleware that keeps the list.

A row is made at the first request of a session and brought up to date at most once a minute. The session's beginning
counts as a proof of who the person is (`proving`).

Not here: ending sessions (`actions.end_sittings`), the page (`own`).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from django.contrib.sessions.models import Session
from django.utils import timezone

from duecourse.edge import clock
from duecourse.office.people import arrival, browsers
from duecourse.office.people.models import Account, Sitting

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

SEEN: Final = "seen_at"
EVERY: Final = 60.0
"""Seconds between two updates of when a sitting was seen last."""


class SittingMiddleware:
    """Keep the sitting of a signed-in person up to date."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the request before it is answered, so that the answer shows it."""
        if request.session.session_key and request.user.is_authenticated:
            _note(request, request.user)  # type: ignore[arg-type]
        return self.get_response(request)


def of(account: Account) -> list[Sitting]:
    """The sittings of a person whose sessions are still open, seen last first."""
    rows = list(Sitting.objects.filter(account=account))
    keys = [row.session_key for row in rows]
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    held = set(alive.values_list("session_key", flat=True))
    return [row for row in rows if row.session_key in held]


def _note(request: HttpRequest, account: Account) -> None:
    key, last, now = request.session.session_key, request.session.get(SEEN), time.time()
    if last is not None and now - last < EVERY:
        return
    moment = clock.now()
    found = Sitting.objects.filter(session_key=key, account=account, began_at__lte=moment).update(seen_at=moment)
    if not found:
        Sitting.objects.filter(session_key=key).delete()
        means = arrival.means_of(request, account)
        Sitting.objects.create(
            account=account, session_key=key, began_at=moment, seen_at=moment, means=means,
            browser=browsers.kind_of(request),
        )  # fmt: skip
        request.session.setdefault(arrival.PROOF, now)
    request.session[SEEN] = now
