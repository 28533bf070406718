"""What is usual in the invented town: how much comes in, about what, at which hour, and what becomes of it.

The volume is the mission's own city: 8,700 items, where an average city has 110 to 160 on a working day
(facts/scale-and-calendar.md, "Derivation for one city"). Nothing published says how items spread over heads, hours or
endings; these are settings of a demonstration, named so that they can be judged and changed, and no claim about any
town. Shares are weights; they need not add up to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ITEMS: Final = 8_700
DAYS: Final = 90
SMALL_ITEMS: Final = 60
SMALL_DAYS: Final = 75
_SMALL_STORIES: Final = 720

HEADS: Final[Mapping[str, float]] = {
    "fraud": 34,
    "personal-information": 13,
    "intrusion": 9,
    "identity": 8,
    "gambling": 8,
    "minors": 7,
    "abuse": 6,
    "complaint-channel-and-answers": 4,
    "intimate-images": 2.5,
    "personal-information-duties": 2.5,
    "network-and-data-security": 2,
    "threats-of-violence": 1.5,
    "minors-mode-and-protection": 1.5,
    "filing-shown": 1,
    "advertising-marks": 0.5,
}
CHANNELS: Final[Mapping[str, float]] = {"web": 72, "phone": 19, "letter": 5, "visit": 4}
WEEKDAYS: Final = (1.15, 1.1, 1.05, 1.0, 1.05, 0.75, 0.7)
"""Monday to Sunday."""
HOURS: Final = (
    *(0.5, 0.3, 0.2, 0.1, 0.1, 0.2, 0.5, 1.0, 2.2, 3.6, 4.0, 3.6),
    *(2.6, 2.6, 3.4, 3.6, 3.4, 2.8, 2.2, 2.4, 2.8, 2.8, 2.0, 1.1),
)
"""From midnight on."""
BURST_SHARE: Final = 0.06
"""Of all items: those that come in bursts, within hours, about one operator."""
BURST_SIZE: Final = 45
CONTACT_SHARE: Final = 0.55
SELF_SHARE: Final = 0.78
MONEY_MOVING_SHARE: Final = 0.06
"""Of reports of fraud: those during which money is moving."""

# What becomes of a report, by head. `lead` is taken from these by LEADS below.
FATES: Final[Mapping[str, Mapping[str, float]]] = {
    "fraud": {
        "redirect-police": 46,
        "transfer-police": 20,
        "answer": 20,
        "redirect-court": 6,
        "decline": 5,
        "redirect-platform": 3,
    },
    "minors": {"answer": 62, "transfer-police": 12, "redirect-platform": 12, "decline": 6, "transfer-other": 8},
    "intimate-images": {"transfer-police": 85, "redirect-police": 15},
    "personal-information": {
        "answer": 74,
        "redirect-platform": 9,
        "decline": 8,
        "transfer-other": 5,
        "transfer-police": 4,
    },
    "abuse": {"answer": 40, "redirect-court": 18, "transfer-police": 18, "redirect-platform": 16, "decline": 8},
    "identity": {"answer": 58, "transfer-market": 16, "transfer-police": 14, "decline": 6, "redirect-court": 6},
    "gambling": {"transfer-police": 92, "redirect-police": 8},
    "threats-of-violence": {"redirect-police": 55, "transfer-police": 45},
    "intrusion": {"answer": 56, "transfer-police": 32, "decline": 7, "redirect-platform": 5},
    "advertising-marks": {"transfer-market": 90, "decline": 10},
    "": {"answer": 78, "decline": 12, "redirect-platform": 10},
}
LEADS: Final[Mapping[str, float]] = {
    "personal-information": 0.05,
    "intrusion": 0.025,
    "identity": 0.015,
    "minors": 0.05,
    "personal-information-duties": 0.15,
    "network-and-data-security": 0.2,
    "minors-mode-and-protection": 0.15,
    "complaint-channel-and-answers": 0.025,
}
"""The share of a head's reports that lead to a lead: some 230 of 8,700 (facts: 20,000 of 500,000)."""
CASE_HEADS: Final[Mapping[str, str]] = {
    "personal-information": "personal-information-duties",
    "personal-information-duties": "personal-information-duties",
    "minors": "minors-mode-and-protection",
    "minors-mode-and-protection": "minors-mode-and-protection",
}
"""A lead's head; every other is `network-and-data-security`."""
LEAD_FATES: Final[Mapping[str, float]] = {"case": 26, "no-file": 46, "transfer": 18, "rest": 10}
"""So that a year has some two hundred cases, where facts/scale-and-calendar.md assumes tens to low hundreds."""
CASE_FATES: Final[Mapping[str, float]] = {"penalty": 78, "not-file": 8, "end": 14}
PUBLISHED_SHARE: Final = 0.7
WITHDRAWN_SHARE: Final = 0.12

LATE_SHARE: Final = 0.035
HOLD_SHARE: Final = 0.03
HANDOVER_SHARE: Final = 0.025
RELEASE_SHARE: Final = 0.01
CONTACT_ENDED_SHARE: Final = 0.02
RETURN_SHARE: Final = 0.12
"""Of proposals: those that somebody in the chain returns once."""
REVIEW_RETURN_SHARE: Final = 0.25
HASTY_SHARE: Final = 0.2
"""Of cases: those whose officer tries a step before its time, and is refused."""
CORRECTION_SHARE: Final = 0.004

STAFF: Final[Mapping[str, int]] = {
    "case-officer": 12,
    "intake-officer": 4,
    "unit-head": 3,
    "deputy-head": 2,
    "legal-reviewer": 2,
    "publisher": 2,
}
"""Persons of each role in a full town; a small one has half, and every other role has one."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a town is to be made."""

    items: int = ITEMS
    days: int = DAYS
    small: bool = False

    @property
    def lead_fates(self) -> Mapping[str, float]:
        """What becomes of leads; in a small town most of the few are filed."""
        return {**LEAD_FATES, "case": 26 * (10 if self.small else 1)}

    @property
    def case_fates(self) -> Mapping[str, float]:
        """What becomes of cases; in a small town most of the few end with a penalty."""
        return {**CASE_FATES, "penalty": 78 * (5 if self.small else 1)}

    @property
    def stories(self) -> float:
        """How much oftener than by chance a report of a small town becomes a lead, so that every stage is seen."""
        return max(1.0, _SMALL_STORIES / self.items) if self.small else 1.0
