"""Reads a procedure's file: its head, stages, steps and clocks, and checks that they hang together.

Responsible for what one file can say about itself: names, exits, clocks that can be started and counted.
Not responsible for other files (`loading`) nor for the invariants (`proof`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from duecourse.core.procedure.definition import TRANSITIONS, ClockRule, Extension, Missed, Procedure, Stage, Step
from duecourse.core.procedure.naming import OCCURRED, Names
from duecourse.core.procedure.reading_steps import read_stage, read_step

if TYPE_CHECKING:
    from duecourse.core.procedure.naming import Lists
    from duecourse.core.reading import Node, Words

CLOCK = frozenset({"from", "on", "confirm", "extend", "rolls", "missed", "answers", "pauses", "help"})


def read_procedure(root: Node, lists: Lists) -> Procedure:
    """Read one file. Use the result only when no problem was found."""
    parts = root.mapping(
        required={"procedure", "title", "versions", "stages", "steps"}, optional={"on", "help", "clocks"}
    )
    from_, transition = _read_version(parts["versions"])
    names = _names(parts, lists, from_)
    stages = {name: read_stage(name, node, names) for name, node in parts["stages"].entries(of="stage").items()}
    nodes = parts["steps"].entries(of="step")
    steps = {name: read_step(name, node, names) for name, node in nodes.items()}
    clocks = {}
    if "clocks" in parts:
        clocks = {name: _read_clock(name, node, names) for name, node in parts["clocks"].entries(of="clock").items()}
    procedure = Procedure(
        parts["procedure"].identifier(), parts["title"].words(), from_, transition, stages, steps, clocks,
        on=lists.citations(parts.get("on"), from_), help=parts["help"].words() if "help" in parts else None,
        file=root.file,
    )  # fmt: skip
    names.check_facts()
    _check_stages(parts["stages"], procedure)
    _check_opening(parts["steps"], procedure)
    for step in steps.values():
        _check_clocks(nodes[step.id], procedure, step)
        _check_automatic(nodes[step.id], procedure, step)
    return procedure


def _read_version(node: Node) -> tuple[dt.date, str]:
    items = node.sequence()
    if len(items) != 1:
        node.problem("A file holds one version.", "Write each later version as a file of its own.")
    parts = items[0].mapping(required={"from", "transition"}) if items else {}
    if not parts:
        return dt.date.min, TRANSITIONS[0]
    return parts["from"].date(), parts["transition"].one_of(TRANSITIONS) or TRANSITIONS[0]


def _names(parts: Mapping[str, Node], lists: Lists, from_: dt.date) -> Names:
    """Collect the names of a file before anything refers to them. Problems come when each part is read in earnest."""
    ends = {name: _ends(node) for name, node in parts["stages"].pairs().items()}
    steps = parts["steps"].pairs()
    clocks = parts["clocks"].pairs() if "clocks" in parts else {}
    forms = {name: _form_types(node) for name, node in steps.items()}
    return Names(lists, ends, frozenset(steps), frozenset(clocks), forms, from_)


def _ends(node: Node) -> bool:
    pairs = node.pairs()
    return "end" in pairs and pairs["end"].boolean()


def _form_types(node: Node) -> dict[str, str]:
    form = node.pairs().get("form")
    fields = form.pairs() if form else {}
    return {name: pairs["type"].text() for name, item in fields.items() if "type" in (pairs := item.pairs())}


def _read_clock(name: str, node: Node, names: Names) -> ClockRule:
    parts = node.mapping(required={"title", "length"}, optional=CLOCK)
    length, setting = names.lists.length(parts["length"])
    on = names.lists.citations(parts.get("on"), names.from_)
    confirm = names.lists.setting(parts["confirm"]) if "confirm" in parts else None
    if not on and confirm is None and not node.absent:
        node.problem(
            "The clock rests on no article.", "Cite it under 'on', or name under 'confirm' the setting to be confirmed."
        )
    return ClockRule(
        name, parts["title"].words(), length, setting, from_=parts["from"].text() if "from" in parts else OCCURRED,
        on=on, confirm=confirm, extend=_read_extension(parts["extend"], names) if "extend" in parts else None,
        rolls=_rolls(parts, on, names), missed=_read_missed(parts["missed"], names) if "missed" in parts else None,
        answers=names.lists.role(parts["answers"]) if "answers" in parts else None,
        pauses=_words(parts, "pauses"), help=_words(parts, "help"),
    )  # fmt: skip


def _rolls(parts: Mapping[str, Node], on: tuple[str, ...], names: Names) -> bool:
    """Whether the last day moves over a rest day: as written, else as the first instrument cited has it."""
    if "rolls" in parts:
        return parts["rolls"].boolean()
    instrument = on[0].partition("#")[0] if on else ""
    return instrument in names.lists.law.instruments and names.lists.law.rolls(instrument)


def _read_extension(node: Node, names: Names) -> Extension:
    parts = node.mapping(optional={"to", "by", "roles", "on"})
    if ("to" in parts) == ("by" in parts):
        node.problem(
            "It must say how the period is extended.", "Write either 'to' (a new total) or 'by' (an addition)."
        )
    return Extension(
        to=names.lists.length(parts["to"])[0] if "to" in parts else None,
        by=names.lists.length(parts["by"])[0] if "by" in parts else None,
        roles=tuple(names.lists.role(item) for item in (parts["roles"].sequence() if "roles" in parts else [])),
        on=names.lists.citations(parts.get("on"), names.from_),
    )


def _read_missed(node: Node, names: Names) -> Missed:
    if node.kind == "str":
        node.one_of(["alarm"])
        return Missed()
    parts = node.mapping(optional={"lapse", "draft", "to"})
    missed = Missed(
        lapse=names.sets(parts["lapse"]) if "lapse" in parts else (),
        draft=names.lists.document(parts["draft"]) if "draft" in parts else None,
        to=(names.stage(parts["to"]) or None) if "to" in parts else None,
    )
    if missed.alarm:
        node.problem("Nothing follows from it.", "Write 'alarm', or say what lapses.")
    return missed


def _check_stages(node: Node, procedure: Procedure) -> None:
    """Every stage that is no end has a way out, and there is an end."""
    items = node.pairs()
    if not any(stage.end for stage in procedure.stages.values()):
        node.problem("The procedure never ends.", "Mark at least one stage with 'end: true'.")
    for name, stage in procedure.stages.items():
        if not stage.end and not _has_exit(procedure, stage):
            items[name].at_key(node, name).problem(
                f"The stage {name!r} has no exit.", "Let a step lead from it to another stage, or mark it 'end: true'."
            )


def _has_exit(procedure: Procedure, stage: Stage) -> bool:
    by_step = any(group.to not in (None, stage.id) for step in procedure.steps.values() if stage.id in step.from_
                  for group in step.all_effects())  # fmt: skip
    return by_step or any(
        clock.missed and clock.missed.to not in (None, stage.id) for clock in procedure.clocks.values()
    )


def _check_opening(node: Node, procedure: Procedure) -> None:
    if not any(step.opens_matter for step in procedure.steps.values()):
        node.problem("No step opens a matter of this procedure.", "Give its first step 'opens: true'.")


def _check_clocks(node: Node, procedure: Procedure, step: Step) -> None:
    """A clock counts from a field that its step has; an extension is known; a sure lapse has somewhere to go."""
    for act in (act for group in step.all_effects() for act in group.clocks if act.clock):
        rule = procedure.clocks[act.clock]
        if act.act == "start" and rule.from_ != OCCURRED and step.form.get(rule.from_, _NONE).type != "date":
            node.problem(
                f"The step {step.id!r} starts the clock {rule.id!r}, which counts from {rule.from_!r}.",
                f"Give the step a date field {rule.from_!r}, or let the clock count from 'occurred'.",
            )
        if act.act == "extend" and not (act.until or act.by or act.to or rule.extend):
            node.problem(f"The clock {rule.id!r} has no extension.", "Add 'extend' to the clock, or a measure here.")


def _check_automatic(node: Node, procedure: Procedure, step: Step) -> None:
    """A step taken by time itself asks nothing, and its clock has no effect of its own."""
    for clock in step.automatic():
        rule = procedure.clocks.get(clock)
        if rule is not None and rule.missed is not None:
            node.problem(f"Both the clock {clock!r} and this step say what its end brings.", "Remove 'missed' there.")
        if any(field.required for field in step.form.values()):
            node.problem("A step taken by time itself cannot ask anything.", "Remove the required fields.")


class _None:
    type = ""


_NONE = _None()


def _words(parts: Mapping[str, Node], key: str) -> Words | None:
    return parts[key].words() if key in parts else None
