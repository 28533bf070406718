"""Reads the report form: what a person typed becomes a `Report`, or sentences that say what to do.

Responsible for every rule about a field. It changes nothing that a person typed except: line ends become LF, Unicode is
put in NFC (a record has one spelling), and blanks around a field go. What cannot be stored is said, not dropped.
Not here: attachments (`attachments`), sealing (`submission`), the page (`views`).
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from django.utils.functional import _StrPromise

LONGEST: Final[Mapping[str, int]] = {"what_happened": 20_000, "happened_on": 200, "address": 2_000, "contact": 500}
"""Characters each field may hold."""
MARKS: Final = 30
"""Combining marks in a row (Unicode UAX 15, Stream-Safe Text Format); no language needs more."""
ELSEWHERE: Final = "something-else"

SENTENCES: Final[Mapping[str, _StrPromise]] = {
    "head_missing": _("Choose what kind of harm this is."),
    "head_unknown": _("Choose the kind of harm from the list."),
    "head_elsewhere": _("This office has no power over anything else. Below is who can help; your text is still "
                        "here."),
    "harmed_missing": _("Say whether this happened to you or to someone else."),
    "urgent_missing": _("Say whether money is moving now."),
    "what_happened_missing": _("Write what happened. One sentence is enough to begin with."),
    "too_long": _("“%(label)s” holds %(length)s characters; at most %(most)s fit. Your text is still here: shorten it, "
                  "or attach the long version as a file."),
    "nul": _("“%(label)s” holds a character that is no text (NUL). It stands as � in the field: delete it there."),
    "marks": _("“%(label)s” holds a letter with more than %(most)s accents on top of each other, which cannot be read. "
               "Delete these marks; the rest of the text can stay."),
    "form_expired": _("This form was open for more than %(hours)s hours. Nothing was lost: look it over and send it "
                      "again."),
    "form_foreign": _("This form could not be recognised, so it has been given a new code. Your text is still here: "
                      "send it again."),
    "cookies": _("The form could not be checked, perhaps because the browser refuses cookies. Your text is still here: "
                 "allow cookies for this site and send it again."),
    "store": _("The report could not be stored just now; nothing was saved. Your text is still here: send it again in "
               "a minute."),
    "visit_over": _("The quarter of an hour since you opened your report is over. Type your code again: your text is "
                    "still here."),
    "message_missing": _("Write what you want to tell us."),
    "message_between": _("Another message was sent from here in the meantime. Yours is still here: look at the thread, "
                         "then send it again."),
    "messages_many": _("At most %(most)s messages can go with one report. Send a new report, or come in person."),
    "upload_cut": _("The sending broke off before the end, so nothing was stored. Send it again."),
    "file_large": _("The file “%(name)s” is larger than %(most)s. It was not kept; the other files were. Only a "
                    "recording of sound or film may be larger, up to %(long)s."),
    "recording_large": _("The recording “%(name)s” is larger than %(most)s. It was not kept; the other files were. "
                         "Send the part that matters, or bring the whole to the office."),
    "recording_second": _("Only one recording larger than %(most)s can go with a report. “%(name)s” was not kept: "
                          "send it afterwards as a message with your code."),
    "files_large": _("The files together are larger than %(most)s. “%(name)s” was not kept."),
    "files_many": _("At most %(most)s files can be attached. “%(name)s” was not kept."),
    "file_empty": _("The file “%(name)s” is empty. It was not kept: choose it again, or send the form without it."),
    "file_claims": _("The file “%(name)s” says that it is %(kind)s, but it is not. It was not kept. If this is how you "
                     "received it, give it a name that ends in .bin and attach it again."),
}  # fmt: skip
LABELS: Final[Mapping[str, _StrPromise]] = {
    "what_happened": _("What happened"),
    "happened_on": _("When it happened"),
    "address": _("Where it happened"),
    "contact": _("How to reach you"),
    "message": _("Your message"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to put right, in the field whose control has the id `field` ("" for the form as a whole)."""

    field: str
    code: str
    params: Mapping[str, object]

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, in the language of the page."""
        return str(SENTENCES[self.code]) % self.params


@dataclass(frozen=True, slots=True)
class Report:
    """What a person says happened, ready to be sealed."""

    head: str
    what_happened: str
    happened_on: str
    address: str
    harmed: str
    urgent: bool
    contact: str


def problem(code: str, field: str = "", **params: object) -> Problem:
    """Make a problem from a code of `SENTENCES`."""
    return Problem(field, code, params)


def read(posted: Mapping[str, str], heads: AbstractSet[str]) -> tuple[Report, list[Problem]]:
    """Read a posted form. The report may be used only when the list of problems is empty."""
    problems: list[Problem] = []
    head = _choice(posted, "head", heads | {ELSEWHERE}, problems)
    if head == ELSEWHERE:
        problems.append(problem("head_elsewhere", "head"))
    harmed = _choice(posted, "harmed", {"self", "other"}, problems)
    urgent = _choice(posted, "urgent", {"yes", "no"}, problems)
    texts = {name: _text(posted, name, problems) for name in LONGEST}
    if not texts["what_happened"] and not any(found.field == "what_happened" for found in problems):
        problems.append(problem("what_happened_missing", "what_happened"))
    order = {"": 0, "head": 1, "urgent": 2, "what_happened": 3, "happened_on": 4, "address": 5, "harmed": 6}
    problems.sort(key=lambda found: order.get(found.field, 9))
    return Report(head=head, harmed=harmed, urgent=urgent == "yes", **texts), problems


def one_text(posted: Mapping[str, str], name: str, longest: int) -> tuple[str, list[Problem]]:
    """Read one text that must say something, by the rules of this form."""
    problems: list[Problem] = []
    text = _text(posted, name, problems, longest)
    if not text and not problems:
        problems.append(problem(f"{name}_missing", name))
    return text, problems


def shown(posted: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed as it can stand in a page again: NUL shows as U+FFFD."""
    names = (*LONGEST, "head", "harmed", "urgent")
    return {name: posted.get(name, "").replace("\0", "\N{REPLACEMENT CHARACTER}") for name in names}


def _choice(posted: Mapping[str, str], name: str, choices: AbstractSet[str], problems: list[Problem]) -> str:
    chosen = posted.get(name, "")
    if chosen in choices:
        return chosen
    unknown = f"{name}_unknown" if chosen and f"{name}_unknown" in SENTENCES else f"{name}_missing"
    problems.append(problem(unknown, name))
    return ""


def _text(posted: Mapping[str, str], name: str, problems: list[Problem], longest: int = 0) -> str:
    text = posted.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()
    wrong = _wrong(text, longest or LONGEST[name])
    if wrong is not None:
        code, params = wrong
        problems.append(problem(code, name, label=LABELS[name], **params))
        return ""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _wrong(text: str, longest: int) -> tuple[str, dict[str, object]] | None:
    if len(text) > longest:
        return "too_long", {"length": len(text), "most": longest}
    if "\0" in text:
        return "nul", {}
    if not text.isascii() and _marks().search(text):
        return "marks", {"most": MARKS}
    return None


@cache
def _marks() -> re.Pattern[str]:
    """Return a pattern for too many marks in a row; looked for before NFC, whose cost grows with their square."""
    marks = "".join(chr(code) for code in range(sys.maxunicode + 1) if unicodedata.combining(chr(code)))
    return re.compile(f"[{re.escape(marks)}]{{{MARKS + 1},}}")
