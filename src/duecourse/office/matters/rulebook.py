"""The rulebook this installation works by, read once in a process.

Responsible for which folder that is (`settings.DUECOURSE_RULEBOOK`) and for the words of letters (`letters/*.yaml`).
Not responsible for what procedures mean (`core.procedure`).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from duecourse.core.law.places import rulebook_folder
from duecourse.core.procedure.definition import Rulebook
from duecourse.core.procedure.loading import load


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of one letter to a reporter; `{named}` slots are filled from the step."""

    id: str
    title: Mapping[str, str]
    body: Mapping[str, str]


def folder() -> Path:
    """The folder of the rulebook in use. Raises Invalid("rulebook_unknown")."""
    return rulebook_folder(settings.DUECOURSE_RULEBOOK)


@functools.cache
def current() -> Rulebook:
    """The rulebook in use. Raises core.procedure.RulebookError."""
    return load(folder())


def classes() -> Mapping[str, tuple[str, ...]]:
    """Roles that may see each class of field; `EVERYONE` stands for every account of the office."""
    return current().classes


@functools.cache
def letters() -> Mapping[str, Letter]:
    """All letters of the rulebook by id."""
    found = (_read(path) for path in sorted((folder() / "letters").glob("*.yaml")))
    return {item["letter"]: Letter(item["letter"], item["title"], item["body"]) for item in found}


def forget() -> None:
    """Read everything anew at the next question (tests that swap the rulebook)."""
    for cached in (current, letters):
        cached.cache_clear()


def _read(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(content, dict), f"{path.name} is not a mapping"
    return content
