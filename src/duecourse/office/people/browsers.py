"""Which kind of browser somebody uses, in a few words that they recognise: the family and the system, nothing more.

Not here: telling one machine from another; that is not wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from django.http import HttpRequest

_FAMILIES: Final = (("Firefox/", "Firefox"), ("Chrome/", "Chromium"), ("Chromium/", "Chromium"), ("Safari/", "Safari"))
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def kind_of(request: HttpRequest) -> str:
    """`Chromium, Linux`; empty when the browser does not say."""
    return kind(request.META.get("HTTP_USER_AGENT", ""))


def kind(agent: str) -> str:
    """The same, of a User-Agent line: anybody can write anything there, so only known words are kept."""
    found = [next((said for mark, said in table if mark in agent[:500]), "") for table in (_FAMILIES, _SYSTEMS)]
    return ", ".join(said for said in found if said)
