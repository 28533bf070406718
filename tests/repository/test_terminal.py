"""A command speaks in plain lines to a pipe and in colour to a person, and shows a person how far long work is."""

import io
import os
import pty
import subprocess
import sys

import pytest

from duecourse import terminal

SCRIPT = """
import time
from duecourse import terminal
done = []
with terminal.progress("Counting", 3, lambda: len(done)):
    for number in range(3):
        done.append(number)
        time.sleep(0.3)
terminal.say("✓ counted\\n  ✗ lost\\nplain")
"""


def on_a_terminal(**environment):
    """What a person sees: both streams on a real terminal."""
    ours, theirs = pty.openpty()
    seen = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    child = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=theirs, stderr=theirs, env={**seen, "TERM": "xterm", **environment}
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # the other end is closed
        pass
    finally:
        os.close(ours)
        assert child.wait() == 0
    return shown.decode()


def test_a_person_sees_marks_in_colour_and_a_bar():
    shown = on_a_terminal()
    assert "\x1b[32m✓\x1b[0m counted" in shown
    assert "\x1b[31m✗\x1b[0m lost" in shown
    assert "Counting" in shown
    assert "3/3" in shown


@pytest.mark.parametrize("wish", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_person_who_wants_none_of_it_gets_plain_lines(wish):
    shown = on_a_terminal(**wish)
    assert "\x1b" not in shown
    assert shown.splitlines() == ["✓ counted", "  ✗ lost", "plain"]


def test_a_pipe_gets_the_answer_alone():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout == "✓ counted\n  ✗ lost\nplain\n"
    assert done.stderr == ""


def test_a_mark_inside_a_line_is_no_mark():
    stream = io.StringIO()
    stream.isatty = lambda: True
    assert terminal.painted("a – b", stream) == "a – b"
