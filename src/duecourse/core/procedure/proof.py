"""Proves that no way through a procedure breaks an invariant, or shows the way that does.

It explores every state that a matter can reach, reduced to what the invariants and guards look at: the stage and the
facts they mention (with `done:`, `sealed:`, `served:` and the clocks whose lapse matters). Facts are judged exactly.
People, time, amounts and answers are free: each such guard may hold or not. Lapses may come at any time while their
clock runs. So every real walk is one of those explored; a counter-example is a walk of steps that the facts allow.

Responsible for one version of a procedure at a time. Not responsible for reading the rules (`reading_invariants`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.core.procedure.abstract import Abstract, Move, exact, moves_from, tracked_facts

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Guard, Invariant, Json, Procedure, Rulebook


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that does not hold, and the shortest way there as ids of steps (`lapse:<clock>` for time's)."""

    invariant: Invariant
    procedure: Procedure
    path: tuple[str, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Explored:
    """All reachable states of one procedure's version, how each was first reached, and the moves between them."""

    procedure: Procedure
    came_from: Mapping[Abstract, Move | None]
    moves: tuple[Move, ...]

    @property
    def states(self) -> int:
        """How many states were reached."""
        return len(self.came_from)

    def path(self, state: Abstract) -> tuple[str, ...]:
        """Give the shortest way to a state."""
        steps: list[str] = []
        move = self.came_from[state]
        while move is not None:
            steps.append(move.label)
            move = self.came_from[move.before]
        return tuple(reversed(steps))

    @property
    def unused(self) -> tuple[str, ...]:
        """Steps that no matter can ever take."""
        taken = {move.step for move in self.moves}
        return tuple(step for step in self.procedure.steps if step not in taken)


@dataclass(frozen=True, slots=True)
class Report:
    """What was proved: per procedure and version the number of states, and every violation."""

    explored: tuple[Explored, ...]
    held: tuple[tuple[Invariant, Procedure], ...] = ()
    violations: tuple[Violation, ...] = ()

    @property
    def states(self) -> dict[str, int]:
        """States by `procedure@version`."""
        return {f"{one.procedure.id}@{one.procedure.version}": one.states for one in self.explored}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A procedure with one guard left out, and the invariants that noticed.

    `redundant`: nothing changes without it, because stage and other guards already ask for the same.
    """

    procedure: Procedure
    step: str
    guard: Guard
    written: Json
    noticed: tuple[str, ...] = ()
    redundant: bool = False


def prove(rulebook: Rulebook) -> Report:
    """Explore every procedure and judge every invariant on every version of its procedure."""
    explored: list[Explored] = []
    held: list[tuple[Invariant, Procedure]] = []
    violations: list[Violation] = []
    for versions in rulebook.procedures.values():
        for procedure in versions:
            rules = [one for one in rulebook.invariants if one.procedure == procedure.id]
            graph = explore(procedure, rules)
            explored.append(graph)
            for invariant in rules:
                found = violation(invariant, graph)
                if found:
                    violations.append(found)
                else:
                    held.append((invariant, procedure))
    return Report(tuple(explored), tuple(held), tuple(violations))


def mutants(rulebook: Rulebook) -> Iterator[Mutant]:
    """Leave out each guard that the graph judges exactly, in turn, and say which invariants notice."""
    for versions in rulebook.procedures.values():
        procedure = versions[-1]
        rules = [one for one in rulebook.invariants if one.procedure == procedure.id]
        whole = explore(procedure, rules)
        for step in procedure.steps.values():
            for guard, written in zip(step.needs, step.written, strict=True):
                if exact(guard):
                    yield _mutant(whole, rules, step.id, guard, written)


def _mutant(whole: Explored, rules: Sequence[Invariant], step: str, guard: Guard, written: Json) -> Mutant:
    weaker = whole.procedure.without_guard(step, guard)
    graph = explore(weaker, rules, tracked_facts(whole.procedure, rules))
    noticed = tuple(one.id for one in rules if violation(one, graph))
    return Mutant(whole.procedure, step, guard, written, noticed, redundant=set(graph.moves) == set(whole.moves))


def explore(procedure: Procedure, invariants: Sequence[Invariant], tracked: frozenset[str] | None = None) -> Explored:
    """Visit every reachable state, nearest first. `tracked`: the facts kept (default: those looked at)."""
    tracked = tracked_facts(procedure, invariants) if tracked is None else tracked
    start = Abstract(None, frozenset())
    came_from: dict[Abstract, Move | None] = {start: None}
    moves: list[Move] = []
    queue = deque([start])
    while queue:
        state = queue.popleft()
        for move in moves_from(procedure, state, tracked):
            moves.append(move)
            if move.after not in came_from:
                came_from[move.after] = move
                queue.append(move.after)
    return Explored(procedure, came_from, tuple(moves))


def violation(invariant: Invariant, graph: Explored) -> Violation | None:
    """Judge one invariant: None when it holds, else the nearest counter-example."""
    rule = invariant.rule
    match invariant.kind:
        case "before":
            return _before(invariant, graph)
        case "never-together":
            facts = frozenset(_texts(rule["facts"]))
            return _bad_state(invariant, graph, [s for s in graph.came_from if facts <= s.facts])
        case "never":
            return _bad_state(invariant, graph, [s for s in graph.came_from if _forbidden(s, rule)])
        case "fact-needs":
            needed = frozenset(_texts(rule["all"]))
            bad = [s for s in graph.came_from if rule["fact"] in s.facts and not needed <= s.facts]
            return _bad_state(invariant, graph, bad)
        case "has-guard":
            return _has_guard(invariant, graph.procedure)
        case _:
            return _every_stage_ends(invariant, graph)


def _bad_state(invariant: Invariant, graph: Explored, bad: Sequence[Abstract]) -> Violation | None:
    """The states come in the order in which they were reached: the first is among the nearest."""
    return Violation(invariant, graph.procedure, graph.path(bad[0])) if bad else None


def _before(invariant: Invariant, graph: Explored) -> Violation | None:
    """At every taking of the step, all of `all` held before it, and wholly one of the alternatives in `any`."""
    rule = invariant.rule
    needed = frozenset(_texts(rule["all"]))
    alternatives = [frozenset(_texts(item)) for item in _items(rule["any"])]
    for move in graph.moves:
        asked = move.step == rule["step"] and rule["choice"] in (None, move.choice)
        facts = move.before.facts
        if asked and not (needed <= facts and (not alternatives or any(one <= facts for one in alternatives))):
            missing = ", ".join(sorted(needed - facts)) or "none of the alternatives"
            return Violation(invariant, graph.procedure, (*graph.path(move.before), move.label), missing)
    return None


def _forbidden(state: Abstract, rule: Mapping[str, Json]) -> bool:
    """Whether a state is in the stage with all of `with` and none of `without`."""
    if state.stage != rule["stage"]:
        return False
    without = _texts(rule["without"])
    return frozenset(_texts(rule["with"])) <= state.facts and not any(fact in state.facts for fact in without)


def _has_guard(invariant: Invariant, procedure: Procedure) -> Violation | None:
    step = procedure.steps.get(str(invariant.rule["step"]))
    wanted = invariant.rule["guard"]
    if step is not None and any(_covers(written, wanted) for written in step.written):
        return None
    return Violation(invariant, procedure, (), f"{invariant.rule['step']} lacks the guard")


def _covers(written: Json, wanted: Json) -> bool:
    """Whether what is written says at least what is wanted."""
    if isinstance(wanted, dict):
        return isinstance(written, dict) and all(
            key in written and _covers(written[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(written, list) and all(item in written for item in wanted)
    return written == wanted and type(written) is type(wanted)


def _every_stage_ends(invariant: Invariant, graph: Explored) -> Violation | None:
    """From every reachable state some end can be reached."""
    into: dict[Abstract, list[Abstract]] = {}
    for move in graph.moves:
        into.setdefault(move.after, []).append(move.before)
    ends = [s for s in graph.came_from if s.stage is not None and graph.procedure.stages[s.stage].end]
    ending = set(ends)
    queue = deque(ends)
    while queue:
        for before in into.get(queue.popleft(), ()):
            if before not in ending:
                ending.add(before)
                queue.append(before)
    stuck = [state for state in graph.came_from if state not in ending]
    return _bad_state(invariant, graph, stuck)


def _items(value: Json) -> list[Json]:
    assert isinstance(value, list)
    return value


def _texts(value: Json) -> list[str]:
    return [str(item) for item in _items(value)]
