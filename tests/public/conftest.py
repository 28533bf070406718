"""Fixtures of the public site: a visitor, and a look into the database behind it."""

import sys
from pathlib import Path

import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from browsing import Visitor


@pytest.fixture
def visitor(sites):
    """A visitor of the public site who reads English."""
    return Visitor(sites.public)


@pytest.fixture
def visitors(sites):
    """Make further visitors."""
    return lambda **choices: Visitor(sites.public, **choices)


@pytest.fixture
def stored(sites):
    """Ask the installation's database, as its owner."""

    from duecourse.edge import postgres

    url = postgres.role_url(
        sites.environment["DATABASE_URL"], sites.home / "secrets", postgres.OWNER, database=sites.database
    )
    with psycopg.connect(url, autocommit=True) as connection:
        yield lambda query, *params: connection.execute(query, params).fetchall()
