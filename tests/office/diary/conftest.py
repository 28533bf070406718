"""The people of tests/office/pages at their desks, with a queue of reports before them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "pages"))

_SPEC = importlib.util.spec_from_file_location("office_desks", Path(__file__).parents[1] / "pages" / "conftest.py")
office_desks = importlib.util.module_from_spec(_SPEC)
sys.modules["office_desks"] = office_desks
_SPEC.loader.exec_module(office_desks)

clock, town, road = office_desks.clock, office_desks.town, office_desks.road


@pytest.fixture
def reports(town):
    """Make reports that came in: `reports(3)`, or `reports(1, urgent=True)`; their matters, as they came."""
    from duecourse.office.matters.actions import open_matter

    made = []

    def arrive(count, **form):
        for _ in range(count):
            given = {"head": "fraud", "what_happened": "有人冒充客服骗走三千元", "harmed": "self", "channel": "phone"}
            key = f"report-{len(made)}"
            made.append(open_matter("report", by=town.people["intake"], form=given | form, key=key).stream)
        return made[-count:]

    return arrive
