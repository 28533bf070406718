"""`duecourse simulate`: arguments in, a town made, a summary out.

    duecourse simulate [--days 90] [--seed S] [--items 8700] [--small] [--until DAY] [--add] [--hurry] [--json]

Refused in production, in a data folder that `duecourse run` holds, and where there are matters already unless `--add`.
It sets up what is missing (database, keys, accounts), on the day before the first one simulated. Exit status 1 when it
was refused or something in it failed.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from duecourse import terminal
from duecourse.config import home, run, supervisor
from duecourse.config.simulation import habits
from duecourse.edge import clock, postgres

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duecourse.config.simulation.days import Town
    from duecourse.config.simulation.plan import Days

SEED: Final = "1"
HURRY: Final = (
    "Commits are not waited for on the disk while the town is made (synchronous_commit = off, --hurry): a crash of the "
    "machine could lose the last moments of it. Nothing else is different, and it ends with the command."
)


class NotHere(Exception):  # noqa: N818 - what stands in the way
    """A town may not be made here; the text says why and what to do."""


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit status."""
    asked = _parser().parse_args(list(arguments))
    try:
        said = simulate(asked)
    except (NotHere, run.CannotRun, supervisor.AlreadyRunning, postgres.ServerFailed) as refused:
        terminal.say(f"✗ simulate: {refused}", error=True)
        return 1
    except KeyboardInterrupt:
        terminal.say("! simulate: stopped. What is there is whole: the day in play was ended.", error=True)
        return 130
    terminal.say(json.dumps(said, ensure_ascii=False) if asked.json else _summary(said))
    return 0


def simulate(asked: argparse.Namespace) -> dict[str, Any]:
    """Make the town; returns what is in it. Raises NotHere, AlreadyRunning, ServerFailed."""
    _allow()
    if asked.held:
        return _made(asked)
    with supervisor.alone(home.folder()), _server():
        return _made(asked)


def size_of(asked: argparse.Namespace) -> habits.Size:
    """How large the town is to be."""
    items = asked.items or (habits.SMALL_ITEMS if asked.small else habits.ITEMS)
    days = asked.days or (habits.SMALL_DAYS if asked.small else habits.DAYS)
    return habits.Size(items, days, asked.small)


def days_of(size: habits.Size, until: str | None, zone: ZoneInfo) -> Days:
    """The days of the town: the last is today, up to the last full hour, or a day that is over, up to its end."""
    from duecourse.config.simulation.plan import Days

    now = clock.now().astimezone(zone)
    last = dt.date.fromisoformat(until) if until else now.date()
    if last > now.date():
        raise NotHere(f"{last} has not come yet; the last day can be {now.date()}")
    end = now.replace(minute=0, second=0, microsecond=0) if last == now.date() else None
    end = end or dt.datetime.combine(last, dt.time(23, 59, 59), zone)
    return Days(last - dt.timedelta(days=size.days - 1), last, end, zone)


def _allow() -> None:
    folder = home.folder()
    marker = folder / "environment"
    if not os.environ.get("DUECOURSE_ENV") and not marker.is_file() and not (folder / "keys").exists():
        folder.mkdir(parents=True, exist_ok=True)
        marker.write_text("demo\n")
    if home.environment() == "production":
        raise NotHere("a made-up town has no place in production; DUECOURSE_ENV=demo and a data folder of its own")
    os.environ["DUECOURSE_HOME"], os.environ["DUECOURSE_ENV"] = str(folder), home.environment()


@contextlib.contextmanager
def _server() -> Iterator[None]:
    """The embedded database server, for as long as this takes; one that runs already goes on running."""
    server = None if home.read("DATABASE_URL") else postgres.EmbeddedServer(home.folder())
    ran = server is None or server.running()
    if server and not ran:
        server.start()
    try:
        yield
    finally:
        if server and not ran:
            server.stop()


def _made(asked: argparse.Namespace) -> dict[str, Any]:
    began, size = time.monotonic(), size_of(asked)
    zone = ZoneInfo(home.read("DUECOURSE_ZONE"))
    days = days_of(size, asked.until, zone)
    folder = Path(tempfile.mkdtemp(prefix="duecourse-simulate-"))
    before = os.environ.get("DUECOURSE_CLOCK")
    try:
        _prepare(folder, days, held=asked.held)
        town = _planned(asked, size, days, folder)
        if asked.hurry:
            terminal.say(HURRY, error=True)
        with terminal.progress("simulate", len(town.items), lambda: town.done):
            town.play()
        return _told(town, time.monotonic() - began)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop("DUECOURSE_CLOCK", None)
        os.environ |= {} if before is None else {"DUECOURSE_CLOCK": before}


def _prepare(folder: Path, days: Days, *, held: bool) -> None:
    """Move the clock to the day before the first, and set up what an installation needs (`run` has, when it calls)."""
    from duecourse.config.simulation.hand_clock import HandClock

    HandClock(folder).to(dt.datetime.combine(days.first, dt.time(8), days.zone) - dt.timedelta(days=1))
    if not held:
        server = None if home.read("DATABASE_URL") else postgres.EmbeddedServer(home.folder())
        run.prepare(server)
    os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_office"
    import django

    django.setup()


def _planned(asked: argparse.Namespace, size: habits.Size, days: Days, folder: Path) -> Town:
    from django.db import connections

    from duecourse.config.simulation import plan, staff
    from duecourse.config.simulation.days import Town
    from duecourse.office.ledger import sql

    ((there,),) = sql.rows("SELECT (SELECT count(*) FROM matter) + (SELECT count(*) FROM submission)")
    if there and not asked.add:
        raise NotHere(f"there are {there} matters and reports here already; --add puts the town beside them")
    people = staff.settle(days.first, small=asked.small)
    items = plan.items(asked.seed, size, days)
    connections.close_all()
    processes = asked.processes or (1 if asked.small else max(2, os.cpu_count() or 1))
    return Town(asked.seed, size, days, items, people, folder, processes, durable=not asked.hurry)


def _told(town: Town, seconds: float) -> dict[str, Any]:
    from duecourse.config.simulation import digest
    from duecourse.office.ledger import sql

    stages = sql.rows("SELECT procedure, stage, count(*) FROM matter GROUP BY 1, 2 ORDER BY 1, 2")
    said = town.said
    return {
        "seed": town.seed, "first": town.days.first.isoformat(), "last": town.days.last.isoformat(),
        "items": len(town.items), "steps": said["steps"], "seconds": round(seconds, 1), "digest": digest.of_town(),
        "matters": {f"{procedure}/{stage}": count for procedure, stage, count in stages},
        "refused": {name[8:]: count for name, count in sorted(said.items()) if name.startswith("refused ")},
        "mistakes": {name[8:]: count for name, count in sorted(said.items()) if name.startswith("mistake ")},
    }  # fmt: skip


def _summary(said: dict[str, Any]) -> str:
    stages = "\n".join(f"  {name:<40} {count:>6}" for name, count in said["matters"].items())
    refused = sum(said["refused"].values())
    return (
        f"✓ {said['items']} items from {said['first']} to {said['last']}, {said['steps']} steps, {refused} refused, "
        f"in {said['seconds']} s.\n{stages}\nWhat became of them, as one digest (seed {said['seed']}): {said['digest']}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="duecourse simulate", description="A believable town of days gone by.")
    parser.add_argument("--days", type=int, help=f"how many, the last is today (default {habits.DAYS})")
    parser.add_argument("--seed", default=SEED, help="the same seed gives the same town (default 1)")
    parser.add_argument("--items", type=int, help=f"reports that come in (default {habits.ITEMS})")
    parser.add_argument("--small", action="store_true", help=f"{habits.SMALL_ITEMS} items in {habits.SMALL_DAYS} days")
    parser.add_argument("--until", metavar="DAY", help="the last day, YYYY-MM-DD (default today)")
    parser.add_argument("--add", action="store_true", help="beside what is there already")
    parser.add_argument("--processes", type=int, help="officers at work side by side (default: one a core)")
    parser.add_argument("--hurry", action="store_true", help="do not wait for the disk at each commit")
    parser.add_argument("--json", action="store_true", help="the summary as one line of JSON")
    parser.add_argument("--held", action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
