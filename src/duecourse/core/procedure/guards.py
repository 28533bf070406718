"""The closed vocabulary of conditions that a rulebook may put on a step.

Responsible for judging each guard on a case: who acts, what has been done, what the form says, what the clocks say.
Every guard is a pure function without expressions: a lawyer picks from this list, and the list is the whole language.
Not responsible for reading guards from YAML (`reading_guards`), nor for roles, stages and forms (`engine`, `form`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from duecourse.core.procedure.definition import Json
from duecourse.core.procedure.refusal import Param, Reason

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import FactRule, Guard, Procedure, Rulebook, Step
    from duecourse.core.procedure.state import MatterState
    from duecourse.core.reading import Words


@dataclass(frozen=True, slots=True)
class Case:
    """What a guard may look at. `form` is None when a step is only offered; `later`: a proposal is being decided."""

    rulebook: Rulebook
    procedure: Procedure
    step: Step
    state: MatterState
    actor: PersonFacts
    people: Mapping[str, PersonFacts]
    on: dt.date
    form: Mapping[str, Json] | None
    exhibits: tuple[str, ...] = ()
    later: bool = False

    def value(self, name: str, step: str | None = None) -> Json:
        """Give a field of this form, or the newest value that an earlier step (or the one named) kept of it."""
        if step is None and name in self.step.form:
            return (self.form or {}).get(name)
        kept = self.state.values
        newest_first = (step,) if step else tuple(item.step for item in reversed(self.state.history))
        return next((kept[known][name] for known in newest_first if name in kept.get(known, {})), None)

    def day(self, name: str) -> dt.date | None:
        """Give a date field, or None when it is empty."""
        value = self.value(name)
        return dt.date.fromisoformat(value) if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a guard holds, what it looked at (for the entry), and if it does not hold, why."""

    reason: Reason | None = None
    seen: Mapping[str, Json] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        """Whether it holds."""
        return self.reason is None


HELD = Verdict()


def no(code: str, seen: Mapping[str, Json] | None = None, **params: Param) -> Verdict:
    """Give the verdict that refuses with a code."""
    return Verdict(Reason(code, params), seen or {})


class Silent:
    """A guard that reads nothing of the form."""

    __slots__ = ()

    def reads(self) -> tuple[str, ...]:
        """Name no field."""
        return ()


@dataclass(frozen=True, slots=True)
class Facts(Silent):
    """`facts: {all, any, none}`: what has been established in the matter."""

    kind: ClassVar[str] = "facts"
    rule: FactRule

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        has = case.state.has
        missing = [fact for fact in self.rule.all if not has(fact)]
        if missing:
            return no("fact_missing", {"missing": list[Json](missing)}, steps=_setters(case, missing))
        if self.rule.any and not any(has(fact) for fact in self.rule.any):
            return no("fact_none_of", {"missing": list[Json](self.rule.any)}, steps=_setters(case, self.rule.any))
        present = [fact for fact in self.rule.none if has(fact)]
        if present:
            return no("fact_forbids", {"present": list[Json](present)}, steps=_setters(case, present))
        return HELD


@dataclass(frozen=True, slots=True)
class Done(Silent):
    """`done: [steps]`: each of these steps has been taken."""

    kind: ClassVar[str] = "done"
    steps: tuple[str, ...]

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        missing = [f"done:{step}" for step in self.steps if case.state.taken(step) is None]
        return no("step_not_done", steps=_setters(case, missing)) if missing else HELD


@dataclass(frozen=True, slots=True)
class NotDone(Silent):
    """`not-done: [steps]`: none of these steps has been taken."""

    kind: ClassVar[str] = "not-done"
    steps: tuple[str, ...]

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        found = [f"done:{step}" for step in self.steps if case.state.taken(step) is not None]
        return no("step_already_done", steps=_setters(case, found)) if found else HELD


@dataclass(frozen=True, slots=True)
class Served(Silent):
    """`served: document`: its newest version was served."""

    kind: ClassVar[str] = "served"
    document: str

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        if case.state.has(f"served:{self.document}"):
            return HELD
        return no("not_served", document=case.rulebook.documents[self.document].title)


@dataclass(frozen=True, slots=True)
class Sealed(Silent):
    """`sealed: document`: its newest version bears the seal."""

    kind: ClassVar[str] = "sealed"
    document: str

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        title = case.rulebook.documents[self.document].title
        newest = case.state.newest(self.document)
        if newest is None:
            return no("not_drafted", document=title)
        if newest[1].sealed is None:
            return no("not_sealed", {"document": newest[0]}, document=title)
        return Verdict(None, {"document": newest[0], "digest": newest[1].sealed})


@dataclass(frozen=True, slots=True)
class Drafted(Silent):
    """Implied by service of a document that needs no seal: there is one to serve. It is not written in a rulebook."""

    kind: ClassVar[str] = "drafted"
    document: str

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        newest = case.state.newest(self.document)
        if newest is None:
            return no("not_drafted", document=case.rulebook.documents[self.document].title)
        return Verdict(None, {"document": newest[0]})


@dataclass(frozen=True, slots=True)
class Officers:
    """`officers: {field | capacity, at_least, certified, recused: false}`: how many qualified people take part."""

    kind: ClassVar[str] = "officers"
    field: str | None
    capacity: str | None
    at_least: int = 1
    certified: bool = False
    recused: bool | None = None

    def reads(self) -> tuple[str, ...]:
        """Name the field with the people."""
        return (self.field,) if self.field else ()

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        named = self._named(case)
        counted = [account for account in named if self._counts(case, account)]
        seen: dict[str, Json] = {"named": len(named), "counted": len(counted)}
        if len(counted) < self.at_least:
            code = "officers_too_few_certified" if self.certified else "officers_too_few"
            return no(code, seen, at_least=self.at_least, counted=len(counted))
        if self.field and len(counted) < len(named):
            return no("officer_not_allowed", seen, number=len(named) - len(counted))
        return Verdict(None, seen)

    def _named(self, case: Case) -> tuple[str, ...]:
        if self.capacity:
            return case.state.people.get(self.capacity, ())
        value = case.value(self.field or "")
        return tuple(dict.fromkeys(map(str, value))) if isinstance(value, list) else (str(value),) if value else ()

    def _counts(self, case: Case, account: str) -> bool:
        facts = case.people.get(account)
        qualified = not self.certified or (facts is not None and facts.certified)
        return qualified and (self.recused is None or account not in case.state.recused)


@dataclass(frozen=True, slots=True)
class Actor(Silent):
    """`actor: {is, is_not}`: four eyes. In a chain `is` judges who proposes, `is_not` everyone who comes after.

    `is_not` remembers: who held the capacity once and gave it up took part all the same.
    """

    kind: ClassVar[str] = "actor"
    is_: str | None = None
    is_not: tuple[str, ...] = ()

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        held = [name for name, accounts in case.state.people.items() if case.actor.account in accounts]
        if self.is_ and not case.later and self.is_ not in held:
            return no("actor_is_not", capacity=case.rulebook.capacities[self.is_])
        past = [name for name, accounts in case.state.past.items() if case.actor.account in accounts]
        clash = [name for name in self.is_not if name in (*held, *past)]
        if clash and (case.later or len(case.step.approval) < 2):  # noqa: PLR2004 - a chain has two links
            return no("actor_is", capacity=case.rulebook.capacities[clash[0]])
        return HELD


@dataclass(frozen=True, slots=True)
class Vacant(Silent):
    """`vacant: capacity`: nobody holds it now."""

    kind: ClassVar[str] = "vacant"
    capacity: str

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        held = case.state.people.get(self.capacity, ())
        return no("capacity_taken", capacity=case.rulebook.capacities[self.capacity]) if held else HELD


@dataclass(frozen=True, slots=True)
class NotRecused(Silent):
    """`not-recused: true`: the engine asks this of everyone at every step; here it is written down for the reader."""

    kind: ClassVar[str] = "not-recused"

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        return no("actor_recused") if case.actor.account in case.state.recused else HELD


@dataclass(frozen=True, slots=True)
class BreachListed(Silent):
    """`breach: listed` (or a field): the conduct is on the office's list and was unlawful on the day of the act."""

    kind: ClassVar[str] = "breach"
    field: str | None = None

    def reads(self) -> tuple[str, ...]:
        """Name the field, when one was named."""
        return (self.field,) if self.field else ()

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        value = breach_of(case, self.field)
        breach = case.rulebook.breaches.get(value) if isinstance(value, str) else None
        if breach is None:
            return no("breach_not_listed")
        if not breach.in_force(case.on):
            return no("breach_not_in_force", breach=breach.title)
        return Verdict(None, {"breach": breach.id})


def breach_of(case: Case, field: str | None = None) -> Json:
    """Give the breach that a step or an earlier step of the matter named; None while none is named."""
    fields = [item.id for item in case.step.form.values() if item.type == "breach"]
    if field or fields:
        return case.value(field or fields[0])
    steps = case.procedure.steps
    names = {item.id for step in steps.values() for item in step.form.values() if item.type == "breach"}
    return next((value for value in map(case.value, sorted(names)) if value is not None), None)


@dataclass(frozen=True, slots=True)
class Exhibits(Silent):
    """`exhibits: {at_least}`: that much evidence is on file (this step's counts)."""

    kind: ClassVar[str] = "exhibits"
    at_least: int

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        number = len({*case.state.exhibits, *case.exhibits})
        if number < self.at_least:
            return no("exhibits_too_few", {"number": number}, at_least=self.at_least, number=number)
        return Verdict(None, {"number": number})


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`any: [guards]`: at least one of these holds."""

    kind: ClassVar[str] = "any"
    guards: tuple[Guard, ...]

    def reads(self) -> tuple[str, ...]:
        """Name every field that one of them reads."""
        return tuple(name for guard in self.guards for name in guard.reads())

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        verdicts = [guard.judge(case) for guard in self.guards]
        held: list[Json] = [guard.kind for guard, verdict in zip(self.guards, verdicts, strict=True) if verdict.held]
        if held:
            return Verdict(None, {"by": held})
        reasons = [verdict.reason for verdict in verdicts if verdict.reason]
        what = {lang: (" 或者 " if lang == "zh-Hans" else " or ").join(one.words(lang).why for one in reasons)
                for lang in ("zh-Hans", "en")}  # fmt: skip
        return no("none_of", reasons=what)


def _setters(case: Case, facts: list[str] | tuple[str, ...]) -> tuple[Words | str, ...]:
    """Name the steps (or clocks) that set these facts, as a person reads them."""
    found: list[Words | str] = []
    for fact in facts:
        kind, _, document = fact.partition(":")
        named: tuple[Words | str, ...] = case.procedure.setters.get(fact, ())
        if kind in ("sealed", "served") and document in case.rulebook.documents:
            named = (case.rulebook.documents[document].title,)
        found += [title for title in named or (fact,) if title not in found]
    return tuple(found)
