"""No report is lost and none is doubled, whatever dies while people report. Wide: a whole `duecourse run` of its own,
whose public site, worker, sequencer, publisher and database server are killed with `kill -9` half-way.
"""

from __future__ import annotations

import psycopg
import pytest

import crowd
from duecourse.config.supervisor import wait_for
from duecourse.edge import postgres
from whole import Run

pytestmark = pytest.mark.wide

VICTIMS = ("public", "worker", "sequencer", "database", "publisher", "public", "database")


@pytest.fixture(scope="module")
def run(open_folder):
    home = open_folder() / "data"
    run = Run(home, DUECOURSE_SEQUENCER_SECONDS="0.1", DUECOURSE_PUBLICATION_SECONDS="1").ready()
    yield run
    try:
        run.end()
    finally:
        postgres.EmbeddedServer(home).forget()


@pytest.fixture
def owner(run):
    """A fresh connection as owner, at each call: the last one may have died with its server."""
    return lambda: psycopg.connect(postgres.EmbeddedServer(run.home).url(postgres.OWNER), autocommit=True)


def kill_and_see_it_come_back(run, victim):
    before = run.children()
    run.kill(victim)
    if victim == "database":
        assert wait_for(lambda: "The database server ended" in run.said()[len(run.heard) :], seconds=30)
        run.heard = run.said()
    else:
        assert wait_for(lambda: run.children().get(victim, before[victim]) != before[victim], seconds=30), run.said()
    assert wait_for(run.whole, seconds=90), run.said()


@pytest.mark.parametrize(("people", "each"), [(1, 40), (8, 30), (64, 12)])
def test_every_receipt_is_one_report_though_everything_is_killed_half_way(run, owner, people, each):
    crowding = crowd.Crowd(f"http://127.0.0.1:{run.public}", people, each, name=f"crowd of {people}")
    run.heard = run.said()
    crowding.start()
    for place, victim in enumerate(VICTIMS, start=1):
        crowding.wait_until(place / (len(VICTIMS) + 1))
        kill_and_see_it_come_back(run, victim)
    crowding.join()
    assert sum(report.sent for report in crowding.reports) > len(crowding.reports), "nobody had to send twice"

    def at_rest():
        with owner() as connection:
            return crowd.come_to_rest(connection)

    assert wait_for(at_rest, seconds=300, pause=0.5), run.said()
    with owner() as connection:
        crowd.everything_is_there_once(crowding, connection)
    for report in crowding.reports:
        assert report.text in crowd.come_back(crowding.address, report)
    audit = run.command("audit")
    assert audit.returncode == 0, audit.stdout + audit.stderr
