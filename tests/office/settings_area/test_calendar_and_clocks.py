"""A calendar announced later makes provisional days firm, by an entry of each matter; a correction moves them again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from duecourse.core.errors import Invalid

DECEMBER = datetime(2026, 12, 30, 1, 0, tzinfo=UTC)


def calendars():
    from duecourse.office.settings import calendars as module

    return module


def reading(*, last=date(2027, 1, 3), made_up=(date(2027, 1, 9),), number="国办发明电〔2026〕9号"):
    line = calendars().Line
    days = [
        ("元旦", date(2027, 1, 1), last, made_up), ("春节", date(2027, 2, 5), date(2027, 2, 11), (date(2027, 2, 20),)),
        ("清明节", date(2027, 4, 3), date(2027, 4, 5), ()),
        ("劳动节", date(2027, 5, 1), date(2027, 5, 5), (date(2027, 5, 8),)),
        ("端午节", date(2027, 6, 9), date(2027, 6, 9), ()), ("中秋节", date(2027, 9, 15), date(2027, 9, 17), ()),
        ("国庆节", date(2027, 10, 1), date(2027, 10, 7), (date(2027, 9, 26),)),
    ]  # fmt: skip
    lines = tuple(line({"zh-Hans": title, "en": title}, first, until, worked) for title, first, until, worked in days)
    return calendars().Reading(2027, number, date(2026, 11, 5), lines)


def agree(office, **changes):
    calendars().read(reading(**changes), by=office.boss)
    return calendars().read(reading(**changes), by=office.head)


def clock_of(matter):
    from duecourse.office.matters.models import MatterClock

    return MatterClock.objects.get(matter=matter, clock="first-answer")


def recount():
    from uuid import UUID

    from duecourse.office.settings import jobs

    return jobs.recount_clocks(after=str(UUID(int=0)))


def findings():
    from duecourse.office.matters import checks, rulebook
    from duecourse.office.settings import checks as laid

    rulebook.forget()
    return [*checks.matters(), *laid.rulebooks(None), *checks.rejudged()]


def test_a_provisional_day_becomes_firm_by_an_entry_when_two_persons_agree(heads, clock):
    from duecourse.office.ledger import store

    clock.to(DECEMBER)
    report = heads.report()
    before = clock_of(report.stream)
    assert before.provisional
    assert before.earliest_on < before.latest_on
    agree(heads)
    assert recount() == 1
    after = clock_of(report.stream)
    assert not after.provisional
    assert after.earliest_on == after.last_on == after.latest_on
    last = store.read(report.stream)[-1].skeleton
    assert (last.step, last.role, last.outcome["clocks"][0]["act"]) == ("recount", "system", "recount")
    assert recount() == 0
    assert findings() == []


def test_a_step_before_the_job_counts_again_first_so_a_stopped_worker_delays_nothing(heads, clock):
    from duecourse.office.ledger import store

    clock.to(DECEMBER)
    report = heads.report()
    agree(heads)
    heads.step(report, "claim", heads.officer)
    assert [entry.skeleton.step for entry in store.read(report.stream)] == ["receive", "recount", "claim"]
    assert findings() == []


def test_a_correction_moves_the_day_and_every_step_is_judged_by_its_own_calendar(heads, clock):
    clock.to(DECEMBER)
    report = heads.report()
    agree(heads)
    recount()
    first = clock_of(report.stream).last_on
    agree(heads, last=date(2027, 1, 4), made_up=(date(2027, 1, 9), date(2027, 1, 10)))
    recount()
    second = clock_of(report.stream).last_on
    assert first != second
    assert findings() == []


def test_an_alarm_given_on_a_provisional_day_falls_when_the_day_turns_out_later(heads, clock):
    clock.to(DECEMBER)
    report = heads.report()
    before = clock_of(report.stream)
    from duecourse.office.matters import actions

    clock.to(datetime(before.last_on.year, before.last_on.month, before.last_on.day, 17, 0, tzinfo=UTC))
    actions.apply_due(report.stream)
    assert clock_of(report.stream).missed
    agree(heads, last=date(2027, 1, 7), made_up=())
    recount()
    assert not clock_of(report.stream).missed
    assert clock_of(report.stream).last_on > before.last_on
    assert findings() == []


def test_one_person_twice_is_not_two(heads, clock):
    from duecourse.office.matters import rulebook

    clock.to(DECEMBER)
    calendars().read(reading(), by=heads.boss)
    calendars().read(reading(), by=heads.boss)
    assert not rulebook.current().calendar.known(2027)
    assert len(calendars().open_readings(2027)) == 1


def test_two_readings_that_differ_are_no_calendar_and_say_on_which_days(heads, clock):
    clock.to(DECEMBER)
    calendars().read(reading(), by=heads.boss)
    calendars().read(reading(made_up=(), number="国办发明电〔2026〕8号"), by=heads.head)
    rows = calendars().open_readings(2027)
    both = [calendars().Reading.from_json(row.year, row.content) for row in rows]
    forth, back = calendars().differences(*both), calendars().differences(*reversed(both))
    assert forth == back
    assert [one.what for one in forth] == ["number", date(2027, 1, 9)]
    assert forth[1].values == ("ordinary", "worked")


def test_a_third_person_settles_what_two_read_differently(heads, clock):
    from duecourse.office.matters import rulebook

    clock.to(DECEMBER)
    calendars().read(reading(made_up=()), by=heads.boss)
    calendars().read(reading(), by=heads.head)
    calendars().read(reading(), by=heads.main)
    assert rulebook.current().calendar.day(date(2027, 1, 9)).works


def test_a_reading_can_be_taken_back(heads, clock):
    clock.to(DECEMBER)
    calendars().read(reading(), by=heads.boss)
    calendars().withdraw(2027, by=heads.boss)
    assert calendars().open_readings(2027) == []
    with pytest.raises(Invalid, match="calendar_nothing_open"):
        calendars().withdraw(2027, by=heads.boss)


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("calendar_no_rest_day", {"made_up": (date(2027, 1, 5),)}),
        ("calendar_twice", {"made_up": (date(2027, 1, 2),)}),
        ("calendar_backwards", {"last": date(2026, 12, 31)}),
        ("calendar_too_long", {"last": date(2027, 1, 31)}),
        ("calendar_number", {"number": ""}),
    ],
)
def test_what_no_announcement_says_is_refused(heads, clock, code, wrong):
    clock.to(DECEMBER)
    with pytest.raises(Invalid, match=code):
        calendars().read(reading(**wrong), by=heads.boss)


def test_a_year_without_its_statutory_days_is_refused(heads, clock):
    clock.to(DECEMBER)
    found = reading()
    with pytest.raises(Invalid, match="calendar_holiday_missing"):
        calendars().read(replace(found, lines=found.lines[:-1]), by=heads.boss)


def test_a_running_period_keeps_its_length_when_the_setting_changes(heads):
    from duecourse.office.settings import actions

    report = heads.report()
    before = clock_of(report.stream).last_on
    change = actions.propose("report-first-answer", "3 working_days", by=heads.admin, reason="承诺")
    actions.decide(change.id, by=heads.boss, agree=True)
    assert recount() == 0
    assert clock_of(report.stream).last_on == before
