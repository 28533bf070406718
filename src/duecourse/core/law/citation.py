"""A reference to an article, in one spelling that prints back.

    apl#41        行政处罚法 article 41
    apl#48.2      its paragraph 2
    cac-14#17.1.2 article 17, paragraph 1, item 2
    cl#287-1      an article inserted after 287 (第二百八十七条之一)
    so-118        the instrument as a whole (a document that is not divided into articles)

Not here: whether it exists (`law.Law.resolve`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from duecourse.core.errors import Invalid

_NUMBER = r"[1-9]\d{0,3}"
_SPELLING = re.compile(rf"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?:#({_NUMBER}(?:-{_NUMBER})?(?:\.{_NUMBER}){{0,2}}))?")


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """An instrument's id and the place in it: article, and where written paragraph and item; "" for the whole."""

    instrument: str
    place: str

    @classmethod
    def parse(cls, text: str) -> Citation:
        """Read the one spelling. Raises Invalid("citation_malformed")."""
        match = _SPELLING.fullmatch(text)
        if not match:
            raise Invalid("citation_malformed", text=text, advice=f"write {text!r} as apl#41, apl#48.2 or so-118")
        return cls(match[1], match[2] or "")

    @property
    def article(self) -> str:
        """The article's number alone."""
        return self.place.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.instrument}#{self.place}" if self.place else self.instrument
