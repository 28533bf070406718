"""A file number as it is written, wherever a list or a page names a matter.

Responsible for that one spelling. Not responsible for lists of matters (`office.pages.lines`, `office.diary`).
"""

from __future__ import annotations


def file_number(series: str | None, year: int | None, number: int | None, *, voided: bool = False) -> str:
    """A file number as it is written: 〔2026〕7; a void one says so."""
    if series is None:
        return ""
    return f"〔{year}〕{number}" + ("（作废 void）" if voided else "")
