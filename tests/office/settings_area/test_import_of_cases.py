"""Running cases come along from the old books: tried first, all or none, once and never twice."""

from __future__ import annotations

import io
import sys
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook


def importing():
    from duecourse.office.settings import importing as module

    return module


def row(number=1, **changes):
    return {
        "old_number": f"某网信立〔2025〕{number}号", "party": "某某网络有限公司", "party_kind": "单位",
        "case_head": "fraud",
        "breach": "security-duty", "summary": "未采取防范措施", "registered_on": date(2026, 1, 5),
        "discovered_on": "2026年1月5日", "act_ended": None,
        "filed_on": "2026-01-09", "handlers": "officer，second", "scan": None,
    } | changes  # fmt: skip


def workbook(*rows, template=True):
    from duecourse.office.settings import workbooks

    book = load_workbook(io.BytesIO(importing().template())) if template else Workbook()
    sheet = book.worksheets[0]
    if not template:
        sheet.append([column.heading for column in workbooks.COLUMNS])
    for one in rows:
        sheet.append([one.get(column.name) for column in workbooks.COLUMNS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cases():
    from duecourse.office.matters.models import Matter

    return list(Matter.objects.filter(procedure="penalty-ordinary").order_by("number"))


def test_a_trial_writes_nothing_and_the_import_makes_cases_on_the_days_they_were_filed(heads):
    from duecourse.office.ledger import store
    from duecourse.office.matters import checks

    content = workbook(row(1), row(2, party_kind="个人", party="甲某"))
    tried = importing().run(content, by=heads.boss, dry=True)
    assert (len(tried.cases), tried.errors, cases()) == (2, [], [])
    done = importing().run(content, by=heads.boss, dry=False)
    assert (len(done.cases), done.errors) == (2, [])
    first = cases()[0]
    opening = store.read(first.id)[0]
    assert (first.stage, first.opened_on) == ("investigating", date(2026, 1, 9))
    assert opening.fields["old_number"].value == "某网信立〔2025〕1号"
    assert len(opening.fields["imported_from"].value) == 64
    assert first.state["clocks"]["decision"]["last"] == "2026-04-09"
    assert [*checks.matters(), *checks.rejudged()] == []


def test_the_same_file_twice_adds_nothing(heads):
    content = workbook(row(1))
    importing().run(content, by=heads.boss, dry=False)
    again = importing().run(content, by=heads.main, dry=False)
    assert (again.cases, again.passed_over, len(cases())) == ([], ["某网信立〔2025〕1号"], 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"party": None}, "当事人"),
        ({"party_kind": "公司"}, "单位"),
        ({"case_head": "opinion"}, "opinion"),
        ({"breach": "不存在"}, "不存在"),
        ({"filed_on": "上个月"}, "上个月"),
        ({"filed_on": "2027-01-09"}, ""),
        ({"handlers": "officer"}, ""),
        ({"handlers": "officer，nobody"}, "nobody"),
        ({"handlers": "officer，intake"}, ""),
        ({"summary": "=HYPERLINK(1)"}, "公式"),
        ({"scan": "a.pdf"}, "a.pdf"),
    ],
)
def test_one_wrong_row_keeps_every_row_out_and_says_which_and_why(heads, changes, words):
    from django.utils import translation

    with translation.override("zh-hans"):
        report = importing().run(workbook(row(1), row(2, **changes)), by=heads.boss, dry=False)
    assert {error.row for error in report.errors} == {4}
    assert words in " ".join(error.sentence for error in report.errors)
    assert cases() == []


def test_who_is_no_head_cannot_take_cases_over(heads):
    report = importing().run(workbook(row(1)), by=heads.officer, dry=False)
    assert report.errors
    assert cases() == []


def test_a_number_twice_in_one_list_is_an_error(heads):
    report = importing().run(workbook(row(1), row(1)), by=heads.boss, dry=True)
    assert [error.row for error in report.errors] == [4]


def test_a_scan_beside_the_list_becomes_evidence(heads, tmp_path):
    from duecourse.office.matters.models import Exhibit
    from duecourse.office.settings import import_command

    (tmp_path / "a.txt").write_text("立案审批表")
    (tmp_path / "list.xlsx").write_bytes(workbook(row(1, scan="a.txt"), row(2, scan="../list.xlsx")))
    said = import_command.main([str(tmp_path / "list.xlsx"), "--by", "boss", "--scans", str(tmp_path)])
    assert (said, cases()) == (1, [])
    (tmp_path / "list.xlsx").write_bytes(workbook(row(1, scan="a.txt")))
    assert import_command.main([str(tmp_path / "list.xlsx"), "--by", "boss", "--scans", str(tmp_path)]) == 0
    assert Exhibit.objects.filter(matter=cases()[0].id).count() == 1


@pytest.mark.wide
def test_five_hundred_rows_come_in_and_none_is_lost(heads):
    content = workbook(*(row(number) for number in range(1, 501)))
    began = time.monotonic()
    report = importing().run(content, by=heads.boss, dry=False)
    sys.stdout.write(f"500 rows in {time.monotonic() - began:.1f} s\n")
    assert (len(report.cases), report.errors, len(cases())) == (500, [], 500)


CELLS = st.one_of(
    st.none(), st.text(max_size=20), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.dates(),
    st.booleans(),
    st.datetimes(), st.just("=1+1"), st.just("2026-02-30"),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=14), max_size=6), st.booleans())
def test_any_workbook_gives_rows_or_errors_and_never_a_crash(django_ready, lines, headed):
    from openpyxl.utils.exceptions import IllegalCharacterError

    from duecourse.office.settings import workbooks

    book = Workbook()
    sheet = book.worksheets[0]
    if headed:
        sheet.append([column.heading for column in workbooks.COLUMNS])
    for line in lines:
        try:
            sheet.append(line)
        except IllegalCharacterError:
            continue
    out = io.BytesIO()
    book.save(out)
    found = workbooks.read(out.getvalue())
    assert headed or found.errors
    for one in found.rows:
        assert {column.name for column in workbooks.COLUMNS} == set(one.cells)
        assert date.fromisoformat(one.cells["filed_on"])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 4000))
def test_any_bytes_give_an_error_in_words(django_ready, content, place):
    from duecourse.office.settings import workbooks

    whole = workbooks.template({}, {})
    broken = whole[:place] + content + whole[place + len(content) :]
    for one in (content, broken):
        found = workbooks.read(one)
        assert all(error.sentence for error in found.errors)
