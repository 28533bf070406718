"""`duecourse completion bash | zsh | tcsh`: what a shell needs to complete the command, printed.

The scripts are made by shtab from the parsers of every command and are kept beside this module, so that printing one
reads no command; `make completions` writes them, and a test says when they are stale.
Not responsible for installing them: docs/running/commands.md says where a shell looks.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duecourse.cli import Command

SHELLS: Final = ("bash", "zsh", "tcsh")
FOLDER: Final = Path(__file__).with_name("completions")


def main(arguments: Sequence[str]) -> int:
    """Print a script; returns the exit status."""
    asked = parser().parse_args(list(arguments))
    sys.stdout.write((FOLDER / f"duecourse.{asked.shell}").read_text("utf-8"))
    return 0


def parser() -> argparse.ArgumentParser:
    """What may be written after `duecourse completion`."""
    found = argparse.ArgumentParser(prog="duecourse completion", description="Complete `duecourse` in a shell.")
    found.add_argument("shell", choices=SHELLS, help="bash: duecourse completion bash > …/completions/duecourse")
    return found


def scripts(commands: Mapping[str, Command]) -> dict[str, str]:
    """The script for each shell, of every command that has a parser. Django must be set up."""
    import shtab

    whole = argparse.ArgumentParser(prog="duecourse")
    places = whole.add_subparsers(metavar="COMMAND")
    for name, command in commands.items():
        _add(places, name, command)
    return {shell: shtab.complete(whole, shell=shell) for shell in SHELLS}


def _add(places: Any, name: str, command: Command) -> None:
    module = importlib.import_module(command.module)
    if hasattr(module, "parser"):
        places.add_parser(name, help=command.help, parents=[module.parser()], add_help=False)
    elif hasattr(module, "add_parser"):
        own = argparse.ArgumentParser().add_subparsers()
        module.add_parser(own)
        places.add_parser(name, help=command.help, parents=[own.choices[name]], add_help=False)
    else:
        places.add_parser(name, help=command.help)


def _write() -> None:
    """Write the scripts beside this module, with a data folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"DUECOURSE_HOME": home, "DUECOURSE_ENV": "test"}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duecourse.config.settings_office")
        import django

        django.setup()
        from duecourse.cli import COMMANDS

        FOLDER.mkdir(exist_ok=True)
        for shell, script in scripts(COMMANDS).items():
            (FOLDER / f"duecourse.{shell}").write_text(script, "utf-8")


if __name__ == "__main__":
    _write()
