"""`duecourse run` as a person starts it: a process of its own with everything under it, in its own data folder.

Not here: the same parts on the session's database server (`running`).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from duecourse.config import supervisor
from duecourse.edge import postgres
from running import free_port

PARTS = {
    "public": "duecourse.config.wsgi_public:application",
    "office": "duecourse.config.wsgi_office:application",
    "worker": "worker",
    "sequencer": "sequencer",
    "publisher": "publish",
}


class Run:
    """One `duecourse run` in a terminal of its own."""

    def __init__(self, home, *, public=None, office=None, **surroundings):
        self.home, self.public, self.office = home, public or free_port(), office or free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DUECOURSE_", "DATABASE_"))}
        self.environment = {**kept, "DUECOURSE_HOME": str(home), **surroundings}
        self.output = home.parent / f"said-{self.public}"
        command = ["run", "--public-port", str(self.public), "--office-port", str(self.office)]
        with self.output.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "duecourse.cli", *command],
                env=self.environment,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def said(self):
        return self.output.read_text("utf-8")

    def ready(self):
        assert supervisor.wait_for(
            lambda: "Ready." in self.said() or self.process.poll() is not None, seconds=120, pause=0.3
        )
        assert "Ready." in self.said(), self.said()
        return self

    def children(self):
        """The processes that it started, by name."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid:
                    words = (place / "cmdline").read_bytes().decode().split("\0")
                    found[next((name for name in PARTS if PARTS[name] in words), "?")] = int(place.name)
        return found

    def kill(self, name):
        """`kill -9` of one part (with what it started), or of the database's postmaster."""
        if name == "database":
            server = postgres.EmbeddedServer(self.home)
            os.kill(int((server.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        else:
            os.killpg(self.children()[name], signal.SIGKILL)

    def whole(self):
        """Whether every part runs, the database too, and both sites answer."""
        return (
            self.children().keys() >= PARTS.keys()
            and postgres.EmbeddedServer(self.home).running()
            and supervisor.answers(self.public)
            and supervisor.answers(self.office)
        )

    def command(self, *arguments):
        """Run `duecourse …` in this installation."""
        return subprocess.run(
            [sys.executable, "-m", "duecourse.cli", *arguments],
            env=self.environment, check=False, capture_output=True, text=True,
        )  # fmt: skip

    def end(self, how=signal.SIGINT):
        self.process.send_signal(how)
        return self.process.wait(60)


def processes_of(home):
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if f"DUECOURSE_HOME={home}".encode() in (place / "environ").read_bytes().split(b"\0"):
                found.append((place / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found
