"""`duecourse import-cases FILE --by USERNAME [--dry-run] [--scans FOLDER]`: running cases from the old books.

The person named must hold the role of a head on the days the cases were filed. Scans named in the list are looked for
in the folder. Exit status 1 when a row has an error; then nothing was written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from duecourse.office.people.models import Account
from duecourse.office.settings import importing


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit status."""
    asked = parser().parse_args(list(arguments))
    if asked.template:
        asked.template.write_bytes(importing.template())
        return 0
    if not asked.file or not asked.by:
        parser().error("give the file and --by, or --template")
    if not asked.file.is_file():
        return _say(f"there is no file {asked.file}")
    account = Account.objects.filter(username__iexact=asked.by, is_active=True).first()
    if account is None:
        return _say(f"there is no account {asked.by}")
    report = importing.run(asked.file.read_bytes(), by=account, dry=asked.dry_run, scans=_scans(asked.scans))
    for error in report.errors:
        _say(f"row {error.row}: {error.sentence}" if error.row else error.sentence)
    if report.errors:
        return _say("nothing was imported")
    verb = "would become" if asked.dry_run else "became"
    print(f"{len(report.cases)} rows {verb} cases, {len(report.passed_over)} were imported before")  # noqa: T201 - a command speaks
    return 0


def parser() -> argparse.ArgumentParser:
    """What may be written after `duecourse import-cases`."""
    found = argparse.ArgumentParser(prog="duecourse import-cases", description="Running cases from the old books.")
    found.add_argument("file", type=Path, nargs="?", help="the filled-in workbook (XLSX)")
    found.add_argument("--by", help="user name of the head in whose name the cases are taken over")
    found.add_argument("--dry-run", action="store_true", help="say what would happen; write nothing")
    found.add_argument("--scans", type=Path, help="the folder with the scans that the list names")
    found.add_argument("--template", type=Path, help="write the workbook to fill in, and end")
    return found


def _scans(folder: Path | None) -> importing.Scans:
    """Files of the folder alone: a name that leads out of it finds nothing."""

    def found(name: str) -> bytes | None:
        place = (folder / name).resolve() if folder else None
        inside = place is not None and folder is not None and place.parent == folder.resolve()
        return place.read_bytes() if place is not None and inside and place.is_file() else None

    return found


def _say(sentence: str) -> int:
    print(f"duecourse import-cases: {sentence}", file=sys.stderr)  # noqa: T201 - a command speaks
    return 1
