"""Reads invariants.yaml: what no procedure may allow, each rule of one of six kinds.

Responsible for the rules' arguments and what they name. Whether they hold is found by `proof`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from duecourse.core.procedure.definition import Invariant, Procedure
from duecourse.core.procedure.naming import Names, known
from duecourse.core.procedure.reading_guards import GUARDS

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Json
    from duecourse.core.procedure.naming import Lists
    from duecourse.core.reading import Node

KINDS = ("before", "never-together", "never", "has-guard", "every-stage-ends", "fact-needs")


def read_invariants(root: Node, lists: Lists, procedures: Mapping[str, tuple[Procedure, ...]]) -> tuple[Invariant, ...]:
    """Read the invariants, each against the newest version of the procedure it names."""
    found: dict[str, Invariant] = {}
    for node in root.mapping(required={"invariants"})["invariants"].sequence():
        parts = node.mapping(required={"id", "title", "procedure", "on", "rule"})
        id_, on = parts["id"].identifier(), lists.citations(parts["on"])
        if id_ in found:
            parts["id"].problem(f"Two invariants are called {id_!r}.", "Give each its own id.")
        if not on and not parts["on"].absent:
            parts["on"].problem("An invariant rests on an article.", "Cite at least one.")
        procedure = known(parts["procedure"], procedures, "procedure", "procedures/")
        if procedure:
            names = names_of(procedures[procedure][-1], lists)
            kind, rule = _read_rule(parts["rule"], names)
            names.check_facts()
            found[id_] = Invariant(id_, parts["title"].words(), procedure, on, kind, rule)
    return tuple(found.values())


def names_of(procedure: Procedure, lists: Lists) -> Names:
    """Give the names of a procedure that was read."""
    forms = {step.id: {name: field.type for name, field in step.form.items()} for step in procedure.steps.values()}
    stages = {name: stage.end for name, stage in procedure.stages.items()}
    names = Names(lists, stages, frozenset(procedure.steps), frozenset(procedure.clocks), forms, procedure.from_)
    names.set_facts = {fact for fact in procedure.setters if ":" not in fact}
    return names


def _read_rule(node: Node, names: Names) -> tuple[str, dict[str, Json]]:  # noqa: PLR0911 - one kind a line
    pairs = node.pairs()
    if len(pairs) != 1 or next(iter(pairs)) not in KINDS:
        node.problem("A rule has exactly one kind.", f"Choose one of: {', '.join(KINDS)}.")
        return "", {}
    kind, arguments = next(iter(pairs.items()))
    match kind:
        case "before":
            return kind, _read_before(arguments, names)
        case "never":
            return kind, _read_never(arguments, names)
        case "fact-needs":
            parts = arguments.mapping(required={"fact", "all"})
            return kind, {"fact": names.fact(parts["fact"]), "all": [*names.facts(parts["all"])]}
        case "never-together":
            return kind, {"facts": [*names.facts(arguments)]}
        case "every-stage-ends":
            if not arguments.boolean():
                arguments.problem("Only 'every-stage-ends: true' makes sense.", "Write true, or remove the invariant.")
            return kind, {}
        case _:
            return kind, _read_has_guard(arguments, names)


def _read_before(node: Node, names: Names) -> dict[str, Json]:
    parts = node.mapping(required={"step"}, optional={"choice", "all", "any"})
    if "all" not in parts and "any" not in parts:
        node.problem("It does not say what comes before.", "Add 'all' or 'any'.")
    alternatives = parts["any"].sequence() if "any" in parts else []
    return {
        "step": names.step(parts["step"]),
        "choice": parts["choice"].text() if "choice" in parts else None,
        "all": [*names.facts(parts.get("all"))],
        "any": [[*names.facts(item)] for item in alternatives],
    }


def _read_has_guard(node: Node, names: Names) -> dict[str, Json]:
    parts = node.mapping(required={"step", "guard"})
    pairs = parts["guard"].pairs()
    if len(pairs) != 1 or next(iter(pairs)) not in GUARDS:
        parts["guard"].problem("This is no guard.", f"Write one of: {', '.join(GUARDS)}.")
    return {"step": names.step(parts["step"]), "guard": parts["guard"].plain()}


def _read_never(node: Node, names: Names) -> dict[str, Json]:
    parts = node.mapping(required={"stage"}, optional={"with", "without"})
    return {
        "stage": names.stage(parts["stage"]),
        "with": [*names.facts(parts.get("with"))],
        "without": [*names.facts(parts.get("without"))],
    }
