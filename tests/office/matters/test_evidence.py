"""Evidence that is uploaded: a file is what its bytes are, and its digest is entered when its bytes are safe."""

from __future__ import annotations

import hashlib

import pytest

from duecourse.core.errors import Invalid
from duecourse.office.matters import media

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20 + b"IEND\xaeB`\x82"


def upload(office, report, content, name):
    from duecourse.office.matters.evidence import add_exhibit

    words = {"title": "聊天记录", "kind": "electronic", "how": "举报人提供"}
    return add_exhibit(report.stream, content, name=name, by=office.officer, key=office.key(), **words)


def test_an_upload_is_stored_as_received_and_entered_with_its_digest(office):
    from duecourse.office.ledger import sql
    from duecourse.office.matters import exhibits

    report = office.report()
    entry = upload(office, report, PDF, "聊天.pdf")
    digest = hashlib.sha256(PDF).hexdigest()
    assert entry.skeleton.exhibits == (digest,)
    assert exhibits.objects().get(digest) == PDF
    row = sql.rows("SELECT sha256, title, kind, obtained, media_type, size, entry FROM exhibit")[0]
    assert row == (digest, "聊天记录", "electronic", "举报人提供", "application/pdf", len(PDF), 1)


WRONG = {
    "a picture that claims to be a PDF": (PNG, "a.pdf", "media_mismatch"),
    "words that claim to be a picture": (b"hello", "a.png", "media_mismatch"),
    "a PDF that was cut off": (PDF[:30], "a.pdf", "media_broken"),
    "nothing at all": (b"", "a.pdf", "media_empty"),
}


@pytest.mark.parametrize(("content", "name", "code"), WRONG.values(), ids=WRONG.keys())
def test_it_is_refused_and_nothing_is_entered_when_it_is(content, name, code, office):
    from duecourse.office.ledger import store

    report = office.report()
    with pytest.raises(Invalid) as wrong:
        upload(office, report, content, name)
    assert wrong.value.code == code
    assert len(store.read(report.stream)) == 1


def test_a_digest_without_bytes_is_no_exhibit(office):
    from duecourse.office.ledger import store

    report = office.report()
    form = {"digests": ["ab" * 32], "title": "无", "kind": "electronic", "how": "无"}
    with pytest.raises(Invalid) as wrong:
        office.step(report, "exhibit", office.officer, form)
    assert wrong.value.code == "exhibit_unknown"
    assert len(store.read(report.stream)) == 1


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        ("举报".encode(), "text/plain"),
        (b"\x00\x01", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_bytes_are(content, media_type):
    assert media.recognise(content) == media_type


def test_text_that_breaks_off_inside_a_character_is_still_text():
    assert media.recognise("中".encode() * 1000) == "text/plain"
