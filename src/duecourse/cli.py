"""The command `duecourse`: one table of commands, each in a module of its own that is imported when it is asked for.

A module offers `main(arguments) -> int`; or `add_parser(subparsers)`, which adds parsers that set `run`, a function of
the parsed arguments (a module with several commands does so). A command that works on the database names the settings
it runs with, and Django is set up before its module is read: `office` for what the office does, `owner` for what only
the owner of the tables may. docs/running/commands.md has a line for each command, and a test compares.

Exit status: what the command returns; 2 for wrong input; 3 when the command's part is not installed, which keeps no
other command from running. Not here: what any command does.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from duecourse.core.errors import Invalid
from duecourse.core.reading import RulebookError

WRONG_INPUT: Final = 2
NOT_INSTALLED: Final = 3


@dataclass(frozen=True)
class Command:
    """Where a command lives, which settings it needs ("" for none), and what it does in one line."""

    module: str
    settings: str
    help: str


COMMANDS: Final = {
    "run": Command("duecourse.config.run", "", "everything on one machine: database, sites, worker, sequencer"),
    "init": Command("duecourse.config.init", "", "the data folder of a real office, made once"),
    "tour": Command("duecourse.config.tour", "", "one report down the whole road, against the running sites"),
    "simulate": Command("duecourse.config.simulation", "", "a believable town of days gone by, for a demo"),
    "migrate": Command("duecourse.config.migrate", "", "roles, database, tables and grants, as the owner"),
    "account": Command("duecourse.office.people.command", "office", "create, invite: the first account of an office"),
    "town": Command("duecourse.office.people.town", "office", "create: demo accounts, one a role"),
    "import-cases": Command("duecourse.office.settings.import_command", "office", "running cases from the old books"),
    "worker": Command("duecourse.office.work", "office", "the office's jobs"),
    "sequencer": Command("duecourse.office.ledger.commands", "office", "number, hash and sign entries"),
    "publish": Command("duecourse.office.ledger.commands", "office", "publish tiles and checkpoint"),
    "audit": Command("duecourse.office.ledger.commands", "owner", "re-derive the record, name what does not hold"),
    "backup": Command("duecourse.office.ledger.commands", "owner", "back up database and objects"),
    "restore": Command("duecourse.office.ledger.commands", "owner", "restore a backup without forking the log"),
    "doctor": Command("duecourse.office.ledger.commands", "owner", "which promises this installation holds"),
    "rulebook": Command("duecourse.core.procedure.command", "", "check a rulebook, draw its charts"),
    "deadlines": Command("duecourse.core.deadlines.command", "", "count a period as the law counts it"),
    "keys": Command("duecourse.edge.keys_command", "", "init, rotate, retire, split, drill: the office's keys"),
    "verify": Command("duecourse.verify.command", "", "check a receipt, a document or the whole log, offline"),
    "witness": Command("duecourse.verify.witness_command", "", "watch a log and cosign its checkpoints"),
    "completion": Command("duecourse.completion", "", "a script that completes this command in your shell"),
    "manage": Command("django.core.management", "owner", "Django's own commands, as the owner"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `duecourse COMMAND …`; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in {"-h", "--help", "help"}:
        print(usage())
        return 0 if given else WRONG_INPUT
    command = COMMANDS.get(given[0])
    if command is None:
        return _say(f"duecourse: there is no command {given[0]!r}.{_meant(given[0])}\n\n{usage()}", WRONG_INPUT)
    try:
        _set_up(command.settings)
        module = importlib.import_module(command.module)
    except ModuleNotFoundError as missing:
        if not str(missing.name).startswith("duecourse."):
            raise
        return _say(f"duecourse {given[0]}: not part of this installation ({missing.name})", NOT_INSTALLED)
    return _run(module, given)


def usage() -> str:
    """The list of commands."""
    lines = [f"  {name:<11} {command.help}" for name, command in COMMANDS.items()]
    return "\n".join(["usage: duecourse COMMAND …", "", *lines])


def _run(module: Any, given: list[str]) -> int:
    """Call the module; word what is wrong with input or rulebook in a sentence or one line a problem."""
    try:
        if given[0] == "manage":
            return int(module.execute_from_command_line(["duecourse manage", *given[1:]]) or 0)
        if hasattr(module, "main"):
            return int(module.main(given[1:]) or 0)
        parser = argparse.ArgumentParser(prog="duecourse")
        module.add_parser(parser.add_subparsers(metavar="COMMAND", required=True))
        parsed = parser.parse_args(given)
        return int(parsed.run(parsed) or 0)
    except RulebookError as wrong:
        return _say(str(wrong), WRONG_INPUT)
    except Invalid as wrong:
        advice = wrong.params.get("advice")
        return _say(f"{wrong.code}: {advice}" if advice else str(wrong), WRONG_INPUT)


def _meant(word: str) -> str:
    """The commands that look like `word`."""
    near = difflib.get_close_matches(word, COMMANDS, n=2, cutoff=0.6)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def _set_up(settings: str) -> None:
    if settings:
        os.environ["DJANGO_SETTINGS_MODULE"] = f"duecourse.config.settings_{settings}"
        import django

        django.setup()


def _say(sentence: str, status: int) -> int:
    print(sentence, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
