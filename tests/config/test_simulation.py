"""A made-up town of some days: the same seed makes the same town, every stage is seen, nothing in it looks real, and
the audit finds nothing. Not here: the full town of 8,700 items (tests/wide)."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

import running
import town

pytestmark = pytest.mark.wide
UNTIL, NOON = "2026-06-29", "2026-06-30T12:00:00+08:00"
TOWN = ("simulate", "--held", "--small", "--items", "26", "--days", "72", "--until", UNTIL, "--json", "--seed", "4")
WORDS = """
SELECT convert_from(f.value, 'UTF8')::jsonb #>> '{}' FROM entry_field f JOIN entry e ON e.id = f.entry_id
WHERE e.kind = 'matter' AND f.value IS NOT NULL AND f.name <> 'exhibit_record'
"""
TELEPHONE = re.compile(
    r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-?[1-9]\d{6,7}(?!\d)|(?<!\d)400-?\d{3}-?\d{4}"
)
HOST = re.compile(r"(?:https?://|@)([a-z0-9.-]+)|\b((?:[a-z0-9-]+\.)+[a-z]{2,})\b", re.IGNORECASE)
CARD = re.compile(r"(?<![\w-])\d{15,19}(?![\w-])")


class Made:
    """A town on a database of its own, and what the command said."""

    def __init__(self, server, folder):
        self.database = server.clone()
        self.environment = running._environment(server, folder, self.database, 8000, 8001)
        self.environment["DUECOURSE_CLOCK"] = str(folder / "clock")
        hand = town.HandMovedClock(folder / "clock")
        hand.to(dt.datetime.fromisoformat(NOON))
        running._settle(server, folder, self.environment)
        self.said = json.loads(self.command(*TOWN).splitlines()[-1])

    def command(self, *arguments):
        done = subprocess.run(
            [sys.executable, "-m", "duecourse.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def towns(server, tmp_path_factory):
    folders = [tmp_path_factory.mktemp("town") for _ in range(2)]
    with ThreadPoolExecutor(2) as side_by_side:
        made = list(side_by_side.map(lambda folder: Made(server, folder), folders))
    yield made
    for one in made:
        server.drop(one.database)


@pytest.fixture(scope="module")
def words(server, towns):
    """Everything that was written into the matters of a town."""
    import psycopg

    with psycopg.connect(server.url("duecourse_owner", towns[0].database)) as owner:
        return [text for (text,) in owner.execute(WORDS) if text]


def test_the_same_seed_makes_the_same_town(towns):
    first, second = (made.said for made in towns)
    assert first["digest"] == second["digest"]
    assert first["matters"] == second["matters"]
    assert first["steps"] == second["steps"] > 100


def test_matters_stand_at_many_stages_and_nobody_made_a_mistake(towns):
    said = towns[0].said
    reached = set(said["matters"])
    assert {"report/closed", "report/handling"} <= reached
    assert sum(count for name, count in said["matters"].items() if name.startswith("report/")) == 26
    assert any(name.startswith("lead/") for name in reached), reached
    assert any(name.startswith("penalty-ordinary/") for name in reached), reached
    assert said["mistakes"] == {}


def test_a_case_went_all_the_way_to_a_decision(towns):
    far = {f"penalty-ordinary/{stage}" for stage in ("decided", "served", "closed")}
    assert far & set(towns[0].said["matters"]), towns[0].said["matters"]


def test_nothing_in_it_looks_like_a_real_number_address_or_card(words):
    text = "\n".join(words)
    assert not TELEPHONE.findall(text)
    assert not CARD.findall(text)
    hosts = {(one or other).rstrip(".").lower() for one, other in HOST.findall(text)}
    assert {host for host in hosts if not host.endswith((".example", ".test"))} == set()


def test_hardly_two_reports_say_the_same(words):
    told = [text for text in words if len(text) > 25]
    assert len(set(told)) > 0.5 * len(told)


def test_the_audit_finds_nothing_in_it(towns):
    told = [json.loads(line) for line in towns[0].command("audit", "--rejudge", "--json").splitlines()]
    assert len(told) == 1, told  # the summary alone; every finding is a line of its own


def test_it_makes_no_town_where_there_is_one(towns):
    done = subprocess.run(
        [sys.executable, "-m", "duecourse.cli", *TOWN],
        env=towns[0].environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "--add" in done.stderr


def test_it_makes_no_town_in_production(towns):
    surroundings = {**towns[0].environment, "DUECOURSE_ENV": "production"}
    done = subprocess.run(
        [sys.executable, "-m", "duecourse.cli", *TOWN], env=surroundings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "no place in production" in done.stderr
