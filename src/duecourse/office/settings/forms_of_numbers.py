"""How document numbers are written: a form with four places, as 示网信罚决〔2026〕3号 is.

Not responsible for counting them (`documents.tables`).
"""

from __future__ import annotations

import re
from typing import Final

from duecourse.core.errors import Invalid

SETTING: Final = "office-number-form"
CAME: Final = "{prefix}{series}〔{year}〕{number}号"
PLACES: Final = ("prefix", "series", "year", "number")
_PLACE: Final = re.compile(r"\{([^{}]*)\}")


def check(form: str) -> None:
    """Each place stands in it once, and nothing else in braces. Raises Invalid("number_form")."""
    named = _PLACE.findall(form)
    if sorted(named) != sorted(PLACES) or "{" in _PLACE.sub("", form) or "}" in _PLACE.sub("", form):
        raise Invalid("number_form", form=form[:80])


def written(form: str, *, prefix: str, series: str, year: int, number: int) -> str:
    """The number as it is printed."""
    places = {"prefix": prefix, "series": series, "year": str(year), "number": str(number)}
    return _PLACE.sub(lambda match: places[match[1]], form)
