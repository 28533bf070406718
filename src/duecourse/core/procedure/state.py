"""Where a matter stands: a pure function of its outcomes, and of nothing else.

Responsible for applying an outcome (`apply`, total: it never refuses, because what was entered was judged then) and
for the state's one JSON spelling.
Not responsible for whether a step may be taken: that is `engine`. It needs no rulebook: every date it holds was counted
when the step was taken.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from duecourse.core.errors import Invalid
from duecourse.core.procedure.definition import Json
from duecourse.core.procedure.marks import DocumentState, HistoryItem, Opinion, Proposal, RunningClock, advanced

if TYPE_CHECKING:
    from duecourse.core.procedure.outcome import FileMark, Outcome

HOLD, RESUME = "hold", "resume"
TAKEN = ("done", "lapsed")
"""The phases in which a step has its effects."""
ASKED = "recusal-asked"
"""The capacity under which stand the officers whose recusal was asked for and is not decided."""


@dataclass(frozen=True, slots=True)
class MatterState:
    """Where a matter stands. Mappings are never changed in place. `version`: first day of the procedure's version.

    `held_until`: the day until which the office left it (see `held_on`). `past`: who held a capacity once and does not
    now, so that four-eyes rules remember them. Both are left out of the JSON while there is nothing to say.
    """

    matter: str
    procedure: str
    version: str
    stage: str | None = None
    ended: bool = False
    facts: frozenset[str] = frozenset()
    clocks: Mapping[str, RunningClock] = field(default_factory=dict)
    history: tuple[HistoryItem, ...] = ()
    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recused: frozenset[str] = frozenset()
    values: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    documents: Mapping[str, DocumentState] = field(default_factory=dict)
    exhibits: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    held_until: dt.date | None = None
    past: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def new(cls, matter: str, procedure: str, version: str) -> MatterState:
        """Give the state of a matter before its first entry."""
        return cls(matter, procedure, version)

    @property
    def opened_on(self) -> dt.date | None:
        """The day of the first step taken."""
        return next((item.on for item in self.history if item.phase in TAKEN), None)

    @property
    def stage_since(self) -> dt.date | None:
        """The day on which the present stage was entered."""
        return next((item.on for item in reversed(self.history) if item.entered is not None), None)

    def held_on(self, day: dt.date) -> bool:
        """Whether it is on hold on a day: a hold is over on its day by the date alone."""
        return self.held_until is not None and day < self.held_until

    def taken(self, step: str) -> HistoryItem | None:
        """Give the last time that a step was taken, or None."""
        return next((item for item in reversed(self.history) if item.step == step and item.phase in TAKEN), None)

    def newest(self, document: str) -> tuple[str, DocumentState] | None:
        """Give the newest version of a document (id and marks), or None when none was drafted."""
        return next(((id_, self.documents[id_]) for id_ in reversed(list(self.documents))
                     if self.documents[id_].document == document), None)  # fmt: skip

    def has(self, fact: str) -> bool:
        """Say whether a fact holds: a set one, `done:<step>`, `sealed:<document>` or `served:<document>`."""
        kind, _, name = fact.partition(":")
        if not name:
            return fact in self.facts
        if kind == "done":
            return self.taken(name) is not None
        held = self.newest(name)
        if held is None:
            return False
        return held[1].sealed is not None if kind == "sealed" else held[1].served_on is not None

    def to_json(self) -> dict[str, Json]:
        """Give the state as a JSON object; everything without an order of its own is sorted."""
        found: dict[str, Json] = {
            "matter": self.matter, "procedure": self.procedure, "version": self.version, "stage": self.stage,
            "ended": self.ended, "facts": list[Json](sorted(self.facts)),
            "clocks": {name: clock.to_json() for name, clock in sorted(self.clocks.items())},
            "history": [item.to_json() for item in self.history],
            "proposals": {name: item.to_json() for name, item in sorted(self.proposals.items())},
            "people": {name: list[Json](accounts) for name, accounts in sorted(self.people.items())},
            "recused": list[Json](sorted(self.recused)),
            "values": {name: dict(sorted(values.items())) for name, values in sorted(self.values.items())},
            "documents": [{"id": id_, **held.to_json()} for id_, held in self.documents.items()],
            "exhibits": list[Json](self.exhibits), "links": [{"kind": kind, "stream": to} for kind, to in self.links],
        }  # fmt: skip
        if self.held_until is not None:
            found["held_until"] = self.held_until.isoformat()
        if self.past:
            found["past"] = {name: list[Json](accounts) for name, accounts in sorted(self.past.items())}
        return found

    def encode(self) -> bytes:
        """Give the canonical bytes: JSON, keys sorted, no spaces, UTF-8."""
        text = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return text.encode()

    @classmethod
    def from_json(cls, found: Mapping[str, Json]) -> MatterState:
        """Read what `to_json` wrote. Raises Invalid("state_malformed") for anything else."""
        try:
            return _read(found)
        except (KeyError, ValueError, TypeError, IndexError, AssertionError) as wrong:
            raise Invalid("state_malformed", detail=repr(wrong)) from wrong


def apply(state: MatterState, outcome: Outcome) -> MatterState:
    """Give the state after an outcome. Pure and total.

    A proposal belongs to the stage in which it was made: when the matter moves on, those still pending fall.
    """
    moved = outcome.to is not None and outcome.to != state.stage
    item = HistoryItem(outcome.step, outcome.phase, outcome.on, outcome.actor, outcome.role,
                       outcome.to if moved else None)  # fmt: skip
    history = (*state.history, item)
    if outcome.phase == "refused":
        return replace(state, history=(*state.history, replace(item, entered=None)))
    return replace(
        state,
        stage=outcome.to,
        ended=outcome.ended,
        facts=(state.facts | set(outcome.sets)) - set(outcome.clears),
        clocks=_clocks(state, outcome),
        history=history,
        proposals={} if moved else _proposals(state, outcome),
        people={**state.people, **outcome.people} if outcome.people else state.people,
        recused=state.recused | set(outcome.recuse) if outcome.recuse else state.recused,
        values=_values(state, outcome),
        documents=_documents(state, outcome),
        exhibits=state.exhibits + tuple(new for new in outcome.exhibits if new not in state.exhibits),
        links=state.links + outcome.links + tuple(("opens", item.matter) for item in outcome.opens),
        held_until=None if moved else _held_until(state, outcome),
        past=_past(state, outcome) if outcome.people else state.past,
    )


def _held_until(state: MatterState, outcome: Outcome) -> dt.date | None:
    """A hold belongs to the stage in which it was made (see `holding`)."""
    if outcome.step == HOLD and outcome.phase == "done":
        return dt.date.fromisoformat(str(outcome.values["until"]))
    return None if outcome.step == RESUME and outcome.phase == "done" else state.held_until


def _past(state: MatterState, outcome: Outcome) -> Mapping[str, tuple[str, ...]]:
    """Remember who loses a capacity. Who asked for recusal is no capacity of the procedure."""
    past = dict(state.past)
    for name, after in outcome.people.items():
        known = (*past.get(name, ()), *state.people.get(name, ()))
        left = tuple(one for one in dict.fromkeys(known) if one not in after)
        if name != ASKED:
            past[name] = left
    return {name: left for name, left in past.items() if left}


def _clocks(state: MatterState, outcome: Outcome) -> Mapping[str, RunningClock]:
    if not outcome.clocks:
        return state.clocks
    clocks = dict(state.clocks)
    for effect in outcome.clocks:
        after = advanced(clocks.get(effect.clock), effect)
        if after is not None:
            clocks[effect.clock] = after
    return clocks


def _proposals(state: MatterState, outcome: Outcome) -> Mapping[str, Proposal]:
    opinion = Opinion(outcome.actor, outcome.role, outcome.on)
    if outcome.phase == "proposed":
        fresh = Proposal(len(state.history), outcome.values, (opinion,))
        return {**state.proposals, outcome.step: fresh}
    pending = state.proposals.get(outcome.step)
    if pending is None:
        return state.proposals
    if outcome.phase == "opinion":
        return {**state.proposals, outcome.step: replace(pending, opinions=(*pending.opinions, opinion))}
    return {step: held for step, held in state.proposals.items() if step != outcome.step}


def _values(state: MatterState, outcome: Outcome) -> Mapping[str, Mapping[str, Json]]:
    if not outcome.values or outcome.phase == "proposed":
        return state.values
    if outcome.corrects:
        step = outcome.corrects.step
        return {**state.values, step: {**state.values.get(step, {}), **outcome.values}}
    return {**state.values, outcome.step: outcome.values}


def _documents(state: MatterState, outcome: Outcome) -> Mapping[str, DocumentState]:
    if not outcome.documents and not outcome.files:
        return state.documents
    held = dict(state.documents)
    for drafted in outcome.documents:
        held[drafted.id] = DocumentState(drafted.document, outcome.on)
    for mark in outcome.files:
        if mark.id in held:
            held[mark.id] = _marked(held[mark.id], mark, outcome.on)
    return held


def _marked(held: DocumentState, mark: FileMark, on: dt.date) -> DocumentState:
    match mark.act:
        case "rendered":
            return replace(held, rendered=mark.digest)
        case "sealed":
            return replace(held, sealed=mark.digest)
        case "scanned":
            return replace(held, scanned=mark.digest)
        case _:
            return replace(held, served_on=on)


def _read(found: Mapping[str, Json]) -> MatterState:
    return MatterState(
        matter=str(found["matter"]), procedure=str(found["procedure"]), version=str(found["version"]),
        stage=None if found["stage"] is None else str(found["stage"]), ended=found["ended"] is True,
        facts=frozenset(_texts(found["facts"])),
        clocks={name: RunningClock.from_json(_object(item)) for name, item in _object(found["clocks"]).items()},
        history=tuple(HistoryItem.from_json(_object(item)) for item in _list(found["history"])),
        proposals={name: Proposal.from_json(_object(item)) for name, item in _object(found["proposals"]).items()},
        people={name: _texts(item) for name, item in _object(found["people"]).items()},
        recused=frozenset(_texts(found["recused"])),
        values={name: _object(item) for name, item in _object(found["values"]).items()},
        documents={str(_object(item)["id"]): DocumentState.from_json(_object(item))
                   for item in _list(found["documents"])},
        exhibits=_texts(found["exhibits"]),
        links=tuple((str(_object(item)["kind"]), str(_object(item)["stream"])) for item in _list(found["links"])),
        held_until=dt.date.fromisoformat(str(found["held_until"])) if "held_until" in found else None,
        past={name: _texts(item) for name, item in _object(found.get("past", {})).items()},
    )  # fmt: skip


def _object(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)
    return value


def _list(value: Json) -> list[Json]:
    assert isinstance(value, list)
    return value


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(str(item) for item in _list(value))
