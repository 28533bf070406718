"""The ways through a site, as every page shows them: those that exist here, the one that leads to this page marked.

Responsible for leaving out what this installation does not have. Which ways a site has is the site's business.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Iterable


class Way(NamedTuple):
    """One link of the navigation: its path, its words (a message id), and the roles that it is shown to (all: none)."""

    href: str
    title: str
    roles: frozenset[str] = frozenset()


def shown(ways: Iterable[Way], path: str, roles: Iterable[str] = ()) -> list[dict[str, object]]:
    """Return the ways that exist and that these roles are shown, the longest that leads to `path` marked as `here`."""
    held = frozenset(roles)
    there = [way for way in ways if exists(way.href) and (not way.roles or way.roles & held)]
    leading = (way.href for way in there if path == way.href or (way.href != "/" and path.startswith(way.href)))
    here = max(leading, key=len, default=None)
    return [{"href": way.href, "title": gettext(way.title), "here": way.href == here} for way in there]


def exists(path: str) -> bool:
    """Say whether this site has a page of this path."""
    return _exists(path, settings.ROOT_URLCONF)


@lru_cache(maxsize=256)
def _exists(path: str, urls: str) -> bool:
    try:
        resolve(path, urls)
    except Resolver404:
        return False
    return True
