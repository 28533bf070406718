"""The simulated town of the tests: one database server for the session, a fresh copy of a migrated database for each
test that asks, and one hand-moved clock.

Not here: the sites as real processes (`tests/running.py`), what people of the town do (the journeys).
"""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from pathlib import Path

import psycopg

TEMPLATE = "duecourse_template"


class Server:
    """One embedded PostgreSQL in a temporary home, not synced to disk, with a template database migrated once."""

    def __init__(self, home: Path) -> None:
        from duecourse.edge import postgres

        self.home = home
        self.postgres = postgres
        self._embedded = postgres.EmbeddedServer(home, settings={"fsync": "off", "max_connections": "200"})
        self._embedded.start()
        postgres.prepare(self.url(postgres.ADMIN, "postgres"), self._embedded.secrets, database=TEMPLATE)

    def url(self, role: str, database: str) -> str:
        return self._embedded.url(role, database)

    def admin(self):
        return psycopg.connect(self.url("postgres", "postgres"), autocommit=True)

    def clone(self, name: str | None = None) -> str:
        """A fresh database with every table and grant; returns its name."""
        name = name or f"town_{uuid.uuid4().hex[:12]}"
        with self.admin() as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy OWNER duecourse_owner")
            admin.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
            admin.execute(f"GRANT CONNECT ON DATABASE {name} TO duecourse_office, duecourse_public")
        return name

    def drop(self, name: str) -> None:
        with self.admin() as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def stop(self) -> None:
        self._embedded.forget()


@contextmanager
def django_on(server: Server, database: str, role: str = "duecourse_office"):
    """Django's default connection points at `database` as `role` inside the block."""
    from django.db import connections

    connections["default"].close()
    before = dict(connections["default"].settings_dict)
    place = {"NAME": database, "USER": role, "PASSWORD": server.postgres.read_password(server.home / "secrets", role)}
    connections["default"].settings_dict.update(place)
    try:
        yield connections["default"]
    finally:
        connections["default"].close()
        connections["default"].settings_dict.update(before)


def migrate(server: Server) -> None:
    """Every migration, once, as the owner, on the template."""
    from django.core.management import call_command

    with django_on(server, TEMPLATE, "duecourse_owner"):
        call_command("migrate", verbosity=0, interactive=False)


class HandMovedClock:
    """The town's clock: it stands where the world's does until somebody moves it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seconds = 0.0
        self.set(0)

    def set(self, seconds: float) -> None:
        self._seconds = seconds
        waiting = self._path.with_suffix(".new")
        waiting.write_text(str(seconds))
        waiting.replace(self._path)

    def forward(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        self.set(self._seconds + days * 86_400 + hours * 3_600 + seconds)

    def to(self, moment) -> None:
        """To this moment (aware), forward or back."""
        from datetime import UTC, datetime

        self.set((moment - datetime.now(UTC)).total_seconds())


def prepare_environment(home: Path) -> None:
    """Before Django is set up: this process is a test, its home a temporary folder."""
    os.environ.update(
        DUECOURSE_HOME=str(home),
        DUECOURSE_ENV="test",
        DUECOURSE_CLOCK=str(home / "clock"),
        DJANGO_ALLOW_ASYNC_UNSAFE="1",
    )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duecourse.config.settings_office")
    os.environ.pop("DATABASE_URL", None)
