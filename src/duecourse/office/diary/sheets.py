"""What waits for a signature, each on one page: what is decided, on what, by when, and what the others said.

Responsible for reading the sheets of one page in a fixed number of questions and for their words. A reader finds on a
sheet what the matter's page would show them: a field of a class that is not theirs is said to be withheld.
Not responsible for finding what waits (`day.py`), nor for taking the opinion (the page of the opinion does).
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.utils.translation import gettext

from duecourse.core.procedure import engine
from duecourse.edge import clock
from duecourse.office.diary.agenda import Agenda
from duecourse.office.documents import spelling
from duecourse.office.documents.models import Document
from duecourse.office.documents.paper import read_paper
from duecourse.office.ledger import sql
from duecourse.office.matters import projection, rulebook
from duecourse.office.matters.actors import is_account
from duecourse.office.matters.models import Matter
from duecourse.office.pages import access
from duecourse.office.pages.record_lines import PHASES, WITHHELD, FieldLine
from duecourse.office.pages.standing import Standing, cite, names, role_title
from duecourse.ui import language

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import Step
    from duecourse.core.procedure.lists import Breach
    from duecourse.office.diary.agenda import Period

REVIEWER: Final = "legal-reviewer"
SPOKEN: Final = ("proposed", "opinion", "returned")
OPINION: Final = "opinion"
BREACH, KIND, FINE = "breach", "penalty_kind", "fine"
_KINDS: Final = 256
_FIELDS: Final = """
SELECT e.stream, e.index, f.name, f.class, f.value FROM unnest(%s::uuid[], %s::int[]) AS asked (stream, index)
JOIN entry AS e USING (stream, index) JOIN entry_field AS f ON f.entry_id = e.id ORDER BY f.name
"""

Held = Mapping[tuple[UUID, int], Sequence[tuple[str, str, Any]]]
"""Stream and index of an entry: its fields as (name, class, value; None when erased)."""


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody's opinion: who, as what, on which day, whether agreed or returned, and the words."""

    who: str
    role: str
    on: dt.date
    phase: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One item that waits for a signature. `refused`: why agreeing is not possible for this reader now."""

    matter: UUID
    step: str
    label: str
    title: str
    on: str
    next_roles: str
    mine: bool
    party: FieldLine | None
    breach: str
    breached: str
    penal: str
    span: str
    kinds: str
    sanction: str
    evidence: int
    period: Period | None
    fields: tuple[FieldLine, ...]
    opinions: tuple[Said, ...]
    review: tuple[FieldLine, ...]
    reviewer: Said | None
    documents: tuple[tuple[Document, str], ...]
    refused: tuple[str, ...]


def sheets(items: Sequence[tuple[UUID, str]], person: PersonFacts, today: dt.date) -> list[Sheet]:
    """Return the sheets of these proposals, in this order; one that does not wait any more is left out."""
    rows = Matter.objects.in_bulk({matter for matter, _ in items})
    standing = {matter: Standing.of(row) for matter, row in rows.items()}
    pending = [(standing[matter], step) for matter, step in items if step in standing[matter].state.proposals]
    held = _held(pending)
    known = names({account for values in held.values() for _, _, value in values for account in _accounts(value)}
                  | {item.actor for one, _ in pending for item in one.state.history})  # fmt: skip
    papers = _papers([one.row.id for one, _ in pending])
    agenda = Agenda(person, today, [])
    return [_Drawn(one, step, person, held, known).sheet(agenda, papers.get(one.row.id, ())) for one, step in pending]


def _accounts(value: Any) -> Iterable[str]:
    return (item for item in (value if isinstance(value, list) else [value]) if is_account(item))


def _held(pending: Sequence[tuple[Standing, str]]) -> Held:
    """The fields of every entry that a sheet quotes: the opening, the proposal with its opinions, the legal review."""
    places = [(one.row.id, index) for one, step in pending for index in _quoted(one, step)]
    found: dict[tuple[UUID, int], list[tuple[str, str, Any]]] = {}
    asked = ([matter for matter, _ in places], [index for _, index in places])
    for stream, index, name, class_, value in sql.rows(_FIELDS, asked):
        held = None if value is None else json.loads(value)
        found.setdefault((stream, index), []).append((name, class_, held))
    return found


def _quoted(one: Standing, step: str) -> list[int]:
    review = _review(one)
    return sorted({0, *_rounds(one, step), *([review] if review is not None else [])})


def _rounds(one: Standing, step: str) -> list[int]:
    """The entries in which somebody spoke to this proposal, in this round and in those that were returned."""
    return [
        index for index, item in enumerate(one.state.history) if item.step == step and item.phase in SPOKEN
    ]  # fmt: skip


def _review(one: Standing) -> int | None:
    """The entry of the last legal review."""
    found = (index for index, item in enumerate(one.state.history) if item.role == REVIEWER and item.phase == "done")
    return max(found, default=None)


def _papers(matters: Sequence[UUID]) -> dict[UUID, list[Document]]:
    """The newest version of each kind of document that was drawn up, by matter."""
    found: dict[UUID, dict[str, Document]] = {}
    for row in Document.objects.filter(matter__in=matters).exclude(state="queued").order_by("asked_entry", "version"):
        found.setdefault(row.matter, {})[row.kind] = row
    return {matter: list(kinds.values()) for matter, kinds in found.items()}


@dataclass(frozen=True)
class _Drawn:
    """One sheet on its way: the matter, the step, the reader, and what was read for all."""

    one: Standing
    name: str
    person: PersonFacts
    held: Held
    known: Mapping[str, str]

    def sheet(self, agenda: Agenda, papers: Sequence[Document]) -> Sheet:
        one, step = self.one, self.one.procedure.steps[self.name]
        proposal = one.state.proposals[self.name]
        turn = len(proposal.opinions)
        roles = step.approval[turn] if turn < len(step.approval) else ()
        spoken = {given.account for given in proposal.opinions}
        mine = bool(self.person.roles & set(roles)) and self.person.account not in spoken
        breach = one.book.breaches.get(str(self._value(BREACH) or ""))
        review = _review(one)
        offer = engine.offered(one.book, one.state, step, self.person, clock.now()) if mine else None
        return Sheet(
            matter=one.row.id,
            step=self.name,
            label=one.label,
            title=language.pick(step.title),
            on=cite(step.on),
            next_roles=" / ".join(role_title(role) for role in roles),
            mine=mine,
            party=self._party(),
            breach=language.pick(breach.title) if breach else "",
            breached=cite(breach.breached) if breach else "",
            penal=cite(breach.penalty) if breach else "",
            span=_span(breach),
            kinds=_listed(self._kind(kind) for kind in breach.kinds) if breach else "",
            sanction=self._sanction(),
            evidence=len(one.state.exhibits),
            period=agenda.nearest(one),
            fields=tuple(self._fields(proposal.entry, step, without=(BREACH, KIND, FINE))),
            opinions=tuple(self._said(index) for index in _rounds(one, self.name)),
            review=tuple(self._fields(review, one.step(one.state.history[review].step))) if review is not None else (),
            reviewer=self._said(review) if review is not None else None,
            documents=tuple((row, self._document(row)) for row in papers if self._may_read(row)),
            refused=tuple(offer.refusal.words(language.tag())) if offer and offer.refusal else (),
        )

    def _value(self, name: str) -> Any:
        """The value of a field as it stands now: in the proposal, else in the last step that gave it."""
        proposed = self.one.state.proposals[self.name].values
        if proposed.get(name) is not None:
            return proposed[name]
        taken = (self.one.state.values.get(item.step, {}) for item in reversed(self.one.state.history))
        return next((values[name] for values in taken if values.get(name) is not None), None)

    def _party(self) -> FieldLine | None:
        fields = {name: (class_, value) for name, class_, value in self.held.get((self.one.row.id, 0), ())}
        name = next((name for name in projection.SUBJECT if name in fields), None)
        opening = self.one.step(self.one.state.history[0].step)
        return self._field(opening, name, *fields[name]) if name else None

    def _sanction(self) -> str:
        kind, fine = self._value(KIND), self._value(FINE)
        said = [self._kind(str(kind))] if kind else []
        if fine is not None and Decimal(str(fine)) > 0:
            said.append(spelling.money(fine, language.tag()))
        return _listed(said)

    def _kind(self, kind: str) -> str:
        """A kind of penalty in the words of whichever step of the procedure offers it."""
        fields = (step.form.get(KIND) for step in self.one.procedure.steps.values())
        words = next((field.choices[kind] for field in fields if field and kind in field.choices), kind)
        return language.pick(words)

    def _fields(self, index: int, step: Step | None, without: Sequence[str] = ()) -> Iterable[FieldLine]:
        held = {name: (class_, value) for name, class_, value in self.held.get((self.one.row.id, index), ())}
        for name in [*(step.form if step else ())]:
            if name in held and name not in without:
                yield self._field(step, name, *held[name])

    def _field(self, step: Step | None, name: str, class_: str, value: Any) -> FieldLine:
        definition = step.form.get(name) if step else None
        title = language.pick(definition.title) if definition else name
        if value is None or not access.sees_class(self.person, class_):
            return FieldLine(title, "", class_, str(WITHHELD["erased" if value is None else "withheld"]))
        lang = language.tag()
        return FieldLine(title, spelling.value(self.one.book, definition, value, lang=lang, names=self.known), class_)

    def _said(self, index: int) -> Said:
        item = self.one.state.history[index]
        fields = {name: (class_, value) for name, class_, value in self.held.get((self.one.row.id, index), ())}
        class_, value = fields.get(OPINION, ("", None))
        text = str(value) if value and item.phase in SPOKEN and access.sees_class(self.person, class_) else ""
        who = self.known.get(item.actor or "", gettext("the system"))
        return Said(who, role_title(item.role), item.on, str(PHASES.get(item.phase, item.phase)), text)

    def _document(self, row: Document) -> str:
        return (
            language.pick(self.one.book.documents[row.kind].title) if row.kind in self.one.book.documents else row.kind
        )

    def _may_read(self, row: Document) -> bool:
        return row.object is not None and access.sees_class(self.person, _class_of(self.one.book.digest, row.kind))


@functools.lru_cache(_KINDS)
def _class_of(_digest: str, kind: str) -> str:
    """The class of field whose readers may read a document of this kind."""
    return access.CLASS_OF_AUDIENCE[read_paper(rulebook.folder() / "documents", kind).audience.value]


def _span(breach: Breach | None) -> str:
    """The range of the fine in the law, "" where the law names none."""
    if breach is None or not breach.at_most or Decimal(breach.at_most) <= 0:
        return ""
    said = {"least": f"{Decimal(breach.at_least or '0'):,}", "most": f"{Decimal(breach.at_most):,}"}
    return gettext("%(least)s to %(most)s yuan") % said


def _listed(said: Iterable[str]) -> str:
    return ("、" if language.tag() == "zh-Hans" else ", ").join(said)
