"""Notes and checkpoints are C2SP's: sigstore-python reads ours, and we read the example of the specification."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sigstore._internal.rekor.checkpoint import SignedCheckpoint

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, cosignature, note

ROOT = sha256(b"root").digest()
LOG = note.Ed25519Signer("log.example/office", sha256(b"log").digest())
NEW_LOG = note.Ed25519Signer("log.example/office", sha256(b"new log").digest())
COURT = note.Ed25519Signer("witness.example/court", sha256(b"court").digest(), note.COSIGNATURE)
HEAD = checkpoint.Checkpoint("log.example/office", 1024, ROOT)
SPECIFIED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeM"
    "cTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+"
    "mbIUBkBIfZ+qnA==\n"
)


def test_the_checkpoint_printed_in_the_specification_reads_and_prints_back():
    head, signed = checkpoint.read(SPECIFIED)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert [each.name for each in signed.signatures] == ["example.com/behind-the-sofa", "witness.example.com/w1"]
    assert signed.encode() == SPECIFIED
    assert head.text() == signed.text


def test_the_cosignature_printed_in_the_specification_names_the_time_printed_there():
    signature = checkpoint.read(SPECIFIED)[1].signatures[1]
    assert len(signature.signature) == 72
    seconds = int.from_bytes(signature.signature[:8], "big")
    text = checkpoint.read(SPECIFIED)[0].text()
    assert cosignature.message(text, seconds).startswith(b"cosignature/v1\ntime 1679315147\nexample.com/behind")


def test_sigstore_reads_our_checkpoint():
    signed = HEAD.sign([LOG, NEW_LOG])
    theirs = SignedCheckpoint.from_text(signed.encode())
    assert theirs.checkpoint.origin == HEAD.origin
    assert theirs.checkpoint.log_size == HEAD.size
    assert theirs.checkpoint.log_hash == ROOT.hex()
    assert theirs.signed_note.note == HEAD.text()
    assert [(each.name, each.sig_hash) for each in theirs.signed_note.signatures] == [
        (LOG.name, LOG.key_id),
        (NEW_LOG.name, NEW_LOG.key_id),
    ]
    assert theirs.signed_note.signatures[0].signature == b64encode(LOG.sign(HEAD.text().encode()))


def test_a_vkey_is_name_id_and_key_and_prints_back():
    vkey = LOG.verifier.vkey()
    name, hex_id, _ = vkey.split("+", 2)
    public = LOG.verifier.public
    assert name == LOG.name
    assert bytes.fromhex(hex_id) == sha256(b"log.example/office\n\x01" + public).digest()[:4]
    assert note.Verifier.parse(vkey) == LOG.verifier
    assert note.Verifier.parse(COURT.verifier.vkey()).algorithm == note.COSIGNATURE


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        pytest.param(lambda vkey: vkey.replace("office", "0ffice"), "vkey_id", id="another name"),
        pytest.param(lambda vkey: vkey.upper(), "vkey_malformed", id="in capitals"),
        pytest.param(lambda vkey: vkey.replace("+", "-", 1), "vkey_malformed", id="a plus lost"),
        pytest.param(lambda vkey: vkey + "\n", "vkey_malformed", id="a newline at the end"),
        pytest.param(lambda vkey: vkey[:-4], "vkey_length", id="a key cut short"),
        pytest.param(lambda _: "a+00000000+BQ==", "vkey_algorithm", id="another signature type"),
        pytest.param(lambda _: "a b+00000000+AQ==", "key_name", id="a name with a space"),
        pytest.param(lambda _: "a+00000000+A", "vkey_malformed", id="broken base64"),
        pytest.param(lambda _: "", "vkey_malformed", id="nothing"),
    ],
)
def test_a_vkey_of_another_spelling_is_invalid(spoil, code):
    with pytest.raises(Invalid) as refused:
        note.Verifier.parse(spoil(LOG.verifier.vkey()))
    assert refused.value.code == code


def test_a_log_that_rolls_its_key_is_known_to_those_who_hold_either():
    signed = HEAD.sign([LOG, NEW_LOG]).encode()
    assert checkpoint.open_signed(signed, [LOG.verifier])[0] == HEAD
    assert checkpoint.open_signed(signed, [NEW_LOG.verifier])[0] == HEAD
    assert note.verify(note.Note.parse(signed), [LOG.verifier, NEW_LOG.verifier]) == (LOG.verifier, NEW_LOG.verifier)


def test_a_false_signature_of_a_known_key_spoils_the_note_and_an_unknown_one_does_not():
    signed = HEAD.sign([LOG])
    false = note.Signature(NEW_LOG.name, NEW_LOG.key_id, bytes(64))
    stranger = note.Signature("someone.example", b"\0\0\0\1", b"anything")
    assert note.verify(signed.with_signatures(false, stranger), [LOG.verifier]) == (LOG.verifier,)
    with pytest.raises(Invalid) as refused:
        note.verify(signed.with_signatures(false), [LOG.verifier, NEW_LOG.verifier])
    assert refused.value.code == "note_signature_false"


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ([], "checkpoint_origin_unknown"),
        ([COURT.verifier], "checkpoint_origin_unknown"),
        ([NEW_LOG.verifier], "note_unsigned"),
    ],
)
def test_a_checkpoint_is_good_only_by_a_known_key_of_its_own_origin(keys, code):
    with pytest.raises(Invalid) as refused:
        checkpoint.open_signed(HEAD.sign([LOG]), keys)
    assert refused.value.code == code


def test_a_key_of_another_log_does_not_sign_for_this_one():
    stranger = note.Ed25519Signer("other.example/log", sha256(b"other").digest())
    with pytest.raises(Invalid) as refused:
        checkpoint.open_signed(HEAD.sign([stranger]), [stranger.verifier])
    assert refused.value.code == "checkpoint_origin_unknown"


def test_one_signature_is_not_doubled():
    signed = HEAD.sign([LOG])
    assert signed.with_signatures(*signed.signatures) == signed


def test_a_cosignature_is_good_only_over_this_checkpoint_at_this_time():
    signed = HEAD.sign([LOG])
    line = cosignature.cosign(signed.text, seconds=1_770_685_500, signer=COURT)
    good = signed.with_signatures(line)
    assert cosignature.verify(good, [COURT.verifier]) == (cosignature.Cosigned(COURT.verifier, 1_770_685_500),)
    assert cosignature.verify(signed, [COURT.verifier]) == ()
    later = note.Signature(line.name, line.key_id, (1_770_685_501).to_bytes(8, "big") + line.signature[8:])
    other = note.Note(checkpoint.Checkpoint(HEAD.origin, 1025, ROOT).text(), (line,))
    short = note.Signature(line.name, line.key_id, line.signature[:-1])
    for spoilt in (signed.with_signatures(later), other, signed.with_signatures(short)):
        with pytest.raises(Invalid) as refused:
            cosignature.verify(spoilt, [COURT.verifier])
        assert refused.value.code == "cosignature_false"
    with pytest.raises(Invalid):
        cosignature.cosign(signed.text, seconds=0, signer=COURT)


def test_a_cosigners_key_does_not_pass_for_a_logs():
    assert COURT.verifier.key_id != note.Verifier(COURT.name, COURT.verifier.public).key_id
    line = cosignature.cosign(HEAD.text(), seconds=1, signer=COURT)
    with pytest.raises(Invalid):
        note.verify(note.Note(HEAD.text(), (line,)), [note.Verifier(COURT.name, COURT.verifier.public)])


LINE = HEAD.sign([LOG]).signatures[0].line()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("a\n", id="no signature"),
        pytest.param("a\n\n", id="a blank line and no signature"),
        pytest.param(f"a\n{LINE}", id="no blank line"),
        pytest.param(f"a\n\n{LINE[:-1]}", id="no newline at the end"),
        pytest.param(f"a\r\n\n{LINE}", id="a carriage return"),
        pytest.param(f"a\tb\n\n{LINE}", id="a tab"),
        pytest.param(f"a\n\n{LINE.replace('— ', '- ')}", id="a hyphen for the dash"),
        pytest.param(f"a\n\n{LINE.replace(' ', '  ')}", id="two blanks"),
        pytest.param(f"a\n\n{LINE.replace('office', 'off+ice')}", id="a plus in the name"),
        pytest.param("a\n\n" + LINE.replace("office", "off\u2003ice"), id="a Unicode space in the name"),
        pytest.param("a\n\n— b AAAAAA==\n", id="a key id and nothing signed"),
        pytest.param("a\n\n— b AAAAAAB=\n", id="stray bits in the base64"),
        pytest.param(f"a\n\n{LINE * 101}", id="a hundred and one signatures"),
        pytest.param("\ud800\n\n" + LINE, id="half a character"),
        pytest.param("a" * note.MAX_NOTE + "\n\n" + LINE, id="a million characters"),
    ],
)
def test_a_note_of_another_spelling_is_invalid(text):
    with pytest.raises(Invalid):
        note.Note.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        "\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a\n９\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        f"a\n{2**63}\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "a\n1\nAAAA\n",
        "a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n",
    ],
)
def test_a_checkpoint_of_another_spelling_is_invalid(text):
    with pytest.raises(Invalid):
        checkpoint.Checkpoint.parse(text)


def test_extension_lines_of_other_logs_are_kept():
    text = HEAD.text() + "extra line\n"
    assert checkpoint.Checkpoint.parse(text).extensions == ("extra line",)
    assert checkpoint.Checkpoint.parse(text).text() == text


@given(st.binary(max_size=200) | st.text(max_size=40).map(lambda text: f"{text}\n\n{LINE}".encode(errors="ignore")))
def test_any_bytes_are_a_note_that_prints_back_or_invalid(data):
    try:
        signed = note.Note.parse(data)
    except Invalid:
        return
    assert signed.encode().encode() == data
    try:
        head = checkpoint.Checkpoint.parse(signed.text)
    except Invalid:
        return
    assert head.text() == signed.text


@given(st.text(max_size=80))
def test_any_text_is_a_vkey_that_prints_back_or_invalid(text):
    for spelt in (text, f"a+{text}", LOG.verifier.vkey() + text):
        try:
            verifier = note.Verifier.parse(spelt)
        except Invalid:
            continue
        assert verifier.vkey() == spelt


def test_what_cannot_be_a_note_is_not_signed():
    for text in ("no newline", "a tab\t\n"):
        with pytest.raises(Invalid):
            note.sign(text, [LOG])
    with pytest.raises(Invalid):
        note.Ed25519Signer("a", b"short").sign(b"")
    with pytest.raises(Invalid):
        checkpoint.Checkpoint("a\nb", 1, ROOT)
    with pytest.raises(Invalid):
        checkpoint.Checkpoint("a", -1, ROOT)
    with pytest.raises(Invalid):
        note.check_name("\ud800")


def test_a_secret_seed_is_not_shown_by_accident():
    assert LOG.seed.hex() not in repr(LOG)
    assert repr(LOG.seed) not in repr(LOG)


def test_a_key_that_is_no_point_on_the_curve_signs_nothing():
    assert not note.Verifier("a", b"\xff" * 32).holds(b"", bytes(64))
