"""What a party may see and do: `party.yaml` of the rulebook, read strictly against the procedures it speaks of.

Responsible for its shape and for refusing what the rulebook does not know (a clock, a step, an article, a field whose
class no party may see). Not responsible for how a right stands in one matter (`rights`).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from duecourse.core.procedure.definition import FactRule
from duecourse.core.procedure.party import KINDS
from duecourse.core.reading import Problems, read_yaml
from duecourse.office.matters import rulebook

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Procedure, Rulebook
    from duecourse.core.reading import Node, Words

FILE: Final = "party.yaml"
_RIGHT: Final = {"document", "shown", "closed", "counts", "clock", "act", "remains", "place", "online"}


@dataclass(frozen=True, slots=True)
class Right:
    """One right: shown where `shown` holds, with the last day of `clock` once `counts` holds, over where `closed` does.

    `document`: it is shown only once the party has that document, since it says there what it may do.

    `act`: how the party uses it here. `place`: the setting that names where else. `online`: the articles that demand an
    online channel where service was online.
    """

    id: str
    title: Words
    says: Words
    on: tuple[str, ...]
    document: str | None
    shown: FactRule
    counts: FactRule
    closed: FactRule | None
    clock: str | None
    act: str | None
    remains: Words | None
    place: str | None
    online: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taking:
    """A step of the matter that an act leads to; `fill`: field of the step → text, officer (what fills it)."""

    step: str
    fill: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Act:
    """What follows an act: its clock, the step the system takes in time, the one offered to an officer."""

    clock: str | None = None
    takes: Taking | None = None
    offers: Taking | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The party's part of one procedure."""

    documents: tuple[str, ...]
    dates: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    rights: Mapping[str, Right]
    acts: Mapping[str, Act]
    online: tuple[str, str, str] | None = None
    withheld: Mapping[str, Words] = field(default_factory=dict)
    classes: frozenset[str] = frozenset()


def of(procedure: str) -> Rules | None:
    """What the party of a matter of this procedure may see and do; None when it has no pages. Raises RulebookError."""
    return _read().get(procedure)


def forget() -> None:
    """Read anew at the next question."""
    _read.cache_clear()


@functools.cache
def _read() -> Mapping[str, Rules]:
    path = rulebook.folder() / FILE
    return read(path, rulebook.base()) if path.is_file() else {}


def read(path: object, book: Rulebook) -> Mapping[str, Rules]:
    """Read one file against a rulebook. Raises RulebookError with every problem."""
    problems = Problems()
    root = read_yaml(path, problems)  # type: ignore[arg-type]
    parts = root.mapping(required={"classes", "procedures", "withheld"})
    classes = frozenset(node.text() for node in parts["classes"].sequence())
    withheld = {name: node.words() for name, node in parts["withheld"].pairs().items()}
    found = {}
    for name, node in parts["procedures"].pairs().items():
        if name not in book.procedures:
            node.problem(f"There is no procedure {name!r}.", "Name one of the folder procedures/.")
            continue
        found[name] = _rules(node, book, book.procedures[name][-1], withheld, classes)
    problems.raise_if_any()
    return found


def _rules(
    node: Node, book: Rulebook, procedure: Procedure, withheld: Mapping[str, Words], classes: frozenset[str]
) -> Rules:
    parts = node.mapping(required={"documents", "dates", "fields", "rights", "acts"}, optional={"online"})
    documents = _known(parts["documents"], book.documents, "document")
    rights = {name: _right(name, item, book, procedure) for name, item in parts["rights"].pairs().items()}
    return Rules(
        documents=documents,
        dates=_known(parts["dates"], procedure.steps, "step"),
        fields=tuple(_field(item, procedure, classes) for item in parts["fields"].sequence()),
        rights=rights,
        acts={name: _act(name, item, book, procedure) for name, item in parts["acts"].pairs().items()},
        online=_online(parts["online"], procedure) if "online" in parts else None,
        withheld=withheld,
        classes=classes,
    )


def _known(node: Node, among: Mapping[str, object], what: str) -> tuple[str, ...]:
    for item in node.sequence():
        if item.text() not in among:
            item.problem(f"There is no {what} {item.text()!r}.", "Name one that the rulebook has.")
    return tuple(item.text() for item in node.sequence())


def _field(node: Node, procedure: Procedure, classes: frozenset[str]) -> tuple[str, str]:
    """A field that the party reads; its class must be one that a party may see."""
    step, _, name = node.text().partition(".")
    known = procedure.steps[step].form.get(name) if step in procedure.steps else None
    if known is None:
        node.problem(f"{procedure.id} has no field {node.text()!r}.", "Write step.field.")
    elif known.class_ not in classes:
        node.problem(f"{node.text()!r} is of class {known.class_}.", "A party sees only: " + ", ".join(sorted(classes)))
    return step, name


def _online(node: Node, procedure: Procedure) -> tuple[str, str, str]:
    parts = node.mapping(required={"step", "field", "is"})
    step, name, value = parts["step"].text(), parts["field"].text(), parts["is"].text()
    known = procedure.steps[step].form.get(name) if step in procedure.steps else None
    if known is None or value not in known.choices:
        node.problem(f"{step}.{name} has no answer {value!r}.", "Name a choice of the step of service.")
    return step, name, value


def _right(name: str, node: Node, book: Rulebook, procedure: Procedure) -> Right:
    parts = node.mapping(required={"title", "says", "on"}, optional=_RIGHT)
    clock = _clock(parts.get("clock"), procedure)
    act = parts["act"].text() if "act" in parts else None
    if act is not None and act not in KINDS:
        parts["act"].problem(f"There is no act {act!r}.", "One of: " + ", ".join(KINDS))
    place = parts["place"].text() if "place" in parts else None
    if place is not None and place not in book.settings:
        parts["place"].problem(f"There is no setting {place!r}.", "Name one of settings.yaml.")
    online = parts["online"].mapping(required={"on"})["on"] if "online" in parts else None
    return Right(
        id=name, title=parts["title"].words(), says=parts["says"].words(), on=_cited(parts["on"], book),
        document=_document(parts.get("document"), book), shown=_facts(parts.get("shown"), procedure),
        counts=_facts(parts.get("counts"), procedure),
        closed=_facts(parts["closed"], procedure) if "closed" in parts else None, clock=clock, act=act,
        remains=parts["remains"].words() if "remains" in parts else None, place=place,
        online=_cited(online, book) if online else (),
    )  # fmt: skip


def _act(name: str, node: Node, book: Rulebook, procedure: Procedure) -> Act:
    parts = node.mapping(optional={"clock", "takes", "offers"})
    if name not in KINDS:
        node.problem(f"There is no act {name!r}.", "One of: " + ", ".join(KINDS))
    return Act(
        clock=_clock(parts.get("clock"), procedure),
        takes=_taking(parts["takes"], book, procedure) if "takes" in parts else None,
        offers=_taking(parts["offers"], book, procedure) if "offers" in parts else None,
    )


def _taking(node: Node, book: Rulebook, procedure: Procedure) -> Taking:
    parts = node.mapping(required={"step", "fill"})
    step = book.step(procedure, parts["step"].text())
    fill = {name: item.text() for name, item in parts["fill"].pairs().items()}
    if step is None:
        node.problem(f"{procedure.id} has no step {parts['step'].text()!r}.", "Name one of its steps.")
    else:
        for name in fill.keys() - step.form.keys():
            node.problem(f"The step {step.id} has no field {name!r}.", "Name a field of its form.")
    return Taking(parts["step"].text(), fill)


def _document(node: Node | None, book: Rulebook) -> str | None:
    if node is None:
        return None
    if node.text() not in book.documents:
        node.problem(f"There is no document {node.text()!r}.", "Name one of documents.yaml.")
    return node.text()


def _clock(node: Node | None, procedure: Procedure) -> str | None:
    if node is None:
        return None
    if node.text() not in procedure.clocks:
        node.problem(f"{procedure.id} has no clock {node.text()!r}.", "Name one of its clocks.")
    return node.text()


def _cited(node: Node, book: Rulebook) -> tuple[str, ...]:
    found = tuple(item.text() for item in node.sequence())
    for item in node.sequence():
        try:
            book.law.words(item.text())
        except Exception as unknown:  # noqa: BLE001 - whatever the law says of a wrong citation is the lawyer's to read
            item.problem(f"No such article: {item.text()!r} ({unknown}).", "Cite an article of the folder law/.")
    return found


def _facts(node: Node | None, procedure: Procedure) -> FactRule:
    if node is None:
        return FactRule()
    parts = node.mapping(optional={"all", "any", "none"})
    named = {key: tuple(item.text() for item in value.sequence()) for key, value in parts.items()}
    for key, value in parts.items():
        for item, fact in zip(value.sequence(), named[key], strict=True):
            if fact not in procedure.setters:
                item.problem(f"Nothing in {procedure.id} sets {fact!r}.", "Name a fact that a step sets.")
    return FactRule(**named)
