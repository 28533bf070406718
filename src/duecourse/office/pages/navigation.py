"""What every page of the office shows around its content: the ways through it, and whether this is a demonstration.

Each area of work has one line here. A way that this installation does not have is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils.translation import gettext_noop

from duecourse.office.settings import profile
from duecourse.office.settings.access import SEES
from duecourse.ui import language, navigation
from duecourse.ui.navigation import Way

if TYPE_CHECKING:
    from django.http import HttpRequest

SIGNING: Final = frozenset({"unit-head", "legal-reviewer", "deputy-head", "office-head", "main-head", "superior-head"})
WAYS: Final = (
    Way("/", gettext_noop("Today")),
    Way("/queue/", gettext_noop("Queue")),
    Way("/sign/", gettext_noop("To sign"), SIGNING),
    Way("/matters/", gettext_noop("Matters")),
    Way("/reports/", gettext_noop("Incoming")),
    Way("/books/", gettext_noop("Books")),
    Way("/settings/", gettext_noop("Settings"), SEES),
    Way("/accounts/", gettext_noop("Accounts")),
)
KEEPS_ONLY: Final = frozenset({"administrator"})  # who keeps accounts and settings handles no matter
HANDLING: Final = frozenset({"/queue/", "/reports/"})
ACCOUNT: Final = "/account/"
FOOTER: Final = (Way("/components/", gettext_noop("Components of these pages")),)


def page(request: HttpRequest) -> dict[str, Any]:
    """Add the navigation (for who is signed in), the way to one's own account, and the kind of installation."""
    person = getattr(request, "person", None)
    inside = request.user.is_authenticated if hasattr(request, "user") else False
    office, roles = profile.current(), frozenset(person.roles) if person else frozenset()
    ways = [way for way in WAYS if roles != KEEPS_ONLY or way.href not in HANDLING]
    return {
        "office_name": language.pick(office.name),
        "example": office.example,
        "navigation": navigation.shown(ways, request.path, roles) if inside else [],
        "footer_links": navigation.shown(FOOTER, request.path) if inside else [],
        "account_page": ACCOUNT if inside and navigation.exists(ACCOUNT) else "",
        "DUECOURSE_ENV": settings.DUECOURSE_ENV,
    }
