"""Checks that what a rulebook's file names is there: roles, settings, documents, citations, stages, steps, clocks.

Responsible for one check each, with the problem at the line of the name. Not responsible for what is read around it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duecourse.core.deadlines import Length
from duecourse.core.errors import Invalid
from duecourse.core.law import Citation
from duecourse.core.procedure.definition import SYSTEM

if TYPE_CHECKING:
    from duecourse.core.law import Law
    from duecourse.core.procedure.lists import Breach, DocumentRule, Head, Role, Setting
    from duecourse.core.reading import Node, Words

FIELD_NAME = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
OCCURRED = "occurred"
ACTOR = "actor"
"""Names that stand for the day of the step and for who takes it, where a field could be named."""
PSEUDO = ("done", "sealed", "served")
"""Facts that hold by themselves: `done:<step>`, `sealed:<document>`, `served:<document>`."""


@dataclass(slots=True)
class Lists:
    """The lists of a rulebook as read so far, against which its procedures are checked."""

    law: Law
    roles: Mapping[str, Role] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    heads: Mapping[str, Head] = field(default_factory=dict)
    documents: Mapping[str, DocumentRule] = field(default_factory=dict)
    breaches: Mapping[str, Breach] = field(default_factory=dict)
    requirements: frozenset[str] = frozenset()
    capacities: Mapping[str, Words] = field(default_factory=dict)

    def role(self, node: Node) -> str:
        """Read the name of a role (the system is one)."""
        return known(node, {*self.roles, SYSTEM}, "role", "roles.yaml")

    def setting(self, node: Node) -> str:
        """Read the name of a setting."""
        return known(node, self.settings, "setting", "settings.yaml")

    def document(self, node: Node) -> str:
        """Read the name of a document or letter."""
        return known(node, self.documents, "document", "documents.yaml")

    def head(self, node: Node) -> str:
        """Read the name of a head that this rulebook chose."""
        return known(node, self.heads, "head", "heads.yaml")

    def capacity(self, node: Node) -> str:
        """Read the name of a capacity."""
        return known(node, self.capacities, "capacity", "capacities in rulebook.yaml")

    def requirement(self, node: Node) -> str:
        """Read the id of a requirement."""
        return known(node, self.requirements, "requirement", "requirements.yaml")

    def citation(self, node: Node, on: dt.date | None = None) -> str:
        """Read a citation that leads somewhere on a day; without one, or before it, in the newest version."""
        cited = node.parsed(Citation.parse, "Cite an article, such as apl#41.")
        if cited is None:
            return ""
        try:
            newest = self.law.instrument(cited).versions[-1].from_
            self._resolve(cited, sorted({on or newest, newest}))
        except Invalid as wrong:
            node.problem(f"The citation {cited} leads nowhere.", str(wrong.params.get("advice", "")))
        return str(cited)

    def citations(self, node: Node | None, on: dt.date | None = None) -> tuple[str, ...]:
        """Read a list of citations."""
        return tuple(cited for item in (node.sequence() if node else []) if (cited := self.citation(item, on)))

    def length(self, node: Node) -> tuple[Length, str | None]:
        """Read a period: its length, and the setting that holds it when it is not written here."""
        if node.kind != "map":
            return node.parsed(Length.parse, "Write it as: 7 working_days.") or _NO_LENGTH, None
        name = self.setting(node.mapping(required={"setting"})["setting"])
        value = self.settings[name].value if name else str(_NO_LENGTH)
        try:
            return Length.parse(str(value)), name
        except Invalid:
            node.problem(
                f"The setting {name!r} is {value!r}, which is no period.", "Give it a value like 5 working_days."
            )
            return _NO_LENGTH, name

    def _resolve(self, cited: Citation, days: list[dt.date]) -> None:
        """Try the days from the earliest; raise what the last of them said."""
        for day in days[:-1]:
            try:
                self.law.resolve(cited, day)
            except Invalid:
                continue
            return
        self.law.resolve(cited, days[-1])


_NO_LENGTH = Length.parse("1 day")
"""Stands in for a length that was already reported as a problem."""


@dataclass(slots=True)
class Names:
    """What one procedure's file names: known before its steps are read, so that order in the file does not matter."""

    lists: Lists
    stages: Mapping[str, bool]
    steps: frozenset[str]
    clocks: frozenset[str]
    forms: Mapping[str, Mapping[str, str]]
    from_: dt.date
    set_facts: set[str] = field(default_factory=set)
    used_facts: list[tuple[str, Node]] = field(default_factory=list)

    def stage(self, node: Node) -> str:
        """Read the name of a stage."""
        return known(node, self.stages, "stage", "stages of this procedure")

    def step(self, node: Node) -> str:
        """Read the name of a step."""
        return known(node, self.steps, "step", "steps of this procedure")

    def clock(self, node: Node) -> str:
        """Read the name of a clock."""
        return known(node, self.clocks, "clock", "clocks of this procedure")

    def sets(self, node: Node) -> tuple[str, ...]:
        """Read facts that are set here."""
        facts = tuple(fact for item in node.sequence() if (fact := item.identifier()))
        self.set_facts.update(facts)
        return facts

    def fact(self, node: Node) -> str:
        """Read a fact that is looked at here; whether anything sets it is checked when the whole file is read."""
        kind, _, name = node.text().partition(":")
        if name and kind in PSEUDO:
            place = "steps of this procedure" if kind == "done" else "documents.yaml"
            if name not in (self.steps if kind == "done" else self.lists.documents):
                node.problem(f"{kind}:{name} names nothing.", f"Name one of the {place}.")
            return f"{kind}:{name}"
        self.used_facts.append((kind, node))
        return kind

    def facts(self, node: Node | None) -> tuple[str, ...]:
        """Read a list of facts that are looked at here."""
        return tuple(fact for item in (node.sequence() if node else []) if (fact := self.fact(item)))

    def form_field(self, node: Node, step: str, types: Iterable[str], *, anywhere: bool = False) -> str:
        """Read the name of a field of a step's form (or, `anywhere`, of any step's) that has one of these types."""
        name = node.text()
        allowed = set(types)
        places = [self.forms.get(step, {})] + (list(self.forms.values()) if anywhere else [])
        found = [place[name] for place in places if name in place]
        if not name:
            return ""
        if not found:
            node.problem(f"There is no field {name!r} in the form.", f"The form has: {', '.join(places[0]) or 'none'}.")
        elif found[0] not in allowed:
            node.problem(f"The field {name!r} is of type {found[0]}.", f"It must be {' or '.join(sorted(allowed))}.")
        return name

    def check_facts(self) -> None:
        """Report every fact that is looked at and that nothing sets."""
        for fact, node in self.used_facts:
            if fact and fact not in self.set_facts:
                node.problem(f"Nothing sets the fact {fact!r}.", "Let a step, an answer or a lapse set it.")


def known(node: Node, names: Iterable[str], what: str, where: str) -> str:
    """Read a name that must be one of these; "" when it is not."""
    name = node.text()
    if name and name not in set(names):
        node.problem(
            f"There is no {what} {name!r}.", f"Define it in {where}, or name one of: {', '.join(sorted(names))}."
        )
        return ""
    return name
