"""Putting a matter aside until a day, taking it up again, giving it back to the queue."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from walking import MONDAY, Matter, account, noon, opened, person, served, started

from duecourse.core.procedure.engine import MatterState, Outcome, available, take

WHY = {"reason": "The expert answers next week."}


def until(days, matter=None):
    return {**WHY, "until": ((matter.today if matter else MONDAY) + dt.timedelta(days=days)).isoformat()}


def test_its_handler_holds_a_matter_and_it_is_over_on_its_day_without_an_entry(town):
    matter = started(town)
    matter.must("hold", "ana", until(3, matter))
    assert [matter.state.held_on(matter.today + dt.timedelta(days=n)) for n in (0, 2, 3)] == [True, True, False]
    entries = len(matter.state.history)
    matter.pass_time(days=3)
    assert len(matter.state.history) == entries
    assert matter.refused("resume", "ana") == ("not_held",)


def test_a_held_matter_takes_every_lawful_step_and_its_clocks_run_on(town):
    matter = started(town)
    last = matter.state.clocks["deciding"].last
    before = {
        one.step.id
        for one in available(town, matter.state, matter.people["ana"], noon(matter.today))
        if not one.refusal
    }
    matter.must("hold", "ana", until(3, matter))
    after = {
        one.step.id
        for one in available(town, matter.state, matter.people["ana"], noon(matter.today))
        if not one.refusal
    }
    assert after - before == {"resume"}
    assert before - after == set()
    assert matter.state.clocks["deciding"].last == last


def test_it_is_taken_up_before_its_day(town):
    matter = started(town)
    matter.must("hold", "ana", until(3, matter))
    matter.must("resume", "bo")
    assert matter.state.held_until is None


def test_a_new_hold_moves_the_day(town):
    matter = started(town)
    matter.must("hold", "ana", until(3, matter))
    matter.must("hold", "bo", until(5, matter))
    assert matter.state.held_until == matter.today + dt.timedelta(days=5)


def test_a_hold_belongs_to_its_stage(town):
    matter = started(town)
    matter.must("hold", "ana", until(3, matter))
    assert served_from(matter).state.held_until is None


def served_from(matter):
    moved = Outcome("notify", "done", account("ana"), "officer", matter.today, "open", "noticed", ended=False)
    matter.enter(moved)
    return matter


@pytest.mark.parametrize("days", [0, -1])
def test_a_day_that_is_not_ahead_is_refused(town, days):
    matter = started(town)
    assert matter.refused("hold", "ana", until(days, matter)) == ("hold_not_ahead",)


def test_it_is_not_held_beyond_a_period_that_the_office_must_keep(town):
    matter = started(town)
    last = matter.state.clocks["deciding"].last
    assert matter.refused("hold", "ana", {**WHY, "until": (last + dt.timedelta(days=1)).isoformat()}) == (
        "hold_beyond_period",
    )
    matter.must("hold", "ana", {**WHY, "until": last.isoformat()})


def test_a_period_that_is_the_partys_bars_no_hold(town):
    matter = served(town)
    rules = town.procedures["order"][-1].clocks
    lapsing = [
        name for name, clock in matter.state.clocks.items() if rules[name].missed and not rules[name].missed.alarm
    ]
    assert lapsing
    days = max(matter.state.clocks[name].last for name in lapsing) + dt.timedelta(days=1)
    matter.must("hold", "ana", {**WHY, "until": days.isoformat()})


def test_only_the_handler_or_a_head_holds(town):
    matter = started(town)
    matter.people["hao"] = person("hao", "officer")
    assert matter.refused("hold", "hao", until(3, matter)) == ("not_its_keeper",)
    matter.must("hold", "dun", until(3, matter))


def test_where_nobody_handles_it_whoever_owns_the_stage_may(town):
    matter = Matter(town, "complaint")
    matter.must("receive", "system", {"head": "fraud", "what": "They took my money."})
    stage = town.procedures["complaint"][-1].stages["received"]
    owner = next(name for name, one in matter.people.items() if stage.owner in one.roles)
    matter.must("hold", owner, until(1))
    assert matter.refused("hold", "ana" if owner != "ana" else "cai", until(1)) == ("not_its_keeper",)


def test_who_gives_a_matter_back_leaves_and_a_head_empties_it(town):
    matter = started(town)
    matter.must("release", "ana", WHY)
    assert matter.state.people["handler"] == (account("bo"),)
    matter.must("release", "dun", WHY)
    assert matter.state.people["handler"] == ()
    assert matter.refused("release", "dun", WHY) == ("nobody_handles",)


def test_who_handled_it_once_does_not_review_it_after_giving_it_back(town):
    matter = served(town)
    matter.pass_time(days=2)
    matter.must("release", "ana", WHY)
    matter.people["ana"] = person("ana", "officer", "reviewer")
    assert "actor_is" in matter.refused("review", "ana")
    assert MatterState.from_json(matter.state.to_json()) == matter.state


def test_a_number_is_voided_once_and_only_when_the_matter_has_ended(town):
    matter = started(town)
    assert matter.refused("void-number", "eve", WHY) == ("matter_not_ended",)
    matter = opened(town)
    matter.must("close", "eve", {"why": "empty"})
    matter.must("void-number", "eve", WHY)
    assert matter.refused("void-number", "eve", WHY) == ("number_already_void",)


@given(days=st.integers(-5, 400))
def test_a_hold_that_is_taken_never_outlasts_a_period_of_the_office(town, days):
    matter = started(town)
    answer = take(town, matter.state, matter.attempt("hold", "ana", until(days, matter)))
    last = matter.state.clocks["deciding"].last
    day = matter.today + dt.timedelta(days=days)
    assert isinstance(answer, Outcome) == (matter.today < day <= last)
