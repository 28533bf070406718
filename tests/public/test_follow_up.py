"""Coming back with the code: letters, the receipt as a file, and what a wrong code is told."""

import json
import statistics
import time
import uuid

import pytest
from browsing import Visitor, filled, hidden

from duecourse.edge import ids, sealing


def send(visitor, **changes):
    form = filled(visitor.get("/report/"), **changes)
    assert visitor.send(form).status == 303
    return form


def look(visitor, code):
    visitor.get("/report/follow-up/")
    return visitor.post("/report/follow-up/", {"code": code})


def test_a_code_opens_the_report_in_another_browser(visitor, visitors):
    form = send(visitor, contact="the baker's shop")
    other = visitors()
    answer = look(other, form["code"].lower().replace("-", " ").replace("0", "o").replace("1", "l"))
    assert (answer.status, answer.headers["location"]) == (303, "/report/status/")
    page = other.get("/report/status/")
    assert form["what_happened"] in page.text
    assert "the baker&#x27;s shop" in page.text
    assert "waits to be opened" in page.text or "being dealt with" in page.text


def test_a_letter_is_read_with_the_code_alone(visitor, visitors, stored):
    from duecourse.public.reporting.receipt import seal_letter

    form = send(visitor)
    keys = sealing.reporter_keys(form["code"])
    stream = stored("SELECT stream FROM submission WHERE lookup_id = %s", keys.lookup_id)[0][0]
    sealed = seal_letter(
        {"zh-Hans": "受理告知", "en": "Accepted"}, {"zh-Hans": "已受理。", "en": "We accepted it."}, keys.public.raw
    )
    stored(
        "INSERT INTO letter (id, submission, lookup_id, letter, sealed, created_at)"
        " VALUES (%s, %s, %s, 'acceptance', %s, now()) RETURNING id",
        uuid.uuid4(),
        stream,
        keys.lookup_id,
        sealed,
    )
    other = visitors()
    look(other, form["code"])
    assert "We accepted it." in other.get("/report/status/").text
    assert "已受理。" in other.get("/report/status/?lang=zh-hans").text


def test_a_receipt_verifies_from_a_folder_that_holds_nothing_else(visitor, sites, tmp_path):
    send(visitor, contact="the baker's shop", what_happened="钱被骗走了，涉及三个账号。")
    page = visitor.get("/report/receipt/")
    assert "Save the receipt as a file" in page.text
    for tick, shown in (("", 2), ("yes", 3)):
        answer = visitor.post("/report/receipt.json", {"with_identity": tick})
        assert answer.headers["content-disposition"] == 'attachment; filename="duecourse-receipt.json"'
        place = tmp_path / f"shown-{shown}"
        place.mkdir()
        (place / "receipt.json").write_bytes(answer.content)
        assert len(json.loads(answer.content)["fields"]) == shown
        key = Visitor(sites.public).get("/proofs/vkey").text.strip()
        done = sites.command("verify", "receipt", str(place / "receipt.json"), "--vkey", key, "--language", "en")
        assert "holds" in done.stdout


def test_a_changed_receipt_does_not_verify(visitor, sites, tmp_path):
    send(visitor)
    visitor.get("/report/receipt/")
    answer = visitor.post("/report/receipt.json", {})
    changed = answer.content.replace(b"sent nothing", b"sent a box!!")
    assert changed != answer.content
    (tmp_path / "receipt.json").write_bytes(changed)
    key = Visitor(sites.public).get("/proofs/vkey").text.strip()
    done = sites.command("verify", "receipt", str(tmp_path / "receipt.json"), "--vkey", key, check=False)
    assert done.returncode == 1


WRONG = {
    "an unknown code": ids.code(),
    "no code at all": "",
    "a code of another shape": "hello",
    "a code with a slip": ids.code()[:-1] + "*",
    "a code with NUL": "ABCD\0EFGH",
    "a very long code": "7" * 5_000,
}


@pytest.mark.parametrize("code", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_code_gets_the_same_answer_whatever_is_wrong(visitors, code):
    visitor = visitors()
    answer = look(visitor, code)
    assert answer.status == 404
    assert "No report was found with this code." in answer.text
    assert "duecourse_visit" not in visitor.cookies


def test_a_wrong_code_is_answered_after_the_same_time_whatever_is_wrong():
    """Against the clock of a simulated wait: the answer is held until a moment that depends on the arrival alone."""
    from duecourse.public.reporting import slowing

    began = time.monotonic()
    held = slowing.Slowing()
    held.hold_until(began + 0.05)
    assert time.monotonic() >= began + 0.05


def test_after_too_many_wrong_codes_a_source_is_asked_to_wait_and_others_are_not():
    from duecourse.public.reporting.slowing import ALLOWED, SECONDS, SOURCES, Slowing

    held = Slowing()
    for _ in range(ALLOWED):
        assert not held.must_wait("a", 100.0)
        held.was_wrong("a", 100.0)
    assert held.must_wait("a", 101.0)
    assert not held.must_wait("b", 101.0)
    assert not held.must_wait("a", 100.0 + SECONDS)
    for number in range(SOURCES + 50):
        held.was_wrong(str(number), 102.0)
    assert len(held._wrong) == SOURCES
    assert statistics.mean(len(name) for name in held._wrong) == 16


def test_a_visit_ends_when_the_reporter_leaves(visitor):
    send(visitor)
    visitor.get("/report/receipt/")
    assert "duecourse_visit" in visitor.cookies
    assert visitor.post("/report/leave/", {}).status == 303
    assert "duecourse_visit" not in visitor.cookies
    for path in ("/report/receipt/", "/report/status/"):
        answer = visitor.get(path)
        assert (answer.status, answer.headers["location"]) == (302, "/report/follow-up/")


def test_a_cookie_that_was_changed_opens_nothing(visitor):
    send(visitor)
    cookie = visitor.cookies["duecourse_visit"]
    for wrong in (cookie[:-4], cookie[:-1] + ("A" if cookie[-1] != "A" else "B"), "x", "中文".encode().hex(), "=" * 40):
        visitor.cookies["duecourse_visit"] = wrong
        assert visitor.get("/report/status/").status == 302


def test_the_cookie_of_a_visit_is_for_this_site_and_not_for_scripts(visitor):
    form = filled(visitor.get("/report/"))
    answer = visitor.send(form)
    cookie = next(one for one in answer.headers.get_all("set-cookie") if one.startswith("duecourse_visit="))
    assert form["code"] not in cookie
    for word in ("HttpOnly", "SameSite=Strict", "Path=/report/", "Max-Age=900"):
        assert word in cookie
    assert hidden(visitor.get("/report/"), "code")[0] != form["code"]


def compose(visitor, page, **changes):
    """Send the message form of a page."""
    form = {name: hidden(page, name)[0] for name in ("csrfmiddlewaretoken", "number")} | changes
    return visitor.send(form, path="/report/message/")


def test_the_page_of_a_report_says_what_comes_next_and_by_which_day(visitor):
    send(visitor, harmed="self")
    page = visitor.get("/report/status/").text
    assert "at the latest you find a first answer here" in page
    assert "you may go to court" in page
    send(visitor, harmed="other")
    assert "you may go to court" not in visitor.get("/report/status/").text.partition("govuk-inset-text")[0]


def test_a_message_goes_into_the_thread_and_sent_twice_is_one(visitor):
    send(visitor)
    page = visitor.get("/report/status/")
    for _ in range(2):
        assert compose(visitor, page, message="The seller wrote again.").status == 303
    assert visitor.get("/report/status/").text.count("The seller wrote again.") == 1


def test_another_message_from_an_old_page_is_shown_again_and_not_lost(visitor):
    send(visitor)
    old = visitor.get("/report/status/")
    assert compose(visitor, old, message="First.").status == 303
    answer = compose(visitor, old, message="Second.")
    assert answer.status == 409
    assert "Second." in answer.text
    assert compose(visitor, answer, message="Second.").status == 303
    page = visitor.get("/report/status/").text
    assert page.index("First.") < page.index("Second.")


def test_a_message_whose_visit_ended_meanwhile_keeps_its_text_and_takes_the_code(visitor):
    form = send(visitor)
    page = visitor.get("/report/status/")
    del visitor.cookies["duecourse_visit"]
    answer = compose(visitor, page, message="Long in writing.")
    assert answer.status == 403
    assert "Long in writing." in answer.text
    assert compose(visitor, answer, message="Long in writing.", code=form["code"]).status == 303
    assert "Long in writing." in visitor.get("/report/status/").text


@pytest.mark.parametrize("text", ["", "a\0b", "x" * 20_001], ids=["empty", "NUL", "too long"])
def test_a_message_that_cannot_be_taken_gets_a_sentence_and_keeps_the_text(visitor, text):
    send(visitor)
    answer = compose(visitor, visitor.get("/report/status/"), message=text)
    assert answer.status == 422
    assert 'href="#message"' in answer.text
    assert text.replace("\0", "\N{REPLACEMENT CHARACTER}") in answer.text


def test_the_pictures_of_code_and_address_hold_no_code_in_any_address(visitor, visitors):
    form = send(visitor)
    page = visitor.get("/report/receipt/")
    assert form["code"] not in "".join(part.split('"')[0] for part in page.text.split('src="')[1:])
    picture = visitor.get("/report/code.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "no-store" in picture.headers["cache-control"]
    assert form["code"].encode() not in picture.content
    assert visitors().get("/report/code.svg").status == 404


def test_who_leaves_asks_the_browser_to_forget_its_stored_pages(visitor):
    send(visitor)
    answer = visitor.post("/report/leave/", {})
    assert answer.headers["clear-site-data"] == '"cache"'


def test_who_lost_the_code_is_told_plainly_that_nobody_can_restore_it(visitor):
    page = visitor.get("/report/lost-code/").text
    assert "Nobody can restore a code" in page
    assert "Report again" in page
