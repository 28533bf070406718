"""The report form, from outside: what is taken, what is answered with a sentence; nothing is lost or doubled."""

import time

import pytest
from browsing import filled, hidden, multipart

PDF = b"%PDF-1.7\n" + b"page " * 1000


def arrive(visitor):
    page = visitor.get("/report/")
    assert page.status == 200
    return page


def submissions(stored):
    return stored("SELECT count(*) FROM submission")[0][0]


def waiting(sites):
    return set((sites.home / "sealed" / "incoming").glob("attachment-*"))


def taken(visitor, form, files=()):
    answer = visitor.send(form, files)
    assert answer.status == 303, answer.text
    assert answer.headers["location"] == "/report/receipt/"
    return visitor.get("/report/receipt/")


def refused(visitor, stored, form, files=(), *, sentence, status=422, keeps=("what_happened",)):
    """The form comes back with the sentence and with what was typed, and nothing was stored."""
    before = submissions(stored)
    answer = visitor.send(form, files)
    assert answer.status == status, answer.text
    assert sentence in answer.text
    for name in keeps:
        assert form[name].replace("\0", "\N{REPLACEMENT CHARACTER}") in answer.text
    assert submissions(stored) == before
    return answer


def test_a_report_gets_a_code_and_a_receipt(visitor, stored):
    before = submissions(stored)
    form = filled(arrive(visitor))
    page = taken(visitor, form)
    assert form["code"] in page.text
    assert form["what_happened"] in page.text
    assert "in the office's record as number" in page.text
    assert submissions(stored) == before + 1


def test_the_page_says_what_the_server_sees(visitor, visitors):
    assert "the server sees your words and your code" in arrive(visitor).text
    assert "服务器在加密的那一刻会看到您的文字和举报码" in visitors(language=None).get("/report/").text


def test_the_code_stands_in_no_address_and_no_page_may_be_kept(visitor):
    page = arrive(visitor)
    form = filled(page)
    answer = visitor.send(form)
    assert form["code"] not in answer.headers["location"]
    receipt = visitor.get("/report/receipt/")
    assert "no-store" in page.headers["cache-control"]
    assert "no-store" in receipt.headers["cache-control"]
    assert receipt.headers["referrer-policy"] == "same-origin"


def test_a_replayed_form_gives_the_same_receipt(visitor, stored):
    form = filled(arrive(visitor))
    first = taken(visitor, form)
    before = submissions(stored)
    again = taken(visitor, {**form, "what_happened": "Something else entirely."})
    assert submissions(stored) == before
    assert form["what_happened"] in again.text
    assert "Something else entirely." not in again.text
    assert "had been sent already" in again.text
    assert form["code"] in first.text
    assert form["code"] in again.text


def test_a_replayed_form_with_mistakes_in_it_still_gives_the_receipt(visitor):
    form = filled(arrive(visitor))
    taken(visitor, form)
    assert "had been sent already" in taken(visitor, {**form, "what_happened": ""}).text


def test_files_are_taken_sealed_and_listed(visitor, stored, sites):
    form = filled(arrive(visitor))
    files = [("chat.pdf", PDF, "application/pdf"), ("备注.txt", "很多字".encode() * 50_000, "text/plain")]
    page = taken(visitor, form, files)
    assert "chat.pdf" in page.text
    assert "备注.txt" in page.text
    held = stored("SELECT object, size FROM attachment ORDER BY place")[-2:]
    for digest, size in held:
        place = sites.home / "sealed" / digest[:2] / digest[2:]
        assert place.stat().st_size == size
        assert place.read_bytes().startswith(b'{"alg":"xchacha20poly1305-secretstream"')
    assert not waiting(sites)


def test_money_that_moves_is_answered_with_whom_to_call_and_the_report_is_taken(visitor, stored):
    before = submissions(stored)
    page = taken(visitor, filled(arrive(visitor), urgent="yes"))
    for word in ("110", "96110", "Your bank", "stops no payment"):
        assert word in page.text
    assert submissions(stored) == before + 1


def test_contact_details_are_locked_apart(visitor, stored, sites):
    from duecourse.edge.keys import KeyRing
    from duecourse.edge.sealing import recipients_of

    taken(visitor, filled(arrive(visitor), contact="call the baker's shop"))
    sealed, identity = stored("SELECT sealed, identity FROM submission ORDER BY received_at DESC LIMIT 1")[0]
    ring = KeyRing(sites.home / "keys")
    custodian, intake, recovery = (ring.current(purpose) for purpose in ("custodian", "intake", "recovery"))
    assert set(recipients_of(identity)) == {custodian, recovery}
    assert set(recipients_of(sealed)) == {intake, recovery}
    assert b"baker" in ring.open("custodian", identity)
    assert b"baker" not in ring.open("intake", sealed)


def test_something_else_leads_to_who_can_help_and_keeps_the_text(visitor, stored):
    form = filled(arrive(visitor), head="something-else")
    answer = refused(visitor, stored, form, sentence="This office has no power over anything else.")
    assert "12345" in answer.text
    assert "12315" in answer.text


MISTAKES = {
    "no head": ({"head": ""}, "Choose what kind of harm this is.", "#head"),
    "a head that is none": ({"head": "opinion"}, "Choose the kind of harm from the list.", "#head"),
    "no text": ({"what_happened": "  \r\n "}, "Write what happened.", "#what_happened"),
    "too long a text": ({"what_happened": "长" * 20_001}, "holds 20001 characters", "#what_happened"),
    "too long an address": ({"address": "x" * 2_001}, "at most 2000 fit", "#address"),
    "NUL in the text": ({"what_happened": "before\0after"}, "no text (NUL)", "#what_happened"),
    "ten thousand accents": ({"what_happened": "a" + "\u0301" * 10_000}, "more than 30 accents", "#what_happened"),
    "nothing said of money": ({"urgent": ""}, "Say whether money is moving now.", "#urgent"),
    "nothing said of who was harmed": ({"harmed": "everybody"}, "happened to you or to someone else", "#harmed"),
}


@pytest.mark.parametrize(("changes", "sentence", "place"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_answered_with_a_sentence_that_leads_to_its_field(visitor, stored, changes, sentence, place):
    form = filled(arrive(visitor), **changes)
    keeps = [name for name in ("what_happened", "address") if form[name].strip()]
    answer = refused(visitor, stored, form, sentence=sentence, keeps=keeps)
    assert f'href="{place}"' in answer.text
    assert f'id="{place[1:]}"' in answer.text
    assert taken(visitor, filled(answer, what_happened="Now it is right.")).status == 200


def test_a_mistake_is_said_in_the_language_of_the_page(visitors, stored):
    visitor = visitors(language=None)
    form = filled(visitor.get("/report/"), head="")
    answer = refused(visitor, stored, form, sentence="请选择属于哪一类损害。")
    assert '<html lang="zh-Hans"' in answer.text


def test_an_empty_form_keeps_its_code(visitor, stored):
    form = filled(arrive(visitor), what_happened="", address="", happened_on="", head="", harmed="", urgent="")
    answer = refused(visitor, stored, form, sentence="Please look at this first", keeps=())
    assert hidden(answer, "code") == [form["code"]]


def test_another_language_in_the_middle_of_writing_keeps_the_text(visitor, stored):
    form = {**filled(arrive(visitor)), "go": "language", "page": "story"}
    before = submissions(stored)
    answer = visitor.send(form, path="/report/?lang=zh-hans")
    assert answer.status == 200
    assert "继续" in answer.text
    assert form["what_happened"] in answer.text
    assert submissions(stored) == before


FILES = {
    "a file that claims to be a PDF": (
        ("claim.pdf", b"MZ\x90 not a PDF at all", "application/pdf"),
        "says that it is PDF",
    ),
    "a picture that is none": (("photo.PNG", b"<html>", "image/png"), "says that it is PNG"),
    "an empty file": (("empty.txt", b"", "text/plain"), "is empty"),
    "a file that is too large": (("film.bin", b"x" * 20_000_001, "application/octet-stream"), "larger than 20 MB"),
}


@pytest.mark.parametrize(("file", "sentence"), FILES.values(), ids=FILES.keys())
def test_a_file_that_cannot_be_taken_is_named_and_the_rest_is_kept(visitor, stored, sites, file, sentence):
    good, before = ("good.pdf", PDF, "application/pdf"), waiting(sites)
    form = filled(arrive(visitor))
    answer = refused(visitor, stored, form, [good, file], sentence=sentence)
    assert file[0] in answer.text
    assert "These files are here already" in answer.text
    page = taken(visitor, filled(answer))
    assert "good.pdf" in page.text
    assert file[0] not in page.text
    assert waiting(sites) == before


def test_more_than_ten_files_are_too_many(visitor, stored):
    files = [(f"note-{number}.txt", b"x", "text/plain") for number in range(11)]
    answer = refused(visitor, stored, filled(arrive(visitor)), files, sentence="At most 10 files can be attached.")
    assert "note-10.txt" in answer.text
    assert len(hidden(answer, "kept")) == 10


def test_a_form_that_was_cut_off_stores_nothing_and_keeps_the_text(visitor, stored, sites):
    form = filled(arrive(visitor))
    body, media = multipart(list(form.items()), [("chat.pdf", PDF, "application/pdf")], close=False)
    before = submissions(stored)
    answer = visitor.ask("POST", "/report/", body, {"Content-Type": media})
    assert answer.status == 422
    assert "The sending broke off before the end" in answer.text
    assert form["what_happened"] in answer.text
    assert submissions(stored) == before


def test_a_form_that_is_too_large_is_refused_at_once(visitor, stored):
    form = filled(arrive(visitor), what_happened="x" * 1_100_000)
    before = submissions(stored)
    answer = visitor.send(form)
    assert answer.status == 413
    assert "the text of a form 1 MB" in answer.text
    assert submissions(stored) == before


def test_a_body_larger_than_all_files_may_be_is_refused_before_it_is_read(visitor):
    answer = visitor.ask(
        "POST", "/report/", b"x", {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "306000000"}
    )
    assert answer.status == 413
    assert "all files together may have 300 MB" in answer.text


@pytest.mark.parametrize("media", ["application/json", "text/plain", "application/pdf", ""])
def test_a_wrong_media_type_is_refused(visitor, stored, media):
    arrive(visitor)
    before = submissions(stored)
    answer = visitor.ask("POST", "/report/", b"{}", {"Content-Type": media} if media else {})
    assert answer.status == 415
    assert "This address takes forms only" in answer.text
    assert submissions(stored) == before


def test_a_broken_multipart_body_is_refused(visitor, stored):
    arrive(visitor)
    before = submissions(stored)
    answer = visitor.ask("POST", "/report/", b"no boundary here", {"Content-Type": "multipart/form-data"})
    assert answer.status == 400
    assert "broke off or is damaged" in answer.text
    assert submissions(stored) == before


def old_stamp(sites, code, hours):
    from django.test import override_settings

    from duecourse.public.reporting import stamp

    secret = (sites.home / "secrets" / "site-public").read_text("ascii").strip()
    with override_settings(SECRET_KEY=secret):
        return stamp.make(code, time.time() - hours * 3600)


def test_a_form_that_was_open_too_long_keeps_everything_and_can_be_sent_again(visitor, stored, sites):
    form = filled(arrive(visitor))
    form["stamp"] = old_stamp(sites, form["code"], 13)
    answer = refused(visitor, stored, form, [("a.pdf", PDF, "application/pdf")], sentence="open for more than 12 hours")
    again = filled(answer)
    assert again["code"] == form["code"]
    assert "a.pdf" in taken(visitor, again).text


def test_an_expired_form_whose_report_is_in_gives_the_receipt(visitor, sites):
    form = filled(arrive(visitor))
    taken(visitor, form)
    old = {**form, "stamp": old_stamp(sites, form["code"], 13)}
    assert "had been sent already" in taken(visitor, old).text


def test_a_code_we_did_not_give_out_is_replaced(visitor, stored):
    from duecourse.edge import ids

    form = filled(arrive(visitor), code=ids.code())
    answer = refused(visitor, stored, form, sentence="could not be recognised")
    assert hidden(answer, "code")[0] != form["code"]
    taken(visitor, filled(answer))


def test_a_form_without_its_cookie_keeps_the_text(visitors, stored):
    form = filled(visitors().get("/report/"))
    stranger = visitors()
    answer = refused(stranger, stored, form, sentence="perhaps because the browser refuses cookies", status=403)
    taken(stranger, filled(answer))


def test_a_form_sent_by_another_site_is_refused(visitor, stored):
    form = filled(arrive(visitor))
    before = submissions(stored)
    body, media = multipart(list(form.items()))
    answer = visitor.ask("POST", "/report/", body, {"Content-Type": media, "Origin": "https://elsewhere.example"})
    assert answer.status == 403
    assert submissions(stored) == before
