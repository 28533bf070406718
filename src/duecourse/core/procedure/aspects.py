"""A review point by point: the outcome that a reviewer gives must be the one that the findings lead to.

    aspects:
      outcome: opinion                      the field with the outcome
      of: [competence, facts, ...]          the fields with one finding each
      only: {agree: [meets, not-applicable], ...}   under this outcome every finding is one of these
      some: {correct: [to-correct], ...}            under this outcome at least one finding is one of these
      note: [to-correct, ...]               a finding of these comes with words in the field `<aspect>_note`

Responsible for the consistency of one form. Not responsible for what an outcome does: that is the step's `choose`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from duecourse.core.procedure.guards import HELD, Verdict, no

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Json
    from duecourse.core.procedure.guards import Case
    from duecourse.core.procedure.naming import Names
    from duecourse.core.reading import Node, Words

NOTE = "_note"
"""What stands behind the name of an aspect in the name of the field that explains it."""

Allowed = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Aspects:
    """`aspects`: the outcome is the one that the findings lead to, and what is not in order is explained."""

    kind: ClassVar[str] = "aspects"
    outcome: str
    of: tuple[str, ...]
    only: Allowed = field(default_factory=dict)
    some: Allowed = field(default_factory=dict)
    note: tuple[str, ...] = ()

    def reads(self) -> tuple[str, ...]:
        """Name the outcome and the aspects; their notes are text, which no outcome keeps."""
        return (self.outcome, *self.of)

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        outcome = str(case.value(self.outcome))
        found = {name: str(case.value(name)) for name in self.of}
        seen: dict[str, Json] = {"outcome": outcome}
        said = case.step.form[self.outcome].choices.get(outcome, {"zh-Hans": outcome, "en": outcome})
        against = [name for name, one in found.items() if one not in self.only.get(outcome, (one,))]
        if against:
            return no("aspects_contradict", seen, outcome=said, aspects=tuple(_said(case, found, against)))
        wanted = self.some.get(outcome, ())
        if wanted and not any(one in wanted for one in found.values()):
            return no("aspects_give_no_ground", seen, outcome=said, findings=tuple(_words(case, self.of, wanted)))
        silent = [name for name, one in found.items() if one in self.note and not self._explained(case, name)]
        if silent and not case.later:
            return no("aspects_unexplained", seen, aspects=tuple(case.step.form[name].title for name in silent))
        return Verdict(None, seen) if seen else HELD

    @staticmethod
    def _explained(case: Case, name: str) -> bool:
        return bool((case.form or {}).get(name + NOTE))


def read(node: Node, names: Names, step: str) -> Aspects:
    """Read the guard's arguments."""
    parts = node.mapping(required={"outcome", "of"}, optional={"only", "some", "note"})
    outcome = names.form_field(parts["outcome"], step, ("choice",))
    of = tuple(names.form_field(item, step, ("choice",)) for item in parts["of"].sequence())
    note = tuple(item.text() for item in parts["note"].sequence()) if "note" in parts else ()
    for name, item in zip(of, parts["of"].sequence(), strict=True):
        if note and name and name + NOTE not in names.forms.get(step, {}):
            item.problem(f"There is no field {name + NOTE!r} to explain it.", "Add it to the form.")
    return Aspects(outcome, of, _allowed(parts.get("only")), _allowed(parts.get("some")), note)


def _allowed(node: Node | None) -> Allowed:
    pairs = node.pairs() if node else {}
    return {outcome: tuple(item.text() for item in item_.sequence()) for outcome, item_ in pairs.items()}


def _said(case: Case, found: Mapping[str, str], names: list[str]) -> Iterator[Words]:
    """Name aspects with their findings: 证据（需要补充）."""
    for name in names:
        item = case.step.form[name]
        finding = item.choices.get(found[name], {"zh-Hans": found[name], "en": found[name]})
        yield {
            "zh-Hans": f"{item.title['zh-Hans']}（{finding['zh-Hans']}）",
            "en": f"{item.title['en']} ({finding['en']})",
        }


def _words(case: Case, of: tuple[str, ...], findings: tuple[str, ...]) -> Iterator[Words]:
    for finding in findings:
        choices = next((case.step.form[name].choices for name in of if finding in case.step.form[name].choices), {})
        yield choices.get(finding, {"zh-Hans": finding, "en": finding})
