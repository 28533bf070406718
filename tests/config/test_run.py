"""`duecourse run` as a person uses it. Wide: each story starts a whole installation."""

import os
import re
import signal
import subprocess
import sys

import psycopg
import pytest

from duecourse.config import supervisor
from duecourse.edge import postgres
from whole import Run, processes_of

pytestmark = pytest.mark.wide


@pytest.fixture
def home(open_folder):
    home = open_folder() / "data"
    yield home
    if home.is_dir():
        postgres.EmbeddedServer(home).forget()


def test_it_tells_addresses_and_accounts_ends_with_ctrl_c_and_goes_on_with_the_same_data(home):
    first = Run(home).ready()
    said = first.said()
    assert f"http://127.0.0.1:{first.public}" in said
    assert f"http://127.0.0.1:{first.office}" in said
    assert re.search(r"^  case-officer-2 ", said, re.MULTILINE)
    word = re.search(r"密码: (\S+)\)", said).group(1)
    with psycopg.connect(postgres.EmbeddedServer(home).url(postgres.OWNER)) as owner:
        entries = owner.execute("SELECT count(*) FROM entry").fetchone()
    assert first.end() == 0
    assert supervisor.wait_for(lambda: processes_of(home) == [], seconds=20), processes_of(home)
    assert not postgres.EmbeddedServer(home).running()

    second = Run(home).ready()
    assert f"密码: {word})" in second.said()
    with psycopg.connect(postgres.EmbeddedServer(home).url(postgres.OWNER)) as owner:
        assert owner.execute("SELECT count(*) FROM entry").fetchone() == entries
    assert second.end(signal.SIGTERM) == 0


def test_a_taken_port_is_named_with_what_to_do(home):
    taken = Run(home).ready()
    try:
        again = Run(home.parent / "other", public=taken.public)
        assert again.process.wait(30) == 1
        assert f"port {taken.public} is taken; choose another with --public-port" in again.said()
        same = Run(home)
        assert same.process.wait(30) == 1
        assert "is at work in" in same.said()
    finally:
        taken.end()


def test_a_killed_database_server_is_started_again_and_the_sites_go_on(home):
    run = Run(home).ready()
    try:
        server = postgres.EmbeddedServer(home)
        os.kill(int((server.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        assert supervisor.wait_for(lambda: "The database server ended" in run.said(), seconds=30)
        assert supervisor.wait_for(server.running, seconds=60)
        assert supervisor.wait_for(
            lambda: supervisor.answers(run.public) and supervisor.answers(run.office), seconds=60
        )
    finally:
        run.end()


def test_when_run_itself_is_killed_nothing_survives_but_the_database_and_the_next_run_takes_it_over(home):
    run = Run(home).ready()
    run.end(signal.SIGKILL)
    sites = ("granian", "duecourse.cli")
    assert supervisor.wait_for(
        lambda: not any(name in command for command in processes_of(home) for name in sites), seconds=30
    ), processes_of(home)
    again = Run(home, public=run.public, office=run.office).ready()
    assert again.end() == 0
    assert not postgres.EmbeddedServer(home).running()


def test_clean_data_forgets_everything_and_refuses_while_it_runs(home):
    run = Run(home).ready()
    forget = [sys.executable, "-m", "duecourse.config.forget"]
    environment = {**os.environ, "DUECOURSE_HOME": str(home)}
    try:
        refused = subprocess.run(forget, env=environment, capture_output=True, text=True, check=False)
        assert refused.returncode == 1
        assert "stop it first" in refused.stderr
    finally:
        run.end()
    cluster = postgres.EmbeddedServer(home).cluster
    assert subprocess.run(forget, env=environment, check=False, capture_output=True).returncode == 0
    assert not home.exists()
    assert not cluster.exists()
