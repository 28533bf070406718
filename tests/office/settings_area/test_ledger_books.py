"""The office's ledger books: one click, only what the reader may see, no formula, an entry for each that leaves."""

from __future__ import annotations

import csv
import io
import json
import resource
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from openpyxl import load_workbook

SEES = {
    "boss": {"reports", "leads", "cases", "items", "documents"},
    "officer": {"reports", "leads", "cases", "items", "documents"},
    "intake": {"reports", "leads", "items"},
    "custodian": {"items"},
    "publisher": {"items"},
    "admin": {"items"},
}


@pytest.fixture
def desk(heads):
    from django.test import Client

    def sit(who):
        client = Client(HTTP_HOST="localhost")
        client.force_login(getattr(heads, who), backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        from duecourse.office.people import arrival

        session[arrival.PROOF] = time.time()
        session.save()
        return client

    return sit


def taken(client, name, kind="xlsx", **more):
    answer = client.post(f"/books/{name}/file/", {"year": "2026", "kind": kind, **more})
    assert answer.status_code == 200, answer.status_code
    content = b"".join(answer.streaming_content)
    answer.close()
    return content


def table(content):
    return [list(row) for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)]


def lead(office, **form):
    from duecourse.office.matters.actions import open_matter

    said = {
        "lead_head": "fraud",
        "summary": "线索",
        "operator": "=cmd|' /C calc'!A0",
        "received_on": "2026-03-02",
    } | form
    return open_matter("lead", by=office.intake, form=said, key=office.key())


def test_who_opens_which_book(desk):
    for who, names in SEES.items():
        client = desk(who)
        page = html.fromstring(client.get("/books/").content)
        shown = {
            link.split("/")[2]
            for link in page.xpath("//main//a/@href")
            if link.startswith("/books/") and link.count("/") > 2
        }
        assert shown == names, who
        for name in ("reports", "leads", "cases", "items", "documents"):
            assert client.get(f"/books/{name}/").status_code == (200 if name in names else 403), (who, name)


def test_a_report_stands_in_the_book_with_its_head_channel_handler_and_last_day(desk, heads):
    report = heads.report()
    heads.step(report, "claim", heads.officer)
    headings, row = table(taken(desk("boss"), "reports"))[:2]
    found = dict(zip(headings, row, strict=True))
    assert found["编号"] == "〔2026〕1"
    assert found["渠道"] == "电话"
    assert found["承办人"] == "王办"
    assert date(2026, 3, 11) in [cell.date() for cell in row if hasattr(cell, "date")]
    assert found["用时（日）"] == 0


def test_what_a_reader_may_not_see_is_left_out_and_named(desk, heads):
    lead(heads)
    page = desk("intake").get("/books/leads/").content.decode()
    assert "网络运营者" in page
    headings = table(taken(desk("officer"), "cases"))[0]
    assert "当事人" in headings
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.office.books import ledgers

    book = ledgers.by_id("cases")
    nobody = {column.name for column in ledgers.columns_for(book, frozenset({"custodian"}))}
    assert not nobody & {"party", "breach", "measure", "fine", "head", "why_late", "old_number"}
    rows = list(ledgers.rows(ledgers.by_id("leads"), ledgers.Choice(2026), PersonFacts("x", frozenset({"custodian"}))))
    assert "calc" not in str(rows)


def test_a_name_that_is_a_formula_stays_a_name(desk, heads):
    lead(heads)
    content = taken(desk("boss"), "leads")
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]
    said = taken(desk("boss"), "leads", kind="csv").decode("utf-8-sig")
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in csv.reader(io.StringIO(said)) for cell in row)
    found = json.loads(taken(desk("boss"), "leads", kind="json"))
    assert "=cmd|' /C calc'!A0" in found["rows"][0]


def test_each_book_that_leaves_is_an_entry_with_who_and_what(desk, heads):
    from duecourse.office.ledger import store, system

    heads.report()
    taken(desk("boss"), "reports", late="true")
    entry = store.read(system.installation().system_stream)[-1]
    assert entry.skeleton.step == "book-taken-out"
    assert entry.skeleton.outcome["book"] == "reports"
    assert entry.skeleton.outcome["rows"] == 0
    assert entry.fields["account"].value == str(heads.boss.id)


def test_taking_out_takes_a_recent_proof(desk, heads):
    from duecourse.office.people import arrival

    client = desk("boss")
    session = client.session
    session[arrival.PROOF] = time.time() - 3600
    session.save()
    answer = client.post("/books/reports/file/", {"year": "2026", "kind": "xlsx"})
    assert "attachment" not in answer.headers.get("Content-Disposition", "")


def test_filters_keep_rows_out(desk, heads, clock):
    heads.report()
    heads.report(form={"head": "gambling"})
    client = desk("boss")
    assert len(table(taken(client, "reports"))) == 3
    assert len(table(taken(client, "reports", head="gambling"))) == 2
    assert len(table(taken(client, "reports", stage="handling"))) == 1
    assert len(table(taken(client, "reports", late="true"))) == 1
    clock.forward(days=20)
    assert len(table(taken(desk("boss"), "reports", late="true"))) == 3


@pytest.mark.parametrize(
    "said", [{"year": "x", "kind": "xlsx"}, {"kind": "exe"}, {"year": "2026", "kind": "json", "stage": "'; --"}]
)
def test_odd_words_in_the_form_do_no_harm(desk, heads, said):
    answer = desk("boss").post("/books/reports/file/", said)
    answer.close()
    assert answer.status_code in {200, 404}


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.integers(-(2**40), 2**40), st.dates(), st.text(max_size=30)), min_size=1, max_size=6
    )
)
def test_no_cell_whatever_it_says_becomes_a_formula(row):
    from duecourse.office.books import sheets

    out = io.BytesIO()
    sheets.write("xlsx", out, "册", ["列"] * len(row), [row])
    for cell in next(load_workbook(io.BytesIO(out.getvalue())).worksheets[0].iter_rows(min_row=2), ()):
        assert cell.data_type != "f"
    plain = io.BytesIO()
    sheets.write("csv", plain, "册", ["列"] * len(row), [row])
    for cell, value in zip(
        list(csv.reader(io.StringIO(plain.getvalue().decode("utf-8-sig"), newline="")))[1], row, strict=True
    ):
        assert isinstance(value, int) or not cell.startswith(sheets.DANGEROUS)


@pytest.mark.wide
def test_a_book_of_8700_rows_takes_little_memory():
    from duecourse.office.books import sheets

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows = (
        [f"〔2026〕{n}", date(2026, 3, 2), "电信网络诈骗", "网页", "王办", "办理中", "", None, n % 40]
        for n in range(8_700)
    )
    with io.BytesIO() as out:
        assert sheets.write("xlsx", out, "举报", ["列"] * 9, rows) == 8_700
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000
