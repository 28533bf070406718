"""An officer at work: takes a step, reads the refusal, fills the form that the rulebook asks for today.

Responsible for the one way in which this package touches matters: `open_matter`, `take_step`, `documents.seal`, and
reading. A person fills what a form asks; so whatever a field is called, one that is required gets something of its
type. Not responsible for who does what and when (`reports`, `cases`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from duecourse.config.simulation.phrases import say, words
from duecourse.core.errors import Invalid, Refused
from duecourse.core.procedure.state import MatterState
from duecourse.edge import clock
from duecourse.office.documents import actions as documents
from duecourse.office.ledger import sql
from duecourse.office.matters import actions, evidence, rulebook

if TYPE_CHECKING:
    import datetime as dt
    import random
    from collections.abc import Mapping
    from uuid import UUID

    from duecourse.config.simulation.staff import Person, Staff
    from duecourse.core.procedure.definition import FormField, Rulebook, Step

WELCOME: Final = ("agree", "yes", "direct", "pass", "ok")
"""What a person chooses who has nothing to object to."""


@dataclass
class Desk:
    """Everybody's desk in one process. `said` counts what happened: steps, refusals by code, mistakes by code."""

    staff: Staff
    die: random.Random
    said: Counter[str] = field(default_factory=Counter)

    @property
    def book(self) -> Rulebook:
        """The rulebook that the office works by."""
        return rulebook.current()

    @property
    def today(self) -> dt.date:
        """The local day."""
        return self.book.local_date(clock.now())

    def state(self, matter: UUID) -> MatterState:
        """Where a matter stands."""
        row = sql.row("SELECT state FROM matter WHERE id = %s", (matter,))
        assert row is not None, f"matter {matter} is not there"
        return MatterState.from_json(row[0])

    def step(self, state: MatterState, name: str) -> Step | None:
        """A step of the procedure as it stands today; None when the rulebook does not know it."""
        book = self.book
        return book.step(book.ruling(state.procedure, version=state.version, on=self.today), name)

    def open(self, procedure: str, by: Person, form: Mapping[str, Any], key: str) -> UUID | None:
        """Open a matter by its opening step; None when that is refused."""
        ruled = self.book.procedure(procedure, self.today)
        step = next(step for step in ruled.steps.values() if step.opens_matter)
        filled = self._filled(step, form, None)
        opened: list[UUID] = []
        against = self._try(
            lambda: opened.append(actions.open_matter(procedure, by=by, form=filled, key=key).stream), step.id
        )
        return None if against else opened[0]

    def take(self, matter: UUID, step: str, by: Person | None, **form: Any) -> tuple[str, ...]:
        """Take a step; returns why not (codes), nothing when it is taken. A step of no rulebook is `step_unknown`."""
        if by is None:
            return ("nobody",)
        state = self.state(matter)
        known = self.step(state, step)
        if known is None:
            return ("step_unknown",)
        filled = self._filled(known, form, state)
        return self._try(lambda: actions.take_step(matter, step, by=by, form=filled, key=self._key()), step)

    def opine(self, matter: UUID, step: str, by: Person | None, words_: str, *, agree: bool) -> tuple[str, ...]:
        """Agree to what was proposed, or return it."""
        if by is None:
            return ("nobody",)
        phase = "agree" if agree else "return"
        return self._try(
            lambda: actions.take_step(
                matter, step, by=by, form={"opinion": words_}, phase=phase, key=self._key()
            ),
            f"{step}/{phase}",
        )  # fmt: skip

    def exhibit(self, matter: UUID, by: Person, *, title: str, text: str) -> tuple[str, ...]:
        """Add a written record as evidence."""
        lists = words("office")
        return self._try(
            lambda: evidence.add_exhibit(
                matter, text.encode(), name=f"{title}.txt", title=title, kind="electronic",
                how=say(self.die, lists, "how"), by=by, key=self._key(),
            ),
            "exhibit",
        )  # fmt: skip

    def seal(self, matter: UUID, kind: str, by: Person | None) -> tuple[str, ...]:
        """Put the demonstration seal on the newest document of a kind."""
        query = "SELECT id, object, sealed_object FROM document WHERE matter = %s AND kind = %s ORDER BY version DESC"
        rows = sql.rows(f"{query} LIMIT 1", (matter, kind))
        if by is None or not rows or rows[0][1] is None:
            return ("document_not_drafted",)
        if rows[0][2] is not None:
            return ()
        return self._try(lambda: documents.seal(rows[0][0], by=by, pdf=None, key=self._key()), "seal")

    def linked(self, matter: UUID, procedure: str) -> UUID | None:
        """The matter of a procedure that a step of this one opened last."""
        query = """SELECT m.id FROM matter_link AS l JOIN matter AS m ON m.id = l.matter
        WHERE l.stream = %s AND m.procedure = %s ORDER BY m.updated_at DESC LIMIT 1"""
        row = sql.row(query, (matter, procedure))
        return row[0] if row else None

    def number(self, matter: UUID, kind: str) -> str:
        """The number that the newest document of a kind bears, or nothing."""
        query = "SELECT number FROM document WHERE matter = %s AND kind = %s ORDER BY version DESC LIMIT 1"
        row = sql.row(query, (matter, kind))
        return (row[0] or "") if row else ""

    def _try(self, act: Any, name: str) -> tuple[str, ...]:
        try:
            act()
        except Refused as no:
            codes = tuple(no.refusal.codes)
            self.said.update(f"refused {name}: {code}" for code in codes)
            return codes
        except Invalid as wrong:
            self.said[f"mistake {name}: {wrong.code}"] += 1
            return (wrong.code,)
        self.said["steps"] += 1
        return ()

    def _key(self) -> str:
        return f"{self.die.getrandbits(64):016x}"

    def _filled(self, step: Step, said: Mapping[str, Any], state: MatterState | None) -> dict[str, Any]:
        """What is said, where the form asks for it, and something of its type in what is required besides."""
        form: dict[str, Any] = {}
        for name, asked in step.form.items():
            value = said.get(name)
            if asked.choices and value is not None and value not in asked.choices:
                value = None
            if value is None and asked.required and asked.default is None:
                value = self._something(asked, state)
            if value is not None:
                form[name] = value
        return form

    def _something(self, asked: FormField, state: MatterState | None) -> Any:
        handlers = list(state.people.get("handler", ())) if state else []
        exhibits = list(state.exhibits) if state else []
        if asked.choices:
            return next((one for one in WELCOME if one in asked.choices), next(iter(asked.choices)))
        if asked.type in {"text", "long-text"}:
            return say(self.die, words("office"), "review" if step_like_review(asked.id) else "plain")
        known: Mapping[str, Any] = {
            "date": self.today.isoformat(), "boolean": True, "money": "0", "integer": "1", "accounts": handlers,
            "account": handlers[0] if handlers else None, "exhibits": exhibits[:1], "digests": exhibits[:1],
            "organisation": words("operators")[0][0], "head": next(iter(self.book.heads)),
            "breach": next(iter(self.book.breaches)), "url": "https://www.example/",
        }  # fmt: skip
        return known.get(asked.type)


def step_like_review(name: str) -> bool:
    """Whether a field is one of the aspects of a legal review."""
    return any(
        part in name
        for part in ("competence", "fact", "evidence", "law", "discretion", "procedure", "document", "crime")
    )
