"""Worked examples: a sentence, people, days and facts, and what the law answers. Lawyers write them, a test runs them.

    scenes:                               how a matter came to stand where the question begins
      filed: {procedure: penalty-ordinary, after: <scene>, steps: [{step, by, on, form, then: [people]}, …]}
    examples:
      - id, says: words, requires: [ids], after: <scene>, try: {step, by, on, form, then}
        expect: {taken: true, stage, facts, not_facts, clocks: {name: last day}} or {refused: [codes]}

`by` and `then` name people of the cast (one for each role, named by it); `then` are those who agree, in order, when the
step needs their opinions. In a form `@name` is a person, `file name` the digest of some file, `newest x` the document.
Responsible for reading and playing them against the engine. Not responsible for where the files lie.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from duecourse.core.procedure import engine
from duecourse.core.procedure.attempt import SYSTEM_ACCOUNT, Attempt, PersonFacts
from duecourse.core.procedure.definition import SYSTEM
from duecourse.core.procedure.outcome import Outcome
from duecourse.core.procedure.refusal import Refusal
from duecourse.core.procedure.state import MatterState, apply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from duecourse.core.procedure.definition import Rulebook
    from duecourse.core.reading import Words

SPACE = uuid.UUID("6f1d2a52-58c8-4c0c-9d0e-2f5f3f0f9f00")
"""Identifiers in examples are derived from names, so that an example reads the same every time."""


@dataclass(frozen=True, slots=True)
class Act:
    """One step that someone takes on a day. `then`: who agrees after, in order."""

    step: str
    by: str
    on: dt.date
    form: Mapping[str, Any] = field(default_factory=dict)
    then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A question to the rulebook and the answer a lawyer expects."""

    id: str
    says: Words
    requires: tuple[str, ...]
    procedure: str
    before: tuple[Act, ...]
    tries: Act
    expect: Mapping[str, Any]
    file: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine said: the refusal's codes (empty when taken) and where the matter stands then."""

    refused: tuple[str, ...]
    state: MatterState
    refusal: Refusal | None = None

    def differs(self, expect: Mapping[str, Any]) -> list[str]:
        """Say where this answer is not the expected one; empty when it is."""
        wrong: list[str] = []
        wanted = tuple(expect.get("refused", ()))
        if wanted:
            wrong += [
                f"not refused for {code}; refused for {self.refused}" for code in wanted if code not in self.refused
            ]
        elif self.refused:
            wrong.append(f"refused: {self.refused}")
        if "stage" in expect and self.state.stage != expect["stage"]:
            wrong.append(f"stage {self.state.stage}, expected {expect['stage']}")
        wrong += [f"fact missing: {fact}" for fact in expect.get("facts", ()) if not self.state.has(fact)]
        wrong += [f"fact present: {fact}" for fact in expect.get("not_facts", ()) if self.state.has(fact)]
        for clock, last in expect.get("clocks", {}).items():
            held = self.state.clocks.get(clock)
            if held is None or held.last != last:
                wrong.append(f"clock {clock}: {held.last if held else None}, expected {last}")
        return wrong


def read(folder: Path) -> tuple[Example, ...]:
    """Read every example of a rulebook folder. Raises KeyError or yaml.YAMLError for a malformed file."""
    paths = sorted((folder / "examples").glob("*.yaml"))
    files = {path: yaml.load(path.read_text("utf-8"), _Plain) or {} for path in paths}  # noqa: S506 - a safe loader
    scenes: dict[str, Mapping[str, Any]] = {}
    for found in files.values():
        scenes |= found.get("scenes", {})
    return tuple(
        _example(item, scenes, path.name) for path, found in files.items() for item in found.get("examples", ())
    )


def play(rulebook: Rulebook, example: Example) -> Answer:
    """Play an example from an empty matter. Raises AssertionError when the scene before the question is refused."""
    player = _Player(rulebook, example.procedure)
    for act in example.before:
        refused = player.act(act)
        assert not refused, f"{example.file} {example.id}: the scene's own step {act.step} is refused: {refused}"
    refused = player.act(example.tries)
    return Answer(refused, player.state, player.refusal if refused else None)


def account(name: str) -> str:
    """Give the account id of a person of the cast."""
    return str(uuid.uuid5(SPACE, name))


class _Plain(yaml.SafeLoader):
    """YAML in which `on`, `yes` and `no` are words and only `true` and `false` are booleans, as in YAML 1.2."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Player:
    """Someone who takes the steps of an example one after the other."""

    def __init__(self, rulebook: Rulebook, procedure: str) -> None:
        self._rulebook = rulebook
        self._ids: Iterator[str] = (str(uuid.uuid5(SPACE, f"id {n}")) for n in itertools.count())
        self._cast = {account(name): facts for name, facts in _cast(rulebook).items()}
        self.state = MatterState.new(str(uuid.uuid5(SPACE, "matter")), procedure, "")
        self.refusal: Refusal | None = None

    def act(self, act: Act) -> tuple[str, ...]:
        if not self.state.version:
            version = self._rulebook.procedure(self.state.procedure, act.on).version
            self.state = MatterState.new(self.state.matter, self.state.procedure, version)
        self._let_time_pass(act.on)
        for index, name in enumerate((act.by, *act.then)):
            refused = self._take(act, name, "agree" if index else None)
            if refused:
                return refused
        return ()

    def _take(self, act: Act, name: str, phase: str | None) -> tuple[str, ...]:
        role = SYSTEM if name == SYSTEM else None
        actor = PersonFacts(SYSTEM_ACCOUNT, frozenset({SYSTEM})) if role else self._cast[account(name)]
        form = {} if phase else {key: self._value(value) for key, value in act.form.items()}
        attempt = Attempt(act.step, actor, role, act.on, self._moment(act.on), form, phase=phase, people=self._cast,
                          ids=self._ids)  # fmt: skip
        answer = engine.take(self._rulebook, self.state, attempt)
        if isinstance(answer, Refusal):
            self.refusal = answer
            return tuple(reason.code for reason in answer.reasons)
        self._apply(answer)
        return ()

    def _value(self, value: Any) -> Any:
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if isinstance(value, str) and value.startswith("@"):
            return account(value[1:])
        if isinstance(value, str) and value.startswith("file "):
            return hashlib.sha256(value.encode()).hexdigest()
        if isinstance(value, str) and value.startswith("newest "):
            held = self.state.newest(value.removeprefix("newest "))
            return held[0] if held else ""
        return value

    def _let_time_pass(self, on: dt.date) -> None:
        for outcome in engine.due(self._rulebook, self.state, self._moment(on)):
            self._apply(outcome)

    def _apply(self, outcome: Outcome) -> None:
        self.state = apply(self.state, Outcome.from_json(outcome.to_json()))

    def _moment(self, on: dt.date) -> dt.datetime:
        return dt.datetime.combine(on, dt.time(10, 0), tzinfo=self._rulebook.zone_info)


def _cast(rulebook: Rulebook) -> dict[str, PersonFacts]:
    """Give one certified person for each role (named by it), two more officers, and one without a certificate."""
    people = {role: PersonFacts(account(role), frozenset({role}), certified=True) for role in rulebook.roles}
    for name, certified in (("second-officer", True), ("third-officer", True), ("uncertified-officer", False)):
        people[name] = PersonFacts(account(name), frozenset({"case-officer"}), certified=certified)
    return people


def _example(item: Mapping[str, Any], scenes: Mapping[str, Mapping[str, Any]], file: str) -> Example:
    before, procedure = _scene(item.get("after"), scenes)
    return Example(
        id=item["id"], says=item["says"], requires=tuple(item.get("requires", ())),
        procedure=item.get("procedure") or procedure, before=(*before, *map(_act, item.get("steps", ()))),
        tries=_act(item["try"]), expect=item["expect"], file=file,
    )  # fmt: skip


def _scene(name: str | None, scenes: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[Act, ...], str]:
    if name is None:
        return (), ""
    found = scenes[name]
    before, procedure = _scene(found.get("after"), scenes)
    return (*before, *map(_act, found.get("steps", ()))), str(found.get("procedure") or procedure)


def _act(found: Mapping[str, Any]) -> Act:
    return Act(found["step"], found["by"], found["on"], found.get("form", {}), tuple(found.get("then", ())))
