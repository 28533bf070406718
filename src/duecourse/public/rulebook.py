"""The rulebook this site shows and works by, read once in a process.

Not here: what it means (`core.procedure`), where it lies (`core.law.places`).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from duecourse.core.law.places import rulebook_folder
from duecourse.core.procedure.loading import load

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Rulebook


@cache
def current() -> Rulebook:
    """The rulebook in use. Raises Invalid("rulebook_unknown") or RulebookError."""
    return load(rulebook_folder(settings.DUECOURSE_RULEBOOK))
