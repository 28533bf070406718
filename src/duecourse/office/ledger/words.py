"""The sentences of this app's commands, in both languages: `words.yaml`, by code.

Not responsible for pages (`office/locale`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import yaml

LANGUAGES: Final = ("zh-Hans", "en")
_added: dict[str, dict[str, str]] = {}


def add(sentences: dict[str, dict[str, str]]) -> None:
    """Add another app's sentences: code → language → text with {names}."""
    _added.update(sentences)


def both(code: str, **params: object) -> dict[str, str]:
    """The sentence of `code` in each language; an unknown code stands for itself with its values."""
    found = _added.get(code) or _own().get(code)
    if found is None:
        detail = ", ".join(f"{name}={value}" for name, value in params.items())
        return dict.fromkeys(LANGUAGES, f"{code} ({detail})" if detail else code)
    return {language: found[language].format_map(_Given(params)) for language in LANGUAGES}


def line(code: str, **params: object) -> str:
    """Chinese first, then English, on one line."""
    return " / ".join(both(code, **params).values())


def codes() -> frozenset[str]:
    """Every code of `words.yaml`."""
    return frozenset(_own())


class _Given(dict[str, object]):
    """A value that was not given shows its name; a sentence is never lost for want of one."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


@cache
def _own() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("words.yaml").read_text("utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found
