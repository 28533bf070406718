"""Each durable step is broken once by SIGKILL; then the whole log is verified again and goes on."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest

POINTS = {
    "before the queue is taken": ("duecourse.office.ledger.sequencer", "_take", 2, "before"),
    "after positions, before tiles": ("duecourse.office.ledger.tree", "write", 2, "before"),
    "after tiles, before the checkpoint": ("duecourse.office.ledger.tree", "write", 2, "after"),
    "after the checkpoint, before the commit": ("duecourse.office.ledger.sequencer", "_sign", 2, "after"),
    "after the commit, before it is remembered": ("duecourse.office.ledger.memory", "remember", 2, "before"),
    "after it is remembered": ("duecourse.office.ledger.memory", "remember", 2, "after"),
}
PUBLISHING = {
    "after padding and signing": ("duecourse.office.ledger.memory", "begin", 1, "before"),
    "before the tiles are written": ("duecourse.office.ledger.export", "write_tiles", 1, "before"),
    "between two files": ("duecourse.office.ledger.export", "_place", 2, "after"),
    "after the tiles, before the checkpoint file": (
        "duecourse.office.ledger.export", "replace_checkpoint", 1, "before",
    ),
    "after the checkpoint file, before the database knows": (
        "duecourse.office.ledger.export", "replace_checkpoint", 1, "after",
    ),
    "before the old partial files go": ("duecourse.office.ledger.export", "drop_partial", 1, "before"),
}  # fmt: skip


def killed(process):
    _, error = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, error


@pytest.mark.wide
@pytest.mark.parametrize("point", POINTS)
def test_a_sequencer_killed(log, point):
    from duecourse.office.ledger import sql

    log.write(120)
    killed(log.run("sequence", kill=POINTS[point], limit=50))
    assert log.codes() <= set(), point
    while log.number():
        pass
    assert sql.rows("SELECT count(*), max(number) + 1 FROM position") == [(120, 120)]
    assert log.codes() == set()


@pytest.mark.wide
@pytest.mark.parametrize("point", PUBLISHING)
def test_a_publication_killed(log, point):
    log.write(200)
    log.publish()
    log.write(70)
    killed(log.run("publish", kill=PUBLISHING[point]))
    assert log.codes() == set(), point
    log.write(5)
    log.publish()
    assert log.codes() == set()
    assert int(log.checkpoint().split("\n")[1]) >= 384


def test_eight_writers_and_a_sequencer_killed_half_way(log):
    from duecourse.office.ledger import sql

    writers = [log.run("append", count=25, threads=4) for _ in range(2)]
    first = log.run("loop", publication_seconds=0.2)
    assert first.stdout.readline() == "started\n"
    wait_for(lambda: sql.rows("SELECT count(*) FROM position WHERE kind = 'entry'")[0][0] > 20)
    first.kill()
    first.communicate()
    second = log.run("loop", publication_seconds=0.2)
    for writer in writers:
        _, error = writer.communicate(timeout=120)
        assert writer.returncode == 0, error
    wait_for(lambda: sql.rows("SELECT count(*) FROM position WHERE kind = 'entry'")[0][0] == 200)
    second.terminate()
    second.communicate(timeout=30)
    assert log.codes() == set()


def test_of_two_sequencers_the_second_takes_over_when_the_first_dies(log):
    from duecourse.office.ledger import sql

    first = log.run("loop")
    assert first.stdout.readline() == "started\n"
    log.write()
    wait_for(lambda: not sql.rows("SELECT entry_id FROM unnumbered"))
    second = log.run("loop")
    assert second.stdout.readline() == "started\n"
    first.kill()
    first.communicate()
    log.write(3)
    wait_for(lambda: not sql.rows("SELECT entry_id FROM unnumbered"))
    second.terminate()
    _, error = second.communicate(timeout=30)
    assert second.returncode == 0, error
    assert log.codes() == set()


def test_the_sequencer_lives_through_a_connection_that_is_cut(log, admin_connection):
    from duecourse.office.ledger import sql

    one = log.run("loop")
    assert one.stdout.readline() == "started\n"
    log.write()
    wait_for(lambda: not sql.rows("SELECT entry_id FROM unnumbered"))
    admin_connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid() "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    log.write()
    wait_for(lambda: not sql.rows("SELECT entry_id FROM unnumbered"))
    one.terminate()
    assert one.wait(timeout=30) == 0
    one.communicate()
    assert log.codes() == set()


def wait_for(condition):
    give_up = time.monotonic() + 60
    while not condition():
        if time.monotonic() > give_up:
            raise subprocess.TimeoutExpired("condition", 60)
        time.sleep(0.05)
