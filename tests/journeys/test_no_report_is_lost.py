"""People report while web, worker and sequencer are killed: each receipt is one report. (The database server too, and
more people: tests/wide/test_no_report_is_lost_under_kills.py.)
"""

import psycopg
import pytest

import crowd
from duecourse.config.supervisor import wait_for
from duecourse.edge import ids


@pytest.fixture
def owner_of_sites(server, sites):
    with psycopg.connect(server.url("duecourse_owner", sites.database), autocommit=True) as connection:
        yield connection


def test_every_receipt_is_one_report_though_web_worker_and_sequencer_are_killed_half_way(sites, owner_of_sites):
    crowding = crowd.Crowd(sites.public, 6, 5)
    crowding.start()
    crowding.wait_until(1 / 3)
    for victim in ("public", "worker", "sequencer"):
        sites.kill(victim)
    sites.revive()
    crowding.join()
    assert wait_for(lambda: crowd.come_to_rest(owner_of_sites), seconds=60, pause=0.2), sites.logs()
    crowd.everything_is_there_once(crowding, owner_of_sites)
    for report in crowding.reports[::5]:
        assert report.text in crowd.come_back(sites.public, report)
    sites.command("audit")

    crowding.each = 6
    crowding.reports += [crowd.Report("never stored", ids.code(), receipt="claimed") for _ in range(6)]
    with pytest.raises(AssertionError, match="a report with a receipt is not stored"):
        crowd.everything_is_there_once(crowding, owner_of_sites)
