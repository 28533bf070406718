"""What a rulebook is once it has been read: procedures with their stages, steps, clocks and forms.

Responsible for the words in which the law's procedure is written down, as frozen values. Its lists (roles, settings,
breaches and so on) are in `lists`.
Not responsible for reading them from files (`loading`), judging a step (`engine`, `guards`) or proving them (`proof`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Protocol
from zoneinfo import ZoneInfo

from duecourse.core.procedure.lists import Breach, DocumentRule, Head, Requirement, Role, Setting
from duecourse.core.reading import Words

if TYPE_CHECKING:
    from duecourse.core.deadlines import Calendar, Counted, Length
    from duecourse.core.law import Law
    from duecourse.core.procedure.guards import Case, Verdict

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
"""JSON without floats: money and long integers are decimal text."""

SYSTEM = "system"
"""The role of the machine itself: it may only do what a step gives it by name."""

FIELD_TYPES = (
    "text", "long-text", "date", "integer", "money", "choice", "boolean", "account", "accounts",
    "organisation", "url", "exhibits", "breach", "head",
)  # fmt: skip
CARRIED_TYPES = frozenset(FIELD_TYPES) - {"text", "long-text", "organisation", "url"}
"""Types short and impersonal enough to stand in an outcome, which can never be erased."""
FIELD_CLASSES = ("public", "party", "case", "report", "identity", "office")
TRANSITIONS = ("steps-after", "opened-after")


class Guard(Protocol):
    """One condition of a step, from the closed vocabulary in `guards`."""

    kind: ClassVar[str]

    def judge(self, case: Case) -> Verdict:
        """Say whether it holds, what was looked at, and if not, why not."""
        ...

    def reads(self) -> tuple[str, ...]:
        """Name the fields of the step's own form that it looks at."""
        ...


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a step's form. `class_` says who may ever see it; `value`: it is kept in the outcome.

    `record`: the document whose printed number fills it, in this matter or the one that opened it; nobody types it.
    """

    id: str
    title: Words
    type: str
    required: bool = False
    class_: str = "case"
    choices: Mapping[str, Words] = field(default_factory=dict)
    help: Words | None = None
    on: tuple[str, ...] = ()
    default: str | bool | None = None
    value: bool = False
    record: str | None = None

    @property
    def name(self) -> str:
        """The same as `id`: the name under which the field is posted and stored."""
        return self.id


@dataclass(frozen=True, slots=True)
class ClockAct:
    """What a step does to a clock: start, stop, pause, resume, extend (with its own measure, when it has one)."""

    act: str
    clock: str
    until: str | None = None
    by: Length | None = None
    to: Length | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """A matter that a step opens. `form`: the field of the new step, and the field of this one that fills it."""

    procedure: str
    step: str
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything a step (or one answer of it) does."""

    to: str | None = None
    sets: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    assigns: Mapping[str, str] = field(default_factory=dict)
    clocks: tuple[ClockAct, ...] = ()
    documents: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    opens: tuple[Opening, ...] = ()
    publish: str | None = None

    def plus(self, more: Effects) -> Effects:
        """Give these effects with those of an answer added; where both lead to a stage, the answer's wins."""
        return Effects(
            to=more.to or self.to,
            sets=self.sets + more.sets,
            clears=self.clears + more.clears,
            assigns={**self.assigns, **more.assigns},
            clocks=self.clocks + more.clocks,
            documents=self.documents + more.documents,
            serves=self.serves + more.serves,
            letters=self.letters + more.letters,
            opens=self.opens + more.opens,
            publish=more.publish or self.publish,
        )


@dataclass(frozen=True, slots=True)
class When:
    """Effects that a step has only where these facts held before it."""

    facts: FactRule
    effects: Effects


@dataclass(frozen=True, slots=True)
class FactRule:
    """Which facts must hold: every one of `all`, at least one of `any` (when it names some), and none of `none`."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    @property
    def mentioned(self) -> tuple[str, ...]:
        """Every fact that it looks at."""
        return self.all + self.any + self.none

    def holds(self, has: Callable[[str], bool]) -> bool:
        """Judge it where `has` says which facts hold."""
        return (
            all(has(fact) for fact in self.all)
            and (not self.any or any(has(fact) for fact in self.any))
            and not any(has(fact) for fact in self.none)
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a matter stands. `owner`: the role whose turn it is; `end`: nothing more is to be done."""

    id: str
    title: Words
    owner: str | None = None
    end: bool = False
    help: Words | None = None


@dataclass(frozen=True)
class Step:
    """One lawful act. `approval`: who proposes, gives an opinion and decides, in order (each a set of roles).

    `choose` names the field whose answer adds effects (`answers`); `confirm` the setting on which the step rests where
    no article does; `written` is each of `needs` as it stands in the file; `after_end`: it may still be taken when
    the matter has ended.
    """

    id: str
    title: Words
    from_: tuple[str, ...] = ()
    opens_matter: bool = False
    by: tuple[str, ...] = ()
    approval: tuple[tuple[str, ...], ...] = ()
    on: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    needs: tuple[Guard, ...] = ()
    written: tuple[Json, ...] = ()
    form: Mapping[str, FormField] = field(default_factory=dict)
    effects: Effects = field(default_factory=Effects)
    choose: str | None = None
    answers: Mapping[str, Effects] = field(default_factory=dict)
    when: tuple[When, ...] = ()
    confirm: str | None = None
    help: Words | None = None
    waits: Words | None = None
    built_in: bool = False
    after_end: bool = False

    @cached_property
    def dated(self) -> frozenset[str]:
        """Date fields of its form from which a clock that it starts may count."""
        return frozenset(name for name, item in self.form.items() if item.type == "date")

    @cached_property
    def carried(self) -> frozenset[str]:
        """Fields that the outcome carries, because the engine judges by them or the rulebook keeps them."""
        judged = {name for guard in self.needs for name in guard.reads()}
        kept = {name for name, item in self.form.items() if item.value}
        people = {name for effects in self.all_effects() for name in effects.assigns.values()}
        until = {act.until for effects in self.all_effects() for act in effects.clocks if act.until}
        chosen = {self.choose} if self.choose else set()
        dated = self.dated if any(group.clocks for group in self.all_effects()) else frozenset()
        return frozenset(judged | kept | people | until | chosen | dated) & frozenset(self.form)

    def branches(self) -> tuple[Effects, ...]:
        """Give the effects of every answer that the form allows (one, when the step asks nothing)."""
        if self.choose is None:
            return (self.effects,)
        field_ = self.form[self.choose]
        silent = () if field_.required else (self.effects,)
        return tuple(self.effect(choice) for choice in field_.choices) + silent

    def effect(self, answer: str | None, has: Callable[[str], bool] | None = None) -> Effects:
        """Give what the step does when this was answered, where `has` says which facts held before it."""
        more = self.answers.get(answer) if answer is not None else None
        effects = self.effects.plus(more) if more else self.effects
        for when in self.when if has else ():
            if has and when.facts.holds(has):
                effects = effects.plus(when.effects)
        return effects

    def all_effects(self) -> tuple[Effects, ...]:
        """Give every group of effects that it may have: its own, each answer's, each condition's."""
        return (self.effects, *self.answers.values(), *(when.effects for when in self.when))

    def automatic(self) -> tuple[str, ...]:
        """Name the clocks whose end takes this step by itself: it is the system's and waits for them."""
        if self.by != (SYSTEM,) or self.opens_matter:
            return ()
        return tuple(str(getattr(guard, "clock", "")) for guard in self.needs if guard.kind == "elapsed")


@dataclass(frozen=True, slots=True)
class Extension:
    """How a clock can be made longer: `to` a total, or `by` an addition; by whom and on which article."""

    to: Length | None = None
    by: Length | None = None
    roles: tuple[str, ...] = ()
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missed:
    """What the law attaches to a clock's end. Without facts, draft and stage it is an alarm only."""

    lapse: tuple[str, ...] = ()
    draft: str | None = None
    to: str | None = None

    @property
    def alarm(self) -> bool:
        """Whether it only raises an alarm: a late case can still end."""
        return not (self.lapse or self.draft or self.to)


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A period. `setting` names the setting that holds the length; `from_` is `occurred` or a date field."""

    id: str
    title: Words
    length: Length
    setting: str | None = None
    from_: str = "occurred"
    on: tuple[str, ...] = ()
    confirm: str | None = None
    extend: Extension | None = None
    rolls: bool = False
    missed: Missed | None = None
    answers: str | None = None
    pauses: Words | None = None
    help: Words | None = None


@dataclass(frozen=True)
class Procedure:
    """One version of a procedure, in force for steps (or matters, see `transition`) from `from_` on."""

    id: str
    title: Words
    from_: dt.date
    transition: str
    stages: Mapping[str, Stage]
    steps: Mapping[str, Step]
    clocks: Mapping[str, ClockRule] = field(default_factory=dict)
    on: tuple[str, ...] = ()
    help: Words | None = None
    file: str = ""

    @property
    def version(self) -> str:
        """Name the version by its first day."""
        return self.from_.isoformat()

    @cached_property
    def capacities(self) -> tuple[str, ...]:
        """Every capacity that some step assigns, such as `handler`."""
        found = {name for step in self.steps.values() for group in step.all_effects() for name in group.assigns}
        return tuple(sorted(found))

    @cached_property
    def setters(self) -> Mapping[str, tuple[Words, ...]]:
        """For each fact, the titles of the steps (and of the clocks whose end) can set it."""
        found: dict[str, tuple[Words, ...]] = {f"done:{step.id}": (step.title,) for step in self.steps.values()}
        for step in self.steps.values():
            served = tuple(f"served:{name}" for group in step.all_effects() for name in group.serves)
            for fact in dict.fromkeys((*(name for group in step.all_effects() for name in group.sets), *served)):
                found[fact] = (*found.get(fact, ()), step.title)
        for clock in self.clocks.values():
            for fact in clock.missed.lapse if clock.missed else ():
                found[fact] = (*found.get(fact, ()), clock.title)
        return found

    def without_guard(self, step: str, guard: Guard) -> Procedure:
        """Give the same procedure with one guard left out (to ask whether an invariant notices)."""
        held = self.steps[step]
        kept = [n for n, other in enumerate(held.needs) if other is not guard]
        weaker = replace(held, needs=tuple(held.needs[n] for n in kept), written=tuple(held.written[n] for n in kept))
        return replace(self, steps={**self.steps, step: weaker})


@dataclass(frozen=True, slots=True)
class Invariant:
    """What no procedure may allow, written from the statute. `rule` is read by `proof`."""

    id: str
    title: Words
    procedure: str
    on: tuple[str, ...]
    kind: str
    rule: Mapping[str, Json]


@dataclass(frozen=True)
class Rulebook:
    """Everything the law and the office have laid down, read from one folder and named by its digest (hex)."""

    name: str
    title: Words
    zone: str
    digest: str
    calendar_digest: str
    law: Law
    calendar: Calendar
    heads: Mapping[str, Head]
    roles: Mapping[str, Role]
    settings: Mapping[str, Setting]
    breaches: Mapping[str, Breach]
    documents: Mapping[str, DocumentRule]
    procedures: Mapping[str, tuple[Procedure, ...]]
    invariants: tuple[Invariant, ...]
    requirements: Mapping[str, Requirement]
    classes: Mapping[str, tuple[str, ...]]
    capacities: Mapping[str, Words]
    built_in: Mapping[str, Step]

    @cached_property
    def counted(self) -> dict[tuple[object, ...], Counted]:
        """Periods already counted (a memory of a pure function, see `clocks`)."""
        return {}

    def cite(self, citation: str) -> Words:
        """Say a citation to a person: 《行政处罚法》第四十一条."""
        if citation not in self._cited:
            self._cited[citation] = self.law.words(citation)
        return self._cited[citation]

    @cached_property
    def _cited(self) -> dict[str, Words]:
        return {}

    @cached_property
    def zone_info(self) -> ZoneInfo:
        """The zone in which legal dates are local dates."""
        return ZoneInfo(self.zone)

    def local_date(self, moment: dt.datetime) -> dt.date:
        """Give the legal date of a moment (which must know its zone)."""
        assert moment.tzinfo is not None, "a moment without zone has no legal date"
        return moment.astimezone(self.zone_info).date()

    def procedure(self, id: str, on: dt.date) -> Procedure:  # noqa: A002 - the contract's name
        """Give the version in force on a day; the first version, for days before it. Raises KeyError."""
        versions = self.procedures[id]
        started = [version for version in versions if version.from_ <= on]
        return started[-1] if started else versions[0]

    def ruling(self, id: str, *, version: str, on: dt.date) -> Procedure:  # noqa: A002
        """Give the version that rules a step of `on` in a matter opened under `version`.

        Procedure follows the day of the step when the newer version says `steps-after`; under `opened-after` a matter
        keeps the version it was opened under.
        """
        versions = self.procedures[id]
        held = next((known for known in versions if known.version == version), versions[0])
        for later in versions:
            if held.from_ < later.from_ <= on and later.transition == "steps-after":
                held = later
        return held

    def step(self, procedure: Procedure, step: str) -> Step | None:
        """Find a step of the procedure, or one that every procedure has."""
        return procedure.steps.get(step) or self.built_in.get(step)
