"""What every public page shows around its content: the way through the site, and whether this is a demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils.translation import gettext_noop

from duecourse.public import office
from duecourse.ui import language, navigation
from duecourse.ui.navigation import Way

if TYPE_CHECKING:
    from django.http import HttpRequest

WAYS: Final = (
    Way("/report/", gettext_noop("Report")),
    Way("/report/follow-up/", gettext_noop("Follow up a report")),
    Way("/party/", gettext_noop("For parties")),
    Way("/register/", gettext_noop("Register")),
    Way("/procedures/", gettext_noop("Procedures")),
    Way("/figures/", gettext_noop("Figures")),
    Way("/proofs/", gettext_noop("Proofs")),
    Way("/contact/", gettext_noop("Contact")),
)
FOOTER: Final = (
    Way("/about/", gettext_noop("About")),
    Way("/about/data/", gettext_noop("Your data")),
    Way("/accessibility/", gettext_noop("Accessibility statement")),
    Way("/contact/", gettext_noop("Contact")),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Add the office, the navigation with the way that leads here marked, and the kind of installation."""
    profile = office.profile()
    return {
        "office_name": language.pick(profile.name),
        "office": profile,
        "example": profile.example,
        "navigation": navigation.shown(WAYS, request.path),
        "footer_links": navigation.shown(FOOTER, request.path),
        "DUECOURSE_ENV": settings.DUECOURSE_ENV,
    }
