"""Reads the lists of a rulebook: rulebook.yaml, roles, settings, heads, documents, breaches, requirements, classes.

Responsible for each list by itself and for the citations in it. Not responsible for procedures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from duecourse.core.errors import Invalid
from duecourse.core.procedure import holding
from duecourse.core.procedure.built_in import NAMED, Who
from duecourse.core.procedure.definition import FIELD_CLASSES, SYSTEM
from duecourse.core.procedure.lists import Breach, DocumentRule, Head, Requirement, Role, Setting
from duecourse.core.procedure.setting_values import read as read_setting
from duecourse.core.remit import read_heads

if TYPE_CHECKING:
    from duecourse.core.procedure.naming import Lists
    from duecourse.core.reading import Node, Words

EVERYONE = "everyone"
BOUNDS = ("least", "most", "bound")
"""What draws the limits of a setting: the least and the most, and the articles that say so."""
_REQUIREMENT = re.compile(r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Cover:
    """What rulebook.yaml says: the rulebook's name, title and zone, the titles of capacities."""

    name: str
    title: Words
    zone: str
    capacities: Mapping[str, Words] = field(default_factory=dict)


def read_cover(root: Node) -> tuple[Cover, Node | None]:
    """Read rulebook.yaml; the built-in steps in it are read when the roles are known (`read_built_in`)."""
    parts = root.mapping(required={"name", "title", "zone", "capacities", "built_in"}, optional={"languages", "help"})
    zone = parts["zone"].text()
    try:
        ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        parts["zone"].problem(f"There is no zone {zone!r}.", "Name it as in Asia/Shanghai.")
    capacities = {name: node.words() for name, node in parts["capacities"].entries(of="capacity").items()}
    return Cover(parts["name"].identifier(), parts["title"].words(), zone, capacities), parts["built_in"]


def read_built_in(node: Node | None, lists: Lists) -> dict[str, Who]:
    """Read who may take each built-in step."""
    found: dict[str, Who] = {}
    for name, item in (node.mapping(required=set(NAMED)) if node else {}).items():
        parts = item.mapping(required={"by"}, optional={"on", "heads"} if name in holding.STEPS else {"on"})
        roles, heads = (tuple(lists.role(role) for role in _list(parts, key)) for key in ("by", "heads"))
        for role, named in zip(heads, _list(parts, "heads"), strict=True):
            if role and role not in roles:
                named.problem(f"{role!r} may not take the step.", "Name it under 'by' as well.")
        found[name] = Who(roles, lists.citations(parts.get("on")), heads)
    return found


def read_roles(root: Node, lists: Lists) -> dict[str, Role]:
    """Read roles.yaml. `system` may be listed, to give it a title."""
    found = {}
    for name, node in _entries(root, "roles", "role").items():
        parts = node.mapping(required={"title"}, optional={"help", "on", "personal"})
        personal = parts["personal"].boolean() if "personal" in parts else False
        on = lists.citations(parts.get("on"))
        found[name] = Role(name, parts["title"].words(), _words(parts, "help"), on, personal)
    return found


def read_settings(root: Node, lists: Lists) -> dict[str, Setting]:
    """Read settings.yaml."""
    found = {}
    for name, node in _entries(root, "settings", "setting").items():
        parts = node.mapping(required={"value", "title"}, optional={"confirm", "on", "help", *BOUNDS})
        confirm = parts["confirm"].boolean() if "confirm" in parts else True
        on = lists.citations(parts.get("on"))
        found[name] = Setting(
            name, _read_value(parts["value"]), parts["title"].words(), confirm, on, _words(parts, "help"),
            _read_bound(parts.get("least")), _read_bound(parts.get("most")), lists.citations(parts.get("bound")),
        )  # fmt: skip
        _check_bounds(node, found[name])
    return found


def read_chosen_heads(root: Node, lists: Lists) -> dict[str, Head]:
    """Read heads.yaml by the closed remit."""
    for node in (root.pairs()["heads"].pairs() if "heads" in root.pairs() else {}).values():
        lists.citations(node.pairs().get("on"))
    return {
        name: Head(name, head.title, tuple(map(str, head.on)), head.help) for name, head in read_heads(root).items()
    }


def read_documents(root: Node, lists: Lists) -> dict[str, DocumentRule]:
    """Read documents.yaml."""
    found = {}
    for name, node in _entries(root, "documents", "document").items():
        parts = node.mapping(required={"title"}, optional={"on", "seal", "help"})
        seal = parts["seal"].boolean() if "seal" in parts else True
        found[name] = DocumentRule(name, parts["title"].words(), lists.citations(parts.get("on")), seal,
                                   _words(parts, "help"))  # fmt: skip
    return found


def read_breaches(root: Node, lists: Lists) -> dict[str, Breach]:
    """Read breaches.yaml."""
    return {name: _read_breach(name, node, lists) for name, node in _entries(root, "breaches", "breach").items()}


def _read_breach(name: str, node: Node, lists: Lists) -> Breach:
    parts = node.mapping(
        required={"title", "head", "breached", "penalty", "kinds"},
        optional={"range", "decided_by", "prior_correction", "minor_exit", "from", "until", "conduct", "help"},
    )
    limits = parts["range"].mapping(optional={"at_least", "at_most"}) if "range" in parts else {}
    from_ = parts["from"].date() if "from" in parts else None
    return Breach(
        name, parts["title"].words(), lists.head(parts["head"]), lists.citations(parts["breached"], from_),
        lists.citations(parts["penalty"], from_), tuple(item.text() for item in parts["kinds"].sequence()),
        at_least=_read_amount(limits["at_least"]) if "at_least" in limits else None,
        at_most=_read_amount(limits["at_most"]) if "at_most" in limits else None,
        decided_by=tuple(item.text() for item in _list(parts, "decided_by")),
        prior_correction="prior_correction" in parts and parts["prior_correction"].boolean(),
        minor_exit="minor_exit" in parts and parts["minor_exit"].boolean(),
        from_=from_, until=parts["until"].date() if "until" in parts else None,
        conduct=_words(parts, "conduct"), help=_words(parts, "help"),
    )  # fmt: skip


def read_requirements(root: Node, lists: Lists) -> tuple[dict[str, Requirement], dict[str, Node]]:
    """Read requirements.yaml; what encodes each (`by`) is checked when the procedures are known."""
    listed = root.mapping(required={"requirements"})["requirements"]
    found, nodes = {}, {}
    for name, node in listed.pairs().items():
        parts = node.mapping(required={"title"}, optional={"on", "by", "not_encoded", "grade", "note"})
        if not _REQUIREMENT.fullmatch(name):
            node.at_key(listed, name).problem(
                f"{name!r} is not an id of a requirement.", "Use letters, digits, '.', '-'."
            )
        if ("by" in parts) == ("not_encoded" in parts):
            node.problem("It must say what encodes it, or why nothing does.", "Write either 'by' or 'not_encoded'.")
        found[name] = Requirement(
            name, parts["title"].words(), lists.citations(parts.get("on")),
            tuple(item.text() for item in _list(parts, "by")), _words(parts, "not_encoded"),
            parts["grade"].text() if "grade" in parts else None, _words(parts, "note"),
        )  # fmt: skip
        nodes[name] = node
    return found, nodes


def read_classes(root: Node, lists: Lists) -> dict[str, tuple[str, ...]]:
    """Read classes.yaml: which roles may see a field of each class."""
    classes = root.mapping(required={"classes"})["classes"].mapping(required=set(FIELD_CLASSES))
    found = {}
    for name, node in classes.items():
        roles = [item.text() for item in node.sequence()]
        for role, item in zip(roles, node.sequence(), strict=True):
            if role not in {*lists.roles, EVERYONE} - {SYSTEM}:
                item.problem(f"There is no role {role!r}.", f"Name a role of roles.yaml, or '{EVERYONE}'.")
        found[name] = tuple(roles)
    return found


def _read_value(node: Node) -> str | int | bool | tuple[str, ...]:
    readers = {"int": node.integer, "bool": node.boolean}
    if node.kind == "seq":
        return tuple(item.text() for item in node.sequence())
    return readers.get(node.kind, node.text)()


def _read_bound(node: Node | None) -> str | int | None:
    if node is None:
        return None
    return node.integer() if node.kind == "int" else node.text()


def _check_bounds(node: Node, setting: Setting) -> None:
    """The value that the rulebook brings must itself lie in the bounds; a bound cites what draws it."""
    if (setting.least is not None or setting.most is not None) and not setting.bound:
        node.problem(f"The bounds of {setting.id!r} rest on nothing.", "Write 'bound' with the articles.")
    try:
        value = setting.value
        spelled = str(value).lower() if isinstance(value, bool) else str(value)
        read_setting(setting, "\n".join(value) if isinstance(value, tuple) else spelled)
    except (Invalid, ValueError) as wrong:
        node.problem(f"The value of {setting.id!r} does not hold: {wrong}.", "Give it a value within its bounds.")


def _read_amount(node: Node) -> str:
    text = str(node.integer()) if node.kind == "int" else node.text()
    if text and not re.fullmatch(r"\d+(\.\d{1,2})?", text):
        node.problem(f"{text!r} is no amount in yuan.", "Write plain digits, with at most two decimals.")
    return text


def _entries(root: Node, key: str, of: str) -> dict[str, Node]:
    return root.mapping(required={key})[key].entries(of=of)


def _list(parts: Mapping[str, Node], key: str) -> list[Node]:
    return parts[key].sequence() if key in parts else []


def _words(parts: Mapping[str, Node], key: str) -> Words | None:
    return parts[key].words() if key in parts else None
