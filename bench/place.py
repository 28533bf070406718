"""An installation to measure in: a database server of its own, every commit synced to disk, in a temporary folder, with
keys, a log, one officer with every certificate, and Django of this process set up on it as the office.

Not here: what is measured, and rows by the hundred thousand (`corpus`).
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import town

if TYPE_CHECKING:
    from collections.abc import Iterator


class Place:
    """Where the installation lies, and how to reach its database as each role."""

    def __init__(self, home: Path, server: Any, database: str) -> None:
        self.home, self.server, self.database = home, server, database

    def url(self, role: str) -> str:
        """The connection url of a role."""
        return str(self.server.url(role, self.database))

    def environment(self) -> dict[str, str]:
        """Of a `duecourse …` process on this installation."""
        return {**os.environ, "DUECOURSE_HOME": str(self.home), "DUECOURSE_DATABASE": self.database}


class _Server(town.Server):
    """The town's server, with the settings of a real installation."""

    def __init__(self, home: Path) -> None:
        from duecourse.edge import postgres

        self.home, self.postgres = home, postgres
        self._embedded = postgres.EmbeddedServer(home)
        self._embedded.start()
        postgres.prepare(self.url(postgres.ADMIN, "postgres"), self._embedded.secrets, database=town.TEMPLATE)


@contextmanager
def installation() -> Iterator[Place]:
    """Make one, and forget it afterwards."""
    home = Path(tempfile.mkdtemp(prefix="duecourse-bench-"))
    home.chmod(0o755)
    town.prepare_environment(home)
    os.environ.pop("DUECOURSE_CLOCK")  # an office has no hand-moved clock to read
    os.environ["DUECOURSE_PUBLICATION_SECONDS"] = "5"
    server = _Server(home)  # before the settings are read: they name its socket
    try:
        import django

        django.setup()
        town.migrate(server)
        place = Place(home, server, server.clone())
        with town.django_on(server, place.database):
            settle()
            yield place
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def settle() -> None:
    """Make the keys that are missing, and name the log."""
    from django.conf import settings

    from duecourse.edge import keys_command
    from duecourse.edge.keys import KeyRing
    from duecourse.office.ledger import system

    keys_command.initialise(KeyRing(settings.DUECOURSE_KEYS), origin=settings.LOG_ORIGIN)
    system.install()
