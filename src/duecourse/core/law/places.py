"""Where a rulebook's folder is: packed beside the program, or in the repository this file stands in.

Not here: which rulebook an installation uses (its settings say).
"""

from __future__ import annotations

import importlib.resources
import re
from pathlib import Path

from duecourse.core.errors import Invalid

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def rulebook_folder(name: str) -> Path:
    """Give the folder of the rulebook `name`. Raises Invalid("rulebook_unknown") with the places looked at."""
    if not _NAME.fullmatch(name):
        raise Invalid(
            "rulebook_unknown", name=name, advice="a rulebook's name is lower-case letters, digits and hyphens"
        )
    places = [place / name for place in (*_packed(), *_repository())]
    for place in places:
        if (place / "law").is_dir():
            return place
    raise Invalid("rulebook_unknown", name=name, advice=f"known: {', '.join(_known(places)) or 'none'}")


def _packed() -> list[Path]:
    try:
        return [Path(str(importlib.resources.files("duecourse_rulebook")))]
    except (ModuleNotFoundError, TypeError):
        return []


def _repository() -> list[Path]:
    return [parent / "rulebook" for parent in Path(__file__).resolve().parents if (parent / "rulebook").is_dir()]


def _known(places: list[Path]) -> list[str]:
    folders = {place.parent for place in places if place.parent.is_dir()}
    return sorted({found.parent.name for folder in folders for found in folder.glob("*/law")})
