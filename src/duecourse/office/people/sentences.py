"""Why something cannot be done to an account, in the reader's language; what `Invalid` says here, by code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

if TYPE_CHECKING:
    from duecourse.core.errors import Invalid

SENTENCES: Final = {
    "own_account": _("Nobody does this to their own account. Another keeper of accounts has to."),
    "withdrawn_before": _("This is withdrawn already."),
    "delegation_to_oneself": _("A role is delegated to another person. Choose somebody else."),
    "delegation_of_closed_account": _("One of the two accounts is closed. Choose somebody whose account is open."),
    "delegation_of_personal_duty": _(
        "The rulebook makes the duties of this role personal: they cannot be delegated. Somebody else must be "
        "appointed."
    ),
    "delegation_ends_before_it_begins": _("The last day lies before the first. Correct one of them."),
    "delegation_without_document": _("A delegation is written. Upload the signed document."),
    "delegation_without_reason": _("Say why the role is delegated."),
    "delegation_of_delegated": _("You hold this role by delegation yourself, so you cannot give it on."),
    "delegation_beyond_appointment": _(
        "You do not hold this role yourself on all of these days. Choose days within your own appointment."
    ),
    "file_missing": _("Choose the signed document."),
    "upload_cut": _("The sending broke off before the end, and the file is not stored. Choose it again and send."),
}
OTHER: Final = _("This cannot be done. Check what you typed and send it again.")
FIELD: Final = {
    "delegation_to_oneself": "to",
    "delegation_of_closed_account": "to",
    "delegation_of_personal_duty": "role",
    "delegation_ends_before_it_begins": "until_on",
    "delegation_without_document": "file",
    "delegation_without_reason": "reason",
    "delegation_of_delegated": "role",
    "delegation_beyond_appointment": "until_on",
}
"""The control that a code speaks of."""


def of(invalid: Invalid) -> str:
    """Return the sentence for a person."""
    return gettext(SENTENCES.get(invalid.code, OTHER))
