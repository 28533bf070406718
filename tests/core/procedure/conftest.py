"""The town's rulebook, read once."""

import pytest
from walking import TOWN

from duecourse.core.law.places import rulebook_folder
from duecourse.core.procedure.loading import load


@pytest.fixture(scope="session")
def town():
    return load(TOWN)


@pytest.fixture(scope="session")
def city():
    return load(rulebook_folder("cn-city"))
