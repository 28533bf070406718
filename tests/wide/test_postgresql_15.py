"""The whole road on Debian's PostgreSQL 15, chosen by DATABASE_URL instead of the embedded server."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

import running
from duecourse.config import supervisor
from whole import Run

pytestmark = pytest.mark.wide
PROGRAMS = Path("/usr/lib/postgresql/15/bin")
WORD = "a-password-of-the-test"


@pytest.fixture
def server_15(open_folder):
    """A server of its own on a free port of the loopback address; gives the superuser's URL."""
    if not (PROGRAMS / "postgres").is_file():
        if os.geteuid() != 0:
            pytest.fail("this needs: apt-get install postgresql-15")
        subprocess.run(["apt-get", "install", "-q", "-y", "--no-install-recommends", "postgresql-15"], check=True)
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    folder, port = open_folder(), running.free_port()
    folder.chmod(0o777)
    secret = folder / "word"
    secret.write_text(WORD)
    secret.chmod(0o644)

    def program(name, *arguments):
        subprocess.run([str(PROGRAMS / name), *arguments], check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)

    cluster = str(folder / "cluster")
    program("initdb", "-D", cluster, "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={secret}", "-E", "UTF8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    program("pg_ctl", "-D", cluster, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://postgres:{WORD}@127.0.0.1:{port}/postgres"
    finally:
        program("pg_ctl", "-D", cluster, "-w", "-m", "immediate", "stop")


def test_the_road_is_travelled_and_audited_on_postgresql_15(server_15, open_folder):
    with psycopg.connect(server_15) as connection:
        assert connection.info.server_version // 10_000 == 15
    home = open_folder() / "data"
    run = Run(home, DATABASE_URL=server_15).ready()
    try:
        seen = {**os.environ, "DUECOURSE_HOME": str(home), "DUECOURSE_ENV": "demo", "DATABASE_URL": server_15}
        seen.pop("DUECOURSE_CLOCK", None)
        for command in (["tour"], ["audit", "--rejudge"]):
            done = subprocess.run(
                [sys.executable, "-m", "duecourse.cli", *command], env=seen, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr
        assert not (home / "pg").exists()
    finally:
        run.end()
    assert supervisor.wait_for(lambda: not supervisor.answers(run.public), seconds=20)
