"""`make bench`: every measurement once, each in a process and an installation of its own, and one table.

    python bench/run.py [--full] [--write] [NAME …]

--full also audits a million entries (some twelve minutes more). --write puts the table, the machine, the commit and
the command into docs/performance.md, between its two marks. Exit 1 when a figure is missed or a measurement fails.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import Figure, told

HERE = Path(__file__).resolve().parent

NAMES = ("front_door", "write_path", "backlog", "audit", "documents", "pages")
PAGE = HERE.parent / "docs" / "performance.md"
MARKS = ("<!-- figures: written by `make bench ARGS=--write` -->", "<!-- end of figures -->")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--full", action="store_true", help="audit a million entries too")
    parser.add_argument("--write", action="store_true", help="update docs/performance.md")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"no measurement {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    if asked.into:
        return _one(asked.names[0], asked.into, full=asked.full)
    began, load = time.monotonic(), os.getloadavg()[0]
    found = {name: _apart(name, full=asked.full) for name in asked.names or NAMES}
    figures = [figure for part in found.values() for figure in part or []]
    table = _table(figures)
    failed = [name for name, part in found.items() if part is None]
    print("", table, *(f"{name} failed; see above" for name in failed), sep="\n")
    minutes = (time.monotonic() - began) / 60
    print(f"{minutes:.1f} minutes, load {load:.1f} at the start and {os.getloadavg()[0]:.1f} at the end.")
    if asked.write:
        _write(table, load, minutes)
    return 1 if failed or not all(figure.met for figure in figures) else 0


def _apart(name: str, *, full: bool) -> list[Figure] | None:
    """Measure in a process of its own, since each sets Django up otherwise; None when it failed."""
    print(f"== {name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "figures.json"
        command = [sys.executable, "-W", "ignore", str(HERE / "run.py"), name, "--into", str(into)]
        done = subprocess.run([*command, *(["--full"] if full else [])], check=False)
        if done.returncode or not into.is_file():
            print(f"{name} ended with status {done.returncode}")
            return None
        return [Figure(**one) for one in json.loads(into.read_text("utf-8"))]


def _one(name: str, into: Path, *, full: bool) -> int:
    module = importlib.import_module(name)
    figures = module.measured(full=True) if full and name == "audit" else module.measured()
    told(figures)
    into.write_text(json.dumps([figure.to_json() for figure in figures]), "utf-8")
    return 0


def _table(figures: list[Figure]) -> str:
    """Missed first."""
    rows = ["| figure | measured | asked | met | |", "|---|---|---|---|---|"]
    for figure in sorted(figures, key=lambda one: one.met):
        met = "–" if figure.asked is None else "yes" if figure.met else "**no**"
        rows.append(f"| {figure.name} | {figure.shown} | {figure.wanted} | {met} | {figure.note} |")
    return "\n".join(rows)


def _write(table: str, load: float, minutes: float) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True, check=False
    )
    day = dt.datetime.now(dt.UTC).date().isoformat()
    surroundings = (
        f"{day}, commit {commit.stdout.strip() or 'unknown'}, `make bench ARGS='{' '.join(sys.argv[1:])}'`, "
        f"{minutes:.0f} minutes. "
        f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}; load {load:.1f} when it began."
    )
    text = PAGE.read_text("utf-8")
    before, after = text.partition(MARKS[0])[0], text.partition(MARKS[1])[2]
    PAGE.write_text(f"{before}{MARKS[0]}\n\n{surroundings}\n\n{table}\n\n{MARKS[1]}{after}", "utf-8")


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main())
