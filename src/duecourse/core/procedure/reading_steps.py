"""Reads stages, steps and forms of a procedure from YAML.

Responsible for every key of a step and what it names. Not responsible for clocks and the file as a whole
(`reading_procedures`) nor for guards (`reading_guards`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from duecourse.core.procedure.built_in_forms import forms_of
from duecourse.core.procedure.definition import (
    CARRIED_TYPES,
    FIELD_CLASSES,
    FIELD_TYPES,
    SYSTEM,
    ClockAct,
    Effects,
    FormField,
    Opening,
    Stage,
    Step,
    When,
)  # fmt: skip
from duecourse.core.procedure.guards import Sealed
from duecourse.core.procedure.naming import ACTOR, FIELD_NAME, OCCURRED
from duecourse.core.procedure.reading_guards import PEOPLE, read_fact_rule, read_guard

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Guard, Json
    from duecourse.core.procedure.naming import Names
    from duecourse.core.reading import Node, Words

EFFECTS = frozenset({"to", "sets", "clears", "clocks", "document", "documents", "serves", "letters", "opens", "publish",
                     "assigns"})  # fmt: skip
STEP = EFFECTS | {"from", "by", "approval", "on", "confirm", "requires", "needs", "form", "choose", "when",
                  "help", "waits", "opens_matter"}  # fmt: skip
FIELD = frozenset({"required", "class", "choices", "help", "on", "default", "value", "record"})
ACTS = ("start", "stop", "pause", "resume", "extend")


def read_stage(name: str, node: Node, names: Names) -> Stage:
    """Read a stage."""
    parts = node.mapping(required={"title"}, optional={"owner", "end", "help"})
    owner = None
    if "owner" in parts and parts["owner"].kind != "null":
        owner = names.lists.role(parts["owner"])
    return Stage(name, parts["title"].words(), owner, names.stages.get(name, False), _words(parts, "help"))


def read_step(name: str, node: Node, names: Names) -> Step:
    """Read a step."""
    parts = node.mapping(required={"title"}, optional=STEP)
    if name in forms_of():
        node.problem(f"Already every procedure has a step {name!r}.", "Give this step another name.")
    form = {field: read_field(field, item, names) for field, item in _pairs(parts, "form").items()}
    effects = read_effects(parts, names, name)
    choose, answers = _read_choose(parts, names, name, form)
    opens_matter = _opens_matter(parts)
    by, approval = _read_who(parts, node, names)
    needs = _read_needs(parts, effects, names, name)
    return Step(
        id=name, title=parts["title"].words(), from_=_read_from(parts, node, names, opens_matter=opens_matter),
        opens_matter=opens_matter, by=by, approval=approval, on=names.lists.citations(parts.get("on"), names.from_),
        requires=tuple(names.lists.requirement(item) for item in _list(parts, "requires")),
        needs=tuple(guard for guard, _ in needs), written=tuple(written for _, written in needs),
        form=form, effects=effects, choose=choose, answers=answers,
        when=tuple(_read_when(item, names, name) for item in _list(parts, "when")),
        confirm=names.lists.setting(parts["confirm"]) if "confirm" in parts else None,
        help=_words(parts, "help"), waits=_words(parts, "waits"),
    )  # fmt: skip


def read_field(name: str, node: Node, names: Names) -> FormField:
    """Read a field of a form."""
    parts = node.mapping(required={"type", "title"}, optional=FIELD)
    if not FIELD_NAME.fullmatch(name):
        node.problem(f"{name!r} is not a name of a field.", "Use lower-case letters, digits, '-' and '_'.")
    type_ = parts["type"].one_of(FIELD_TYPES) or "text"
    class_ = parts["class"].one_of(FIELD_CLASSES) if "class" in parts else "case"
    choices = {choice: item.words() for choice, item in _pairs(parts, "choices").items()}
    if (type_ == "choice") != bool(choices):
        node.problem("A choice has choices, and nothing else has.", "Give 'choices' to a field of type choice.")
    kept = "value" in parts and parts["value"].boolean()
    if kept and (type_ not in CARRIED_TYPES or class_ == "identity"):
        parts["value"].problem("This field cannot be kept in the outcome, which is never erased.", "Remove 'value'.")
    return FormField(
        name, parts["title"].words(), type_, required="required" in parts and parts["required"].boolean(),
        class_=class_ or "case", choices=choices, help=_words(parts, "help"),
        on=names.lists.citations(parts.get("on"), names.from_),
        default=_read_default(parts, type_, choices), value=kept, record=_read_record(parts, type_, names),
    )  # fmt: skip


def _read_record(parts: Mapping[str, Node], type_: str, names: Names) -> str | None:
    """Read `record: {number: document}`: the record fills the field."""
    if "record" not in parts:
        return None
    if type_ != "text":
        parts["record"].problem("A number is text.", "Give the field the type text.")
    return names.lists.document(parts["record"].mapping(required={"number"})["number"]) or None


def read_effects(parts: Mapping[str, Node], names: Names, step: str) -> Effects:
    """Read what a step, an answer or a condition does."""
    documents = [*_list(parts, "documents"), *([parts["document"]] if "document" in parts else [])]
    opens = parts["opens"].sequence() if "opens" in parts and parts["opens"].kind == "seq" else []
    return Effects(
        to=(names.stage(parts["to"]) or None) if "to" in parts else None,
        sets=names.sets(parts["sets"]) if "sets" in parts else (),
        clears=names.facts(parts.get("clears")),
        assigns=_read_assigns(parts, names, step),
        clocks=tuple(_read_acts(parts["clocks"], names, step)) if "clocks" in parts else (),
        documents=tuple(names.lists.document(item) for item in documents),
        serves=tuple(names.lists.document(item) for item in _list(parts, "serves")),
        letters=tuple(names.lists.document(item) for item in _list(parts, "letters")),
        opens=tuple(_read_opening(item, names, step) for item in opens),
        publish=(parts["publish"].one_of(["publish", "withdraw"]) or None) if "publish" in parts else None,
    )


def _read_choose(
    parts: Mapping[str, Node], names: Names, step: str, form: Mapping[str, FormField]
) -> tuple[str | None, dict[str, Effects]]:
    pairs = _pairs(parts, "choose")
    if not pairs:
        return None, {}
    if "field" not in pairs:
        parts["choose"].problem("It does not say which field is the answer.", "Add 'field'.")
        return None, {}
    field = names.form_field(pairs["field"], step, ("choice",))
    choices = form[field].choices if field in form else {}
    answers: dict[str, Effects] = {}
    for choice, node in pairs.items():
        if choice == "field":
            continue
        if choice not in choices:
            node.at_key(parts["choose"], choice).problem(
                f"The field {field!r} has no choice {choice!r}.", f"Its choices: {', '.join(choices)}."
            )
        answers[choice] = read_effects(node.mapping(optional=EFFECTS), names, step)
    return (field if field in form else None), answers


def _read_when(node: Node, names: Names, step: str) -> When:
    parts = node.mapping(required={"facts"}, optional=EFFECTS - {"to"})
    return When(read_fact_rule(parts["facts"], names), read_effects(parts, names, step))


def _opens_matter(parts: Mapping[str, Node]) -> bool:
    if "opens_matter" in parts:
        return parts["opens_matter"].boolean()
    if "opens" in parts and parts["opens"].kind == "bool":
        return parts["opens"].boolean()
    return "from" in parts and parts["from"].kind == "str" and parts["from"].text() == "none"


def _read_from(parts: Mapping[str, Node], node: Node, names: Names, *, opens_matter: bool) -> tuple[str, ...]:
    if opens_matter:
        if "to" not in parts and not node.absent:
            node.problem("A step that opens a matter leads to a stage.", "Add 'to'.")
        return ()
    if "from" not in parts:
        node.problem("It does not say from which stages the step is taken.", "Add 'from', or 'opens: true'.")
        return ()
    if parts["from"].kind == "str":
        parts["from"].one_of(["any", "none"])
        return tuple(stage for stage, end in names.stages.items() if not end)
    found = []
    for item in parts["from"].sequence():
        stage = names.stage(item)
        if names.stages.get(stage):
            item.problem(f"The stage {stage!r} is an end: no step leaves it.", "Remove it here, or 'end' there.")
        found.append(stage)
    return tuple(stage for stage in found if stage)


def _read_who(
    parts: Mapping[str, Node], node: Node, names: Names
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Read who may: `by`, or the chain of `approval`, each link a role or a list of roles."""
    by = tuple(names.lists.role(item) for item in _list(parts, "by"))
    chain = tuple(link for item in _list(parts, "approval") for link in _read_links(item, names))
    if not by and not chain and not node.absent:
        node.problem("It does not say who may take the step.", "Add 'by' or 'approval'.")
    if chain and by and not set(by) <= set(chain[-1]):
        parts["by"].problem("With an approval the last of it decides.", "Leave 'by' out, or name the last.")
    if SYSTEM in {role for link in chain for role in link}:
        parts["approval"].problem("Only a named person approves.", "Remove 'system'.")
    return by, chain


def _read_links(node: Node, names: Names) -> list[tuple[str, ...]]:
    """Read a link of a chain; `{setting: id}` stands for the ranks, one after the other, that a setting lists."""
    if node.kind != "map":
        return [tuple(names.lists.role(role) for role in node.one_or_many())]
    setting = names.lists.setting(node.mapping(required={"setting"})["setting"])
    value = names.lists.settings[setting].value if setting else ()
    ranks = value if isinstance(value, tuple) else (str(value),)
    unknown = [rank for rank in ranks if rank not in names.lists.roles]
    if unknown:
        node.problem(f"The setting {setting!r} names no rank: {', '.join(unknown)}.", "List roles of roles.yaml.")
    return [(rank,) for rank in ranks if rank not in unknown]


def _read_needs(parts: Mapping[str, Node], effects: Effects, names: Names, step: str) -> list[tuple[Guard, Json]]:
    """Read the guards, each with what is written. Service of a document that bears a seal implies a guard by itself."""
    read = [(read_guard(item, names, step), item.plain()) for item in _list(parts, "needs")]
    found: list[tuple[Guard, Json]] = [(guard, written) for guard, written in read if guard is not None]
    sealed = {guard.document for guard, _ in found if isinstance(guard, Sealed)}
    implied = [name for name in effects.serves if name and names.lists.documents[name].seal and name not in sealed]
    return found + [(Sealed(name), {"sealed": name}) for name in implied]


def _read_assigns(parts: Mapping[str, Node], names: Names, step: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for capacity, node in _pairs(parts, "assigns").items():
        if capacity not in names.lists.capacities:
            key = node.at_key(parts["assigns"], capacity)
            key.problem(f"There is no capacity {capacity!r}.", "Define it under capacities in rulebook.yaml.")
        found[capacity] = ACTOR if node.text() == ACTOR else names.form_field(node, step, PEOPLE)
    return found


def _read_acts(node: Node, names: Names, step: str) -> list[ClockAct]:
    found = []
    for act, listed in node.mapping(optional=set(ACTS)).items():
        for item in listed.sequence():
            if item.kind != "map":
                found.append(ClockAct(act, names.clock(item)))
                continue
            parts = item.mapping(required={"clock"}, optional={"until", "by", "to"})
            if act != "extend" or len(parts) != 2:  # noqa: PLR2004 - the clock and one measure
                item.problem(
                    "Only an extension has a measure of its own, and only one.", "Write the clock's name alone."
                )
            found.append(ClockAct(
                act, names.clock(parts["clock"]),
                until=names.form_field(parts["until"], step, ("date",)) if "until" in parts else None,
                by=names.lists.length(parts["by"])[0] if "by" in parts else None,
                to=names.lists.length(parts["to"])[0] if "to" in parts else None,
            ))  # fmt: skip
    return found


def _read_opening(node: Node, names: Names, step: str) -> Opening:
    """Read a matter that is opened; whether the other procedure takes it so is checked when all are read."""
    parts = node.mapping(required={"procedure", "step"}, optional={"form"})
    form = {}
    for new, item in _pairs(parts, "form").items():
        form[new] = OCCURRED if item.text() == OCCURRED else names.form_field(item, step, FIELD_TYPES, anywhere=True)
    return Opening(parts["procedure"].text(), parts["step"].text(), form)


def _read_default(parts: Mapping[str, Node], type_: str, choices: Mapping[str, Words]) -> str | bool | None:
    if "default" not in parts:
        return None
    node = parts["default"]
    if type_ == "boolean":
        return node.boolean()
    if type_ == "choice":
        return node.one_of(list(choices)) or None
    if type_ not in ("text", "integer", "money"):
        node.problem(f"A field of type {type_} has no default.", "Remove 'default'.")
    return node.text()


def _words(parts: Mapping[str, Node], key: str) -> Words | None:
    return parts[key].words() if key in parts else None


def _pairs(parts: Mapping[str, Node], key: str) -> dict[str, Node]:
    return parts[key].pairs() if key in parts else {}


def _list(parts: Mapping[str, Node], key: str) -> list[Node]:
    return parts[key].sequence() if key in parts else []
