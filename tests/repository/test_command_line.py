"""The command `duecourse`: a table, dispatched lazily; one broken or missing part keeps no other from running."""

from __future__ import annotations

import subprocess
import sys
import types

import pytest

from duecourse import cli, completion
from duecourse.core.errors import Invalid
from duecourse.core.reading import Problem, RulebookError


@pytest.fixture
def part(monkeypatch):
    """A part with one command of our own, put into the table."""

    def part(**members):
        module = types.ModuleType("duecourse.sample_part")
        for name, value in members.items():
            setattr(module, name, value)
        monkeypatch.setitem(sys.modules, "duecourse.sample_part", module)
        monkeypatch.setitem(cli.COMMANDS, "sample", cli.Command("duecourse.sample_part", "", "a sample"))

    return part


def test_without_a_command_it_lists_them(capsys):
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name}" in shown for name in cli.COMMANDS)
    assert cli.main([]) == 2


def test_an_unknown_command_is_named(capsys):
    assert cli.main(["abolish"]) == 2
    assert "there is no command 'abolish'" in capsys.readouterr().err


def test_a_part_that_is_not_installed_is_named_and_breaks_nothing_else(monkeypatch, capsys):
    monkeypatch.setitem(cli.COMMANDS, "absent", cli.Command("duecourse.absent_part", "", "not here"))
    assert cli.main(["absent"]) == 3
    assert "not part of this installation (duecourse.absent_part)" in capsys.readouterr().err
    assert cli.main(["deadlines", "count", "--from", "2026-03-02", "--length", "1 day"]) == 0


def test_a_library_that_is_missing_is_not_hidden(monkeypatch):
    monkeypatch.setitem(cli.COMMANDS, "absent", cli.Command("a_library_that_is_not_there", "", "not here"))
    with pytest.raises(ModuleNotFoundError):
        cli.main(["absent"])


def test_a_part_with_one_command_offers_main(part):
    given = []
    part(main=lambda arguments: given.append(arguments) or 7)
    assert cli.main(["sample", "--deep", "x"]) == 7
    assert given == [["--deep", "x"]]


def test_a_part_with_several_commands_offers_parsers(part):
    def add_parser(subparsers):
        parser = subparsers.add_parser("sample")
        parser.add_argument("word")
        parser.set_defaults(run=lambda parsed: 4 if parsed.word == "four" else None)

    part(add_parser=add_parser)
    assert cli.main(["sample", "four"]) == 4
    assert cli.main(["sample", "none"]) == 0


def test_invalid_input_gets_one_line_with_the_advice(part, capsys):
    def main(_arguments):
        raise Invalid("date_malformed", advice="write YYYY-MM-DD")

    part(main=main)
    assert cli.main(["sample"]) == 2
    assert capsys.readouterr().err == "date_malformed: write YYYY-MM-DD\n"


def test_a_broken_rulebook_gets_one_line_a_mistake(part, capsys):
    def main(_arguments):
        raise RulebookError([Problem("b.yaml", 2, "Wrong."), Problem("a.yaml", 9, "Missing.", "Add it.")])

    part(main=main)
    assert cli.main(["sample"]) == 2
    assert capsys.readouterr().err == "a.yaml:9: Missing. Add it.\nb.yaml:2: Wrong.\n"


def test_no_command_is_imported_before_it_is_called():
    called = "import sys; from duecourse import cli; cli.main(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", called], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {command.module for command in cli.COMMANDS.values()}
    assert "django" not in loaded


def test_a_slip_of_the_finger_is_understood(capsys):
    assert cli.main(["doktor"]) == 2
    assert "Did you mean doctor" in capsys.readouterr().err


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_the_completion_of_each_shell_is_what_the_commands_ask_for(shell, capsys):
    import django

    django.setup()
    assert cli.main(["completion", shell]) == 0
    assert capsys.readouterr().out == completion.scripts(cli.COMMANDS)[shell], "run: make completions"


def test_bash_completes_a_command_and_its_options():
    script = completion.FOLDER / "duecourse.bash"
    asks = f"source {script}; COMP_WORDS=(duecourse audit --re); COMP_CWORD=2; _shtab_duecourse; echo ${{COMPREPLY[@]}}"
    done = subprocess.run(["bash", "-c", asks], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["--rejudge"]
