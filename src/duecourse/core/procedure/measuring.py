"""The guards that measure: clocks and days, amounts of money, and the answers of the form.

Responsible for the second half of the closed vocabulary (see `guards`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from duecourse.core.deadlines import count, latest_before
from duecourse.core.procedure.guards import HELD, Silent, Verdict, breach_of, no
from duecourse.core.procedure.refusal import Param, Reason

if TYPE_CHECKING:
    from duecourse.core.deadlines import Length
    from duecourse.core.procedure.definition import Json
    from duecourse.core.procedure.guards import Case
    from duecourse.core.procedure.marks import RunningClock
    from duecourse.core.reading import Words


@dataclass(frozen=True, slots=True)
class Elapsed(Silent):
    """`elapsed: clock`: its period is over. A clock that was stopped, or never started, is not."""

    kind: ClassVar[str] = "elapsed"
    clock: str

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        clock = case.state.clocks.get(self.clock)
        if clock is None:
            return no("clock_not_started", clock=_title(case, self.clock))
        if not clock.over(case.on):
            return no("clock_not_over", _seen(clock), clock=_title(case, self.clock), last=clock.last.isoformat())
        return Verdict(None, _seen(clock))


@dataclass(frozen=True, slots=True)
class Running(Silent):
    """`running: clock`: it was started and has neither been stopped nor lapsed (late is still running)."""

    kind: ClassVar[str] = "running"
    clock: str

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        clock = case.state.clocks.get(self.clock)
        if clock is None or clock.status not in ("running", "paused"):
            return no("clock_not_running", clock=_title(case, self.clock))
        return Verdict(None, _seen(clock))


@dataclass(frozen=True, slots=True)
class Within(Silent):
    """`within: clock`: the act falls within the period."""

    kind: ClassVar[str] = "within"
    clock: str

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        clock = case.state.clocks.get(self.clock)
        if clock is None:
            return no("clock_not_started", clock=_title(case, self.clock))
        if case.on > clock.last:
            return no("clock_over", _seen(clock), clock=_title(case, self.clock), last=clock.last.isoformat())
        if clock.status == "stopped":
            return no("clock_not_running", clock=_title(case, self.clock))
        return Verdict(None, _seen(clock))


@dataclass(frozen=True, slots=True)
class LateReason(Silent):
    """`late-reason: clock`: when it is overrun, a reason and a name are on file. A late case can still end."""

    kind: ClassVar[str] = "late-reason"
    clock: str

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        clock = case.state.clocks.get(self.clock)
        if clock is None or clock.late_reason:
            return HELD
        if clock.late or clock.over(case.on) or (clock.status == "stopped" and clock.missed):
            return no("late_reason_missing", _seen(clock), clock=_title(case, self.clock), last=clock.last.isoformat())
        return Verdict(None, _seen(clock))


@dataclass(frozen=True, slots=True)
class WithinLimitation:
    """`within-limitation`: the act was discovered before the limitation period ran out (apl#36).

    It counts from the day the conduct ended; while it continues (field empty) no period runs. `longer` names a boolean
    field and the length that holds when it is true.
    """

    kind: ClassVar[str] = "within-limitation"
    act_ended: str
    discovered: str
    length: Length
    longer_field: str | None = None
    longer: Length | None = None

    def reads(self) -> tuple[str, ...]:
        """Name the fields."""
        return tuple(name for name in (self.act_ended, self.discovered, self.longer_field) if name)

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        ended, discovered = case.day(self.act_ended), case.day(self.discovered)
        if ended is None:
            return Verdict(None, {"continues": True})
        if discovered is None:
            return no("limitation_unknown")
        longer = self.longer is not None and self.longer_field is not None and case.value(self.longer_field) is True
        length = self.longer if longer and self.longer else self.length
        last = count(ended, length, calendar=case.rulebook.calendar).last
        seen: dict[str, Json] = {"last": last.isoformat(), "length": str(length)}
        return no("limitation_over", seen, last=last.isoformat()) if discovered > last else Verdict(None, seen)


@dataclass(frozen=True, slots=True)
class Ahead(Silent):
    """`ahead: {step, at_least}`: that step was taken at least so long before this one (cac-14#37: the hearing)."""

    kind: ClassVar[str] = "ahead"
    step: str
    at_least: Length

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        title = case.procedure.steps[self.step].title
        taken = case.state.taken(self.step)
        if taken is None:
            return no("step_not_done", steps=(title,))
        last = latest_before(case.on, self.at_least, calendar=case.rulebook.calendar).last
        seen: dict[str, Json] = {"taken": taken.on.isoformat(), "last": last.isoformat()}
        if taken.on > last:
            return no("too_soon_after", seen, step=title, taken=taken.on.isoformat(), length=self.at_least.words())
        return Verdict(None, seen)


@dataclass(frozen=True, slots=True)
class NotBefore:
    """`not-before: {field}`: the act does not come before the day in that field."""

    kind: ClassVar[str] = "not-before"
    field: str

    def reads(self) -> tuple[str, ...]:
        """Name the field."""
        return (self.field,)

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        day = case.day(self.field)
        if day is not None and case.on < day:
            return no("before_day", {"day": day.isoformat()}, field=_label(case, self.field), day=day.isoformat())
        return HELD


@dataclass(frozen=True, slots=True)
class Answer:
    """`answer: {field, is | in}`: what the form (or an earlier step's kept value) answers."""

    kind: ClassVar[str] = "answer"
    field: str
    allowed: tuple[str | bool, ...]
    step: str | None = None

    def reads(self) -> tuple[str, ...]:
        """Name the field, when it is of this form."""
        return () if self.step else (self.field,)

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        value = case.value(self.field, self.step)
        if any(value is known or (value == known and type(value) is type(known)) for known in self.allowed):
            return Verdict(None, {"value": value})
        return no("answer_forbids", {"value": value}, field=_label(case, self.field, self.step),
                  allowed=tuple(_choice(case, self.field, known, self.step) for known in self.allowed))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """`amount: {field, at_most}`: the money at stake does not exceed a limit in yuan (a number, or a setting's)."""

    kind: ClassVar[str] = "amount"
    field: str
    limit: str
    step: str | None = None

    def reads(self) -> tuple[str, ...]:
        """Name the field, when it is of this form."""
        return () if self.step else (self.field,)

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        return _limited(case, self, over=False)


@dataclass(frozen=True, slots=True)
class Over:
    """`over: {field, setting}`: the money at stake exceeds a limit in yuan."""

    kind: ClassVar[str] = "over"
    field: str
    limit: str
    step: str | None = None

    def reads(self) -> tuple[str, ...]:
        """Name the field, when it is of this form."""
        return () if self.step else (self.field,)

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        return _limited(case, self, over=True)


@dataclass(frozen=True, slots=True)
class NoHeavierThan:
    """`no-heavier-than: {field, step, field_of_step}`: the measure now is no heavier than it was then (apl#45).

    Money and numbers by amount; a choice by the order of its choices, which stand lightest first.
    """

    kind: ClassVar[str] = "no-heavier-than"
    field: str
    step: str
    field_of_step: str

    def reads(self) -> tuple[str, ...]:
        """Name the field."""
        return (self.field,)

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        now, then = case.value(self.field), case.value(self.field_of_step, self.step)
        title = case.procedure.steps[self.step].title
        if not isinstance(now, str) or not isinstance(then, str):
            return no("measure_unknown", step=title)
        seen: dict[str, Json] = {"now": now, "then": then}
        if self._weight(case, now) > self._weight(case, then):
            return no("heavier_than", seen, field=_label(case, self.field), step=title)
        return Verdict(None, seen)

    def _weight(self, case: Case, value: str) -> Decimal:
        field = case.step.form[self.field]
        return Decimal(list(field.choices).index(value)) if field.type == "choice" else Decimal(value)


@dataclass(frozen=True, slots=True)
class PenaltyInRange:
    """`penalty-in-range: {measure, fine}`: the breach's article allows this penalty, and the fine is in its range.

    A measure without a fine goes with a fine of 0. Amounts in yuan (apl#16 ties every penalty to its article).
    """

    kind: ClassVar[str] = "penalty-in-range"
    measure: str
    fine: str

    def reads(self) -> tuple[str, ...]:
        """Name both fields."""
        return (self.measure, self.fine)

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        breach = case.rulebook.breaches.get(str(breach_of(case)))
        measure, fine = case.value(self.measure), case.value(self.fine)
        if breach is None or not isinstance(measure, str) or not isinstance(fine, str):
            return no("breach_not_listed")
        seen: dict[str, Json] = {"breach": breach.id, "measure": measure, "fine": fine}
        if measure not in breach.kinds:
            titles = case.step.form[self.measure].choices
            said: dict[str, Param] = {"breach": breach.title, "kind": titles[measure]}
            return Verdict(Reason("penalty_not_of_article", said, breach.penalty), seen)
        least, most = (breach.at_least or "0", breach.at_most or "0") if "fine" in measure else ("0", "0")
        if not Decimal(least) <= Decimal(fine) <= Decimal(most):
            range_: dict[str, Param] = {"breach": breach.title, "least": least, "most": most}
            return Verdict(Reason("penalty_out_of_range", range_, breach.penalty), seen)
        return Verdict(None, seen)


def _limited(case: Case, guard: Amount | Over, *, over: bool) -> Verdict:
    value, label = case.value(guard.field, guard.step), _label(case, guard.field, guard.step)
    if not isinstance(value, str):
        return no("amount_unknown", field=label)
    seen: dict[str, Json] = {"value": value, "limit": guard.limit}
    if (Decimal(value) > Decimal(guard.limit)) is over:
        return Verdict(None, seen)
    return no("amount_not_over" if over else "amount_over", seen, field=label, limit=guard.limit)


def _title(case: Case, clock: str) -> Words:
    return case.procedure.clocks[clock].title


def _seen(clock: RunningClock) -> dict[str, Json]:
    return {"last": clock.last.isoformat(), "status": clock.status}


def _label(case: Case, name: str, step: str | None = None) -> Words | str:
    form = case.procedure.steps[step].form if step else case.step.form
    return form[name].title if name in form else name


def _choice(case: Case, name: str, value: Json, step: str | None) -> Words | str:
    form = case.procedure.steps[step].form if step else case.step.form
    if isinstance(value, bool):
        return {"zh-Hans": "是" if value else "否", "en": "yes" if value else "no"}
    return form[name].choices.get(str(value), str(value)) if name in form else str(value)
