"""How long a period is: a number and a unit, in one spelling that prints back.

    7 working_days    1 working_day    90 days    2 months    2 years    24 hours

Not here: which unit a statute means by "day" (`core.law.Instrument.unit_for`), and counting (`counting`).
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Literal

from duecourse.core.errors import Invalid

LONGEST = 9999
LONGEST_YEARS = 100
_SPELLING = re.compile(r"([1-9]\d{0,3}) (working_day|day|month|year|hour)(s?)")


class Unit(enum.Enum):
    """What is counted. `DAYS` are calendar days; `WORKING_DAYS` are those of the announced calendar."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Length:
    """A number of units, at least one. `str()` gives the one spelling back."""

    number: int
    unit: Unit

    def __post_init__(self) -> None:
        longest = LONGEST_YEARS if self.unit is Unit.YEARS else LONGEST
        if not 1 <= self.number <= longest:
            raise Invalid("length_out_of_range", number=self.number, longest=longest)

    @classmethod
    def parse(cls, text: str) -> Length:
        """Read the one spelling. Raises Invalid("length_malformed") for any other ("7 workdays", "1 days")."""
        match = _SPELLING.fullmatch(text)
        if not match or (match[1] == "1") == bool(match[3]):
            raise Invalid("length_malformed", text=text, advice=f"write {text!r} as 7 working_days, 1 day or 2 months")
        return cls(int(match[1]), Unit(f"{match[2]}s"))

    def __str__(self) -> str:
        return f"{self.number} {self.unit.value if self.number > 1 else self.unit.value.removesuffix('s')}"

    def words(self) -> dict[str, str]:
        """Say it to a person, in both languages."""
        chinese = {
            Unit.WORKING_DAYS: "个工作日",
            Unit.DAYS: "日",
            Unit.MONTHS: "个月",
            Unit.YEARS: "年",
            Unit.HOURS: "小时",
        }
        return {"zh-Hans": f"{self.number}{chinese[self.unit]}", "en": str(self).replace("_", " ")}


@dataclass(frozen=True, slots=True)
class Extension:
    """A lawful prolongation: `to` a new total from the same start, or `by` an added length."""

    kind: Literal["to", "by"]
    length: Length

    @classmethod
    def parse(cls, text: str) -> Extension:
        """Read "to 15 working_days" or "by 60 days". Raises Invalid("extension_malformed") or ("length_malformed")."""
        kind, _, length = text.partition(" ")
        if kind == "to":
            return cls("to", Length.parse(length))
        if kind == "by":
            return cls("by", Length.parse(length))
        raise Invalid("extension_malformed", text=text, advice=f"write {text!r} as by 60 days or to 15 working_days")

    def __str__(self) -> str:
        return f"{self.kind} {self.length}"
