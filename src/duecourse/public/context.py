"""What every public page shows around its content: the way through the site, and whether this is a demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

if TYPE_CHECKING:
    from django.http import HttpRequest

WAYS: Final = (
    ("/report/", gettext_noop("Report")),
    ("/report/follow-up/", gettext_noop("Follow up a report")),
    ("/register/", gettext_noop("Register")),
    ("/procedures/", gettext_noop("Procedures")),
    ("/proofs/", gettext_noop("Proofs")),
    ("/about/", gettext_noop("About")),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Add the navigation, with the way that leads here marked, and the kind of installation."""
    here = max((href for href, _ in WAYS if request.path.startswith(href)), key=len, default="")
    ways = [{"href": href, "title": gettext(title), "here": href == here} for href, title in WAYS]
    return {"navigation": ways, "DUECOURSE_ENV": settings.DUECOURSE_ENV}
