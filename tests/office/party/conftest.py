"""A case with a sealed notice of proposed penalty, and the party as it reads what it was given."""

from __future__ import annotations

import pytest

from party_case import CaseOnTheRoad, Party
from small_office import office

__all__ = ["office"]


@pytest.fixture
def case(office):
    return CaseOnTheRoad(office).noticed()


@pytest.fixture
def party():
    return Party
