"""A matter as every page needs it, and the words that name it: procedure, number, stage, roles, articles, people.

Responsible for reading one matter's row and state. Not responsible for who may see it (`access.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext

from duecourse.core.procedure import engine
from duecourse.core.procedure.state import MatterState
from duecourse.edge import clock
from duecourse.office.matters import rulebook
from duecourse.office.matters.models import Matter
from duecourse.office.people.models import Account
from duecourse.ui import language

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Procedure, Rulebook, Step
    from duecourse.office.ledger.store import StoredEntry


def today() -> dt.date:
    """Return the legal date now, in the rulebook's zone."""
    return rulebook.current().local_date(clock.now())


@dataclass(frozen=True)
class Standing:
    """A matter as a page needs it: its row, its state as of now, the version of its procedure that rules today.

    What time has done since the last entry is applied here as the write path will enter it before the next step, so
    that a page never offers what a lapse has taken away, and is not out of date the moment it is sent.
    """

    row: Matter
    state: MatterState
    book: Rulebook
    procedure: Procedure

    @classmethod
    def of(cls, row: Matter) -> Standing:
        """Read the state that stands in the row, and apply what is due."""
        book = rulebook.current()
        state = MatterState.from_json(row.state)
        for outcome in engine.due(book, state, clock.now()):
            state = engine.apply(state, outcome)
        return cls(row, state, book, book.ruling(state.procedure, version=state.version, on=today()))

    @property
    def entries(self) -> int:
        """How many entries the record has, with those that are due: what a page posts back as seen."""
        return len(self.state.history)

    @cached_property
    def label(self) -> str:
        """The matter's name: procedure and number."""
        return label(self.row)

    @cached_property
    def stage_title(self) -> str:
        """The present stage in words."""
        stage = self.procedure.stages.get(self.state.stage or "")
        return language.pick(stage.title) if stage else gettext("not yet open")

    def step(self, name: str) -> Step | None:
        """Return a step of the procedure or one that every procedure has."""
        return self.book.step(self.procedure, name)


def label(row: Matter) -> str:
    """Name a matter to a person: 举报办理〔2026〕3号."""
    book = rulebook.current()
    title = language.pick(book.procedures[row.procedure][-1].title)
    return f"{title}〔{row.year}〕{row.number}号" if row.number else title


def stage_title(row: Matter) -> str:
    """Name a matter's stage to a person."""
    stage = rulebook.current().procedure(row.procedure, today()).stages.get(row.stage or "")
    return language.pick(stage.title) if stage else gettext("not yet open")


def role_title(role: str) -> str:
    """Name a role to a person."""
    found = rulebook.current().roles.get(role)
    return language.pick(found.title) if found else gettext("the system") if role == "system" else role


def cite(citations: Iterable[str]) -> str:
    """Name articles to a person, in one line; "" for none."""
    law = rulebook.current().law
    mark = "、" if language.tag() == "zh-Hans" else "; "
    return mark.join(language.pick(law.words(citation)) for citation in citations)


def names(accounts: Iterable[Any]) -> dict[str, str]:
    """Return the names of these accounts by id."""
    return {str(found.id): found.name for found in Account.objects.filter(id__in={a for a in accounts if a})}


def accounts_in(entries: Iterable[StoredEntry]) -> set[UUID]:
    """Return every account that these entries name: who acted, and whoever a form names."""
    found: set[UUID] = set()
    for entry in entries:
        named = [entry.skeleton.outcome.get("actor")]
        for held in entry.fields.values():
            named += held.value if isinstance(held.value, list) else [held.value]
        found |= {account for item in named if (account := _uuid(item))}
    return found


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
