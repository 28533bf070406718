"""A procedure's picture and table come from its data, fit a strict page, and are always the same."""

from xml.etree import ElementTree as ET

import pytest
from walking import TOWN

from duecourse.core.procedure import chart
from duecourse.core.procedure.command import main

DRAWN = {"svg", "g", "path", "polygon", "ellipse", "text", "title", "desc", "polyline"}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", params=["zh-Hans", "en"])
def drawn(request, town):
    return request.param, chart.svg(town.procedures["order"][0], request.param, town.digest)


def test_a_page_with_a_strict_policy_can_take_it_in(drawn):
    _, text = drawn
    root = ET.fromstring(text)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {
            "svg",
            "g",
            "path",
            "polygon",
            "ellipse",
            "text",
            "title",
            "desc",
            "polyline",
        }
        assert not {name for name in element.attrib if name == "style" or name.startswith("on") or "href" in name}
        assert "font-family" not in element.attrib
    assert "<!--" not in text


def test_every_stage_and_every_step_that_leads_on_has_an_id(drawn, town):
    ids = [element.get("id") for element in ET.fromstring(drawn[1]).iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    procedure = town.procedures["order"][0]
    assert {f"stage-{stage}" for stage in procedure.stages} <= set(ids)
    assert {"step-notify", "step-decide", "step-take-down"} <= set(ids)


def test_it_says_what_it_is_and_under_which_rulebook(drawn, town):
    lang, text = drawn
    root = ET.fromstring(text)
    assert root.find(f"{SVG}title").text == town.procedures["order"][0].title[lang]
    assert root.get("lang") == lang
    assert root.get("width") == "100%"
    assert root.get("viewBox")
    assert town.digest[:12] in text
    assert town.procedures["order"][0].steps["serve"].title[lang] in root.find(f"{SVG}desc").text


def test_no_label_is_wider_than_its_box(drawn):
    _, text = drawn
    for group in ET.fromstring(text).iter(f"{SVG}g"):
        path = group.find(f"{SVG}path")
        if (group.get("id") or "").startswith("stage-") and path is not None:
            places = [
                float(pair.split(",")[0])
                for pair in path.get("d").replace("M", " ").replace("C", " ").split()
                if "," in pair
            ]
            box = max(places) - min(places)
            widest = max(chart.width_of(line.text) * float(line.get("font-size")) for line in group.iter(f"{SVG}text"))
            assert widest < box


def test_the_same_procedure_gives_the_same_bytes(town):
    procedure = town.procedures["complaint"][0]
    assert chart.svg(procedure, "en", town.digest) == chart.svg(procedure, "en", town.digest)


def test_a_long_label_is_broken_and_never_begins_with_a_stop():
    lines = chart.wrapped("首次向当事人取证，出示证件并告知其，有申请回避的权利").split("\n")
    assert len(lines) > 1
    assert all(chart.width_of(line) <= chart.WIDEST + 1 for line in lines)
    assert not any(line[0] in "，。、" for line in lines)
    assert chart.wrapped("one two") == "one two"


def test_the_table_names_steps_people_articles_and_clocks(town):
    rows = {row.step: row for row in chart.table(town.procedures["order"][0], "en", town)}
    assert rows["decide"].who == "Officer → Mayor"
    assert rows["decide"].to == ("Decided",)
    assert rows["decide"].articles == ("Quiet By-law, article 5",)
    assert rows["decide"].clocks == ("stop: Time to decide", "start: Time shown")
    assert rows["take-down"].who == "at the end of its time"
    plain = chart.table(town.procedures["order"][0], "zh-Hans")
    assert plain[1].who == "officer → head → mayor"


def test_the_command_writes_a_file_or_says_what_there_is(tmp_path, capsys):
    target = tmp_path / "order.svg"
    assert main(["chart", "order", "--rulebook", str(TOWN), "--lang", "en", "-o", str(target)]) == 0
    assert target.read_text("utf-8").startswith("<svg ")
    assert main(["chart", "complaint", "--rulebook", str(TOWN)]) == 0
    assert "投诉" in capsys.readouterr().out
    assert main(["chart", "dance", "--rulebook", str(TOWN)]) == 1
    assert "complaint, order" in capsys.readouterr().out
