"""What the engine allows, refuses and computes, told on an invented town."""

import datetime as dt
from dataclasses import replace

import pytest
from walking import (
    DECISION,
    MONDAY,
    NOTICE,
    START,
    Matter,
    account,
    decided,
    digest,
    handlers,
    noon,
    opened,
    person,
    ready,
    served,
    started,
)  # fmt: skip

from duecourse.core.errors import Invalid
from duecourse.core.procedure.engine import MatterState, Outcome, apply, available, due, refused, take
from duecourse.core.procedure.form import MARKS, clean

COMPLAINT = {"head": "fraud", "what": "They took my money."}


def test_a_complaint_opens_with_a_clock_of_seven_working_days(town):
    matter = Matter(town, "complaint")
    outcome = matter.must("receive", "system", COMPLAINT)
    assert outcome.actor is None
    assert outcome.values == {"head": "fraud"}
    assert matter.state.stage == "received"
    assert matter.state.clocks["answer"].last == dt.date(2026, 3, 11)


def test_a_step_that_opens_a_matter_names_the_fields_that_fill_it_and_never_their_contents(town):
    matter = Matter(town, "complaint")
    matter.must("receive", "system", COMPLAINT)
    outcome = matter.must("pursue", "ana", {"party": "Example Shop Ltd"})
    opening = outcome.opens[0]
    assert dict(opening.form) == {"party": "party", "opened_on": "occurred", "head": "head"}
    assert "Example Shop" not in str(outcome.to_json())
    known = {**COMPLAINT, "party": "Example Shop Ltd", "occurred": MONDAY.isoformat()}
    assert outcome.opened_forms(known) == ({"party": "Example Shop Ltd", "opened_on": "2026-03-02", "head": "fraud"},)
    assert matter.state.links == (("opens", opening.matter),)
    assert matter.state.ended


def test_the_whole_road_to_an_order(town):
    matter = decided(town)
    assert matter.state.stage == "decided"
    assert matter.state.people["handler"] == (account("ana"), account("bo"))
    assert matter.state.clocks["deciding"].status == "stopped"
    matter.seal("order")
    shown = matter.must("show", "cai")
    assert shown.publish.act == "publish"
    assert shown.publish.of == matter.state.matter
    assert matter.state.has("served:order")


def test_time_alone_takes_down_what_was_shown_when_its_period_is_over(town):
    matter = decided(town)
    matter.seal("order")
    matter.must("show", "cai")
    assert due(town, matter.state, noon(matter.today)) == ()
    matter.pass_time(days=70)
    last = matter.outcomes[-1]
    assert (last.step, last.phase, last.role, last.actor) == ("take-down", "lapsed", "system", None)
    assert last.on == dt.date(2026, 5, 7)  # two months end on 4 May, a holiday: the by-law moves the end to 6 May
    assert last.publish.act == "withdraw"
    assert matter.state.ended
    assert due(town, matter.state, noon(matter.today)) == ()


def test_a_chain_decides_only_with_the_last_and_the_form_is_fixed_by_the_first(town):
    matter = opened(town)
    proposed = matter.must("start", "ana", handlers("ana", "bo"))
    assert proposed.phase == "proposed"
    assert "started" not in matter.state.facts
    assert matter.must("start", "dun", phase="agree").phase == "opinion"
    done = matter.must("start", "eve", {"handlers": [account("gus")]}, phase="agree")
    assert done.phase == "done"
    assert done.people == {"handler": (account("ana"), account("bo"))}
    assert matter.state.proposals == {}


def test_a_return_sends_it_back_with_no_effect_but_its_entry(town):
    matter = opened(town)
    matter.must("start", "ana", handlers("ana", "bo"))
    assert matter.refused("start", "dun", phase="return") == ("returned_without_reason",)
    returned = matter.must("start", "dun", {"opinion": "Name a third."}, phase="return")
    assert returned.phase == "returned"
    assert matter.state.proposals == {}
    assert matter.state.facts == frozenset()
    assert matter.refused("start", "eve", phase="agree") == ("nothing_pending",)
    assert matter.must("start", "ana", handlers("ana", "bo")).phase == "proposed"


def test_whoever_proposed_may_take_it_back(town):
    matter = opened(town)
    matter.must("start", "ana", handlers("ana", "bo"))
    assert matter.must("start", "ana", phase="return").role == "officer"


def test_one_person_acts_once_in_a_chain_whatever_their_roles(town):
    matter = opened(town)
    matter.people["ana"] = person("ana", "officer", "head", "mayor")
    matter.must("start", "ana", handlers("ana", "bo"))
    assert matter.refused("start", "ana", phase="agree") == ("same_person_twice",)


def test_a_proposal_is_not_made_twice(town):
    matter = opened(town)
    matter.must("start", "ana", handlers("ana", "bo"))
    assert matter.refused("start", "bo", handlers("ana", "bo")) == ("already_proposed",)


def test_guards_are_judged_again_at_the_decision(town):
    matter = opened(town)
    matter.must("start", "ana", handlers("ana", "bo"))
    matter.must("start", "dun", phase="agree")
    matter.people["bo"] = person("bo", "officer", certified=False)
    assert matter.refused("start", "eve", phase="agree") == ("officers_too_few_certified",)


@pytest.mark.parametrize(
    ("who", "step", "form", "codes"),
    {
        "the wrong role": ("cai", "start", handlers("ana", "bo"), ("role_missing",)),
        "the wrong stage": ("ana", "serve", {}, ("wrong_stage", "actor_is_not", "not_drafted")),
        "an unknown step": ("ana", "conjure", {}, ("step_unknown",)),
        "a missing field": ("ana", "start", {"handlers": [account("ana"), account("bo")], "breach": "false-shop"},
                            ("field_missing",)),
        "one officer only": ("ana", "start", handlers("ana"), ("officers_too_few_certified",)),
        "an uncertified officer among three": ("ana", "start", handlers("ana", "bo", "gus"), ("officer_not_allowed",)),
        "an unlisted breach": ("ana", "start", {**handlers("ana", "bo"), "breach": "rudeness"}, ("breach_unknown",)),
        "an act too long ago": ("ana", "start", {**handlers("ana", "bo"), "act_ended": "2024-01-05"},
                                ("limitation_over",)),
        "opening it again": ("ana", "start-by-complaint", START, ("matter_already_open",)),
        "everything at once": ("cai", "close", {"why": "boredom", "mood": "low"},
                               ("role_missing", "field_unknown", "choice_unknown")),
    }.values(),
    ids=lambda value: value if isinstance(value, str) else None,
)  # fmt: skip
def test_a_step_is_refused_for_each_reason(town, who, step, form, codes):
    assert opened(town).refused(step, who, form) == codes


def test_a_grave_act_may_be_pursued_for_longer(town):
    matter = opened(town)
    matter.must("start", "ana", {**handlers("ana", "bo"), "act_ended": "2024-01-05", "grave": True})


def test_a_day_in_the_future_is_refused_and_one_before_the_matter_too(town):
    matter = opened(town)
    tomorrow, before = MONDAY + dt.timedelta(days=1), MONDAY - dt.timedelta(days=1)
    assert matter.refused("close", "eve", {"why": "empty"}, occurred=tomorrow) == ("in_the_future",)
    assert matter.refused("close", "eve", {"why": "empty"}, occurred=before) == ("too_early",)


def test_the_legal_day_is_the_towns_not_the_servers(town):
    matter = opened(town)
    evening = dt.datetime(2026, 3, 2, 17, tzinfo=dt.UTC)
    matter.must("close", "eve", {"why": "empty"}, occurred=dt.date(2026, 3, 3), moment=evening)


def test_a_recused_officer_can_do_nothing_more(town):
    matter = started(town)
    matter.must("recuse", "cai", {"account": account("bo"), "reason": "His brother's shop"})
    matter.must("notify", "bo", NOTICE)
    matter.must("decide-recusal", "eve", {"account": account("bo"), "answer": "granted", "reason": "Indeed"})
    assert matter.refused("notify", "bo", NOTICE) == ("actor_recused",)
    result = take(town, matter.state, matter.attempt("notify", "bo", NOTICE))
    assert result.reasons[0].on == ("bylaw#7",)
    assert matter.refused(
        "decide-recusal", "eve", {"account": account("bo"), "answer": "granted", "reason": "Again"}
    ) == ("recusal_not_asked",)


def test_four_eyes_the_reviewer_is_no_handler(town):
    matter = served(town)
    matter.pass_time(days=2)
    matter.people["ana"] = person("ana", "officer", "reviewer")
    assert matter.refused("review", "ana") == ("actor_is",)


def test_nothing_is_served_without_a_seal_and_a_new_draft_loses_the_old_one(town):
    matter = started(town)
    matter.must("notify", "ana", NOTICE)
    assert matter.refused("serve", "ana") == ("not_sealed",)
    first = matter.state.newest("notice")[0]
    form = {"document": first, "digest": digest("stamped")}
    assert matter.refused("seal", "cai", form) == ("document_not_rendered",)
    matter.seal("notice")
    matter.must("notify", "ana", {**NOTICE, "fine": "700"})
    assert matter.refused("serve", "ana") == ("not_sealed",)
    matter.seal("notice")
    served = matter.must("serve", "ana")
    assert [mark.act for mark in served.files] == ["served"]
    assert served.files[0].id == matter.state.newest("notice")[0] != first
    sealed_late = {"document": served.files[0].id, "digest": digest("late")}
    assert matter.refused("seal", "cai", sealed_late) == ("document_already_served",)
    matter.must("scan-back", "cai", {"document": served.files[0].id, "digest": digest("scan")})


def test_any_is_enough_when_one_of_its_guards_holds(town):
    matter = started(town)
    assert matter.refused("notify", "ana", {**NOTICE, "fine": "2000"}) == ("none_of",)
    matter.must("notify", "ana", {**NOTICE, "fine": "2000", "right": "yes"})
    assert "oral" in matter.state.facts


def test_a_condition_adds_its_effects_only_where_its_facts_hold(town):
    assert "oral-request" not in served(town).state.clocks
    assert "oral-request" in served(town, right="yes").state.clocks


def test_the_order_is_no_heavier_than_the_notice(town):
    matter = ready(town)
    assert matter.refused("decide", "ana", {**DECISION, "fine": "800.01"}) == ("heavier_than",)
    matter.must("decide", "ana", {**DECISION, "fine": "799.99"})


def test_a_lapse_sets_its_fact_once_and_drafts_its_document(town):
    matter = served(town)
    matter.pass_time(days=7)
    assert "time-over" not in matter.state.facts
    matter.pass_time(days=1)
    lapse = matter.outcomes[-1]
    assert (lapse.step, lapse.phase, lapse.on) == ("lapse", "lapsed", dt.date(2026, 3, 10))
    assert "time-over" in matter.state.facts
    assert matter.state.newest("release")[1].document == "release"
    matter.pass_time(days=1)
    assert matter.outcomes[-1] is lapse
    assert matter.refused("waive", "ana", {"paper": [digest("page")]}) == ("clock_over",)


def test_a_pause_prolongs_the_period_by_the_days_it_took(town):
    matter = served(town)
    assert matter.state.clocks["deciding"].last == dt.date(2026, 4, 1)
    matter.must("hear", "ana", {"said": "It was my cousin."})
    matter.pass_time(days=60)
    assert not matter.state.clocks["deciding"].missed
    matter.must("go-on", "ana")
    assert matter.state.clocks["deciding"].last == dt.date(2026, 5, 30)  # 59 counted days left out, and the first


def test_an_extension_is_counted_from_the_start_and_given_once(town):
    matter = opened(town)
    matter.approve("prolong", {"reason": "Snow"}, "ana", "eve")
    assert matter.state.clocks["deciding"].last == dt.date(2026, 4, 16)
    assert matter.refused("prolong", "ana", {"reason": "More snow"}) == ("step_already_done",)


def test_a_late_case_can_still_end_with_a_reason_and_a_name(town):
    matter = ready(town)
    matter.pass_time(days=60)
    alarm = matter.outcomes[-1]
    assert [effect.act for effect in alarm.clocks] == ["alarm"]
    assert matter.state.clocks["deciding"].missed
    assert matter.refused("decide", "ana", DECISION) == ("late_reason_missing",)
    matter.must("late-reason", "ana", {"clock": "deciding", "reason": "Snow", "name": "Ana"})
    matter.approve("decide", DECISION, "ana", "eve")
    assert matter.state.clocks["deciding"].missed


def test_what_happened_in_time_and_is_entered_late_needs_no_reason(town):
    matter = ready(town)
    in_time = matter.today
    matter.pass_time(days=60)
    assert matter.state.clocks["deciding"].missed
    matter.approve("decide", DECISION, "ana", "eve", occurred=in_time)
    assert not matter.state.clocks["deciding"].missed


def test_an_extension_that_comes_late_leaves_its_mark_and_the_alarm_is_given_again(town):
    matter = opened(town)
    matter.pass_time(days=40)
    matter.approve("prolong", {"reason": "Snow"}, "ana", "eve")
    assert matter.state.clocks["deciding"].late
    assert matter.state.clocks["deciding"].missed
    matter.pass_time(days=40)
    assert [effect.act for outcome in matter.outcomes for effect in outcome.clocks].count("alarm") == 2


def test_a_pending_proposal_falls_when_the_matter_moves_on(town):
    matter = started(town)
    matter.must("prolong", "ana", {"reason": "Snow"})
    matter.must("notify", "ana", NOTICE)
    assert matter.state.proposals == {}


def test_a_wrong_date_is_corrected_by_a_new_entry_and_the_clock_counts_again(town):
    matter = opened(town)
    form = {"entry": "0", "reason": "Misread", "corrected.opened_on": "2026-02-27"}
    corrected = matter.must("correct", "ana", form)
    assert corrected.phase == "corrected"
    assert corrected.to_json()["corrects"] == {"entry": 0, "step": "start-by-complaint"}
    assert matter.state.clocks["deciding"].last == dt.date(2026, 3, 29)
    assert matter.state.values["start-by-complaint"]["opened_on"] == "2026-02-27"
    assert matter.state.stage == "open"


@pytest.mark.parametrize(
    ("who", "form", "codes"),
    {
        "nothing corrected": ("ana", {"entry": "0", "reason": "x"}, ("nothing_corrected",)),
        "no such entry": ("ana", {"entry": "99", "reason": "x"}, ("entry_not_correctable",)),
        "someone else's step": ("cai", {"entry": "0", "reason": "x", "corrected.party": "y"}, ("role_missing",)),
        "a field it does not have": ("ana", {"entry": "0", "reason": "x", "corrected.fine": "1"}, ("field_unknown",)),
    }.values(),
)
def test_a_correction_is_refused_for_each_reason(town, who, form, codes):
    assert opened(town).refused("correct", who, form) == codes


def test_people_in_a_capacity_are_reassigned_not_corrected(town):
    matter = started(town)
    entry = next(n for n, item in enumerate(matter.state.history) if item.phase == "proposed")
    form = {"entry": str(entry), "reason": "x", "corrected.handlers": [account("ana")]}
    assert matter.refused("correct", "ana", form) == ("field_unknown",)
    moved = {"capacity": "handler", "accounts": [account("ana"), account("gus")], "reason": "Holiday"}
    matter.must("assign", "eve", moved)
    assert matter.state.people["handler"] == (account("ana"), account("gus"))
    assert matter.refused("assign", "eve", {**moved, "capacity": "poet"}) == ("capacity_unknown",)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("what", "a\x00b", "text_control_characters"),
        ("what", "a\x1b[2J", "text_control_characters"),
        ("what", "a" + "\u0301" * 10_000, "text_marks"),
        ("what", "\u0065\u0301te\u0301" * 2, "text_not_nfc"),
        ("what", "字" * 20_001, "text_too_long"),
        ("what", 7, "field_wrong_kind"),
        ("what", "\n \n".strip() or "", "field_missing"),
        ("contact", "two\nlines", "text_control_characters"),
        ("seen_at", "javascript:alert(1)", "url_malformed"),
        ("seen_at", "https://example.net/a b", "url_malformed"),
        ("head", "opinion", "head_unknown"),
        ("channel", "pigeon", "choice_unknown"),
    ],
)
def test_a_field_that_is_not_well_made_is_refused(town, field, value, code):
    assert Matter(town, "complaint").refused("receive", "cai", {**COMPLAINT, field: value}) == (code,)


@pytest.mark.parametrize("value", ["01", "-1", "1.234", "1e3", "١٢", 5, "", "999999999999999999"])
def test_money_has_one_spelling(town, value):
    assert started(town).refused("notify", "ana", {**NOTICE, "fine": value})[0] in ("money_malformed", "field_missing")


@pytest.mark.parametrize("value", ["2026-02-30", "2026-2-3", "20260203", "2026-02-03T00:00", 20260203])
def test_a_date_has_one_spelling(town, value):
    assert Matter(town, "order").refused("start-by-complaint", "ana", {**START, "opened_on": value}) == (
        "date_malformed",
    )


def test_what_a_browser_sends_is_cleaned_to_the_spelling_the_form_accepts(town):
    cleaned = clean("  cafe\u0301\r\nzwei\rdrei ")
    assert cleaned == "café\nzwei\ndrei"
    Matter(town, "complaint").must("receive", "cai", {**COMPLAINT, "what": cleaned})
    Matter(town, "complaint").must("receive", "cai", {**COMPLAINT, "what": "ก" + "\u0e48" * MARKS})


def test_a_day_without_a_calendar_is_refused_and_not_guessed(town):
    matter = Matter(town, "complaint", today=dt.date(2023, 3, 1))
    assert matter.refused("receive", "system", COMPLAINT) == ("cannot_count",)


def test_what_is_available_is_what_can_be_taken(town):
    matter = started(town)
    offers = {offer.step.id: offer for offer in available(town, matter.state, matter.people["ana"], noon(matter.today))}
    assert list(offers)[:2] == ["start", "notify"]
    assert offers["notify"].refusal is None
    assert offers["close"].refusal.codes == ("role_missing",)
    assert offers["exhibit"].refusal is None
    assert offers["assign"].refusal.codes == ("role_missing",)
    assert {"take-down", "document", "seal", "late-reason", "decide-recusal"}.isdisjoint(offers)


def test_a_pending_proposal_is_offered_for_agreement(town):
    matter = opened(town)
    matter.must("start", "ana", handlers("ana", "bo"))
    offers = {offer.step.id: offer for offer in available(town, matter.state, matter.people["dun"], noon(matter.today))}
    assert (offers["start"].phase, offers["start"].refusal) == ("agree", None)


def test_an_ended_matter_takes_only_what_belongs_to_its_record(town):
    matter = opened(town)
    matter.must("close", "eve", {"why": "empty"})
    assert matter.refused("close", "eve", {"why": "empty"})[0] == "matter_ended"
    assert matter.refused("exhibit", "ana", {"digests": [digest("x")], "title": "x", "kind": "record", "how": "x"}) == (
        "matter_ended",
    )
    offers = available(town, matter.state, matter.people["ana"], noon(matter.today))
    assert all(offer.step.built_in and offer.step.after_end for offer in offers)
    assert {"correct", "void-number"} <= {offer.step.id for offer in offers}


def test_a_refused_attempt_is_an_entry_that_changes_nothing_but_the_history(town):
    matter = opened(town)
    attempt = matter.attempt("start", "cai", handlers("ana", "bo"))
    entry = refused(matter.state, attempt, take(town, matter.state, attempt))
    assert entry.to_json()["reasons"][0]["code"] == "role_missing"
    after = apply(matter.state, entry)
    assert replace(after, history=matter.state.history) == matter.state
    assert after.history[-1].phase == "refused"


def test_a_state_is_the_fold_of_its_outcomes_alone_through_json(town):
    matter = decided(town)
    matter.pass_time(days=3)
    state = MatterState.new(matter.state.matter, "order", "2020-01-01")
    for outcome in matter.outcomes:
        read = Outcome.from_json(outcome.to_json())
        assert read.to_json() == outcome.to_json()
        state = apply(state, read)
    assert state.encode() == matter.state.encode()
    assert MatterState.from_json(state.to_json()).encode() == state.encode()


@pytest.mark.parametrize("change", [{"engine": 2}, {"phase": "maybe"}, {"on": "soon"}, {"facts": []}, {"clocks": None}])
def test_a_malformed_outcome_is_invalid(town, change):
    found = opened(town).outcomes[0].to_json()
    with pytest.raises(Invalid, match="outcome_malformed"):
        Outcome.from_json({**found, **change})


def test_a_malformed_state_is_invalid():
    with pytest.raises(Invalid, match="state_malformed"):
        MatterState.from_json({"matter": "x"})


def test_an_outcome_never_holds_what_a_person_typed(town):
    matter = decided(town)
    text = str([outcome.to_json() for outcome in matter.outcomes])
    assert "copied another" not in text
    assert "cousin" not in text
    assert "Example Shop" not in text
