"""Wrong input said in the reader's language: one sentence for each code of `Invalid`: what is wrong and what to do.

Responsible for the words of `Invalid`. Refusals bring their own words (`core.procedure.refusal`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

if TYPE_CHECKING:
    from duecourse.core.errors import Invalid

SENTENCES: Final = {
    "page_stale": _("Something happened here since you opened this page. Look at what changed, then send again."),
    "matter_unknown": _("There is no such matter. Check the address."),
    "key_malformed": _("This page was not sent as it was served. Open it again."),
    "key_reused": _("This page was already used for another step. Open the step again."),
    "seen_unknown": _("This page was not sent as it was served. Open it again."),
    "exhibit_unknown": _("The file that you named is not stored. Upload it again."),
    "media_empty": _("The file is empty. Choose another."),
    "media_too_large": _("The file is larger than 512 MB. Split it, or ask for it to be taken in another way."),
    "media_mismatch": _("The file is not what its name says. Check it and upload the original."),
    "media_broken": _("The file is broken and cannot be opened. Upload the original."),
    "pdf_empty": _("The file is empty. Choose the PDF of the document."),
    "pdf_too_large": _("The file is larger than 64 MB. Scan it again in a lower resolution."),
    "pdf_broken": _("This is not a whole, open PDF. Scan or export it again, without a password."),
    "seal_needs_file": _("Upload the stamped or signed PDF."),
    "document_unknown": _("There is no such document in this matter."),
    "document_not_drafted": _("The document is still being drawn up. Wait a moment and try again."),
    "file_missing": _("Choose a file."),
    "upload_cut": _("The sending broke off before the end, and the file is not stored. Choose it again and send."),
    "date_malformed": _("The day of the act is not a date. Write it as 2026-03-02."),
    "follow_up_refused": _(
        "The step would open another matter, and the rulebook does not allow that now. Nothing was entered."
    ),
    "text_too_long": _("The opinion is too long. Shorten it to 2,000 characters."),
}
OTHER: Final = _("What was sent cannot be read. Check the fields and send again.")


def of(invalid: Invalid) -> str:
    """Return the sentence for a person."""
    return gettext(SENTENCES.get(invalid.code, OTHER))
