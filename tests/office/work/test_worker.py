"""The worker, killed half-way. Wide: it takes as long as a heartbeat takes to be missed."""

import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.wide

# A job that says when it begins, and the first time never ends. It is registered in the worker's process alone.
WORKER = """
import os, sys, time
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_office"
import django
django.setup()
from procrastinate.contrib.django import app

@app.task(name="test.slow", queue="slow")
def slow(*, place):
    begun = Path(place)
    first = not begun.exists()
    with begun.open("a") as said:
        said.write("begun\\n")
    if first:
        time.sleep(600)
    with begun.open("a") as said:
        said.write("done\\n")

from duecourse.office import work
sys.exit(work.main([]))
"""


@pytest.fixture
def surroundings(server, database, home):
    host = server.url("postgres", database).partition("@")[2]
    return {**os.environ, "DATABASE_URL": f"postgresql://{host}", "DUECOURSE_DATABASE": database}


def start(surroundings):
    return subprocess.Popen([sys.executable, "-c", WORKER], env=surroundings, stderr=subprocess.DEVNULL)


def test_a_job_whose_worker_was_killed_is_run_again(surroundings, office_connection, tmp_path):
    from procrastinate.contrib.django import app

    from duecourse.config.supervisor import wait_for

    place = tmp_path / "place"
    app.configure_task("test.slow", queue="slow").defer(place=str(place))
    first = start(surroundings)
    assert wait_for(place.exists, seconds=60)
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = start(surroundings)
    try:
        assert wait_for(lambda: place.read_text() == "begun\nbegun\ndone\n", seconds=120, pause=0.5)
        left = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'test.slow'"
        assert wait_for(lambda: office_connection.execute(left).fetchone() == (0,), seconds=30)
    finally:
        second.terminate()
        second.wait()


def test_enqueuing_commits_with_the_step_or_not_at_all(database, office_connection):
    from django.db import transaction
    from procrastinate.contrib.django import app

    count = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'test.slow'"
    with transaction.atomic():
        app.configure_task("test.slow", queue="slow").defer(place="nowhere")
        transaction.set_rollback(True)
    assert office_connection.execute(count).fetchone() == (0,)
    with transaction.atomic():
        app.configure_task("test.slow", queue="slow").defer(place="nowhere")
    assert office_connection.execute(count).fetchone() == (1,)


def test_a_periodic_job_that_waits_already_does_not_keep_its_stalled_twin(surroundings, office_connection, tmp_path):
    """Two runs of one queueing lock: the stalled one cannot be queued beside the waiting one, so it ends."""
    from procrastinate.contrib.django import app

    from duecourse.config.supervisor import wait_for

    app.configure_task("test.slow", queue="nobody", queueing_lock="one").defer(place=str(tmp_path / "x"))
    office_connection.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE queueing_lock = 'one'")
    tomorrow = {"days": 1}
    app.configure_task("test.slow", queue="nobody", queueing_lock="one", schedule_in=tomorrow).defer(place="second")
    worker = start(surroundings)
    try:
        states = "SELECT status::text, args->>'place' FROM procrastinate_jobs WHERE queueing_lock = 'one' ORDER BY id"
        assert wait_for(
            lambda: office_connection.execute(states).fetchall()[0][0] in {"aborted", "failed"}, seconds=90, pause=0.5
        )
    finally:
        worker.terminate()
        worker.wait()
