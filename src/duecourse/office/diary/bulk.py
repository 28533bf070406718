"""One step for several matters: what it would do to each, and then each as its own step.

Responsible for the preview (the engine is asked, nothing is written) and for taking the step in every matter by the one
write path, each with its own key: sent again, it gives the first entries back; a refused one stops no other. What the
preview said would be refused is left out, so that nobody's file fills with refusals that were known beforehand.
Not responsible for the form (`office.pages.forms`), nor for what is lawful.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.utils.translation import gettext

from duecourse.core.errors import Invalid, Refused
from duecourse.core.procedure import engine
from duecourse.core.procedure.attempt import Attempt, PersonFacts
from duecourse.core.procedure.definition import SYSTEM
from duecourse.edge import clock, ids
from duecourse.office.matters import rulebook
from duecourse.office.matters.actions import StalePage, take_step
from duecourse.office.matters.actors import is_account
from duecourse.office.matters.models import Matter
from duecourse.office.pages import sentences
from duecourse.office.pages.standing import Standing, label, role_title
from duecourse.office.people.facts import facts_of_all
from duecourse.ui import language

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Procedure, Rulebook, Step
    from duecourse.office.people.models import Account

MOST: Final = 50
"""Most matters that can be answered at once."""
BUILT_IN: Final = ("assign", "hold", "resume", "release")
_FILES: Final = frozenset({"exhibits", "digest", "digests"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """A matter that was chosen, and how many entries the page showed of it."""

    matter: UUID
    seen: int

    def __str__(self) -> str:
        return f"{self.matter}:{self.seen}"


@dataclass(frozen=True, slots=True)
class Judged:
    """One matter of the preview or of the result. `refused`: the sentences that say why not; empty when it can be."""

    chosen: Chosen
    label: str
    stage: str
    does: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done to all of them: the step, its form, the day of the act, by whom."""

    step: Step
    form: Mapping[str, Any]
    occurred: dt.date
    account: Account
    person: PersonFacts


def chosen(values: Iterable[str]) -> tuple[Chosen, ...]:
    """Read what the ticks of the queue posted; what is no matter is left out, and more than `MOST` are not read."""
    found: dict[UUID, Chosen] = {}
    for value in values:
        matter, _, seen = value.partition(":")
        if is_account(matter) and seen.isascii() and seen.isdigit() and len(seen) < 9:  # noqa: PLR2004 - an int4
            found.setdefault(UUID(matter), Chosen(UUID(matter), int(seen)))
    return tuple(found.values())[:MOST]


def steps(ruled: Procedure, person: PersonFacts) -> list[Step]:
    """Return the steps that a role of this person begins, and that need no file: those can be taken in bulk."""
    own = [step for step in ruled.steps.values() if not step.opens_matter and step.by != (SYSTEM,)]
    book = rulebook.current()
    return [
        step
        for step in (*own, *(book.built_in[name] for name in BUILT_IN if name in book.built_in))
        if person.roles & set((step.approval or (step.by,))[0])
        and not any(field.type in _FILES for field in step.form.values())
    ]


def preview(wish: Wish, standings: Sequence[Standing], picked: Mapping[UUID, Chosen]) -> list[Judged]:
    """Ask the engine about each matter, and write nothing."""
    people = _people(wish, standings)
    return [_previewed(wish, standing, picked[standing.row.id], people) for standing in standings]


def take(wish: Wish, picked: Sequence[Chosen], key: str) -> list[Judged]:
    """Take the step in each matter; say of each what it became, or why it was refused."""
    rows = Matter.objects.in_bulk([one.matter for one in picked])
    return [_taken(wish, one, rows.get(one.matter), key) for one in picked]


def _taken(wish: Wish, one: Chosen, row: Matter | None, key: str) -> Judged:
    name = label(row) if row else str(one.matter)
    try:
        entry = take_step(
            one.matter, wish.step.id, by=wish.account, form=wish.form, occurred=wish.occurred, seen=one.seen,
            key=f"{key}:{one.matter}",
        )  # fmt: skip
    except Refused as no:
        return Judged(one, name, "", refused=tuple(no.refusal.words(language.tag())))
    except Invalid as wrong:
        return Judged(one, name, "", refused=(sentences.of(wrong), *_changed(wrong)))
    outcome = engine.Outcome.from_json(dict(entry.skeleton.outcome))
    book = rulebook.current()
    ruled = book.procedure(entry.skeleton.procedure or "", outcome.on)
    return Judged(one, name, _stage(ruled, outcome.to), does=tuple(_effects(book, ruled, wish.step, outcome)))


def _changed(wrong: Invalid) -> tuple[str, ...]:
    if not isinstance(wrong, StalePage):
        return ()
    return tuple(str(item.get(language.tag())) for item in wrong.changed)


def _previewed(wish: Wish, standing: Standing, one: Chosen, people: Mapping[str, PersonFacts]) -> Judged:
    now = clock.now()
    attempt = Attempt(
        step=wish.step.id, actor=wish.person, role=None, occurred=wish.occurred, moment=now, form=wish.form,
        people=people, ids=iter(lambda: str(ids.new_uuid()), ""),
    )  # fmt: skip
    current = Chosen(one.matter, standing.entries)
    answer = engine.take(standing.book, standing.state, attempt)
    if isinstance(answer, engine.Refusal):
        said = tuple(answer.words(language.tag()))
        return Judged(current, standing.label, standing.stage_title, refused=said)
    does = tuple(_effects(standing.book, standing.procedure, wish.step, answer))
    if standing.entries != one.seen:
        does = (gettext("Something happened in it since you chose it: look at it first."), *does)
    return Judged(current, standing.label, standing.stage_title, does=does)


def _people(wish: Wish, standings: Sequence[Standing]) -> dict[str, PersonFacts]:
    """The facts of everybody whom the form names or who stands in one of the matters, in two questions."""
    named: set[str] = {wish.person.account}
    for value in wish.form.values():
        named |= {item for item in (value if isinstance(value, list | tuple) else [value]) if is_account(item)}
    for standing in standings:
        named |= {account for accounts in standing.state.people.values() for account in accounts}
    facts = facts_of_all((UUID(account) for account in named), wish.occurred)
    return {str(account): held for account, held in facts.items()}


def _effects(book: Rulebook, ruled: Procedure, step: Step, outcome: engine.Outcome) -> Iterable[str]:
    """Say in words what the outcome does: who is asked next, where the matter goes, what is written and opened."""
    if outcome.phase == "proposed" and len(step.approval) > 1:
        roles = " / ".join(role_title(role) for role in step.approval[1])
        yield gettext("Proposed; the next opinion is given by: %(roles)s") % {"roles": roles}
        return
    yield gettext("Taken: %(step)s") % {"step": language.pick(step.title)}
    if outcome.to != outcome.from_:
        yield gettext("Stage: %(stage)s") % {"stage": _stage(ruled, outcome.to)}
    letters = rulebook.letters()
    for name in outcome.letters:
        title = language.pick(letters[name].title) if name in letters else name
        yield gettext("Letter to the reporter: %(letter)s") % {"letter": title}
    for drafted in outcome.documents:
        rule = book.documents.get(drafted.document)
        yield gettext("Document: %(document)s") % {"document": language.pick(rule.title) if rule else drafted.document}
    for opened in outcome.opens:
        title = language.pick(book.procedure(opened.procedure, outcome.on).title)
        yield gettext("Opens: %(procedure)s") % {"procedure": title}


def _stage(ruled: Procedure, stage: str | None) -> str:
    known = ruled.stages.get(stage or "")
    return language.pick(known.title) if known else ""
