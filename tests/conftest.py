"""Fixtures that every test may ask for. A test that asks for none of them touches no database and no Django."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import running
import town

_CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_HOME = Path(tempfile.mkdtemp(prefix="duecourse-test-"))
_HOME.chmod(0o755)
town.prepare_environment(_HOME)


def pytest_configure():
    """A session that is told to end takes its server and sites with it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_unconfigure():
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def home() -> Path:
    """The data folder of the session."""
    return _HOME


@pytest.fixture(scope="session")
def open_folder():
    """Make folders that any system user may walk through: pytest closes its own, PostgreSQL runs as another user."""
    made = []

    def make() -> Path:
        made.append(Path(tempfile.mkdtemp(prefix="duecourse-open-")))
        made[-1].chmod(0o755)
        return made[-1]

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(home):
    """The session's database server, its template migrated."""
    import django

    started = town.Server(home)
    try:
        django.setup()
        from django.conf import settings
        from django.db import connections

        from duecourse.config import home as surroundings

        settings.DATABASES["default"].update(surroundings.django_database("duecourse_office"), CONN_MAX_AGE=0)
        connections["default"].settings_dict.update(settings.DATABASES["default"])
        town.migrate(started)
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="session")
def django_ready():
    """Django set up without a database: for templates, forms, settings."""
    import django

    django.setup()


def _database(server):
    name = server.clone()
    try:
        with town.django_on(server, name):
            yield name
    finally:
        server.drop(name)


@pytest.fixture
def database(server):
    """A fresh database; Django works on it as the office role. Gives its name."""
    yield from _database(server)


@pytest.fixture(scope="module")
def module_database(server):
    """The same, shared by the tests of one module."""
    yield from _database(server)


def _connection(server, database, role):
    with psycopg.connect(server.url(role, database), autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner_connection(server, database):
    """A connection as the owner of the tables."""
    yield from _connection(server, database, "duecourse_owner")


@pytest.fixture
def office_connection(server, database):
    """A connection as the office role, apart from Django's."""
    yield from _connection(server, database, "duecourse_office")


@pytest.fixture
def public_connection(server, database):
    """A connection as the public site's role."""
    yield from _connection(server, database, "duecourse_public")


@pytest.fixture
def admin_connection(server, database):
    """A connection as superuser, for tampering."""
    yield from _connection(server, database, "postgres")


@pytest.fixture
def clock():
    """The hand-moved clock of this process and of the sites it starts."""
    hand = town.HandMovedClock(Path(os.environ["DUECOURSE_CLOCK"]))
    yield hand
    hand.set(0)


@pytest.fixture(scope="module")
def sites(server, tmp_path_factory):
    """Both sites, worker, sequencer and publisher as real processes on a database of their own, for one module."""
    with running.sites_on(server, tmp_path_factory.mktemp("installation")) as here:
        yield here


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Give a page of a fresh visitor (own cookies): `visit()`, or `visit(java_script_enabled=False)` and the like."""
    contexts = []

    def arrive(**options):
        context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **options)
        contexts.append(context)
        return context.new_page()

    yield arrive
    for context in contexts:
        context.close()
