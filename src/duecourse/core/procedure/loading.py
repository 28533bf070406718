"""Loads a rulebook from its folder: everything is read, everything is checked, and every mistake is shown at once.

    rulebook.yaml roles.yaml settings.yaml heads.yaml documents.yaml breaches.yaml requirements.yaml classes.yaml
    law/*.yaml  calendars/*.yaml  procedures/*.yaml  invariants.yaml

Responsible for the order of reading, for what one file says about another, and for the digest that names the whole.
Not responsible for whether the procedures keep the invariants: that is `proof`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from duecourse.core.deadlines import load_calendar
from duecourse.core.law import load_law
from duecourse.core.procedure.built_in import built_in_steps
from duecourse.core.procedure.built_in_forms import forms_of
from duecourse.core.procedure.definition import SYSTEM, Procedure, Rulebook, Step
from duecourse.core.procedure.naming import OCCURRED, Lists
from duecourse.core.procedure.reading_invariants import read_invariants
from duecourse.core.procedure.reading_lists import (
    read_breaches,
    read_built_in,
    read_chosen_heads,
    read_classes,
    read_cover,
    read_documents,
    read_requirements,
    read_roles,
    read_settings,
)  # fmt: skip
from duecourse.core.procedure.reading_procedures import read_procedure
from duecourse.core.reading import Node, Problem, Problems, RulebookError, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from duecourse.core.procedure.definition import Opening
    from duecourse.core.procedure.lists import Requirement

DOMAIN = b"duecourse/rulebook/v1\n"


def load(folder: Path) -> Rulebook:
    """Read a rulebook. Raises RulebookError with every problem, each with its file (in the folder) and line."""
    problems = Problems()
    rulebook = _read(folder, problems)
    if problems or rulebook is None:
        prefix = f"{folder}/"
        raise RulebookError([
            Problem(found.file.removeprefix(prefix), found.line, found.message, found.advice) for found in problems
        ])  # fmt: skip
    return rulebook


def digest(folder: Path) -> str:
    """Name a folder by its content, in hex: SHA-256 over `DOMAIN` and, for each file, L(path) ‖ L(bytes).

    Files in the order of their paths (relative, `/`, UTF-8 bytes); L(x) is the length as 8 bytes, big-endian, then x.
    Hidden files and folders are left out.
    """
    hashed = hashlib.sha256(DOMAIN)
    for path, content in sorted(_files(folder)):
        for part in (path, content):
            hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.hexdigest()


def _files(folder: Path) -> Iterator[tuple[bytes, bytes]]:
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in parts):
            yield "/".join(parts).encode(), path.read_bytes()


def _read(folder: Path, problems: Problems) -> Rulebook | None:
    """Read everything; None where a file's mistakes leave nothing to check the rest against."""
    lists = Lists(load_law(folder / "law", problems))
    calendar = load_calendar(folder / "calendars", problems)
    cover, built_in = read_cover(_open(folder, "rulebook.yaml", problems))
    lists.capacities = cover.capacities
    lists.roles = read_roles(_open(folder, "roles.yaml", problems), lists)
    lists.settings = read_settings(_open(folder, "settings.yaml", problems), lists)
    lists.heads = read_chosen_heads(_open(folder, "heads.yaml", problems), lists)
    lists.documents = read_documents(_open(folder, "documents.yaml", problems), lists)
    lists.breaches = read_breaches(_open(folder, "breaches.yaml", problems), lists)
    requirements, required = read_requirements(_open(folder, "requirements.yaml", problems), lists)
    lists.requirements = frozenset(requirements)
    classes = read_classes(_open(folder, "classes.yaml", problems), lists)
    who = read_built_in(built_in, lists)
    if any(problem.file == f"{folder}/roles.yaml" for problem in problems) or not lists.roles:
        return None
    procedures = _read_procedures(folder, lists, problems)
    invariants = read_invariants(_open(folder, "invariants.yaml", problems), lists, procedures)
    others = {"engine", *(f"invariant:{one.id}" for one in invariants), *(f"setting:{one}" for one in lists.settings)}
    others |= {f"built-in:{one}" for one in forms_of()}
    for name, requirement in requirements.items():
        _check_requirement(required[name], requirement, procedures, others)
    return Rulebook(
        cover.name, cover.title, cover.zone, digest(folder), digest(folder / "calendars"), lists.law, calendar,
        lists.heads, lists.roles, lists.settings, lists.breaches, lists.documents, procedures, invariants, requirements,
        classes, lists.capacities, built_in_steps(who),
    )  # fmt: skip


def _open(folder: Path, name: str, problems: Problems) -> Node:
    return read_yaml(folder / name, problems)


def _read_procedures(folder: Path, lists: Lists, problems: Problems) -> dict[str, tuple[Procedure, ...]]:
    """Read every procedure and put its versions in order."""
    read: list[tuple[Node, Procedure]] = []
    for path in sorted((folder / "procedures").glob("*.yaml")):
        root = _open(folder, f"procedures/{path.name}", problems)
        if root.kind != "map":
            root.mapping()
            continue
        procedure = read_procedure(root, lists)
        if path.name.split(".")[0] != procedure.id:
            root.problem(
                f"The procedure is {procedure.id!r}, the file {path.name!r}.", "Begin the file's name with it."
            )
        read.append((root, procedure))
    read.sort(key=lambda pair: (pair[1].id, pair[1].from_))
    found: dict[str, tuple[Procedure, ...]] = {}
    for root, procedure in read:
        earlier = found.get(procedure.id, ())
        if earlier:
            _check_later(root, earlier[-1], procedure)
        found[procedure.id] = (*earlier, procedure)
    for root, procedure in read:
        _check_openings(root, procedure, found)
    return found


def _check_later(root: Node, before: Procedure, after: Procedure) -> None:
    """A version that takes over running matters must know every stage in which one can stand."""
    if before.from_ == after.from_:
        root.problem(f"Two versions of {after.id!r} begin on {after.from_}.", "Give each its own first day.")
    lost = [name for name, stage in before.stages.items() if name not in after.stages and not stage.end]
    if after.transition == "steps-after" and lost:
        root.problem(
            f"Matters may stand in {', '.join(lost)}, which this version no longer has.",
            "Keep the stages, or write 'transition: opened-after'.",
        )


def _check_openings(root: Node, procedure: Procedure, found: Mapping[str, tuple[Procedure, ...]]) -> None:
    nodes = root.pairs()["steps"].pairs() if procedure.steps else {}
    for step in procedure.steps.values():
        for group in step.all_effects():
            for opening in group.opens:
                _check_opening(nodes[step.id], procedure, step, opening, found)


def _check_opening(
    node: Node, procedure: Procedure, step: Step, opening: Opening, found: Mapping[str, tuple[Procedure, ...]]
) -> None:
    """The other procedure's first step must exist, be open to the system, and get what it requires, of its type."""
    target = found[opening.procedure][-1].steps.get(opening.step) if opening.procedure in found else None
    if target is None or not target.opens_matter:
        node.problem(f"{opening.procedure}/{opening.step} opens no matter.", "Name the opening step of a procedure.")
        return
    if SYSTEM not in target.by:
        node.problem(f"{opening.procedure}/{opening.step} is not open to the system.", "Add 'system' to its 'by'.")
    missing = [name for name, field in target.form.items()
               if field.required and field.default is None and name not in opening.form]  # fmt: skip
    if missing:
        node.problem(f"{opening.procedure}/{opening.step} also requires {', '.join(missing)}.", "Fill them in 'form'.")
    for new, old in opening.form.items():
        wanted, given = target.form.get(new), _type(procedure, step, old)
        if wanted is None:
            node.problem(f"{opening.procedure}/{opening.step} has no field {new!r}.", "Name a field of its form.")
        elif given not in ("", wanted.type):
            node.problem(
                f"The field {old!r} is of type {given}, {new!r} of type {wanted.type}.", "Use one of its type."
            )


def _type(procedure: Procedure, step: Step, name: str) -> str:
    if name == OCCURRED:
        return "date"
    forms = [step.form, *(other.form for other in procedure.steps.values())]
    return next((form[name].type for form in forms if name in form), "")


def _check_requirement(
    node: Node, requirement: Requirement, procedures: Mapping[str, tuple[Procedure, ...]], others: set[str]
) -> None:
    """What is said to encode a requirement must be there."""
    known = set(others)
    for versions in procedures.values():
        newest = versions[-1]
        known |= {f"{newest.id}/{step}" for step in newest.steps}
        known |= {f"{newest.id}/clock:{clock}" for clock in newest.clocks}
    for reference in requirement.by:
        if reference not in known:
            node.problem(
                f"{reference!r} encodes nothing.", "Name procedure/step, procedure/clock:name or invariant:id."
            )
