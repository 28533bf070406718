"""The party's door on the running sites: from the code on a served document to a receipt that verifies."""

import os
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browsing import Visitor, hidden

from duecourse.edge import ids
from party_case import CONTACT, REPORTER, CaseOnTheRoad, staff
from small_office import MORNING

LATE = datetime(2026, 3, 11, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def hand():
    from town import HandMovedClock

    clock = HandMovedClock(Path(os.environ["DUECOURSE_CLOCK"]))
    clock.to(MORNING)
    yield clock
    clock.set(0)


@pytest.fixture(scope="module")
def served(sites, hand):
    """A case whose notice was served with a code, and the code."""
    case = CaseOnTheRoad(staff()).noticed()
    given = case.give()
    case.serve()
    return case, given


def entered(visitor, code):
    visitor.get("/party/")
    return visitor.post("/party/", {"code": code})


def form_of(visitor, kind, **answers):
    page = visitor.get(f"/party/{kind}/")
    assert page.status == 200
    held = {name: hidden(page, name)[0] for name in ("csrfmiddlewaretoken", "form")}
    if officers := hidden(page, "officers"):
        held["officers"] = officers
    return held | answers


def until(ready, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := ready():
            return found
        time.sleep(0.1)
    raise AssertionError("it never came")


def test_the_code_opens_the_papers_and_the_files(served, visitors):
    visitor = visitors()
    answer = entered(visitor, served[1].code.lower().replace("-", " "))
    assert (answer.status, answer.headers["location"]) == (303, "/party/papers/")
    page = visitor.get("/party/papers/").text
    assert "State and defend" in page
    assert "9 March 2026" in page
    assert "Another’s trade secret" in page
    assert REPORTER not in page
    assert CONTACT not in page
    file = visitor.get("/party/papers/0/")
    assert file.content == b"%PDF-1.4\nstamped\nstartxref\n0\n%%EOF\n"
    assert visitor.get("/party/papers/99/").status == 404


def test_a_statement_gets_a_receipt_that_verifies_and_is_before_the_handler(served, visitors, sites, tmp_path):
    case, given = served
    visitor = visitors()
    entered(visitor, given.code)
    form = form_of(visitor, "statement", text="我们在立案以前已经整改。")
    answer = visitor.send(form, [("说明.txt", "证明".encode(), "text/plain")], path="/party/statement/")
    assert answer.status == 303, answer.text[:3000]
    again = visitor.send(form, path="/party/statement/")
    assert again.headers["location"] == answer.headers["location"]
    place = answer.headers["location"]
    page = until(lambda: (found := visitor.get(place)) and "Save the receipt" in found.text and found)
    assert "in time" in page.text
    assert "说明.txt" in page.text
    receipt = visitor.post(f"{place}receipt.json", {})
    (tmp_path / "receipt.json").write_bytes(receipt.content)
    key = Visitor(sites.public).get("/proofs/vkey").text.strip()
    done = sites.command("verify", "receipt", str(tmp_path / "receipt.json"), "--vkey", key, "--language", "en")
    assert "holds" in done.stdout
    until(lambda: case.standing().state.has("stated"))
    until(lambda: "before the officer" in visitor.get("/party/papers/").text)


def test_a_late_request_is_taken_in_and_says_the_last_day_it_had(served, visitors, hand):
    visitor = visitors()
    entered(visitor, served[1].code)
    hand.to(LATE)
    try:
        assert "last day was <time" in visitor.get("/party/hearing/").text
        answer = visitor.send(form_of(visitor, "hearing", text="", representatives=""), path="/party/hearing/")
        page = visitor.get(answer.headers["location"]).text
    finally:
        hand.to(MORNING)
    assert "late" in page
    assert "9 March 2026" in page


def test_whatever_is_wrong_comes_back_with_what_was_typed(served, visitors):
    visitor = visitors()
    entered(visitor, served[1].code)
    form = form_of(visitor, "address", recipient="王经理", address="", phone="", email="nobody", electronic="yes")
    answer = visitor.send(form, path="/party/address/")
    assert answer.status == 422
    assert "王经理" in answer.text
    assert "“Postal address” is empty" in answer.text
    assert "Give an e-mail address" in answer.text
    silent = visitor.send(form_of(visitor, "address", recipient="王经理", address="一路1号"), path="/party/address/")
    assert "choose one of the answers" in silent.text


def test_a_visit_that_ran_out_loses_nothing_that_was_typed(served, visitors):
    visitor = visitors()
    entered(visitor, served[1].code)
    form = form_of(visitor, "rectification", text="已经更换全部口令。", done_on="")
    del visitor.cookies["duecourse_party"]
    answer = visitor.send(form, path="/party/rectification/")
    assert answer.status == 422
    assert "已经更换全部口令。" in answer.text
    wrong = visitor.send(form | {"code": ids.code()}, path="/party/rectification/")
    assert "Nothing was found with this code" in wrong.text
    assert visitor.send(form | {"code": served[1].code}, path="/party/rectification/").status == 303


def test_another_language_in_the_middle_keeps_what_was_typed(served, visitors):
    visitor = visitors()
    entered(visitor, served[1].code)
    form = form_of(visitor, "rectification", text="已经更换全部口令。", done_on="", go="language")
    answer = visitor.send(form, path="/party/rectification/?lang=zh-hans")
    assert answer.status == 200
    assert "报告整改情况" in answer.text
    assert "已经更换全部口令。" in answer.text


def test_a_code_tried_at_the_wrong_door_leads_to_the_right_one(served, visitors):
    visitor = visitors()
    visitor.get("/report/follow-up/")
    answer = visitor.post("/report/follow-up/", {"code": served[1].code})
    assert (answer.status, answer.headers["location"]) == (303, "/party/papers/")
    assert visitor.get("/party/papers/").status == 200
    reporter = visitors()
    page = reporter.get("/report/")
    code, stamp = hidden(page, "code")[0], hidden(page, "stamp")[0]
    token = hidden(page, "csrfmiddlewaretoken")[0]
    sent = {"csrfmiddlewaretoken": token, "code": code, "stamp": stamp, "page": "check", "head": "fraud"}
    sent |= {"urgent": "no", "harmed": "self", "what_happened": "被骗", "address": "", "happened_on": "", "contact": ""}
    assert reporter.send(sent).status == 303
    other = visitors()
    answer = entered(other, code)
    assert (answer.status, answer.headers["location"]) == (303, "/report/status/")
    assert "duecourse_party" not in other.cookies


@pytest.mark.parametrize("code", ["of nobody", "", "hello", "7" * 5000, "A\0B"])
def test_a_wrong_code_gets_the_same_answer_whatever_is_wrong_at_the_partys_door(sites, hand, visitors, code):
    visitor = visitors()
    answer = entered(visitor, ids.code() if code == "of nobody" else code)
    assert answer.status == 404
    assert "Nothing was found with this code." in answer.text
    assert "duecourse_party" not in visitor.cookies


def test_no_page_behind_the_door_opens_without_the_code(sites, hand, visitors):
    for path in ("/party/papers/", "/party/papers/0/", "/party/statement/", "/party/sent/0/"):
        answer = visitors().get(path)
        assert (answer.status, answer.headers["location"]) == (302, "/party/?again=1")


def test_a_replaced_code_opens_nothing_and_the_new_one_the_same_case(served, visitors):
    from duecourse.office.party import access

    case, given = served
    new = access.replace(given.access.id, by=case.office.officer, reason="当面核对身份证件", key=str(uuid.uuid4()))
    assert entered(visitors(), given.code).status == 404
    visitor = visitors()
    assert entered(visitor, new.code).status == 303
    page = visitor.get("/party/papers/").text
    assert "我们在立案以前已经整改。" in page or "Statement" in page


def test_leaving_forgets_the_code_in_this_browser(sites, hand, visitors):
    visitor = visitors()
    visitor.get("/party/")
    assert visitor.post("/party/leave/", {}).status == 303
    assert "duecourse_party" not in visitor.cookies


@pytest.mark.browser
@pytest.mark.parametrize("spoken", [("zh-hans", "提交申请", "已收到"), ("en", "Send", "We have it")])
def test_a_party_reads_and_asks_on_a_phone_without_scripts(served, sites, visit, spoken):
    from duecourse.office.party import access
    from duecourse.office.party.models import PartyAccess

    language, send, heading = spoken
    case = served[0]
    held = PartyAccess.objects.get(matter=case.matter, ended_at=None)
    code = access.replace(held.id, by=case.office.officer, reason="当面核对", key=str(uuid.uuid4())).code
    page = visit(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto(f"{sites.public}/party/?lang={language}")
    page.fill("#code", code)
    page.click("main button[type=submit]")
    assert page.url == f"{sites.public}/party/papers/"
    seen = [page.url]
    page.click("main a[href$='/party/recusal/']")
    page.check("#officer")
    page.click("main form button[type=submit]:has-text('" + send + "')")
    assert page.locator(".govuk-error-summary").count() == 1
    assert page.locator("#officer").is_checked()
    page.fill("#text", "王办是对方的股东。")
    seen.append(page.url)
    page.click("main form button[type=submit]:has-text('" + send + "')")
    assert heading in page.inner_text("h1")
    assert "王办是对方的股东。" in page.inner_text("main")
    for address in (*seen, page.url, f"{sites.public}/party/address/", f"{sites.public}/party/?again=1"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
