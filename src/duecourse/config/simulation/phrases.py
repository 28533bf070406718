"""Sentences from a grammar of phrases, by the die it is given.

A phrase is a text with `{slots}`; a slot is filled from what the caller gives, else by a phrase drawn from the list of
that name. Within one text a slot has one filling. Responsible for drawing; not for what stands in the lists.
"""

from __future__ import annotations

import functools
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

_SLOT: Final = re.compile(r"\{([a-z-]+)\}")


@functools.cache
def words(name: str) -> Any:
    """The lists of one file beside this module: reports, office, operators."""
    return yaml.safe_load((files(__package__) / f"{name}.yaml").read_text("utf-8"))


def chosen(die: random.Random, weights: Mapping[str, float]) -> str:
    """Draw one of the names by its weight."""
    return die.choices(list(weights), list(weights.values()))[0]


def say(die: random.Random, lists: Mapping[str, Any], name: str, **given: str) -> str:
    """Draw a phrase of the list `name` (`a/b` for a list within a list) and fill its slots.

    Raises KeyError for a list that does not exist.
    """
    return filled(die, lists, die.choice(_found(lists, name)), dict(given))


def filled(die: random.Random, lists: Mapping[str, Any], text: str, given: dict[str, str]) -> str:
    """Fill the slots of a text; `given` learns what was drawn."""

    def fill(slot: re.Match[str]) -> str:
        name = slot.group(1)
        if name not in given:
            given[name] = filled(die, lists, die.choice(_found(lists, name)), given)
        return given[name]

    return _SLOT.sub(fill, text)


def _found(lists: Mapping[str, Any], name: str) -> Sequence[str]:
    found: Any = lists
    for part in name.split("/"):
        found = found[part]
    assert isinstance(found, list), f"{name} is no list of phrases"
    return found
