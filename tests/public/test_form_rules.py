"""The rules of the form, the stamp, the ticket and the sealed words, away from any site."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical
from duecourse.core.ledger.entry import Field

pytestmark = pytest.mark.usefixtures("django_ready")
HEADS = {"fraud", "minors"}
RIGHT = {"head": "fraud", "urgent": "no", "harmed": "self", "what_happened": "被骗了。"}
ANY_TEXT = st.text(max_size=300)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys((*RIGHT, "happened_on", "address", "contact"), ANY_TEXT)))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_either_stored_exactly_or_answered_with_a_sentence(posted):
    from duecourse.public.reporting import form

    report, problems = form.read(posted, HEADS)
    assert all(problem.sentence for problem in problems)
    wrong = {problem.field for problem in problems}
    for name in form.LONGEST:
        if name not in wrong:
            typed = posted.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()
            assert getattr(report, name) == unicodedata.normalize("NFC", typed)
            canonical.encode(getattr(report, name))


def test_line_ends_and_spelling_of_accents_are_made_one():
    from duecourse.public.reporting import form

    report, problems = form.read({**RIGHT, "what_happened": " e\u0301\r\nline\rend "}, HEADS)
    assert problems == []
    assert report.what_happened == "é\nline\nend"


@pytest.mark.parametrize(("marks", "wrong"), [(30, False), (31, True)])
def test_thirty_marks_on_a_letter_are_read_and_no_more(marks, wrong):
    from duecourse.public.reporting import form

    _, problems = form.read({**RIGHT, "what_happened": "a" + "\u0316" * marks}, HEADS)
    assert [problem.code for problem in problems] == (["marks"] if wrong else [])


def test_a_stamp_is_good_for_its_code_and_its_time_alone():
    from duecourse.public.reporting.stamp import HOURS, Verdict, judge, make

    now = 1_800_000_000.0
    stamp = make("CODE", now)
    end = now + HOURS * 3600
    assert judge("CODE", stamp, now) is Verdict.GOOD
    assert judge("CODE", stamp, end - 1) is Verdict.GOOD
    assert judge("CODE", stamp, end) is Verdict.EXPIRED
    assert judge("CODE", stamp, now - 61) is Verdict.EXPIRED
    for wrong in ("", ".", "1.x", "é.é", stamp[:-1], "9" + stamp, stamp.replace(".", "1.", 1), "٣" + stamp):
        assert judge("CODE", wrong, now) is Verdict.FOREIGN
    assert judge("EDOC", stamp, now) is Verdict.FOREIGN


@given(
    st.recursive(st.none() | st.booleans() | st.integers(-(2**52), 2**52), lambda inner: st.lists(inner, max_size=3))
)
@settings(max_examples=40, deadline=None)
def test_a_ticket_comes_back_as_it_went_for_its_purpose_and_its_time(value):
    from duecourse.public.reporting import ticket

    text = ticket.lock("visit", value, until=100.0)
    assert ticket.unlock("visit", text, now=99.9) == value
    for purpose, held, now in (("visit", text, 100.0), ("attachment", text, 1.0), ("visit", text[:-3], 1.0)):
        with pytest.raises(Invalid):
            ticket.unlock(purpose, held, now=now)


@pytest.mark.parametrize("text", [None, "", "x", "中文", "A" * 40_000, "!!!!"])
def test_a_ticket_of_another_shape_opens_nothing(text):
    from duecourse.public.reporting import ticket

    with pytest.raises(Invalid):
        ticket.unlock("visit", text, now=time.time())


@given(
    st.lists(
        st.tuples(st.sampled_from(["channel", "content", "identity"]), ANY_TEXT), max_size=3, unique_by=lambda p: p[0]
    )
)
@settings(max_examples=60, deadline=None)
def test_what_is_sealed_is_canonical_json(fields):
    from duecourse.public.reporting.submission import VERSION, plain

    made = [
        Field(name, "case", unicodedata.normalize("NFC", text.replace("\0", "")), b"s" * 32) for name, text in fields
    ]
    sealed = plain([(field, field.encoded()) for field in made])
    assert canonical.encode(canonical.decode(sealed)) == sealed
    held = canonical.decode(sealed)
    assert held["v"] == VERSION
    assert {name: one["value"] for name, one in held["fields"].items()} == {field.name: field.value for field in made}


def test_files_that_wait_longer_than_a_day_are_swept(tmp_path):
    import os

    from django.test import override_settings

    from duecourse.public.reporting import attachments

    with override_settings(DUECOURSE_SEALED=tmp_path):
        folder = tmp_path / "incoming"
        folder.mkdir()
        old, part, new, other = (
            folder / name for name in ("attachment-old", "part-old", "attachment-new", "elsewhere")
        )
        for path in (old, part, new, other):
            path.write_bytes(b"x")
        now = time.time()
        os.utime(old, (now - attachments.KEPT_SECONDS - 1,) * 2)
        os.utime(part, (now - attachments.KEPT_SECONDS - 1,) * 2)
        os.utime(other, (now - attachments.KEPT_SECONDS - 1,) * 2)
        assert attachments.sweep(now) == 2
        assert sorted(path.name for path in folder.iterdir()) == ["attachment-new", "elsewhere"]


@given(st.dictionaries(st.sampled_from(["what_happened", "head", "contact"]), st.text(max_size=9_000)))
@settings(max_examples=60, deadline=None)
def test_a_draft_comes_back_for_its_code_alone_and_fits_the_header_of_a_request(answers):
    from types import SimpleNamespace

    from django.http import HttpResponse

    from duecourse.public.reporting import draft

    code, response = "7QK2-0M4T-XW9C-5RZH-A", HttpResponse()
    draft.leave(response, code, answers)
    cookies = {name: one.value for name, one in response.cookies.items() if one.value}
    assert sum(len(name) + len(text) for name, text in cookies.items()) < 7_000
    back = draft.of(SimpleNamespace(COOKIES=cookies), code)
    assert back.items() <= {name: text.encode("utf-8", "replace").decode() for name, text in answers.items()}.items()
    assert draft.of(SimpleNamespace(COOKIES=cookies), code + "x") == {}


@given(st.binary(max_size=64), st.sampled_from(["a.pdf", "b.PNG", "c.jpg", "d.heic", "e.mp4", "f.zip", "g.txt", "h"]))
@settings(max_examples=200, deadline=None)
def test_whatever_bytes_come_a_file_is_what_it_claims_or_the_claim_is_named(head, name):
    from duecourse.public.reporting import kinds

    claim = kinds.false_claim(name, head)
    assert claim is None or claim in kinds.CLAIMS.values()
    assert not (kinds.is_picture(head) and kinds.is_recording(head))


@pytest.mark.parametrize("brand", ["heic", "heix", "mif1", "msf1"])
def test_pictures_of_this_brand_are_pictures_and_no_recordings(brand):
    from duecourse.public.reporting import kinds

    head = b"\x00\x00\x00\x18ftyp" + brand.encode()
    assert kinds.is_picture(head)
    assert not kinds.is_recording(head)
    assert kinds.false_claim("photo.mp4", head) == "MP4"


def test_the_door_cites_articles_that_the_rulebook_holds_and_tells_of_every_head():
    from duecourse.public.reporting import door
    from duecourse.public.rulebook import current

    held, book = door.current(), current()
    assert set(held.kinds) == set(book.heads)
    cited = [one.source for one in (*held.calls, *held.elsewhere, *held.remedies.values()) if one.source]
    assert all(book.law.words(source)["zh-Hans"] for source in cited)
    assert len(held.data) == 10
    assert {"110", "96110"} <= {call.number for call in held.calls}


def test_every_head_has_its_picture_of_our_own_without_words_or_addresses():
    from pathlib import Path

    import duecourse.public
    from duecourse.public.rulebook import current

    folder = Path(duecourse.public.__file__).parent / "static" / "public" / "heads"
    assert {path.stem for path in folder.glob("*.svg")} == set(current().heads)
    for path in folder.glob("*.svg"):
        assert path.read_text("ascii").count("http") == 1, "the name space alone"
