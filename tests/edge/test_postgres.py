import os
import signal
import subprocess
import sys

import psycopg
import pytest

from duecourse.edge import postgres


@pytest.fixture(scope="module")
def running(open_folder):
    home = open_folder()
    server = postgres.EmbeddedServer(home)
    server.start()
    postgres.prepare(server.url(postgres.ADMIN, "postgres"), server.secrets)
    yield server
    server.forget()


def test_each_role_comes_in_with_its_own_password(running):
    for role in postgres.ROLES:
        with psycopg.connect(running.url(role)) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (role,)


def test_nobody_comes_in_without_the_right_password(running):
    wrong = running.url(postgres.OFFICE).replace(postgres.read_password(running.secrets, postgres.OFFICE), "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_the_server_listens_on_no_network_address_and_is_durable(running):
    with psycopg.connect(running.url(postgres.ADMIN, "postgres")) as connection:
        said = [
            connection.execute(f"SHOW {name}").fetchone()[0]
            for name in ("listen_addresses", "fsync", "full_page_writes", "TimeZone", "data_checksums")
        ]
    assert said == ["", "on", "on", "UTC", "on"]


def test_passwords_are_for_the_owner_alone(running):
    assert {path.stat().st_mode & 0o777 for path in running.secrets.iterdir()} == {0o600}


def test_preparing_twice_changes_no_password(running):
    before = {role: postgres.read_password(running.secrets, role) for role in postgres.ROLES}
    postgres.prepare(running.url(postgres.ADMIN, "postgres"), running.secrets)
    assert {role: postgres.read_password(running.secrets, role) for role in postgres.ROLES} == before


@pytest.mark.parametrize("role", [postgres.OFFICE, postgres.PUBLIC])
@pytest.mark.parametrize(
    "attempt", ["CREATE TABLE public.mine (a int)", "CREATE TABLE front.mine (a int)", "CREATE TEMP TABLE mine (a int)"]
)
def test_a_site_cannot_create_anything(running, role, attempt):
    with (
        psycopg.connect(running.url(role)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(attempt)


def test_what_the_owner_makes_is_nobodys_until_it_is_granted(running):
    with psycopg.connect(running.url(postgres.OWNER), autocommit=True) as owner:
        owner.execute("CREATE FUNCTION front.asked() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    with (
        psycopg.connect(running.url(postgres.PUBLIC)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT front.asked()")


def test_a_failed_statement_leaves_no_words_in_the_servers_log(running):
    marker = "a-reporters-words-7291"
    with psycopg.connect(running.url(postgres.OFFICE)) as connection, pytest.raises(psycopg.Error):
        connection.execute(f"SELECT '{marker}'::integer")
    with psycopg.connect(running.url(postgres.ADMIN), autocommit=True) as admin:
        admin.execute("CREATE TABLE marked (word text PRIMARY KEY)")
        admin.execute("INSERT INTO marked VALUES (%s)", [marker])
        with pytest.raises(psycopg.errors.UniqueViolation):
            admin.execute("INSERT INTO marked VALUES (%s)", [marker])
    log = (running.cluster / "server.log").read_text("utf-8")
    assert "ready to accept connections" in log
    assert marker not in log


def test_after_a_kill_of_the_postmaster_it_starts_again_with_every_row(running):
    with psycopg.connect(running.url(postgres.ADMIN), autocommit=True) as admin:
        admin.execute("CREATE TABLE survivors (n int)")
        admin.execute("INSERT INTO survivors SELECT generate_series(1, 500)")
    os.kill(int((running.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    running.start()
    with psycopg.connect(running.url(postgres.ADMIN)) as admin:
        assert admin.execute("SELECT count(*) FROM survivors").fetchone() == (500,)


def test_two_processes_may_start_it_at_once(running):
    running.stop()
    assert not running.running()
    start = f"from duecourse.edge.postgres import EmbeddedServer; EmbeddedServer({str(running.home)!r}).start()"
    both = [subprocess.Popen([sys.executable, "-c", start], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate()[1] for process in both] == ["", ""]
    assert running.running()


@pytest.mark.wide
def test_a_deep_folder_still_gets_a_socket(tmp_path):
    home = tmp_path / ("deep" * 12) / ("folder" * 8)
    home.mkdir(parents=True)
    server = postgres.EmbeddedServer(home)
    try:
        server.start()
        assert server.running()
    finally:
        server.forget()


@pytest.mark.wide
@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_in_a_folder_that_the_servers_user_cannot_reach_it_lives_outside(tmp_path):
    home = tmp_path / "closed" / "data"
    home.mkdir(parents=True)
    home.parent.chmod(0o700)
    server = postgres.EmbeddedServer(home)
    try:
        server.start()
        assert server.running()
        assert home not in server.cluster.parents
        assert (home / "pg.location").read_text().strip() == str(server.cluster.parent)
    finally:
        server.forget()
    assert not server.cluster.parent.exists()
    assert not (home / "pg.location").exists()
