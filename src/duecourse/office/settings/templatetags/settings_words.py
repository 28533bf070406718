"""Values of settings, citations and kinds of days, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_noop

from duecourse.office.settings import sentences

if TYPE_CHECKING:
    from duecourse.office.settings.standing import Standing

register = template.Library()
ENGLISH: Final = "-en"
"""How the name of a setting ends that holds English words of the office."""
NOT_GIVEN: Final = "-"
_DAYS: Final = {
    "off": gettext_noop("day off"),
    "worked": gettext_noop("worked in exchange"),
    "ordinary": gettext_noop("not named"),
}
_STATES: Final = {
    "open": gettext_noop("waits for a second person"),
    "in-force": gettext_noop("agreed"),
    "refused": gettext_noop("refused"),
    "withdrawn": gettext_noop("withdrawn"),
}
_UNITS: Final = {
    "working_days": gettext_noop("working days"),
    "days": gettext_noop("calendar days"),
    "months": gettext_noop("months"),
    "years": gettext_noop("years"),
}


@register.filter
def in_words(value: Any, one: Standing) -> str:
    """A value of this setting, as a person reads it; the words of the office in English are marked as English."""
    said = sentences.value(one.kind, value)
    if not one.setting.id.endswith(ENGLISH) or value == NOT_GIVEN:
        return said
    return format_html('<span lang="en">{}</span>', said)


@register.filter
def cited(citations: Any) -> str:
    """Articles as a person cites them."""
    return sentences.cited(citations).strip("（）()")


@register.filter
def day_kind(kind: str) -> str:
    """What a day is."""
    return gettext(_DAYS[kind]) if kind in _DAYS else kind


@register.filter
def change_state(state: str) -> str:
    """Where a change stands."""
    return gettext(_STATES[state])


@register.filter
def unit_words(unit: str) -> str:
    """A unit of periods."""
    return gettext(_UNITS[unit])
