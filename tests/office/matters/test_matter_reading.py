"""What a reader of a matter sees of its record: each field by its class, corrections on both entries."""

from __future__ import annotations

import pytest


@pytest.fixture
def report(office):
    found = office.report(form={"contact": "13800000000"})
    office.step(found, "claim", office.officer)
    return found.stream


def view(matter, reader, lang="zh-Hans"):
    """The record as this reader sees it."""
    from duecourse.office.ledger import store
    from duecourse.office.matters import rulebook
    from duecourse.office.matters.record import views
    from duecourse.office.people.facts import facts_of

    book, entries = rulebook.current(), store.read(matter)
    person = facts_of(reader, book.local_date(entries[-1].recorded_at))
    return list(views(book, entries, person, {}, lang))


def shown(record, index):
    return {field.name: (field.state, field.shown) for field in record[index].fields}


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
    assert len(found) == 2
    assert office.step(report, "accept", office.officer, {"reason": "有"}, seen=found[-1].commitment).index == 2


def test_a_correction_is_shown_on_both_entries(office, report):
    office.step(report, "accept", office.officer, {"reason": "写错了"})
    form = {"entry": "2", "reason": "笔误", "corrected.reason": "有具体损害"}
    office.step(report, "correct", office.officer, form)
    record = view(report, office.officer)
    assert record[2].superseded_by == (3,)
    assert record[3].corrects == 2
    assert [field.title for field in record[3].fields if field.name == "corrected.reason"] == ["受理理由"]
