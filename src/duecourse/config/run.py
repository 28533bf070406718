"""`duecourse run`: everything on one machine, and all of it ends with Ctrl-C.

Order: hold the data folder; database server, roles, tables; keys; the installation's name, rulebook and demo accounts;
then the two sites, the worker, the sequencer and the publisher, each a process under the supervisor. Whatever ends by
itself is started again, the database server too. A second run goes on with the same data.

Not here: what any of them does; a production layout of several machines (docs/running/server.md).
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from duecourse.config import home, migrate, supervisor
from duecourse.config.supervisor import Process, Supervisor, python
from duecourse.edge import keys_command, postgres
from duecourse.edge.keys import KeyRing

PUBLIC_PORT: Final = 8000
OFFICE_PORT: Final = 8001
NO_TOWN: Final = "none"
_READY_SECONDS: Final = 60
_WATCH_SECONDS: Final = 1.0


class CannotRun(Exception):  # noqa: N818 - what happened
    """Something stands in the way; the text says what, and what to do."""


class _Stop(BaseException):
    """Ctrl-C or SIGTERM came."""


def main(arguments: Sequence[str]) -> int:
    """Run until Ctrl-C or SIGTERM; returns the exit status."""
    asked = parser().parse_args(list(arguments))
    _prepare_environment(asked)
    for way in (signal.SIGTERM, signal.SIGINT):
        signal.signal(way, _stop)
    try:
        with supervisor.alone(home.folder()):
            _run(asked)
    except _Stop:
        return 0
    except (CannotRun, supervisor.AlreadyRunning, postgres.ServerFailed) as refused:
        print(f"duecourse run: {refused}", file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    return 0


def processes(environment: dict[str, str], *, public_port: int, office_port: int, workers: int = 2) -> list[Process]:
    """Every process of an installation on one machine; `environment` is what they all see."""
    command = python("-m", "duecourse.cli")
    return [
        Process("public", _site("public", public_port, workers=workers), environment),
        Process("office", _site("office", office_port, workers=1), environment),
        Process("worker", [*command, "worker"], environment),
        Process("sequencer", [*command, "sequencer"], environment),
        Process("publisher", [*command, "publish"], environment),
    ]


def environment_of_children() -> dict[str, str]:
    """What the children see: this environment, without the password of the server's superuser."""
    seen = {**os.environ, "PYTHONUNBUFFERED": "1"}
    if seen.get("DATABASE_URL"):
        parts = urlsplit(seen["DATABASE_URL"])
        host, query = parts.netloc.rpartition("@")[2], f"?{parts.query}" if parts.query else ""
        seen["DATABASE_URL"] = f"{parts.scheme}://{host}{parts.path}{query}"
    return seen


def prepare(server: postgres.EmbeddedServer | None) -> None:
    """Database, keys, name, rulebook, demo accounts. Raises ServerFailed or CannotRun."""
    migrate.prepare_server(server)
    keys_command.initialise(KeyRing(home.folder() / "keys"), origin=home.read("DUECOURSE_LOG_ORIGIN"))
    for site in ("public", "office"):
        home.site_secret(site)
    seen = environment_of_children()
    for step in (("duecourse.cli", "migrate", "--tables"), ("duecourse.config.installation",)):
        done = subprocess.run(python("-m", *step), env=seen, check=False, capture_output=True, text=True)
        if done.returncode:
            raise CannotRun(f"{' '.join(step)} failed:\n{done.stdout}{done.stderr}")


def _run(asked: argparse.Namespace) -> None:
    for port, option in ((asked.public_port, "--public-port"), (asked.office_port, "--office-port")):
        if not supervisor.port_is_free(port):
            raise CannotRun(f"port {port} is taken; choose another with {option} (make run ARGS='{option} 9000')")
    _say("Setting up in", str(home.folder()))
    server = None if home.read("DATABASE_URL") else postgres.EmbeddedServer(home.folder())
    try:
        if server:
            server.start()
        first = not (home.secrets_folder() / "demo").is_file()
        born = _birthday(asked.town) if first else None
        with _clock_at(born):
            prepare(server)
        if first:
            _settle_town(asked.town)
        elif asked.town == "full":
            _say("This installation stands already; a full town is made at the first run (make clean-data forgets it).")
        wanted = processes(
            environment_of_children(),
            public_port=asked.public_port,
            office_port=asked.office_port,
            workers=asked.public_workers,
        )
        with Supervisor(wanted, home.folder() / "run") as running:
            _wait(running, asked)
            _welcome()
            _watch(running, server)
    finally:
        if server:
            server.stop()


def _birthday(town: str) -> dt.datetime | None:
    """When an installation with a made-up town was set up: the day before the town's first; None without a town."""
    if town == NO_TOWN or home.environment() == "production":
        return None
    from duecourse.config.simulation import habits

    days = habits.SMALL_DAYS if town == "small" else habits.DAYS
    return dt.datetime.now(dt.UTC) - dt.timedelta(days=days)


@contextlib.contextmanager
def _clock_at(moment: dt.datetime | None) -> Iterator[None]:
    """Give the processes started in this block a clock that stands at `moment`; None changes nothing."""
    if moment is None:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="duecourse-clock-") as folder:
        file, before = Path(folder) / "clock", os.environ.get("DUECOURSE_CLOCK")
        file.write_text(str((moment - dt.datetime.now(dt.UTC)).total_seconds()), "ascii")
        os.environ["DUECOURSE_CLOCK"] = str(file)
        try:
            yield
        finally:
            os.environ.pop("DUECOURSE_CLOCK")
            os.environ |= {} if before is None else {"DUECOURSE_CLOCK": before}


def _settle_town(town: str) -> None:
    """Make a demo's town before anybody looks. A town that cannot be made keeps nothing else from running."""
    if town == NO_TOWN or home.environment() == "production":
        return
    _say(f"Making a {town} town of days gone by …")
    size = ["--small"] if town == "small" else []
    made = subprocess.run(
        python("-m", "duecourse.cli", "simulate", "--held", "--hurry", *size),
        env=environment_of_children(),
        check=False,
    )
    if made.returncode:
        _say("The town was not finished; what is there is whole. See above.")


def _wait(running: Supervisor, asked: argparse.Namespace) -> None:
    def ready() -> bool:
        died = running.revive()
        if died:
            raise CannotRun(f"{', '.join(died)} ended at once; see {home.folder() / 'run'}/{died[0]}.log")
        return supervisor.answers(asked.public_port) and supervisor.answers(asked.office_port)

    if not supervisor.wait_for(ready, seconds=_READY_SECONDS):
        raise CannotRun(f"the sites do not answer; see the logs in {home.folder() / 'run'}")


def _watch(running: Supervisor, server: postgres.EmbeddedServer | None) -> None:
    while True:
        time.sleep(_WATCH_SECONDS)
        if server and not server.running():
            _say("The database server ended; starting it again.")
            server.start()
        for name in running.revive():
            _say(f"{name} ended; starting it again. See {home.folder() / 'run' / name}.log")


def _welcome() -> None:
    public, office = home.read("DUECOURSE_PUBLIC_URL"), home.read("DUECOURSE_OFFICE_URL")
    _say(f"Public site 公众网站   {public}", f"Office site 办公网站   {office}", sep="\n")
    word = home.secrets_folder() / "demo"
    if home.environment() != "production" and word.is_file():
        accounts = subprocess.run(
            python("-m", "duecourse.cli", "town", "list"),
            env=environment_of_children(),
            check=True,
            capture_output=True,
            text=True,
        )
        _say(f"Demo accounts 演示账号 (password 密码: {word.read_text('ascii').strip()})", accounts.stdout, sep="\n")
    _say("Ready. Ctrl-C stops everything.")


def _site(name: str, port: int, *, workers: int) -> list[str]:
    return python(
        *("-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", "4", "--respawn-failed-workers", "--no-access-log"),
        *("--workers-kill-timeout", "5", "--log-level", "warning"),
        f"duecourse.config.wsgi_{name}:application",
    )


def _prepare_environment(asked: argparse.Namespace) -> None:
    """Choices of the command line become the environment of every process."""
    folder = home.folder()
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / "environment"
    if not os.environ.get("DUECOURSE_ENV") and not marker.is_file():
        marker.write_text("demo\n")
    os.environ["DUECOURSE_HOME"] = str(folder)
    os.environ["DUECOURSE_ENV"] = home.environment()
    for name, port in (("PUBLIC", asked.public_port), ("OFFICE", asked.office_port)):
        if not home.laid_down(f"DUECOURSE_{name}_URL"):
            os.environ.setdefault(f"DUECOURSE_{name}_URL", f"http://127.0.0.1:{port}")
    _remember(folder)


def _remember(folder: Path) -> None:
    """Other commands (the tour) find the sites where they are."""
    names = ("DUECOURSE_PUBLIC_URL", "DUECOURSE_OFFICE_URL")
    (folder / "addresses").write_text("".join(f"{name}={home.read(name)}\n" for name in names))


def _stop(_signal: int, _frame: object) -> None:
    """The first time it ends the run; after that the run is ending already and must not be cut short."""
    for way in (signal.SIGTERM, signal.SIGINT):
        signal.signal(way, signal.SIG_IGN)
    raise _Stop


def _say(*words: str, sep: str = " ") -> None:
    print(*words, sep=sep, flush=True)  # noqa: T201 - a command speaks


def parser() -> argparse.ArgumentParser:
    """What may be written after `duecourse run`."""
    parser = argparse.ArgumentParser(prog="duecourse run", description="Everything on one machine.")
    parser.add_argument("--public-port", type=int, default=PUBLIC_PORT, help=f"default {PUBLIC_PORT}")
    parser.add_argument("--office-port", type=int, default=OFFICE_PORT, help=f"default {OFFICE_PORT}")
    parser.add_argument("--public-workers", type=int, default=2, help="processes of the public site, default 2")
    parser.add_argument(
        "--town",
        choices=(NO_TOWN, "small", "full"),
        default=NO_TOWN,
        help="a demo's first run: make an invented town (`duecourse simulate`) before the sites open; default none",
    )
    return parser
