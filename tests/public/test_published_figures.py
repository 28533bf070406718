"""The office's work in numbers: matters are counted, a number that could point at one person is not shown."""

import json

import pytest

from duecourse.office.figures import counting

COUNTED = {"opened", "reports", "matters", "kept", "overrun", "published", "withdrawn"}


@pytest.mark.parametrize(("number", "said"), [(0, 0), (1, None), (4, None), (5, 5), (812, 812)])
def test_one_to_four_are_not_told_apart(number, said):
    assert counting.shown(number) == said


def test_what_came_in_is_counted_by_month_and_head_and_shown_to_everybody(sites, visitor):
    assert visitor.get("/figures/figures.json").status in (200, 404)
    sites.command("manage", "shell", "-c", "from duecourse.office.figures import publishing; publishing.publish()")
    found = json.loads(visitor.get("/figures/figures.json").text)
    assert found["v"] == counting.VERSION
    assert all(row["opened"] is None or row["opened"] >= counting.FEWEST for row in found["opened"])
    assert {"opened", "heads", "stages", "periods", "register"} <= found.keys()
    page = visitor.get("/figures/").text
    assert "Matters are counted, never people" in page
    lines = visitor.get("/figures/figures.csv").text.splitlines()
    assert lines[0].lstrip("\ufeff") == "list,by,counted,number,as_of"
    rows = [row for rows in found.values() if isinstance(rows, list) for row in rows]
    assert len(lines) == 1 + sum(len(COUNTED & row.keys()) for row in rows)


def test_every_way_to_the_office_and_to_others_stands_on_one_page(visitor):
    page = visitor.get("/contact/").text
    for number in ("110", "96110", "12377"):
        assert f"tel:{number}" in page
    assert "Reconsideration" in page
