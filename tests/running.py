"""The two sites as real processes, with worker, sequencer and publisher, on a database of their own: the same code as
`duecourse run`, on free ports, in a data folder of its own.

Not here: the database server (`town`), the browser (conftest).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import town


@dataclass(frozen=True)
class Sites:
    """Where a running installation is."""

    home: Path
    database: str
    public: str
    office: str
    environment: dict
    supervisor: object

    @property
    def password(self) -> str:
        """Of every demo account."""
        return (self.home / "secrets" / "demo").read_text("ascii").strip()

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        """Run `duecourse …` in this installation's surroundings."""
        from duecourse.config.supervisor import python

        done = subprocess.run(
            python("-m", "duecourse.cli", *arguments), env=self.environment, check=False, capture_output=True, text=True
        )
        if check and done.returncode:
            raise AssertionError(f"duecourse {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
        return done

    def kill(self, name: str) -> None:
        """`kill -9` of one process (public, office, worker, sequencer, publisher) and what it started."""
        os.killpg(self.supervisor.pid(name), 9)

    def revive(self) -> None:
        """Start again what was killed, as `duecourse run` does."""
        from duecourse.config.supervisor import wait_for

        wait_for(lambda: bool(self.supervisor.revive()), seconds=10)
        wait_for(lambda: not self.supervisor.revive() and self.answer(), seconds=60)

    def answer(self) -> bool:
        """Whether both sites answer."""
        from duecourse.config.supervisor import answers

        return all(answers(int(address.rsplit(":", 1)[1])) for address in (self.public, self.office))

    def logs(self) -> str:
        """What all processes wrote."""
        return "\n".join(
            f"== {path.name}\n{path.read_text('utf-8', 'replace')}"
            for path in sorted((self.home / "run").glob("*.log"))
        )


@contextmanager
def sites_on(server: town.Server, home: Path, *, workers: int = 2):
    """Run an installation in `home` on a fresh database; Django of this process works on it too."""
    from django.test import override_settings

    from duecourse.config import run
    from duecourse.config.supervisor import Supervisor, wait_for

    database = server.clone()
    public_port, office_port = free_port(), free_port()
    environment = _environment(server, home, database, public_port, office_port)
    _settle(server, home, environment)
    wanted = run.processes(environment, public_port=public_port, office_port=office_port, workers=workers)
    places = {
        "DUECOURSE_HOME": home,
        "DUECOURSE_KEYS": home / "keys",
        "DUECOURSE_OBJECTS": home / "objects",
        "DUECOURSE_SEALED": home / "sealed",
        "DUECOURSE_PUBLISHED": home / "published",
    }
    try:
        with (
            override_settings(**places),
            town.django_on(server, database),
            Supervisor(wanted, home / "run") as supervisor,
        ):
            public, office = environment["DUECOURSE_PUBLIC_URL"], environment["DUECOURSE_OFFICE_URL"]
            running = Sites(home, database, public, office, environment, supervisor)
            if not wait_for(running.answer, seconds=90):
                raise AssertionError(f"the sites do not answer:\n{running.logs()}")
            yield running
    finally:
        server.drop(database)


def free_port() -> int:
    """A port of the loopback address that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment(server: town.Server, home: Path, database: str, public_port: int, office_port: int) -> dict:
    host = server.url("postgres", database).partition("@")[2]
    return {
        **os.environ,
        "DUECOURSE_HOME": str(home),
        "DUECOURSE_ENV": "test",
        "DATABASE_URL": f"postgresql://{host}",
        "DUECOURSE_DATABASE": database,
        "DUECOURSE_PUBLIC_URL": f"http://127.0.0.1:{public_port}",
        "DUECOURSE_OFFICE_URL": f"http://127.0.0.1:{office_port}",
        "DUECOURSE_PUBLICATION_SECONDS": "1",
        "DUECOURSE_SEQUENCER_SECONDS": "0.1",
        "PYTHONUNBUFFERED": "1",
    }


def _settle(server: town.Server, home: Path, environment: dict) -> None:
    """Keys, name, rulebook, demo accounts: what `duecourse run` does before the sites open."""
    from duecourse.config.supervisor import python
    from duecourse.edge import keys_command
    from duecourse.edge.keys import KeyRing

    shutil.copytree(server.home / "secrets", home / "secrets", dirs_exist_ok=True)
    keys_command.initialise(KeyRing(home / "keys"), origin="duecourse.example/demo")
    done = subprocess.run(
        python("-m", "duecourse.config.installation"), env=environment, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise AssertionError(f"the installation could not be set up:\n{done.stdout}{done.stderr}")
