"""What every measurement gives back: figures, each with what was asked of it.

A measurement is a module of this folder with `measured() -> list[Figure]`; `bench/run.py` runs each in a process of its
own. `told(list)` prints them and is the exit status of a measurement that is run alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One figure of one run. `asked` is a floor, or a ceiling when `most`; None for a figure told for information."""

    name: str
    value: float
    asked: float | None
    unit: str = ""
    most: bool = False
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether it is as asked."""
        return self.asked is None or (self.value <= self.asked if self.most else self.value >= self.asked)

    @property
    def wanted(self) -> str:
        """What was asked, in words."""
        if self.asked is None:
            return "–"
        return f"{'≤' if self.most else '≥'} {self.asked:g}{self.unit and ' ' + self.unit}"

    @property
    def shown(self) -> str:
        """The value, to three digits."""
        return f"{self.value:.3g}{self.unit and ' ' + self.unit}"

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


def told(figures: list[Figure]) -> int:
    """Print them; 1 when one was missed."""
    for figure in figures:
        met = "" if figure.asked is None else "met" if figure.met else "MISSED"
        print(f"{figure.name}: {figure.shown} (asked {figure.wanted}) {met} {figure.note}".rstrip())
    return 0 if all(figure.met for figure in figures) else 1
