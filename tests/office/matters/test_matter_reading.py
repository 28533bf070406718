"""What a reader of a matter sees: steps with their reasons, clocks, the record by class of field, lists."""

from __future__ import annotations

import pytest


@pytest.fixture
def report(office):
    found = office.report(form={"contact": "13800000000"})
    office.step(found, "claim", office.officer)
    return found.stream


def view(matter, reader, lang="zh-Hans"):
    from duecourse.office.matters.reading import matter_view

    return matter_view(matter, reader, lang)


def shown(found, index):
    return {field.name: (field.state, field.shown) for field in found.record[index].fields}


def test_a_step_that_can_be_taken_has_its_form_and_one_that_cannot_has_its_reasons(office, report):
    offers = {offer.step.id: offer for offer in view(report, office.officer).offers}
    assert offers["accept"].can
    assert [field.name for field in offers["accept"].fields] == ["reason"]
    assert not offers["to-lead"].can
    assert "《网络安全法》" in "".join(map(str, view(report, office.publisher).offers[0].reasons))


def test_a_field_is_shown_by_its_class_and_withheld_ones_are_named(office, report):
    officer, publisher, custodian = (
        shown(view(report, who), 0) for who in (office.officer, office.publisher, office.custodian)
    )
    assert officer["what_happened"] == ("held", "有人冒充客服骗走三千元")
    assert publisher["what_happened"] == ("withheld", None)
    assert officer["contact"] == ("withheld", None)
    assert custodian["contact"] == ("sealed", None)


def test_a_choice_is_shown_in_the_readers_language(office, report):
    assert shown(view(report, office.officer), 0)["harmed"][1] == "本人或者本人的家人"
    assert shown(view(report, office.officer, "en"), 0)["harmed"][1] == "The reporter or family"


def test_the_page_posts_back_what_it_showed(office, report):
    found = view(report, office.officer)
    assert (found.entries, found.record[-1].commitment) == (2, found.head)
    assert office.step(report, "accept", office.officer, {"reason": "有"}, seen=found.head).index == 2


def test_a_clock_shows_its_dates_and_rings_on_its_alarm(office, report, clock):
    clock.forward(days=9)
    first = next(one for one in view(report, office.officer).clocks if one.id == "first-answer")
    assert (str(first.last_on), first.alarmed, first.over) == ("2026-03-11", True, False)


def test_a_correction_is_shown_on_both_entries(office, report):
    office.step(report, "accept", office.officer, {"reason": "写错了"})
    form = {"entry": "2", "reason": "笔误", "corrected.reason": "有具体损害"}
    office.step(report, "correct", office.officer, form)
    record = view(report, office.officer).record
    assert record[2].superseded_by == (3,)
    assert record[3].corrects == 2
    assert [field.title for field in record[3].fields if field.name == "corrected.reason"] == ["受理理由"]


def test_what_waits_for_a_person_is_what_their_role_owns_or_they_hold(office, report):
    from duecourse.office.matters.reading import all_of, waiting_for

    other = office.report().stream
    assert [line.id for line in waiting_for(office.intake, "zh-Hans")] == [other]
    assert [line.id for line in waiting_for(office.officer, "zh-Hans")] == [report]
    assert waiting_for(office.publisher, "zh-Hans") == []
    assert {line.id for line in all_of("report", "en")} == {report, other}
    assert all_of("report", "en", ended=True) == []


def test_an_officer_may_open_what_the_procedures_let_the_role_open(office):
    from duecourse.office.matters.reading import openings

    assert "receive" in {offer.step.id for offer in openings(office.intake, "en") if offer.can}
    assert "receive" not in {offer.step.id for offer in openings(office.custodian, "en") if offer.can}
