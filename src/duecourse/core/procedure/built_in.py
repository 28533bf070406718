"""The steps that every procedure has, at any stage: evidence, corrections, documents' files, recusal, assignment.

    exhibit         add evidence to the file
    correct         supersede fields of an earlier entry, with the reason; never the stage
    document        the digest of a document that was rendered (the system's)
    seal            the sealed file of a document, before it is served
    scan-back       the scan of a document signed on paper, bound to its version
    assign          who holds a capacity from now on
    recuse          ask that an officer step aside; decide-recusal decides it
    late-reason     why a clock was overrun, and who answers for it
    void-number     the file number of a matter that has ended counts no more; nobody gets it again
    hold, resume, release      see `holding`
    party-access, party-act, party-answer      see `party`

Responsible for their forms, their own checks and outcomes. Who may take them stands in `rulebook.yaml`.
Not responsible for service, which belongs to each procedure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duecourse.core.errors import Invalid
from duecourse.core.procedure import correcting, holding, party
from duecourse.core.procedure import form as forms
from duecourse.core.procedure.built_in_forms import forms_of
from duecourse.core.procedure.definition import SYSTEM, Step
from duecourse.core.procedure.judging import judge
from duecourse.core.procedure.outcome import ClockEffect, FileMark, Outcome
from duecourse.core.procedure.refusal import Reason, Refusal
from duecourse.core.procedure.state import ASKED

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import Attempt
    from duecourse.core.procedure.definition import Json, Procedure, Rulebook
    from duecourse.core.procedure.state import MatterState
    from duecourse.core.reading import Words

VOID = "void-number"
NAMED = ("exhibit", "assign", "recuse", "decide-recusal", "late-reason", "seal", "scan-back", VOID,
         *holding.STEPS, *party.STEPS)  # fmt: skip
"""The built-in steps for which `rulebook.yaml` says who may take them."""
AFTER_END = frozenset({"correct", "document", "seal", "scan-back", "late-reason", VOID, *party.STEPS})


@dataclass(frozen=True, slots=True)
class Who:
    """The roles that may, the articles, and for `holding` the roles that may in a matter which they do not handle."""

    by: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()


def built_in_steps(who: Mapping[str, Who]) -> dict[str, Step]:
    """Make the built-in steps for a rulebook that says who may take each."""
    known: dict[str, Who] = {**who, "document": Who((SYSTEM,)), "correct": Who()}
    return {
        name: Step(name, title, by=known[name].by, on=known[name].on, form=fields, built_in=True,
                   needs=(holding.Keeper(known[name].heads),) if name in holding.STEPS else (),
                   after_end=name in AFTER_END)
        for name, (title, fields) in forms_of().items() if name in known
    }  # fmt: skip


def offered(rulebook: Rulebook, procedure: Procedure, state: MatterState) -> Iterator[Step]:
    """Give the built-in steps that a person could think of here: nothing about documents while there is none."""
    if state.stage is None:
        return
    for name, step in rulebook.built_in.items():
        missing = (
            (name in ("seal", "scan-back") and not state.documents)
            or (name == "late-reason" and not any(clock.missed for clock in state.clocks.values()))
            or (name == "decide-recusal" and not state.people.get(ASKED))
            or (name == "assign" and not procedure.capacities)
            or holding.missing(state, name)
            or (name == VOID and (not state.ended or state.taken(VOID) is not None))
        )
        if name != "document" and not missing and not (state.ended and not step.after_end):
            yield with_roles(step, procedure, state, None)


def take(
    rulebook: Rulebook, procedure: Procedure, state: MatterState, attempt: Attempt, step: Step
) -> Outcome | Refusal:
    """Judge an attempt at a built-in step, as `engine.take` does."""
    step = with_roles(step, procedure, state, attempt)
    judged = judge(rulebook, state, attempt, step)
    values = forms.filled(step.form, attempt.form)
    reasons = list(judged.reasons)
    if not any(reason.in_form for reason in reasons) and state.stage is not None:
        reasons += [
            replace(reason, on=reason.on or step.on) for reason in _CHECKS[step.id](procedure, state, attempt, values)
        ]
    if reasons:
        return Refusal(tuple(reasons))
    role = judged.role or SYSTEM
    actor = None if role == SYSTEM else attempt.actor.account
    blank = Outcome(step.id, "corrected" if step.id == "correct" else "done", actor, role, attempt.occurred,
                    state.stage, state.stage, state.ended, exhibits=attempt.exhibits, inputs=judged.inputs)  # fmt: skip
    try:
        return _EFFECTS[step.id](rulebook, procedure, state, attempt, blank, values)
    except Invalid as uncounted:
        return Refusal((Reason("cannot_count", {"detail": uncounted.code}, step.on),))


def with_roles(step: Step, procedure: Procedure, state: MatterState, attempt: Attempt | None) -> Step:
    """Give the step as it is here: a correction belongs to whoever may take the corrected step, with its fields."""
    if step.id != "correct":
        return step
    index = correcting.index_of(attempt.form if attempt else {})
    return correcting.correction(step, procedure, state, index)


Values = Mapping[str, "Json"]
Check = Callable[["Procedure", "MatterState", "Attempt", Values], Iterator[Reason]]
Effect = Callable[["Rulebook", "Procedure", "MatterState", "Attempt", Outcome, Values], Outcome]


def _nothing(_procedure: Procedure, _state: MatterState, _a: Attempt, _values: Values) -> Iterator[Reason]:
    yield from ()


def _check_document(_procedure: Procedure, state: MatterState, _a: Attempt, values: Values) -> Iterator[Reason]:
    if str(values["document"]) not in state.documents:
        yield Reason("document_unknown")


def _check_seal(_procedure: Procedure, state: MatterState, _a: Attempt, values: Values) -> Iterator[Reason]:
    held = state.documents.get(str(values["document"]))
    if held is None:
        yield Reason("document_unknown")
    elif held.rendered is None:
        yield Reason("document_not_rendered")
    elif held.served_on is not None:
        yield Reason("document_already_served", {"day": held.served_on.isoformat()})
    elif held.sealed is not None and held.sealed != values["digest"]:
        yield Reason("document_already_sealed")


def _check_scan(_procedure: Procedure, state: MatterState, _a: Attempt, values: Values) -> Iterator[Reason]:
    held = state.documents.get(str(values["document"]))
    if held is None:
        yield Reason("document_unknown")
    elif held.rendered is None:
        yield Reason("document_not_rendered")


def _check_assign(procedure: Procedure, _state: MatterState, _a: Attempt, values: Values) -> Iterator[Reason]:
    if values["capacity"] not in procedure.capacities:
        yield Reason("capacity_unknown", {"capacity": str(values["capacity"])})


def _check_recuse(_procedure: Procedure, state: MatterState, _a: Attempt, values: Values) -> Iterator[Reason]:
    if values["account"] in state.recused:
        yield Reason("already_recused")
    elif values["account"] in state.people.get(ASKED, ()):
        yield Reason("recusal_already_asked")


def _check_decision(_procedure: Procedure, state: MatterState, _a: Attempt, values: Values) -> Iterator[Reason]:
    if values["account"] not in state.people.get(ASKED, ()):
        yield Reason("recusal_not_asked")


def _check_late(procedure: Procedure, state: MatterState, _a: Attempt, values: Values) -> Iterator[Reason]:
    clock = str(values["clock"])
    if clock not in procedure.clocks:
        yield Reason("clock_unknown", {"clock": clock})
    elif clock not in state.clocks:
        yield Reason("clock_not_started", {"clock": procedure.clocks[clock].title})


def _check_void(_procedure: Procedure, state: MatterState, _a: Attempt, _values: Values) -> Iterator[Reason]:
    if not state.ended:
        yield Reason("matter_not_ended")
    elif state.taken(VOID) is not None:
        yield Reason("number_already_void")


def _unchanged(_r: Rulebook, _p: Procedure, _s: MatterState, _a: Attempt, blank: Outcome, _values: Values) -> Outcome:
    return blank


def _exhibit(_r: Rulebook, _p: Procedure, _s: MatterState, attempt: Attempt, blank: Outcome, values: Values) -> Outcome:
    digests = values["digests"]
    assert isinstance(digests, list)
    return replace(blank, exhibits=tuple(dict.fromkeys((*map(str, digests), *attempt.exhibits))))


def _file(act: str) -> Effect:
    def effect(_r: Rulebook, _p: Procedure, _s: MatterState, _a: Attempt, blank: Outcome, values: Values) -> Outcome:
        return replace(blank, files=(FileMark(str(values["document"]), act, str(values["digest"])),))

    return effect


def _assign(_r: Rulebook, _p: Procedure, _s: MatterState, _a: Attempt, blank: Outcome, values: Values) -> Outcome:
    accounts = values["accounts"]
    assert isinstance(accounts, list)
    return replace(blank, people={str(values["capacity"]): tuple(map(str, accounts))})


def _recuse(_r: Rulebook, _p: Procedure, state: MatterState, _a: Attempt, blank: Outcome, values: Values) -> Outcome:
    return replace(blank, people={ASKED: (*state.people.get(ASKED, ()), str(values["account"]))})


def _decide(_r: Rulebook, _p: Procedure, state: MatterState, _a: Attempt, blank: Outcome, values: Values) -> Outcome:
    account = str(values["account"])
    waiting = tuple(other for other in state.people.get(ASKED, ()) if other != account)
    return replace(blank, people={ASKED: waiting}, recuse=(account,) if values["answer"] == "granted" else ())


def _late(_r: Rulebook, _p: Procedure, _s: MatterState, _a: Attempt, blank: Outcome, values: Values) -> Outcome:
    return replace(blank, clocks=(ClockEffect(str(values["clock"]), "reason", blank.on),))


_CHECKS: Mapping[str, Check] = {
    "exhibit": _nothing, "document": _check_document, "seal": _check_seal, "scan-back": _check_scan,
    "assign": _check_assign, "recuse": _check_recuse, "decide-recusal": _check_decision, "late-reason": _check_late,
    "correct": correcting.check, VOID: _check_void, **dict.fromkeys(holding.STEPS, holding.check),
    **dict.fromkeys(party.STEPS, party.check),
}  # fmt: skip
_EFFECTS: Mapping[str, Effect] = {
    "exhibit": _exhibit, "document": _file("rendered"), "seal": _file("sealed"), "scan-back": _file("scanned"),
    "assign": _assign, "recuse": _recuse, "decide-recusal": _decide, "late-reason": _late,
    "correct": correcting.effect, VOID: _unchanged, **dict.fromkeys(holding.STEPS, holding.effect),
    **dict.fromkeys(party.STEPS, party.effect),
}  # fmt: skip


def title(step: str) -> Words:
    """Name a built-in step to a person. Raises KeyError."""
    return forms_of()[step][0]
