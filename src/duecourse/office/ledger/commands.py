"""`duecourse sequencer | publish | audit | backup | restore | doctor`: arguments in, sentences out, an exit status.

Not responsible for the work itself: each command's is in the module of its name (`loops` for the first two).
"""

from __future__ import annotations

import json
import logging
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from duecourse import terminal
from duecourse.core.errors import Invalid
from duecourse.office.ledger import (
    audit,
    backup,
    doctor,
    loops,
    nofork,
    publication,
    restore,
    sequencer,
    signing,
    sql,
    words,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

REFUSED = 3
"""Exit status when the log must not be signed: no restart helps, a person must look."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the six commands."""
    before = set(subparsers.choices)
    one = subparsers.add_parser("sequencer", help="number, sign and pad entries until stopped")
    one.add_argument("--once", action="store_true", help="number what waits, then end")
    one.set_defaults(run=_sequencer)
    one = subparsers.add_parser("publish", help="publish checkpoints and tiles until stopped")
    one.add_argument("--once", action="store_true", help="number, pad, sign and publish once, then end")
    one.add_argument("--rebuild", action="store_true", help="write every public file again, then end")
    one.set_defaults(run=_publish)
    one = subparsers.add_parser("audit", help="re-derive the record and name what does not hold")
    one.add_argument("--rejudge", action="store_true", help="ask today's engine too, and report where it would differ")
    one.set_defaults(run=_audit)
    one = subparsers.add_parser("backup", help="back up database and objects into a new folder")
    one.add_argument("folder", type=Path)
    one.add_argument("--objects", choices=("copy", "list"), default="copy", help="copy the objects, or only list them")
    one.set_defaults(run=_backup)
    one = subparsers.add_parser("restore", help="put a backup in place of the database, without forking the log")
    one.add_argument("folder", type=Path)
    one.add_argument("--replace", action="store_true", help="replace a database that has entries")
    one.set_defaults(run=_restore)
    one = subparsers.add_parser("doctor", help="which promises this installation holds")
    one.set_defaults(run=_doctor)
    for name in set(subparsers.choices) - before:
        subparsers.choices[name].add_argument("--json", action="store_true", help="answer in JSON, one value a line")


def _sequencer(asked: argparse.Namespace) -> int:
    if not asked.once:
        return _until_stopped(loops.run_sequencer)
    with sequencer.hold(wait=False):
        nofork.settle()
        count = 0
        while batch := sequencer.number(signing.signers()):
            count += batch.size - batch.first
    _answer(asked, words.line("numbered", count=count), {"numbered": count})
    return 0


def _publish(asked: argparse.Namespace) -> int:
    if asked.rebuild:
        done = publication.publish_signed(rebuild=True)
    elif asked.once:
        with sequencer.hold(wait=False):
            nofork.settle()
            done = publication.publish(signing.signers())
    else:
        return _until_stopped(loops.run_publisher)
    if done is None:
        _answer(asked, words.line("nothing-to-publish"), {"published": None})
    else:
        said = {"size": done.size, "files": done.files}
        _answer(asked, words.line("published", **said), {"published": said})
    return 0


def _audit(asked: argparse.Namespace) -> int:
    report = audit.Report()
    (entries,) = sql.row("SELECT count(*) FROM entry") or (0,)
    with terminal.progress(words.line("audit-walks"), entries, lambda: report.counts["entries"]):
        for finding in audit.run(rejudge=asked.rejudge, report=report):
            _answer(asked, finding.text(), finding.to_json())
    _answer(asked, report.text(), report.to_json())
    return 1 if report.findings else 0


def _backup(asked: argparse.Namespace) -> int:
    done = backup.backup(asked.folder, objects=asked.objects)
    said = {"folder": str(asked.folder), "entries": done["entries"], "size": done["size"]}
    _answer(asked, words.line("backed-up", **said), {**said, "damaged": done["damaged"]})
    for digest in done["damaged"]:
        terminal.say(words.line("object-damaged", digest=digest), error=True)
    return 1 if done["damaged"] else 0


def _restore(asked: argparse.Namespace) -> int:
    try:
        recovered = restore.restore(asked.folder, replace=asked.replace)
    except Invalid as error:
        return _refuse(error)
    for one in recovered:
        said = {"source": one.source, "first": one.first, "last": one.size - 1, "lost": one.lost}
        _answer(asked, words.line("read-back", **said), said)
    _answer(asked, words.line("restored", folder=str(asked.folder)), {"restored": str(asked.folder)})
    return 0


def _doctor(asked: argparse.Namespace) -> int:
    findings = doctor.examine()
    for one in findings:
        _answer(asked, one.text(), one.to_json())
    return 1 if any(one.state == "bad" for one in findings) else 0


def _until_stopped(run: Callable[[threading.Event], None]) -> int:
    """Run until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        run(stop)
    except Invalid as error:
        return _refuse(error)
    return 0


def _refuse(error: Invalid) -> int:
    terminal.say(words.line(error.code, **error.params), error=True)
    return REFUSED


def _answer(asked: argparse.Namespace, text: str, said: Mapping[str, object]) -> None:
    """Say it in words, or with `--json` as one line of JSON."""
    terminal.say(json.dumps(said, ensure_ascii=False) if asked.json else text)
