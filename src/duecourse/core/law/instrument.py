"""What an instrument is: title, number, issuer, when each version was in force, how it counts, what its articles say.

Not here: finding an article (`law.Law.resolve`), reading files (`loading`).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duecourse.core.deadlines.length import Unit

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from duecourse.core.deadlines.length import Length
    from duecourse.core.law.citation import Citation
    from duecourse.core.reading import Words


class Kind(enum.Enum):
    """The rank of an instrument."""

    LAW = "law"
    ADMINISTRATIVE_REGULATION = "administrative-regulation"
    DEPARTMENTAL_RULE = "departmental-rule"
    PARTY_REGULATION = "party-regulation"
    NORMATIVE_DOCUMENT = "normative-document"


class Grade(enum.Enum):
    """How good the source was from which the gists were written.

    `FULL_TEXT`: the whole text was read. `PARTIAL_TEXT`: only the articles listed were. `QUOTED`: others quoted it.
    """

    FULL_TEXT = "full-text"
    PARTIAL_TEXT = "partial-text"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an instrument, in force from its first to its last day (None: still in force)."""

    id: str
    from_: dt.date
    until: dt.date | None
    number: str

    def covers(self, day: dt.date) -> bool:
        """Whether this version was in force on `day`."""
        return self.from_ <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Counting:
    """What the instrument means by "day", and whether a last day that is a rest day moves. With the article for each.

    `exactly` and `up_to` list the numbers of days that are working days; every other number is of calendar days.
    """

    exactly: frozenset[int] = frozenset()
    up_to: int = 0
    working_days_by: Citation | None = None
    rolls: bool = False
    rolls_by: Citation | None = None
    note: Words | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """What one place of one instrument says, in our own words.

    `numbers` gives its number in each version that has it; `number` is the one asked for. `periods` are the lengths
    that stand in it; `rows` the rows of the facts file that rest on it.
    """

    instrument: str
    number: str
    gist: Words
    numbers: Mapping[str, str]
    periods: tuple[Length, ...] = ()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Instrument:
    """A law, regulation, rule or document. `articles` holds what is cited of it, not its text."""

    id: str
    title: Words
    short: Words
    kind: Kind
    issuer: Words
    grade: Grade
    source: Words
    versions: tuple[Version, ...]
    counting: Counting
    articles: tuple[Article, ...] = field(repr=False)

    def version(self, day: dt.date) -> Version | None:
        """Give the version in force on `day`, or None."""
        return next((version for version in self.versions if version.covers(day)), None)

    def unit_for(self, number: int) -> Unit:
        """Say what this instrument means by "`number` days"."""
        counting = self.counting
        working = number in counting.exactly or number <= counting.up_to
        return Unit.WORKING_DAYS if working else Unit.DAYS
