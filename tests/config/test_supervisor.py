"""The supervisor with small real processes."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from duecourse.config import supervisor
from duecourse.config.supervisor import Process, Supervisor

SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"
WITH_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


def process(name, code):
    return Process(name, [sys.executable, "-c", code], dict(os.environ))


def alive(pid):
    """A zombie is dead: nobody but its parent remembers it."""
    try:
        return " Z" not in Path(f"/proc/{pid}/stat").read_text().partition(")")[2][:3]
    except FileNotFoundError:
        return False


def gone(pid):
    return supervisor.wait_for(lambda: not alive(pid), seconds=20)


def said(folder, name):
    path = folder / f"{name}.log"
    assert supervisor.wait_for(lambda: path.is_file() and path.read_text().endswith("\n"), seconds=20)
    return path.read_text().split()[-1]


def test_leaving_ends_every_process_and_what_it_started(tmp_path):
    with Supervisor([process("one", SLEEPER), process("two", WITH_CHILD)], tmp_path) as running:
        pids = [running.pid("one"), running.pid("two"), int(said(tmp_path, "two"))]
        assert all(alive(pid) for pid in pids)
    assert all(gone(pid) for pid in pids)


def test_a_process_that_does_not_listen_is_ended_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "_GRACE_SECONDS", 0.5)
    with Supervisor([process("one", STUBBORN)], tmp_path) as running:
        pid = running.pid("one")
        said(tmp_path, "one")
    assert gone(pid)


def test_a_killed_process_is_started_again_and_its_children_are_not_left_behind(tmp_path):
    with Supervisor([process("one", WITH_CHILD)], tmp_path) as running:
        first, child = running.pid("one"), int(said(tmp_path, "one"))
        os.kill(first, signal.SIGKILL)
        assert supervisor.wait_for(lambda: running.revive() == ["one"], seconds=20)
        assert gone(child)
        assert supervisor.wait_for(lambda: not running.revive() and running.pid("one") != first, seconds=20)
        assert alive(running.pid("one"))


@pytest.mark.skipif(sys.platform != "linux", reason="the parent's death is told by Linux")
def test_when_the_supervisor_is_killed_its_processes_do_not_survive(tmp_path):
    code = textwrap.dedent(f"""
        import os, sys, time
        from pathlib import Path
        from duecourse.config.supervisor import Process, Supervisor
        one = Process("one", [sys.executable, "-c", {SLEEPER!r}], dict(os.environ))
        with Supervisor([one], Path({str(tmp_path)!r})) as running:
            print(running.pid("one"), flush=True)
            time.sleep(600)
    """)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        said(tmp_path, "one")
        parent.kill()
    assert gone(pid)


def test_only_one_may_hold_a_data_folder(tmp_path):
    with supervisor.alone(tmp_path):
        code = f"""
import sys
from pathlib import Path
from duecourse.config import supervisor
try:
    with supervisor.alone(Path({str(tmp_path)!r})):
        sys.exit(0)
except supervisor.AlreadyRunning:
    sys.exit(7)
"""
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 7


def test_a_taken_port_is_noticed():
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        assert not supervisor.port_is_free(port)
    assert supervisor.port_is_free(port)
