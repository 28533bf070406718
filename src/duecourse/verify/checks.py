"""A numbered check and its words in both languages; what every verifier here returns.

Responsible for the words (words.json, which verify.html carries too) and for the verdict that follows from the checks.
Not responsible for any check itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from duecourse.core.errors import Invalid

LANGUAGES: Final = ("zh-Hans", "en")


class Result(Enum):
    """What came of a check. NOTICE holds, but says something the reader must know."""

    HOLDS = "holds"
    FAILS = "fails"
    NOTICE = "notice"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One numbered check: a stable name, its result, a code when it does not hold, and its words by language."""

    number: int
    name: str
    result: Result
    title: Mapping[str, str]
    words: Mapping[str, str]
    code: str | None = None

    def to_json(self) -> dict[str, object]:
        """Return the check for `--json`."""
        return {
            "number": self.number,
            "check": self.name,
            "result": self.result.value,
            "code": self.code,
            "title": dict(self.title),
            "words": dict(self.words),
        }


class Checklist:
    """Collects checks in order and numbers them.

    `subject` is the first part of their keys in words.json; a check that is the receipt's has the receipt's words.
    """

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._checks: list[Check] = []

    def holds(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
        result: Result = Result.HOLDS,
    ) -> None:
        """Add a check that holds (or, with NOTICE, holds with a warning), worded by `key` and `params`."""
        self._add(name, result, words(key or self._key(name, result.value), params or {}))

    def fails(self, name: str, error: Invalid) -> None:
        """Add a check that does not hold, worded by the error's code."""
        self._add(name, Result.FAILS, reason(error.code, error.params), error.code)

    def skipped(self, name: str) -> None:
        """Add a check that could not be made because an earlier one does not hold."""
        self._add(name, Result.NOT_CHECKED, words("reason.skipped", {}))

    def fails_as(self, name: str, params: Mapping[str, object]) -> None:
        """Add a check that does not hold, worded by its own `fails` sentence."""
        self._add(name, Result.FAILS, words(self._key(name, Result.FAILS.value), params), name)

    def all(self) -> list[Check]:
        """Return the checks in order."""
        return list(self._checks)

    def _add(self, name: str, result: Result, spoken: Mapping[str, str], code: str | None = None) -> None:
        title = words(self._key(name, "title"), {})
        self._checks.append(Check(len(self._checks) + 1, name, result, title, spoken, code))

    def _key(self, name: str, part: str) -> str:
        own = f"{self._subject}.{name}.{part}"
        return own if own in catalogue() else f"receipt.{name}.{part}"


def passed(checks: Iterable[Check]) -> bool:
    """Tell whether every check was made and holds; a notice passes, and is shown."""
    return all(check.result in (Result.HOLDS, Result.NOTICE) for check in checks)


def verdict(checks: Iterable[Check]) -> Mapping[str, str]:
    """Return the closing sentence for these checks."""
    found = list(checks)
    if any(check.result is Result.FAILS for check in found):
        return words("verdict.fails", {})
    if any(check.result is Result.NOT_CHECKED for check in found):
        return words("verdict.incomplete", {})
    unwitnessed = any(check.name == "witness" and check.result is Result.NOTICE for check in found)
    return words("verdict.holds-unwitnessed" if unwitnessed else "verdict.holds", {})


def words(key: str, params: Mapping[str, object]) -> dict[str, str]:
    """Return the sentence `key` in every language, its parameters filled in (a callable one once per language)."""
    return {language: _fill(catalogue()[key][language], params, language) for language in LANGUAGES}


def reason(code: str, params: Mapping[str, object]) -> dict[str, str]:
    """Word why a check does not hold; a code without a sentence of its own is shown as it is."""
    if f"reason.{code}" in catalogue():
        return words(f"reason.{code}", params)
    return {language: f"{text} [{code}]" for language, text in words("reason.other", {}).items()}


def listed(names: Iterable[str]) -> Callable[[str], str]:
    """Return a parameter that lists names as each language does, or says that there are none."""
    found = list(names)

    def spell(language: str) -> str:
        if not found:
            return catalogue()["receipt.fields.none"][language]
        return ("、" if language == "zh-Hans" else ", ").join(found)

    return spell


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return words.json: key → language → sentence."""
    found: dict[str, dict[str, str]] = json.loads((files(__package__) / "words.json").read_text(encoding="utf-8"))
    return found


def _fill(sentence: str, params: Mapping[str, object], language: str) -> str:
    spoken = {name: value(language) if callable(value) else value for name, value in params.items()}
    for name, value in spoken.items():
        sentence = sentence.replace("{" + name + "}", _harmless(str(value)))
    return sentence


def _harmless(text: str) -> str:
    """Spell out what a terminal would obey: the names in a forged receipt are not ours."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)
