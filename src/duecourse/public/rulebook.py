"""The rulebook this site shows and works by: the one that the office works by, read once for each.

Not here: what it means (`core.procedure`), which one it is (`public.office`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from duecourse.core.procedure.loading import load
from duecourse.public import office

if TYPE_CHECKING:
    from pathlib import Path

    from duecourse.core.procedure.definition import Rulebook


def current() -> Rulebook:
    """The rulebook in use. Raises Invalid("rulebook_unknown") or RulebookError."""
    return _loaded(office.rulebook_in_force())


@lru_cache(maxsize=4)
def _loaded(folder: Path) -> Rulebook:
    return load(folder)
