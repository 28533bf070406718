"""Reads the guards of a step from YAML. The vocabulary is closed: an unknown guard is a problem with its line.

Responsible for the arguments of each guard. What the guards mean stands in `guards` and `measuring`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from duecourse.core.procedure import aspects, guards, measuring
from duecourse.core.procedure.definition import FactRule

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Guard
    from duecourse.core.procedure.naming import Names
    from duecourse.core.reading import Node

PEOPLE = ("account", "accounts")
MEASURES = ("money", "integer", "choice")
Reader = Callable[["Node", "Names", str], "Guard"]


def read_guards(node: Node | None, names: Names, step: str) -> tuple[Guard, ...]:
    """Read a list of guards of a step."""
    found = (read_guard(item, names, step) for item in (node.sequence() if node else []))
    return tuple(guard for guard in found if guard is not None)


def read_guard(node: Node, names: Names, step: str) -> Guard | None:
    """Read one guard: a mapping with a single key; None (and a problem) when it is no guard."""
    pairs = node.pairs()
    if len(pairs) != 1:
        node.problem("A guard has exactly one name.", "Write each guard as its own item of the list.")
        return None
    name, arguments = next(iter(pairs.items()))
    if name not in _READERS:
        arguments.at_key(node, name).problem(f"There is no guard {name!r}.", f"The guards are: {', '.join(_READERS)}.")
        return None
    return _READERS[name](arguments, names, step)


def read_fact_rule(node: Node, names: Names) -> FactRule:
    """Read `{all, any, none}`."""
    parts = node.mapping(optional={"all", "any", "none"})
    rule = FactRule(*(names.facts(parts.get(key)) for key in ("all", "any", "none")))
    if not node.absent and not rule.mentioned:
        node.problem("No fact is named.", "Name facts under all, any or none.")
    return rule


def _facts(node: Node, names: Names, _step: str) -> Guard:
    return guards.Facts(read_fact_rule(node, names))


def _done(node: Node, names: Names, _step: str) -> Guard:
    return guards.Done(tuple(names.step(item) for item in node.sequence()))


def _not_done(node: Node, names: Names, _step: str) -> Guard:
    return guards.NotDone(tuple(names.step(item) for item in node.sequence()))


def _served(node: Node, names: Names, _step: str) -> Guard:
    return guards.Served(names.lists.document(node))


def _sealed(node: Node, names: Names, _step: str) -> Guard:
    return guards.Sealed(names.lists.document(node))


def _officers(node: Node, names: Names, step: str) -> Guard:
    parts = node.mapping(optional={"field", "capacity", "at_least", "certified", "recused"})
    if ("field" in parts) == ("capacity" in parts):
        node.problem("It must say where the officers are named.", "Write either 'field' or 'capacity'.")
    if "recused" in parts and parts["recused"].boolean():
        parts["recused"].problem("Only 'recused: false' makes sense.", "Write false, or leave it out.")
    return guards.Officers(
        field=names.form_field(parts["field"], step, PEOPLE) if "field" in parts else None,
        capacity=names.lists.capacity(parts["capacity"]) if "capacity" in parts else None,
        at_least=parts["at_least"].integer() if "at_least" in parts else 1,
        certified="certified" in parts and parts["certified"].boolean(),
        recused=False if "recused" in parts else None,
    )


def _actor(node: Node, names: Names, _step: str) -> Guard:
    parts = node.mapping(optional={"is", "is_not"})
    if not parts:
        node.problem("It must say who the actor is or is not.", "Write 'is' or 'is_not'.")
    is_not = parts["is_not"].sequence() if "is_not" in parts else []
    is_ = names.lists.capacity(parts["is"]) if "is" in parts else None
    return guards.Actor(is_, tuple(names.lists.capacity(item) for item in is_not))


def _vacant(node: Node, names: Names, _step: str) -> Guard:
    return guards.Vacant(names.lists.capacity(node))


def _not_recused(node: Node, _names: Names, _step: str) -> Guard:
    if not node.boolean() and not node.absent:
        node.problem("Only 'not-recused: true' makes sense.", "Write true, or leave it out.")
    return guards.NotRecused()


def _breach(node: Node, names: Names, step: str) -> Guard:
    if node.kind == "map":
        field = node.mapping(required={"field"})["field"]
        return guards.BreachListed(names.form_field(field, step, ("breach",), anywhere=True))
    node.one_of(["listed"])
    own = [name for name, type_ in names.forms.get(step, {}).items() if type_ == "breach"]
    if own:
        return guards.BreachListed(own[0])
    if not any("breach" in form.values() for form in names.forms.values()):
        node.problem("No step of this procedure has a field of type breach.", "Ask for the breach in a form.")
    return guards.BreachListed()


def _elapsed(node: Node, names: Names, _step: str) -> Guard:
    return measuring.Elapsed(names.clock(node))


def _running(node: Node, names: Names, _step: str) -> Guard:
    return measuring.Running(names.clock(node))


def _within(node: Node, names: Names, _step: str) -> Guard:
    return measuring.Within(names.clock(node.mapping(required={"clock"})["clock"] if node.kind == "map" else node))


def _late_reason(node: Node, names: Names, _step: str) -> Guard:
    return measuring.LateReason(names.clock(node))


def _limitation(node: Node, names: Names, step: str) -> Guard:
    parts = node.mapping(required={"act_ended", "discovered", "length"}, optional={"longer"})
    field, longer = None, None
    if "longer" in parts:
        more = parts["longer"].mapping(required={"field", "length"})
        field, longer = (
            names.form_field(more["field"], step, ("boolean",), anywhere=True),
            names.lists.length(more["length"]),
        )
    return measuring.WithinLimitation(
        names.form_field(parts["act_ended"], step, ("date",), anywhere=True),
        names.form_field(parts["discovered"], step, ("date",), anywhere=True),
        names.lists.length(parts["length"])[0], field, longer[0] if longer else None,
    )  # fmt: skip


def _ahead(node: Node, names: Names, _step: str) -> Guard:
    parts = node.mapping(required={"step", "at_least"})
    return measuring.Ahead(names.step(parts["step"]), names.lists.length(parts["at_least"])[0])


def _not_before(node: Node, names: Names, step: str) -> Guard:
    return measuring.NotBefore(
        names.form_field(node.mapping(required={"field"})["field"], step, ("date",), anywhere=True)
    )


def _exhibits(node: Node, _names: Names, _step: str) -> Guard:
    return guards.Exhibits(node.mapping(required={"at_least"})["at_least"].integer())


def _answer(node: Node, names: Names, step: str) -> Guard:
    parts = node.mapping(required={"field"}, optional={"is", "in", "step"})
    if ("is" in parts) == ("in" in parts):
        node.problem("It must say which answer is needed.", "Write either 'is' or 'in'.")
    listed = [parts["is"]] if "is" in parts else parts["in"].sequence() if "in" in parts else []
    allowed = tuple(item.boolean() if item.kind == "bool" else item.text() for item in listed)
    earlier = names.step(parts["step"]) if "step" in parts else None
    field = names.form_field(parts["field"], earlier or step, ("choice", "boolean"), anywhere=earlier is None)
    return measuring.Answer(field, allowed, earlier)


def _amount(node: Node, names: Names, step: str) -> Guard:
    parts = node.mapping(required={"field", "at_most"}, optional={"step"})
    field, earlier = _measured(parts, names, step)
    return measuring.Amount(field, _limit(parts["at_most"], names), earlier)


def _over(node: Node, names: Names, step: str) -> Guard:
    parts = node.mapping(required={"field", "setting"}, optional={"step"})
    field, earlier = _measured(parts, names, step)
    return measuring.Over(field, _limit(parts["setting"], names), earlier)


def _measured(parts: Mapping[str, Node], names: Names, step: str) -> tuple[str, str | None]:
    earlier = names.step(parts["step"]) if "step" in parts else None
    field = names.form_field(parts["field"], earlier or step, ("money", "integer"), anywhere=earlier is None)
    return field, earlier


def _limit(node: Node, names: Names) -> str:
    """Read an amount: a number, or the name of a setting that holds one."""
    if node.kind == "int":
        return str(node.integer())
    text = node.text()
    value = str(names.lists.settings[text].value) if text in names.lists.settings else text
    try:
        Decimal(value)
    except InvalidOperation:
        if not node.absent:
            node.problem(
                f"{text!r} is neither an amount nor a setting that holds one.", "Write '200.00' or name a setting."
            )
        return "0"
    return value


def _no_heavier(node: Node, names: Names, step: str) -> Guard:
    parts = node.mapping(required={"field", "step", "field_of_step"})
    earlier = names.step(parts["step"])
    then = names.form_field(parts["field_of_step"], earlier, MEASURES) if earlier else ""
    return measuring.NoHeavierThan(names.form_field(parts["field"], step, MEASURES), earlier, then)


def _penalty(node: Node, names: Names, step: str) -> Guard:
    parts = node.mapping(required={"measure", "fine"})
    measure = names.form_field(parts["measure"], step, ("choice",), anywhere=False)
    return measuring.PenaltyInRange(measure, names.form_field(parts["fine"], step, ("money",), anywhere=False))


def _any(node: Node, names: Names, step: str) -> Guard:
    return guards.AnyOf(read_guards(node, names, step))


_READERS: Mapping[str, Reader] = {
    "facts": _facts, "done": _done, "not-done": _not_done, "officers": _officers, "actor": _actor, "vacant": _vacant,
    "not-recused": _not_recused, "breach": _breach, "within": _within, "within-limitation": _limitation,
    "elapsed": _elapsed, "running": _running, "late-reason": _late_reason, "ahead": _ahead, "not-before": _not_before,
    "exhibits": _exhibits, "served": _served, "sealed": _sealed, "answer": _answer, "amount": _amount, "over": _over,
    "no-heavier-than": _no_heavier, "penalty-in-range": _penalty, "aspects": aspects.read, "any": _any,
}  # fmt: skip
GUARDS = tuple(_READERS)
"""Every guard there is."""
