"""The command `duecourse rulebook`: check a rulebook, or draw one of its procedures.

    duecourse rulebook check [--rulebook cn-city] [--mutants] [--json]
    duecourse rulebook chart PROCEDURE [--rulebook cn-city] [--lang zh-Hans] [-o FILE]

`check` loads everything, then proves every invariant over every reachable state. It prints the number of states of each
procedure and each invariant that holds, or the way to where it does not. Exit 1 when something is wrong, else 0.
`--mutants` also leaves out each fact guard in turn and says whether an invariant notices; it judges nothing.
Not responsible for the proof itself (`proof`) nor for the picture (`chart`).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from duecourse import terminal
from duecourse.core.errors import Invalid
from duecourse.core.law.places import rulebook_folder
from duecourse.core.procedure import chart
from duecourse.core.procedure.abstract import exact
from duecourse.core.procedure.loading import load
from duecourse.core.procedure.proof import mutants, prove
from duecourse.core.reading import LANGUAGES, RulebookError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duecourse.core.procedure.definition import Rulebook
    from duecourse.core.procedure.proof import Mutant, Report


def main(arguments: Sequence[str]) -> int:
    """Run one `duecourse rulebook` command; returns the exit status."""
    asked = parser().parse_args(list(arguments))
    try:
        rulebook = load(_folder(asked.rulebook))
    except RulebookError as wrong:
        _say(*map(str, wrong.problems), f"{len(wrong.problems)} problems")
        return 1
    except Invalid as wrong:
        _say(str(wrong))
        return 1
    return _check(rulebook, asked) if asked.command == "check" else _chart(rulebook, asked)


def parser() -> argparse.ArgumentParser:
    """What may be written after `duecourse rulebook`."""
    parser = argparse.ArgumentParser(prog="duecourse rulebook", description="check a rulebook, or draw a procedure")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="load everything and prove the invariants")
    check.add_argument("--json", action="store_true", help="print everything that was found as JSON")
    check.add_argument("--mutants", action="store_true", help="leave out each fact guard and see what notices")
    drawn = commands.add_parser("chart", help="draw a procedure as SVG")
    drawn.add_argument("procedure")
    drawn.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    drawn.add_argument("-o", "--output", type=Path, help="the file to write (default: standard output)")
    for command in (check, drawn):
        command.add_argument("--rulebook", default="cn-city", help="its name, or its folder")
    return parser


def _folder(name: str) -> Path:
    path = Path(name)
    return path if "/" in name or path.is_dir() else rulebook_folder(name)


def _check(rulebook: Rulebook, asked: argparse.Namespace) -> int:
    report = prove(rulebook)
    found = _left_out(rulebook) if asked.mutants else None
    if asked.json:
        _say(json.dumps(_as_json(rulebook, report, found), ensure_ascii=False, indent=1))
    else:
        _say(f"rulebook {rulebook.name} {rulebook.digest}", *_reported(report))
        if found is not None:
            _say(*_mutated(found))
    return 1 if report.violations else 0


def _left_out(rulebook: Rulebook) -> list[Mutant]:
    procedures = [versions[-1] for versions in rulebook.procedures.values()]
    guards = sum(exact(guard) for one in procedures for step in one.steps.values() for guard in step.needs)
    found: list[Mutant] = []
    with terminal.progress("guards", guards, lambda: len(found)):
        found.extend(mutants(rulebook))  # which grows as it goes, so that the bar sees it
    return found


def _as_json(rulebook: Rulebook, report: Report, found: Sequence[Mutant] | None) -> dict[str, object]:
    said: dict[str, object] = {
        "rulebook": rulebook.name,
        "digest": rulebook.digest,
        "states": report.states,
        "never taken": {one.procedure.id: list(one.unused) for one in report.explored if one.unused},
        "held": [
            {"procedure": procedure.id, "invariant": one.id, "on": list(one.on)} for one, procedure in report.held
        ],
        "broken": [
            {"procedure": one.procedure.id, "invariant": one.invariant.id, "path": list(one.path), "detail": one.detail}
            for one in report.violations
        ],
    }
    if found is not None:
        said["guards"] = [
            {"procedure": one.procedure.id, "step": one.step, "guard": one.written, "noticed": list(one.noticed),
             "redundant": one.redundant}
            for one in found
        ]  # fmt: skip
    return said


def _reported(report: Report) -> Iterator[str]:
    for graph in report.explored:
        yield f"{graph.procedure.id} {graph.procedure.version}: {graph.states} states, {len(graph.moves)} moves"
        for step in graph.unused:
            yield f"  note: no matter can ever take {step}"
    for invariant, procedure in report.held:
        yield f"holds  {procedure.id}: {invariant.id} ({', '.join(invariant.on)})"
    for found in report.violations:
        way = " > ".join(found.path) or "by its text"
        yield f"BROKEN {found.procedure.id}: {found.invariant.id}: {way}" + (
            f" ({found.detail})" if found.detail else ""
        )
    yield f"{len(report.held)} invariants hold, {len(report.violations)} are broken"


def _mutated(found: Sequence[Mutant]) -> Iterator[str]:
    """Say which guards nothing would miss; a guard that stage and other guards make superfluous does not count."""
    counted = [mutant for mutant in found if not mutant.redundant]
    noticed = sum(bool(mutant.noticed) for mutant in counted)
    for mutant in found:
        if not mutant.noticed:
            kind = "superfluous" if mutant.redundant else "unnoticed"
            yield f"{kind} {mutant.procedure.id}/{mutant.step}: {mutant.written}"
    rate = f"{noticed / len(counted):.0%}" if counted else "-"
    yield f"{len(found)} guards left out in turn: {noticed} noticed, {len(counted) - noticed} unnoticed"
    yield f"{len(found) - len(counted)} more would change nothing; rate of those that do {rate}"


def _chart(rulebook: Rulebook, asked: argparse.Namespace) -> int:
    if asked.procedure not in rulebook.procedures:
        _say(f"there is no procedure {asked.procedure!r}; there are: {', '.join(rulebook.procedures)}")
        return 1
    drawn = chart.svg(rulebook.procedures[asked.procedure][-1], asked.lang, rulebook.digest)
    if asked.output is None:
        sys.stdout.write(drawn)
    else:
        asked.output.write_text(drawn, encoding="utf-8")
    return 0


def _say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
