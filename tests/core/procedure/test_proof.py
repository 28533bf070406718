"""The proof finds the way to what the law forbids, and says when there is none."""

import shutil

import pytest
from walking import TOWN

from duecourse.core.procedure.command import main
from duecourse.core.procedure.loading import load
from duecourse.core.procedure.proof import mutants, prove

ORDER = "procedures/order.yaml"


@pytest.fixture
def changed(tmp_path):
    """The town with pieces of a file replaced, each (right, wrong)."""

    def change(*pairs, file=ORDER):
        folder = shutil.copytree(TOWN, tmp_path / "town", dirs_exist_ok=True)
        text = (folder / file).read_text("utf-8")
        for right, wrong in pairs:
            assert right in text
            text = text.replace(right, wrong)
        (folder / file).write_text(text, "utf-8")
        return folder

    return change


def test_the_towns_invariants_hold(town):
    report = prove(town)
    assert report.violations == ()
    assert len(report.held) == len(town.invariants)
    assert report.states["order@2020-01-01"] > 50
    assert all(graph.unused == () for graph in report.explored)


def test_the_citys_invariants_hold(city):
    report = prove(city)
    assert [(found.invariant.id, found.path) for found in report.violations] == []
    assert len(report.held) == len(city.invariants)


FREE = "- exhibits: {at_least: 1}\n"
UNHEARD = ("          - facts: {all: [time-over]}\n", "          " + FREE)
NOT_SERVED = ("      - facts: {all: [told, reviewed]}\n      - served: notice\n", "      " + FREE)
ANY_TIME = ("    from: [hearing]\n    by: [officer]\n    on: [bylaw#4]\n    needs:\n      - facts: {all: [told]}\n",
            "    from: [noticed]\n    by: [officer]\n    on: [bylaw#4]\n    needs:\n")  # fmt: skip
OFFICERS = "      - officers: {field: handlers, at_least: 2, certified: true, recused: false}\n"
BROKEN = {
    "notice-first": [NOT_SERVED, ("    serves: [notice]\n", "")],
    "party-heard": [UNHEARD],
    "decided-with-review": [("{all: [told, reviewed]}", "{all: [told]}")],
    "not-both": [("    clears: [published]\n", "")],
    "waiver-after-service": [ANY_TIME],
    "two-officers": [(OFFICERS, "")],
    "it-ends": [("- elapsed: showing\n", "- elapsed: showing\n      - facts: {none: [published]}\n")],
}


@pytest.mark.parametrize(("name", "pairs"), BROKEN.items())
def test_a_broken_invariant_is_shown_with_the_way_there(changed, name, pairs):
    report = prove(load(changed(*pairs)))
    found = {violation.invariant.id: violation for violation in report.violations}
    assert name in found
    assert name == "two-officers" or found[name].path[0] == "start-by-complaint"


def test_a_decision_without_notice_is_reached_by_the_shortest_way(changed):
    anywhere = ("    from: [hearing]\n    to: decided", "    from: [hearing, open]\n    to: decided")
    folder = changed(NOT_SERVED, UNHEARD, anywhere)
    found = {violation.invariant.id: violation.path for violation in prove(load(folder)).violations}
    assert found["notice-first"] == ("start-by-complaint", "decide")


def test_a_lapse_is_a_way_of_its_own(changed):
    report = prove(load(changed(("[heard], [waived], [time-over]", "[heard], [waived]"), file="invariants.yaml")))
    path = report.violations[0].path
    assert "lapse:statement" in path
    assert path[-1] == "decide"


def test_a_seal_is_a_way_of_its_own(town):
    graph = next(one for one in prove(town).explored if one.procedure.id == "order")
    shown = next(state for state in graph.came_from if state.stage == "shown")
    assert [step for step in graph.path(shown) if step.startswith("seal:")] == ["seal:notice", "seal:order"]


def test_an_answer_that_nothing_explores_would_hide_a_way(changed):
    folder = changed(("'yes': {sets: [oral]}", "'yes': {sets: [oral], to: decided}"))
    report = prove(load(folder))
    assert any("notify(yes)" in violation.path for violation in report.violations)


def test_a_step_that_no_matter_can_take_is_named(changed):
    report = prove(load(changed(("- done: [hear]", "- facts: {all: [heard], none: [told]}"))))
    graph = next(one for one in report.explored if one.procedure.id == "order")
    assert graph.unused == ("go-on",)


def test_a_guard_left_out_is_noticed_or_named(town):
    found = {(mutant.step, mutant.guard.kind): mutant for mutant in mutants(town)}
    assert "decided-with-review" in found["decide", "facts"].noticed
    assert found["hear", "served"].redundant
    assert not found["prolong", "not-done"].noticed


def test_check_says_how_many_states_and_what_holds(capsys):
    assert main(["check", "--rulebook", str(TOWN), "--mutants"]) == 0
    said = capsys.readouterr().out
    assert "order 2020-01-01: " in said
    assert "holds  order: notice-first (bylaw#3)" in said
    assert "7 invariants hold, 0 are broken" in said
    assert "unnoticed order/prolong" in said


def test_check_fails_with_the_way_to_what_is_broken(changed, capsys):
    assert main(["check", "--rulebook", str(changed(*BROKEN["decided-with-review"]))]) == 1
    assert "BROKEN order: decided-with-review: start-by-complaint > " in capsys.readouterr().out


def test_check_fails_with_every_problem(changed, capsys):
    assert main(["check", "--rulebook", str(changed(("    to: decided", "    to: nowhere")))]) == 1
    assert re_line(capsys.readouterr().out)


def re_line(said):
    return any(line.startswith(f"{ORDER}:") and "nowhere" in line for line in said.splitlines())


def test_check_of_no_rulebook_says_so(capsys):
    assert main(["check", "--rulebook", "atlantis"]) == 1
    assert "rulebook_unknown" in capsys.readouterr().out
