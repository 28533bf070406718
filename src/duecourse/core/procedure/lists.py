"""The lists of a rulebook: roles, settings, heads, documents, breaches, and the requirements of the law.

Responsible for what a line of each list holds. Not responsible for procedures (`definition`) or reading (`loading`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from duecourse.core.reading import Words


@dataclass(frozen=True, slots=True)
class Role:
    """A capacity that a person holds in the office. `personal`: its duties cannot be delegated to another."""

    id: str
    title: Words
    help: Words | None = None
    on: tuple[str, ...] = ()
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What the law leaves open. `confirm`: a lawyer of the office must confirm the value before real use.

    `least` and `most` are the bounds that the articles `bound` draw, for a period or a number.
    """

    id: str
    value: str | int | bool | tuple[str, ...]
    title: Words
    confirm: bool = True
    on: tuple[str, ...] = ()
    help: Words | None = None
    least: str | int | None = None
    most: str | int | None = None
    bound: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """A harm or a duty from the closed remit, as this rulebook names and cites it."""

    id: str
    title: Words
    on: tuple[str, ...] = ()
    help: Words | None = None


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """A document or letter that steps can draft. `seal`: it must be sealed before it is served."""

    id: str
    title: Words
    on: tuple[str, ...] = ()
    seal: bool = True
    help: Words | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """A conduct, the articles it breaches and those that punish it (案由). Amounts in yuan, as decimal text."""

    id: str
    title: Words
    head: str
    breached: tuple[str, ...]
    penalty: tuple[str, ...]
    kinds: tuple[str, ...]
    at_least: str | None = None
    at_most: str | None = None
    decided_by: tuple[str, ...] = ()
    prior_correction: bool = False
    minor_exit: bool = False
    from_: dt.date | None = None
    until: dt.date | None = None
    conduct: Words | None = None
    help: Words | None = None

    def in_force(self, on: dt.date) -> bool:
        """Whether the conduct is listed for acts of that day."""
        return (self.from_ is None or self.from_ <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A legal requirement and what encodes it (`by`), or the reason why nothing does."""

    id: str
    title: Words
    on: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    not_encoded: Words | None = None
    grade: str | None = None
    note: Words | None = None
