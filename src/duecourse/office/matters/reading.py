"""What pages need to know of matters, as values: nothing here writes, and nothing here decides.

Responsible for one matter as one reader may see it, and for lists: what waits for me, all of a procedure, what came in.
What a reader may see of a field follows from its class (`classes.yaml` of the rulebook): a field of another class is
shown as withheld, never left out. Not responsible for words of the pages, nor for signing in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from duecourse.core.errors import Invalid
from duecourse.core.procedure import correcting, engine
from duecourse.core.procedure.attempt import PersonFacts
from duecourse.core.procedure.definition import ClockRule, FormField, Procedure, Rulebook, Stage, Step
from duecourse.core.procedure.marks import RunningClock
from duecourse.core.procedure.refusal import Sentences
from duecourse.core.procedure.state import MatterState
from duecourse.edge import clock
from duecourse.office.ledger import sql, store
from duecourse.office.matters import actors, rulebook
from duecourse.office.matters.actors import Actor
from duecourse.office.matters.lists import all_of, file_number, reader_of, submissions, waiting_for
from duecourse.office.matters.record import EntryView, may_see, names_in, role_title, views

__all__ = [
    "ClockView", "MatterView", "Offered", "all_of", "correction_form", "file_number", "matter_view", "may_see",
    "offers", "openings", "reader_of", "role_title", "submissions", "waiting_for",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offered:
    """A step that can be taken now, with its form, or one that cannot, and why. `phase`: `agree` on a proposal."""

    step: Step
    title: str
    phase: str | None
    fields: tuple[FormField, ...]
    reasons: tuple[Sentences, ...]

    @property
    def can(self) -> bool:
        """Whether nothing speaks against it now."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class ClockView:
    """One period: its rule's words and articles, its dates, and whether its alarm has been reached on `today`."""

    id: str
    title: str
    articles: tuple[str, ...]
    state: str
    started_on: date
    last_on: date
    earliest_on: date
    latest_on: date
    provisional: bool
    alarm_on: date
    missed: bool
    alarmed: bool
    over: bool


@dataclass(frozen=True, slots=True)
class MatterView:
    """A matter as one reader may see it now. `entries` is what the page posts back as `seen`."""

    id: UUID
    procedure: Procedure
    title: str
    number: str
    subject: str
    stage: Stage | None
    stage_title: str
    owner_title: str
    ended: bool
    opened_on: date
    entries: int
    head: str
    offers: tuple[Offered, ...]
    clocks: tuple[ClockView, ...]
    people: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    recused: frozenset[str]
    exhibits: tuple[Mapping[str, Any], ...]
    documents: tuple[Mapping[str, Any], ...]
    links: tuple[Mapping[str, Any], ...]
    record: tuple[EntryView, ...]
    pending: Mapping[str, Any]


_MATTER = "SELECT state, entries, head, title, series, year, number, voided, opened_on FROM matter WHERE id = %s"


def matter_view(matter: UUID, actor: Actor, lang: str) -> MatterView:
    """One matter as `actor` may see it, in `lang` (zh-Hans or en). Raises Invalid("matter_unknown")."""
    row = sql.row(
        "SELECT state, entries, head, title, series, year, number, voided, opened_on FROM matter WHERE id = %s",
        (matter,),
    )
    if row is None:
        raise Invalid("matter_unknown", matter=str(matter))
    book, moment = rulebook.current(), clock.now()
    today = book.local_date(moment)
    state = MatterState.from_json(row[0])
    ruled = book.ruling(state.procedure, version=state.version, on=today)
    known = actors.facts(matter, [str(actor.id)] if actor.id else [], key=None, on=today)
    reader = actors.of(actor, known.people)
    entries = store.read(matter)
    names = names_in(entries, state)
    stage = ruled.stages.get(state.stage or "")
    return MatterView(
        id=matter,
        procedure=ruled,
        title=ruled.title[lang],
        number=file_number(row[4], row[5], row[6], voided=row[7]),
        subject=row[3],
        stage=stage,
        stage_title=stage.title[lang] if stage else "",
        owner_title=role_title(book, stage.owner, lang) if stage and stage.owner else "",
        ended=state.ended,
        opened_on=row[8],
        entries=row[1],
        head=bytes(row[2]).hex(),
        offers=offers(book, state, reader, lang),
        clocks=tuple(_clock(name, held, ruled.clocks.get(name), today, lang) for name, held in state.clocks.items()),
        people=state.people,
        names=names,
        recused=state.recused,
        exhibits=_rows("exhibit", matter, "entry, title"),
        documents=_rows("document", matter, "asked_entry, kind"),
        links=tuple(_links(matter, lang)),
        record=tuple(views(book, entries, reader, names, lang)),
        pending={step: held.entry for step, held in state.proposals.items()},
    )


def offers(book: Rulebook, state: MatterState, reader: PersonFacts, lang: str) -> tuple[Offered, ...]:
    """Every step that belongs to where the matter stands, with its form or with the reasons why not."""
    return tuple(
        Offered(
            step=offer.step,
            title=offer.step.title[lang],
            phase=offer.phase,
            fields=() if offer.phase else tuple(offer.step.form.values()),
            reasons=tuple(reason.words(lang) for reason in offer.refusal.reasons) if offer.refusal else (),
        )
        for offer in engine.available(book, state, reader, clock.now())
    )


def openings(actor: Actor, lang: str) -> tuple[Offered, ...]:
    """The steps by which `actor` may open a matter today; `step` knows its procedure by `opening_procedure`."""
    book, moment = rulebook.current(), clock.now()
    reader = reader_of(actor)
    found: list[Offered] = []
    for name in book.procedures:
        ruled = book.procedure(name, book.local_date(moment))
        state = MatterState.new("", name, ruled.version)
        found += [offer for offer in offers(book, state, reader, lang) if offer.step.opens_matter]
    return tuple(found)


def correction_form(matter: UUID, entry: int) -> tuple[FormField, ...]:
    """The form that corrects one entry: its own fields, none of them required, with the reason."""
    row = sql.row("SELECT state FROM matter WHERE id = %s", (matter,))
    if row is None:
        raise Invalid("matter_unknown", matter=str(matter))
    book, state = rulebook.current(), MatterState.from_json(row[0])
    ruled = book.ruling(state.procedure, version=state.version, on=book.local_date(clock.now()))
    return tuple(correcting.correction(book.built_in["correct"], ruled, state, entry).form.values())


# The parts of one matter.


def _clock(name: str, held: RunningClock, rule: ClockRule | None, today: date, lang: str) -> ClockView:
    return ClockView(
        id=name,
        title=rule.title[lang] if rule else name,
        articles=rule.on if rule else (),
        state=held.status,
        started_on=held.started,
        last_on=held.last,
        earliest_on=held.earliest,
        latest_on=held.latest,
        provisional=held.provisional,
        alarm_on=held.alarm,
        missed=held.missed,
        alarmed=held.status == "running" and today >= held.alarm,
        over=held.over(today),
    )


def _rows(table: str, matter: UUID, order: str) -> tuple[Mapping[str, Any], ...]:
    query = f"SELECT row_to_json(t) FROM (SELECT * FROM {table} WHERE matter = %s ORDER BY {order}) AS t"  # noqa: S608
    return tuple(row[0] for row in sql.rows(query, (matter,)))


def _links(matter: UUID, lang: str) -> Iterable[Mapping[str, Any]]:
    """The matters this one is tied to, and those tied to it, each with its number and where it stands."""
    query = """
    SELECT l.kind, l.stream, m.procedure, m.series, m.year, m.number, m.voided, m.ended
    FROM matter_link AS l LEFT JOIN matter AS m ON m.id = l.stream WHERE l.matter = %s ORDER BY l.kind, l.stream
    """
    book = rulebook.current()
    today = book.local_date(clock.now())
    for kind, stream, procedure, series, year, number, voided, ended in sql.rows(query, (matter,)):
        title = book.procedure(procedure, today).title[lang] if procedure else ""
        yield {
            "kind": kind,
            "stream": stream,
            "procedure": procedure,
            "title": title,
            "number": file_number(series, year, number, voided=bool(voided)),
            "ended": ended,
        }
