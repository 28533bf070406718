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
        old, new, other = (folder / name for name in ("attachment-old", "attachment-new", "elsewhere"))
        for path in (old, new, other):
            path.write_bytes(b"x")
        now = time.time()
        os.utime(old, (now - attachments.KEPT_SECONDS - 1,) * 2)
        os.utime(other, (now - attachments.KEPT_SECONDS - 1,) * 2)
        assert attachments.sweep(now) == 1
        assert sorted(path.name for path in folder.iterdir()) == ["attachment-new", "elsewhere"]
