"""Periods counted as the law counts them: tables of sentences, a day-walker written apart, and properties."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse import cli
from duecourse.core.deadlines import (
    Calendar,
    Extension,
    Length,
    Unit,
    count,
    count_hours,
    latest_before,
    load_calendar,
)
from duecourse.core.errors import Invalid
from duecourse.core.law import rulebook_folder
from duecourse.core.reading import Problems, RulebookError

D = dt.date.fromisoformat
ONE = dt.timedelta(days=1)


def load() -> Calendar:
    problems = Problems()
    calendar = load_calendar(rulebook_folder("cn-city") / "calendars", problems)
    problems.raise_if_any()
    return calendar


CALENDAR = load()

PERIODS = {
    "apl 85: seven days across Spring Festival 2026 leave out nine days and count a Saturday worked in exchange": (
        "2026-02-10", "7 working_days", {}, "2026-02-26"),
    "the day a period starts on is not counted, even when it is a working day (cpl 85)": (
        "2026-03-02", "1 working_day", {}, "2026-03-03"),
    "a period that starts on a rest day starts counting on the next working day": (
        "2026-03-07", "1 working_day", {}, "2026-03-09"),
    "a Sunday worked in exchange is the first working day after New Year 2026": (
        "2026-01-01", "1 working_day", {}, "2026-01-04"),
    "a Saturday worked in exchange can be the last day": ("2026-02-13", "1 working_day", {}, "2026-02-14"),
    "apl 64: five days to ask for a hearing, over a weekend": ("2026-03-05", "5 working_days", {}, "2026-03-12"),
    "acl 54, 69: ten days after the reminder are working days": ("2026-04-27", "10 working_days", {}, "2026-05-13"),
    "ogi 26: twenty working days across National Day 2026": ("2026-09-15", "20 working_days", {}, "2026-10-19"),
    "cac-14 45: ninety days are calendar days, holidays included": ("2026-01-05", "90 days", {}, "2026-04-05"),
    "apl 67: fifteen days to pay end on a day of the festival when nothing rolls": (
        "2026-02-02", "15 days", {}, "2026-02-17"),
    "cpl 85: the same fifteen days, rolling, end on the first day after the festival": (
        "2026-02-02", "15 days", {"rolls": True}, "2026-02-24"),
    "cpl 85: a last day on a plain Saturday moves to Monday": ("2026-03-06", "8 days", {"rolls": True}, "2026-03-16"),
    "cpl 85: a last day on a Saturday worked in exchange does not move": (
        "2026-01-30", "15 days", {"rolls": True}, "2026-02-14"),
    "civil 202: one month from 31 January ends on 28 February": ("2026-01-31", "1 month", {}, "2026-02-28"),
    "civil 202: in a leap year it ends on 29 February": ("2024-01-31", "1 month", {}, "2024-02-29"),
    "civil 202: one month from 28 February ends on 28 March, the corresponding day": (
        "2026-02-28", "1 month", {}, "2026-03-28"),
    "alp 47: two months from 31 December end on the last of February": ("2025-12-31", "2 months", {}, "2026-02-28"),
    "apl 36: two years from 29 February end on 28 February": ("2024-02-29", "2 years", {}, "2026-02-28"),
    "alp 46: six months ending on Labour Day roll to the first working day": (
        "2025-11-01", "6 months", {"rolls": True}, "2026-05-06"),
    "cac-14 18: an extension to fifteen working days is fifteen in all": (
        "2026-03-02", "7 working_days", {"extensions": ["to 15 working_days"]}, "2026-03-23"),
    "cac-14 45: an extension by sixty days adds to ninety": (
        "2026-01-05", "90 days", {"extensions": ["by 60 days"]}, "2026-06-04"),
    "two extensions by one month each, from 31 January, end on 30 April and not on the 28th": (
        "2026-01-31", "1 month", {"extensions": ["by 1 month", "by 1 month"]}, "2026-04-30"),
    "an extension in another unit runs from the unmoved end": (
        "2026-01-31", "1 month", {"extensions": ["by 10 days"]}, "2026-03-10"),
    "an extension to a total replaces what was added before": (
        "2026-03-02", "7 days", {"extensions": ["by 3 days", "to 20 days"]}, "2026-03-22"),
    "cac-14 45: seven days of appraisal are left out": (
        "2026-03-02", "30 days", {"pauses": [("2026-03-10", "2026-03-17")]}, "2026-04-08"),
    "a pause that ends on the day it began leaves nothing out": (
        "2026-03-02", "30 days", {"pauses": [("2026-03-10", "2026-03-10")]}, "2026-04-01"),
    "two pauses that overlap leave each day out once": (
        "2026-03-02", "30 days",
        {"pauses": [("2026-03-10", "2026-03-17"), ("2026-03-12", "2026-03-20")]}, "2026-04-11"),
    "a pause over a weekend prolongs working days only by its working days": (
        "2026-03-02", "7 working_days", {"pauses": [("2026-03-06", "2026-03-09")]}, "2026-03-12"),
    "a month with a pause is prolonged by the days of the pause": (
        "2026-03-02", "1 month", {"pauses": [("2026-03-10", "2026-03-12")]}, "2026-04-04"),
    "a pause after the end changes nothing": (
        "2026-03-02", "3 days", {"pauses": [("2026-03-10", "2026-03-12")]}, "2026-03-05"),
}  # fmt: skip


def counted(start, length, *, calendar=CALENDAR, rolls=False, pauses=(), extensions=()):
    return count(
        D(start),
        Length.parse(length),
        calendar=calendar,
        rolls=rolls,
        pauses=[(D(first), D(until) if until else None) for first, until in pauses],
        extensions=[Extension.parse(text) for text in extensions],
    )


@pytest.mark.parametrize(("start", "length", "how", "last"), PERIODS.values(), ids=PERIODS)
def test_a_period_ends_on_the_day_the_law_says(start, length, how, last):
    found = counted(start, length, **how)
    assert found.last == D(last)
    assert not found.provisional
    assert found.earliest == found.latest == found.last


def test_the_alarm_stands_on_the_day_before_any_move_over_a_rest_day():
    found = counted("2026-02-02", "15 days", rolls=True)
    assert (found.alarm, found.last) == (D("2026-02-17"), D("2026-02-24"))


def test_each_skipped_day_carries_its_reason_and_its_source():
    found = counted("2026-02-10", "7 working_days")
    assert [str(one.day) for one in found.skipped] == [f"2026-02-{day}" for day in range(15, 24)]
    assert {one.source for one in found.skipped} == {"国办发明电〔2025〕7号"}
    assert found.skipped[0].why == {"zh-Hans": "春节", "en": "Spring Festival"}


def test_the_days_a_last_day_moved_over_are_named_too():
    found = counted("2026-03-06", "8 days", rolls=True)
    assert [str(one.day) for one in found.skipped] == ["2026-03-14", "2026-03-15"]


def test_a_clock_that_stands_still_says_so():
    found = counted("2026-03-02", "30 days", pauses=[("2026-03-10", None)])
    assert found.paused
    assert found.last == D("2026-04-01")


class TestUnannounced:
    def test_working_days_over_the_end_of_2026_are_provisional_with_bounds(self):
        found = counted("2026-12-20", "10 working_days")
        assert found.provisional
        assert found.earliest <= found.last <= found.latest
        assert found.earliest < found.latest
        assert found.alarm == found.earliest

    def test_calendar_days_over_the_end_of_2026_depend_on_no_announcement(self):
        assert not counted("2026-12-20", "30 days").provisional

    def test_working_days_of_2027_far_from_any_holiday_are_certain(self):
        found = counted("2027-03-01", "7 working_days")
        assert not found.provisional
        assert found.last == D("2027-03-10")

    def test_a_rolling_last_day_that_is_a_statutory_holiday_of_2027_is_off_for_certain(self):
        assert counted("2026-12-17", "15 days", rolls=True).earliest > D("2027-01-01")

    def test_a_last_week_of_2026_is_open_because_the_notice_for_2027_may_reach_back(self):
        assert CALENDAR.day(D("2026-12-10")).certain
        assert not CALENDAR.day(D("2026-12-31")).certain

    def test_a_year_that_no_file_reaches_is_refused(self):
        for start in ("2019-03-01", "2060-03-01"):
            with pytest.raises(Invalid) as refused:
                counted(start, "7 working_days")
            assert refused.value.code == "calendar_unknown"

    @pytest.mark.parametrize("year", [2025, 2026])
    def test_what_was_announced_lies_within_what_was_left_open(self, year):
        """The bounds hold for real years: take the file away, and every real day is either as foretold or was open."""
        before = Calendar(rules=CALENDAR.rules, years={y: a for y, a in CALENDAR.years.items() if y < year})
        day = D(f"{year}-01-01")
        while day.year == year:
            foretold, real = before.day(day), CALENDAR.day(day)
            assert real.works == foretold.works or not foretold.certain, day
            day += ONE

    @given(start=st.dates(D("2025-01-01"), D("2025-12-31")), number=st.integers(1, 40), rolls=st.booleans())
    def test_the_real_last_day_lies_between_earliest_and_latest(self, start, number, rolls):
        before = Calendar(rules=CALENDAR.rules, years={2024: CALENDAR.years[2024]})
        length = Length(number, Unit.WORKING_DAYS)
        known = Calendar(rules=CALENDAR.rules, years=CALENDAR.years)
        foretold = count(start, length, calendar=before, rolls=rolls)
        real = count(start, length, calendar=known, rolls=rolls)
        assert foretold.earliest <= real.last <= foretold.latest


class TestTheCalendarDayByDay:
    @pytest.mark.parametrize(("year", "working"), {2024: 251, 2025: 248, 2026: 248}.items())
    def test_a_year_has_its_known_number_of_working_days(self, year, working):
        complete = replace(
            CALENDAR, years=CALENDAR.years | {2027: replace(CALENDAR.years[2026], year=2027, festivals=())}
        )
        days = [D(f"{year}-01-01") + ONE * n for n in range(366)]
        assert sum(complete.day(day).works for day in days if day.year == year) == working

    def test_the_days_worked_in_exchange_in_2026_are_the_six_announced(self):
        made_up = {day for festival in CALENDAR.years[2026].festivals for day in festival.make_up}
        assert sorted(str(day)[5:] for day in made_up) == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]

    def test_2026_has_thirty_three_days_off(self):
        assert sum((one.last - one.first).days + 1 for one in CALENDAR.years[2026].festivals) == 33


class TestAgainstASecondCount:
    """The same law, walked day by day by code that shares nothing with the counting but the calendar's days."""

    @staticmethod
    def walk(start, number, *, working, left_out):
        day, left = start, number
        while left:
            day = day + dt.timedelta(1)
            if day in left_out:
                continue
            if working and not CALENDAR.day(day).works:
                continue
            left -= 1
        return day

    @given(
        start=st.dates(D("2024-01-01"), D("2026-06-01")),
        number=st.integers(1, 90),
        working=st.booleans(),
        pauses=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=3),
    )
    def test_both_end_on_the_same_day(self, start, number, working, pauses):
        spans = [(start + ONE * after, start + ONE * (after + long)) for after, long in pauses]
        left_out = {first + ONE * n for first, until in spans for n in range((until - first).days)}
        length = Length(number, Unit.WORKING_DAYS if working else Unit.DAYS)
        found = count(start, length, calendar=CALENDAR, pauses=spans)
        assert found.last == self.walk(start, number, working=working, left_out=left_out)

    @given(start=st.dates(D("2024-01-10"), D("2026-08-01")), number=st.integers(1, 60))
    def test_counting_back_and_forth_meets_on_working_days(self, start, number):
        length = Length(number, Unit.WORKING_DAYS)
        last = count(start, length, calendar=CALENDAR).last
        assert count(latest_before(last, length, calendar=CALENDAR).last, length, calendar=CALENDAR).last == last


class TestProperties:
    periods = st.builds(Length, st.integers(1, 100), st.sampled_from([Unit.DAYS, Unit.WORKING_DAYS, Unit.MONTHS]))
    starts = st.dates(D("2024-01-01"), D("2026-01-01"))

    @given(start=starts, length=periods, rolls=st.booleans())
    def test_earliest_last_latest_and_alarm_keep_their_order(self, start, length, rolls):
        found = count(start, length, calendar=CALENDAR, rolls=rolls)
        assert start < found.alarm <= found.earliest <= found.last <= found.latest
        assert found.provisional == (found.earliest != found.latest)

    @given(start=starts, length=periods)
    def test_a_rolled_last_day_is_a_working_day_and_never_earlier(self, start, length):
        rolled = count(start, length, calendar=CALENDAR, rolls=True).last
        assert rolled >= count(start, length, calendar=CALENDAR).last
        assert CALENDAR.day(rolled).works

    @given(start=starts, length=periods, more=st.integers(1, 30))
    def test_a_longer_period_never_ends_earlier(self, start, length, more):
        longer = Length(length.number + more, length.unit)
        assert count(start, longer, calendar=CALENDAR).last >= count(start, length, calendar=CALENDAR).last

    @given(length=st.builds(Length, st.integers(1, 9999), st.sampled_from([u for u in Unit if u is not Unit.YEARS])))
    def test_a_length_prints_back(self, length):
        assert Length.parse(str(length)) == length

    @given(text=st.text(max_size=20))
    def test_a_length_has_one_spelling(self, text):
        with contextlib.suppress(Invalid):
            assert str(Length.parse(text)) == text


class TestHours:
    zone = dt.timezone(dt.timedelta(hours=8))

    def test_twenty_four_hours_run_through_a_night_of_spring_festival(self):
        start = dt.datetime(2026, 2, 16, 22, 30, tzinfo=self.zone)
        assert count_hours(start, 24) == dt.datetime(2026, 2, 17, 22, 30, tzinfo=self.zone)

    def test_a_moment_without_a_zone_is_refused(self):
        with pytest.raises(Invalid, match="moment_without_zone"):
            count_hours(dt.datetime(2026, 2, 16, 22, 30), 24)  # noqa: DTZ001 - that is the point

    def test_hours_are_not_counted_as_days(self):
        with pytest.raises(Invalid, match="hours_need_a_moment"):
            counted("2026-02-16", "24 hours")


class TestBackwards:
    def test_a_hearing_notice_is_served_seven_working_days_before(self):
        found = latest_before(D("2026-03-02"), Length.parse("7 working_days"), calendar=CALENDAR)
        assert found.last == D("2026-02-13")
        assert found.alarm == D("2026-02-12")

    def test_months_are_not_counted_back(self):
        with pytest.raises(Invalid, match="unit_not_counted_back"):
            latest_before(D("2026-03-02"), Length.parse("1 month"), calendar=CALENDAR)

    def test_days_are_counted_back_through_rest_days(self):
        assert latest_before(D("2026-02-20"), Length.parse("3 days"), calendar=CALENDAR).last == D("2026-02-17")


WRONG = {
    "an abbreviation is no length": ("7 workdays", "length_malformed"),
    "a leading zero is no length": ("07 days", "length_malformed"),
    "one day is singular": ("1 days", "length_malformed"),
    "two days are plural": ("2 day", "length_malformed"),
    "zero days are no period": ("0 days", "length_malformed"),
    "a hundred and one years are too long": ("101 years", "length_out_of_range"),
}


@pytest.mark.parametrize(("text", "code"), WRONG.values(), ids=WRONG)
def test_a_wrong_length_is_refused(text, code):
    with pytest.raises(Invalid) as refused:
        Length.parse(text)
    assert refused.value.code == code


def test_an_extension_that_would_shorten_is_refused():
    with pytest.raises(Invalid, match="extension_shortens"):
        counted("2026-03-02", "15 working_days", extensions=["to 7 working_days"])


def test_an_extension_is_spelled_to_or_by():
    assert str(Extension.parse("by 60 days")) == "by 60 days"
    assert str(Extension.parse("to 15 working_days")) == "to 15 working_days"
    with pytest.raises(Invalid, match="extension_malformed"):
        Extension.parse("60 days")


def test_a_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(Invalid, match="pause_backwards"):
        counted("2026-03-02", "15 days", pauses=[("2026-03-12", "2026-03-10")])


def test_a_length_is_said_in_both_languages():
    assert Length.parse("7 working_days").words() == {"zh-Hans": "7个工作日", "en": "7 working days"}


MISTAKES = {
    "a weekday worked in exchange": ("make-up: [2026-02-14, 2026-02-28]", "make-up: [2026-02-13]", "no Saturday"),
    "a day of another year": ("to: 2026-01-03", "to: 2028-01-03", "not a day of 2026"),
    "a last day before the first": ("to: 2026-02-23", "to: 2026-02-14", "before the first"),
    "an unknown key": ("festivals:", "feasts:", "Unknown key 'feasts'"),
    "a month without such a day": ("{month: 5, day: 1}", "{month: 2, day: 30}", "no day 30"),
    "a holiday both fixed and moving": (
        "      days: 2\n",
        "      days: 2\n      dates: [2027-05-01]\n",
        "fixed day or a table",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_calendar_is_named_with_its_line(tmp_path, right, wrong, message):
    for name in ("rules.yaml", "2026.yaml"):
        text = (rulebook_folder("cn-city") / "calendars" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    problems = Problems()
    load_calendar(tmp_path, problems)
    with pytest.raises(RulebookError, match=message) as found:
        problems.raise_if_any()
    assert all(problem.line >= 1 and problem.file.endswith(".yaml") for problem in found.value.problems)


class TestTheCommand:
    def run(self, capsys, *arguments):
        status = cli.main(["deadlines", "count", *arguments])
        return status, capsys.readouterr()

    def test_it_prints_the_date_alone_on_the_last_line(self, capsys):
        status, shown = self.run(
            capsys,
            "--from",
            "2026-02-10",
            "--length",
            "7 working_days",
            "--rolls",
            "--rulebook",
            "cn-city",
            "--explain",
        )
        assert status == 0
        lines = shown.out.splitlines()
        assert lines[-1] == "2026-02-26"
        assert any("2026-02-17 Tuesday" in line and "Spring Festival" in line for line in lines)
        assert any(line.startswith("2026-02-14 Saturday counts") for line in lines)

    def test_it_explains_in_chinese(self, capsys):
        _, shown = self.run(
            capsys, "--from", "2026-02-10", "--length", "7 working_days", "--explain", "--lang", "zh-Hans"
        )
        assert "2026-02-17 周二 不计：春节（国办发明电〔2025〕7号）。" in shown.out

    def test_it_says_that_a_date_is_provisional(self, capsys):
        _, shown = self.run(capsys, "--from", "2026-12-20", "--length", "10 working_days")
        assert shown.out.startswith("Provisional")

    def test_it_reads_days_as_the_statute_means_them(self, capsys):
        assert self.run(capsys, "--from", "2026-02-10", "--length", "7 days", "--under", "apl")[1].out == "2026-02-26\n"
        assert (
            self.run(capsys, "--from", "2026-02-02", "--length", "15 days", "--under", "alp")[1].out == "2026-02-24\n"
        )

    def test_it_counts_hours_in_the_zone_of_the_rulebook(self, capsys):
        _, shown = self.run(capsys, "--from", "2026-02-16T22:00", "--length", "24 hours")
        assert shown.out == "2026-02-17T22:00+08:00\n"
        _, shown = self.run(capsys, "--from", "2026-02-16T22:00+00:00", "--length", "24 hours")
        assert shown.out == "2026-02-17T22:00+00:00\n"

    def test_it_takes_pauses_and_extensions(self, capsys):
        _, shown = self.run(capsys, "--from", "2026-03-02", "--length", "30 days", "--pause", "2026-03-10..2026-03-17",
                            "--extend", "by 10 days")  # fmt: skip
        assert shown.out == "2026-04-18\n"
        _, shown = self.run(capsys, "--from", "2026-03-02", "--length", "30 days", "--pause", "2026-03-10..")
        assert shown.out.startswith("The period stands still")

    def test_it_prints_everything_as_json(self, capsys):
        _, shown = self.run(capsys, "--from", "2026-02-10", "--length", "7 working_days", "--json")
        found = json.loads(shown.out)
        assert found["last"] == "2026-02-26"
        assert len(found["skipped"]) == 9

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--from", "tomorrow", "--length", "7 days"),
            ("--from", "2026-02-10", "--length", "7 workdays"),
            ("--from", "2026-02-10", "--length", "7 days", "--rulebook", "atlantis"),
            ("--from", "2026-02-10", "--length", "24 hours"),
            ("--from", "noon", "--length", "24 hours"),
            ("--from", "2026-02-10", "--length", "7 days", "--pause", "2026-02-11"),
            ("--from", "2026-02-10", "--length", "7 days", "--under", "magna-carta"),
        ],
    )
    def test_wrong_input_gets_a_sentence_and_status_two(self, capsys, arguments):
        status, shown = self.run(capsys, *arguments)
        assert status == 2
        assert "Traceback" not in shown.err
        assert len(shown.err.splitlines()) == 1
