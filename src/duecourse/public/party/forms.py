"""What a party fills in for each act, and how a posted form is read.

Responsible for fields, their words and their rules. What a person typed is changed only as on the report form: line
ends become LF, Unicode NFC, blanks around a field go. Not here: files (`reporting.attachments`), sending (`sending`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise

SHORT: Final = 500
LONG: Final = 20_000
YES, NO = "yes", "no"

SENTENCES: Final[Mapping[str, _StrPromise]] = {
    "missing": _("“%(label)s” is empty. Fill it in."),
    "choose": _("“%(label)s”: choose one of the answers."),
    "too_long": _("“%(label)s” holds %(length)s characters; at most %(most)s fit. Your text is still here: shorten it, "
                  "or attach the long version as a file."),
    "odd": _("“%(label)s” holds a character that is no text. It stands as � in the field: delete it there."),
    "nothing": _("Write something or attach a file."),
    "email": _("Give an e-mail address that can receive documents, or choose service on paper."),
    "code": _("An hour has passed since your last page. Type your code again at the foot of the page: everything you "
              "wrote is still here."),
    "code_wrong": _("Nothing was found with this code. Compare each character; what you wrote is still here."),
    "store": _("It could not be stored just now; nothing was saved. Your text is still here: send it again in a "
               "minute."),
    "cut": _("The sending broke off before the end, so nothing was stored. Send it again."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `kind`: line, lines or radios; `most`: characters."""

    name: str
    label: _StrPromise
    kind: str = "line"
    hint: _StrPromise | str = ""
    required: bool = False
    most: int = SHORT
    choices: Sequence[tuple[str, _StrPromise]] = ()
    autocomplete: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """An act: its title and what to know first, its fields, the button, and whether files can be attached."""

    title: _StrPromise
    lead: _StrPromise
    fields: Sequence[Field]
    button: _StrPromise
    files: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to put right, in the field whose control has the id `field` ("" for the form as a whole)."""

    field: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, in the language of the page."""
        return str(SENTENCES[self.code]) % self.params


FORMS: Final[Mapping[str, Form]] = {
    "statement": Form(
        _("State and defend"),
        _("Say what is wrong in the facts, the reasons, the evidence or the penalty, and attach what shows it. The "
          "office must hear it and re-check it. It may not punish you more because you defend yourself."),
        (Field("text", _("Your statement and defence"), "lines", most=LONG),),
        _("Send the statement"),
    ),
    "hearing": Form(
        _("Ask for a hearing"),
        _("The hearing is held by somebody who took no part in the inquiry. It costs nothing. You may come yourself or "
          "send one or two people for you. You will be told the place and time seven working days before."),
        (Field("text", _("What you want to raise at the hearing (may be empty)"), "lines", most=LONG),
         Field("representatives", _("Who comes for you (may be empty)"), hint=_("One or two names. Attach the "
               "authorisation, or bring it."))),
        _("Ask for the hearing"),
    ),
    "recusal": Form(
        _("Ask that an officer step aside"),
        _("An officer who has a direct interest in the case, or a tie that may harm fairness, must step aside. The "
          "head of the office decides; the inquiry goes on meanwhile."),
        (Field("officer", _("Which officer"), "radios", required=True),
         Field("text", _("Why this officer should step aside"), "lines", required=True, most=LONG)),
        _("Send the request"),
    ),
    "payment": Form(
        _("Ask to pay later or by instalments"),
        _("Where paying the fine is a real hardship you may ask for more time or for instalments. Attach what shows "
          "it: accounts, statements. Until it is decided, the time to pay goes on."),
        (Field("wish", _("What you ask for"), "radios", required=True,
               choices=(("deferral", _("To pay later")), ("instalments", _("To pay by instalments")))),
         Field("until", _("By when you will have paid everything (may be empty)")),
         Field("text", _("Why, and how you will pay"), "lines", required=True, most=LONG)),
        _("Send the request"),
    ),
    "rectification": Form(
        _("Report what was put right"),
        _("Say what you have changed, and attach what shows it: screenshots, records, contracts. Putting things right "
          "in time can make a penalty lighter."),
        (Field("text", _("What you have put right"), "lines", required=True, most=LONG),
         Field("done_on", _("When it was finished (may be empty)"))),
        _("Send the report"),
    ),
    "address": Form(
        _("Confirm an address for service"),
        _("The office sends documents of this case to the address you confirm here. Tell us when it changes, so "
          "that nothing goes astray."),
        (Field("recipient", _("Who receives"), required=True, autocomplete="name"),
         Field("address", _("Postal address"), required=True, autocomplete="street-address"),
         Field("phone", _("Telephone (may be empty)"), autocomplete="tel"),
         Field("electronic", _("Do you agree to electronic service?"), "radios", required=True,
               hint=_("Only if you say yes here. A document then counts as served on the day it reaches your system; "
                      "you can still ask for it on paper, and can take your consent back for what comes later."),
               choices=((YES, _("Yes, I agree that documents of this case are served electronically")),
                        (NO, _("No, serve on paper")))),
         Field("email", _("E-mail address for electronic service (only if yes)"), autocomplete="email")),
        _("Confirm the address"),
        files=False,
    ),
}  # fmt: skip
KINDS: Final = tuple(FORMS)
_ODD: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def read(kind: str, posted: Mapping[str, str], officers: Sequence[str]) -> tuple[dict[str, str], list[Problem]]:
    """Read a posted form. The answers may be used only when the list of problems is empty."""
    answers, problems = {}, []
    for one in FORMS[kind].fields:
        text = posted.get(one.name, "").replace("\r\n", "\n").replace("\r", "\n").strip()
        wrong = _wrong(one, text, officers)
        if wrong is not None:
            problems.append(wrong)
        answers[one.name] = unicodedata.normalize("NFC", text)
    if kind == "address" and answers["electronic"] == YES and not _EMAIL.fullmatch(answers["email"]):
        problems.append(Problem("email", "email"))
    return answers, problems


def choices(one: Field, officers: Sequence[str]) -> list[tuple[str, object]]:
    """The answers that a question offers; which officers there are stands in the papers."""
    return [(name, name) for name in officers] if one.name == "officer" else list(one.choices)


def shown(kind: str, posted: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed as it can stand in a page again: what is no text shows as U+FFFD."""
    return {one.name: _ODD.sub("\N{REPLACEMENT CHARACTER}", posted.get(one.name, "")) for one in FORMS[kind].fields}


def _wrong(one: Field, text: str, officers: Sequence[str]) -> Problem | None:
    offered = [value for value, _said in choices(one, officers)]
    if one.kind == "radios" and offered and text not in offered:
        return Problem(one.name, "choose", {"label": one.label})
    if one.required and not text:
        return Problem(one.name, "missing", {"label": one.label})
    if len(text) > one.most:
        return Problem(one.name, "too_long", {"label": one.label, "length": len(text), "most": one.most})
    if _ODD.search(text):
        return Problem(one.name, "odd", {"label": one.label})
    return None
