"""What is wrong with something that was typed, as a sentence in the reader's language: what, why, what to do.

Not here: codes of steps and forms (`office.pages.sentences`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext, gettext_noop

from duecourse.core.deadlines import Length
from duecourse.core.errors import Invalid
from duecourse.office.matters import rulebook
from duecourse.ui import language
from duecourse.ui.templatetags import duecourse as ui

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final = {
    "setting_not_a_period": gettext_noop(
        "“%(text)s” is no period. Write a number and a unit, for example: 7 working_days."
    ),
    "setting_not_a_number": gettext_noop("“%(text)s” is no number. Write plain digits, without marks and unit."),
    "setting_not_yes_or_no": gettext_noop("Choose yes or no."),
    "setting_empty": gettext_noop("Nothing was typed. Write the value, or - where there is none yet."),
    "setting_too_long": gettext_noop("This is too long: %(most)s characters at most."),
    "setting_malformed": gettext_noop("“%(text)s” cannot be printed: it holds signs that are no letters."),
    "setting_of_another_unit": gettext_noop(
        "The law counts this period in another unit (%(bound)s), so “%(text)s” cannot be compared with it. "
        "Use the law's unit. %(on)s"
    ),
    "setting_below": gettext_noop("“%(text)s” is less than the law allows: %(bound)s at least. %(on)s"),
    "setting_above": gettext_noop("“%(text)s” is more than the law allows: %(bound)s at most. %(on)s"),
    "setting_not_changeable": gettext_noop(
        "Nothing in the procedures reads this value, so a change would have no effect. "
        "It takes a new version of the procedure."
    ),
    "setting_stands": gettext_noop("This is the value already in force on that day."),
    "setting_from_past": gettext_noop("A change cannot begin in the past. Choose today or a later day."),
    "setting_from_far": gettext_noop("That day is more than a year away. Enter the change when it is nearer."),
    "setting_reason_missing": gettext_noop("Say in a sentence why it changes: the second person reads it."),
    "setting_waits": gettext_noop("Another change of this value waits for a second person. Decide on that one first."),
    "setting_breaks_rulebook": gettext_noop("With this value the rulebook does not hold together: %(why)s"),
    "change_same_person": gettext_noop("Whoever proposed a change cannot agree to it. Another person must."),
    "change_decided": gettext_noop("This change was already decided."),
    "change_unknown": gettext_noop("There is no such change."),
    "number_form": gettext_noop(
        "A form of numbers names four places, each once: {prefix}, {series}, {year}, {number}."
    ),
    "setting_needs_no_lawyer": gettext_noop("This value needs no lawyer's confirmation."),
    "lawyer_missing": gettext_noop("Write the name of the lawyer who confirmed it."),
    "note_missing": gettext_noop("Write on which text the lawyer confirmed it."),
    "confirmed_later": gettext_noop("A confirmation cannot be dated later than today."),
    "day_malformed": gettext_noop("“%(text)s” is no day. Write it as 2026-03-02."),
    "seal_missing": gettext_noop("Choose the file with the image of the seal."),
    "seal_no_image": gettext_noop(
        "The file is no PNG image, or it is larger than 1 MB. Upload the seal as PNG, 300 to 1,500 points wide."
    ),
    "calendar_year": gettext_noop("Only the years around this one can be entered."),
    "calendar_number": gettext_noop("Write the number of the announcement, for example 国办发明电〔2025〕7号."),
    "calendar_empty": gettext_noop("No day off was entered."),
    "calendar_backwards": gettext_noop("%(title)s: the last day off lies before the first."),
    "calendar_too_long": gettext_noop(
        "%(title)s: no announcement gives so many days off in a row. Look at the two days."
    ),
    "calendar_no_rest_day": gettext_noop(
        "%(title)s: %(day)s is no Saturday or Sunday, so nobody works it in exchange."
    ),
    "calendar_other_year": gettext_noop("%(title)s: %(day)s is not a day of that year."),
    "calendar_twice": gettext_noop("%(title)s: %(day)s was entered twice."),
    "calendar_holiday_missing": gettext_noop(
        "%(title)s: %(day)s is a day off by the regulation itself and must be among the days off."
    ),
    "calendar_link": gettext_noop("The link must begin with https:// or http://."),
    "calendar_stands": gettext_noop("The calendar on file says the same already."),
    "calendar_nothing_open": gettext_noop("You have no reading of that year that waits."),
    "calendar_half": gettext_noop("%(title)s: write both the first and the last day off, or neither."),
}
"""Codes of this package, each with its sentence."""


def of(wrong: Invalid) -> str:
    """The sentence of what is wrong. Raises KeyError for a code that is not of this package."""
    return gettext(SENTENCES[wrong.code]) % _params(wrong.params)


def value(kind: str, found: object) -> str:
    """A setting's value as a person reads it."""
    if kind == "period":
        return Length.parse(str(found)).words()[language.tag()]
    if kind == "boolean":
        return ui.yes_no(found)
    if kind == "number":
        return f"{found:,}"
    if isinstance(found, list | tuple):
        roles = rulebook.current().roles
        return gettext(", ").join(language.pick(roles[item].title) if item in roles else str(item) for item in found)
    return gettext("not given yet") if found == "-" else str(found)


def cited(citations: object) -> str:
    """Articles as a person cites them, in brackets; "" for none."""
    items = citations if isinstance(citations, list | tuple) else []
    book = rulebook.current()
    said = gettext("; ").join(language.pick(book.cite(str(item))) for item in items)
    return f"（{said}）" if said and language.tag() != "en" else f"({said})" if said else ""


def _params(params: Mapping[str, object]) -> dict[str, str]:
    shown = {name: str(found) for name, found in params.items()}
    if isinstance(title := params.get("title"), dict):
        shown["title"] = language.pick(title)
    if "bound" in params:
        shown["bound"] = _period(str(params["bound"]))
    return shown | {"on": cited(params.get("on"))}


def _period(text: str) -> str:
    try:
        return Length.parse(text).words()[language.tag()]
    except Invalid:
        return text
