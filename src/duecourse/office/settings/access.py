"""Who may see the settings of the office, and who may change, confirm and enter what. Roles of the rulebook.

Not responsible for signing in, nor for pages of other parts (`office.pages.access`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from duecourse.office.pages.access import NotYours

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts

ADMINISTRATOR: Final = "administrator"
HEADS: Final = frozenset({"unit-head", "deputy-head", "office-head", "main-head"})
SEES: Final = HEADS | {ADMINISTRATOR, "legal-reviewer", "supervisor"}
CHANGES: Final = frozenset({ADMINISTRATOR, "office-head", "main-head"})
CONFIRMS: Final = frozenset({ADMINISTRATOR, "legal-reviewer"})
READS_CALENDARS: Final = CHANGES | {"unit-head", "deputy-head", "legal-reviewer", "records-officer"}
IMPORTS: Final = frozenset({"office-head", "main-head"})


def require(person: PersonFacts, roles: frozenset[str]) -> None:
    """Raise NotYours unless the person holds one of these roles today."""
    if not person.roles & roles:
        raise NotYours(roles)
