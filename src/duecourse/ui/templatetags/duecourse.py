"""How words, days, moments, sizes and digests appear on a page, in the language of the page.

Responsible for presentation only: nothing here decides or reads the clock.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from duecourse.ui import language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.template.context import RequestContext
    from django.utils.safestring import SafeString

register = template.Library()
BAR: Final = 48
MONTHS: Final = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


@register.simple_tag
def words(value: Mapping[str, str] | str | None) -> str:
    """Rulebook words in the reader's language."""
    return language.pick(value)


@register.filter(name="words")
def spokenfilter(value: Mapping[str, str] | str | None) -> str:
    """Rulebook words in the reader's language, where a tag cannot stand."""
    return language.pick(value)


@register.simple_tag
def language_tag() -> str:
    """Return `zh-Hans` or `en`, for the lang attribute."""
    return language.tag()


@register.simple_tag(takes_context=True)
def language_link(context: RequestContext, code: str) -> str:
    """Return the query string that shows this same page in another language."""
    request = context.get("request")
    if request is None:
        return f"?lang={code}"
    query = request.GET.copy()
    query["lang"] = code
    return f"?{query.urlencode()}"


@register.filter
def day(value: dt.date | str | None) -> SafeString | str:
    """Write a legal date (local, no time): 2026年11月23日, or 23 November 2026."""
    if not value:
        return ""
    on = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), _day(on))


@register.filter
def moment(value: dt.datetime | str | None) -> SafeString | str:
    """Write a moment in the office's zone, to the minute: 2026年11月23日 18:40."""
    if not value:
        return ""
    at = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    local = at.astimezone(ZoneInfo(settings.DUECOURSE_ZONE))
    spoken = f"{_day(local.date())} {local:%H:%M}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), spoken)


def _day(on: dt.date) -> str:
    if language.tag() == "en":
        return f"{on.day} {MONTHS[on.month - 1]} {on.year}"
    return f"{on.year}年{on.month}月{on.day}日"


@register.simple_tag
def digest(value: str | bytes | None) -> SafeString | str:
    """Show a digest cut short by the style sheet; the whole value is in the page, so selecting copies all of it."""
    if not value:
        return ""
    text = value.hex() if isinstance(value, bytes) else value
    return format_html('<code class="dc-digest" tabindex="0" title="{0}">{0}</code>', text)


@register.simple_tag
def bars(rows: Iterable[tuple[str, int]], title: str = "") -> SafeString:
    """Draw labels and whole numbers as bars, in SVG without a style: it prints, scales and needs no script.

    Lengths are shares of the width, so the letters keep their size on a telephone.
    """
    lines = list(rows)
    most = max((number for _, number in lines), default=0) or 1
    drawn = format_html_join(
        "",
        '<text x="0" y="{}">{}</text><text x="100%" y="{}" text-anchor="end">{}</text>'
        '<rect x="0" y="{}" width="{}%" height="12"/>',
        (
            (at * BAR + 16, label, at * BAR + 16, number, at * BAR + 24, round(100 * max(number, 0) / most, 1))
            for at, (label, number) in enumerate(lines)
        ),
    )
    svg = '<svg class="dc-bars" role="img" aria-label="{}" width="100%" height="{}">{}</svg>'
    return format_html(svg, title, len(lines) * BAR, drawn)


@register.filter
def size(value: int | None) -> str:
    """Write a size in bytes for people: 512 B, 20.0 KB, 3.5 MB (powers of 1,000)."""
    if value is None:
        return ""
    amount = float(value)
    for unit in ("B", "KB", "MB"):
        if amount < 1000:  # noqa: PLR2004 - the step between units
            return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


@register.filter
def yes_no(value: Any) -> str:
    """Write a truth value as a word."""
    return gettext("Yes") if value else gettext("No")


@register.filter
def lookup(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """Return mapping[key], or "" when there is none: Django templates cannot index by a variable."""
    return "" if mapping is None else mapping.get(key, "")
