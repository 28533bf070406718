"""What an audit reports, and the register of audits that other parts of the office add.

    register_audit("matters", check)               check(connection) yields a Finding for each thing that does not hold
    register_audit("matters", ask, rejudge=True)   runs only with --rejudge; its findings are remarks, not failures

`connection` is a psycopg connection inside one read-only snapshot; long results are read by `sql.stream`. A check that
belongs to another app brings its own sentences: `words.add`. Not responsible for running them (`audit`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import psycopg

from duecourse.office.ledger import words

Check: TypeAlias = "Callable[[psycopg.Connection[Any]], Iterable[Finding]]"
Params: TypeAlias = "dict[str, str | int | None]"


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold: which check found it, a stable code, what it concerns, the sentence's values."""

    check: str
    code: str
    subject: str
    params: Params = field(default_factory=dict)
    remark: bool = False

    def text(self) -> str:
        """Both languages on one line each, the subject first."""
        return f"✗ {self.subject}: {words.line(self.code, **self.params)}"

    def to_json(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "check": self.check, "code": self.code, "subject": self.subject, "params": self.params,
            "remark": self.remark, "text": words.both(self.code, **self.params),
        }  # fmt: skip


@dataclass(frozen=True)
class Registered:
    """A check of another app."""

    name: str
    check: Check
    rejudge: bool


_registered: dict[tuple[str, bool], Registered] = {}


def register_audit(name: str, check: Check, *, rejudge: bool = False) -> None:
    """Add a check; the same name again replaces it. Call it in `AppConfig.ready`."""
    _registered[name, rejudge] = Registered(name, check, rejudge)


def registered(*, rejudge: bool) -> list[Registered]:
    """The checks of other apps, in the order of their names; those that ask again only with `rejudge`."""
    return [found for _, found in sorted(_registered.items()) if rejudge or not found.rejudge]
