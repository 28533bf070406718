"""A policy says which logs and how many witnesses make a checkpoint good (C2SP tlog-policy)."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, cosignature, note, policy


def signer(name: str, algorithm: int = note.COSIGNATURE) -> note.Ed25519Signer:
    return note.Ed25519Signer(name, sha256(name.encode()).digest(), algorithm)


LOG = signer("log.example/office", note.ED25519)
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
SIGNERS = {name: signer(f"witness.example/{name}") for name in NAMES}
VKEY = {name: SIGNERS[name].verifier.vkey() for name in NAMES}
SPECIFIED = f"""\
# the example of the specification
log {LOG.verifier.vkey()} https://log.example/office

witness X1 {VKEY["X1"]}
\twitness X2 \t {VKEY["X2"]}  https://x2.example
witness X3 {VKEY["X3"]}
group X-witnesses 2 X1 X2 X3

witness Y1 {VKEY["Y1"]}
witness Y2 {VKEY["Y2"]}
witness Y3 {VKEY["Y3"]}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
""".encode()
SIGNED = checkpoint.Checkpoint(LOG.name, 1, sha256(b"").digest()).sign([LOG])


def cosigned(*names: str) -> note.Note:
    lines = [
        cosignature.cosign(SIGNED.text, seconds=number, signer=SIGNERS[name]) for number, name in enumerate(names, 1)
    ]
    return SIGNED.with_signatures(*lines)


@pytest.mark.parametrize(
    ("names", "met"),
    [
        ((), False),
        (("X1", "X2"), False),
        (("X1", "Y1"), False),
        (("Y1", "Y2", "Y3"), False),
        (("X1", "X3", "Y2"), True),
        (NAMES, True),
    ],
)
def test_the_example_of_the_specification_needs_two_of_the_xs_and_one_of_the_ys(names, met):
    verdict = policy.Policy.parse(SPECIFIED).judge(cosigned(*names))
    assert verdict.met is met
    assert [name for name, _ in verdict.cosigned] == [name for name in NAMES if name in names]
    assert verdict.checkpoint.size == 1


def test_a_policy_prints_in_one_spelling_and_reads_back():
    read = policy.Policy.parse(SPECIFIED)
    printed = read.encode()
    assert policy.Policy.parse(printed) == read
    assert policy.Policy.parse(printed).encode() == printed
    assert b"group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses 1 Y1 Y2 Y3\ngroup X-and-Y 2 X-w" in printed


def test_a_single_vkey_is_a_policy_that_asks_for_no_witness():
    only = policy.Policy.of_log(LOG.verifier.vkey())
    assert only.judge(SIGNED).met
    assert only.encode() == f"log {LOG.verifier.vkey()}\nquorum none\n".encode()


def test_a_single_witness_can_be_the_quorum():
    only = policy.Policy.parse(f"log {LOG.verifier.vkey()}\nwitness X1 {VKEY['X1']}\nquorum X1\n".encode())
    assert only.judge(cosigned("X1")).met
    assert not only.judge(SIGNED).met


def test_a_false_cosignature_of_a_listed_witness_spoils_the_checkpoint():
    line = cosignature.cosign(SIGNED.text, seconds=1, signer=SIGNERS["X1"])
    false = note.Signature(line.name, line.key_id, line.signature[:-1] + b"\0")
    with pytest.raises(Invalid) as refused:
        policy.Policy.parse(SPECIFIED).judge(SIGNED.with_signatures(false))
    assert refused.value.code == "cosignature_false"


def test_names_are_octets_not_letters():
    kelvin, letter = "\u212a", "K"
    read = policy.Policy.parse(f"witness {kelvin} {VKEY['X1']}\nwitness {letter} {VKEY['X2']}\nquorum K\n".encode())
    assert read.quorum == letter
    opaque = b"witness \xff " + VKEY["X1"].encode() + b"\nquorum \xff\n"
    assert policy.Policy.parse(opaque).encode() == opaque


W1 = f"witness X1 {VKEY['X1']}\n"
W2 = f"witness X2 {VKEY['X2']}\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("", "quorum_missing", id="nothing at all"),
        pytest.param(W1, "quorum_missing", id="no quorum"),
        pytest.param("quorum none", "policy_characters", id="no newline at the end"),
        pytest.param("quorum none\r\n", "policy_characters", id="a carriage return"),
        pytest.param("quorum none\nquorum none\n", "quorum_twice", id="two quorums"),
        pytest.param("quorum X1\n" + W1, "policy_quorum", id="a quorum above its witness"),
        pytest.param("quorum none none\n", "word_count", id="two words for a quorum"),
        pytest.param(f"log {LOG.verifier.vkey()} a b\nquorum none\n", "word_count", id="too many words for a log"),
        pytest.param(f"log {VKEY['X1']}\nquorum none\n", "policy_key_type", id="a witness's key for a log"),
        pytest.param(f"witness a {LOG.verifier.vkey()}\nquorum none\n", "policy_key_type", id="a log's for a witness"),
        pytest.param(W1 + f"witness b {VKEY['X1']}\nquorum none\n", "policy_key_twice", id="one key, two witnesses"),
        pytest.param(W1 + W1.replace(VKEY["X1"], VKEY["X2"]) + "quorum none\n", "policy_name", id="one name twice"),
        pytest.param(W1.replace("X1", "none", 1) + "quorum none\n", "policy_name", id="a witness called none"),
        pytest.param(W1 + "group g any\nquorum none\n", "word_count", id="a group of nobody"),
        pytest.param(W1 + "group g 2 X1\nquorum g\n", "policy_threshold", id="two of one"),
        pytest.param(W1 + "group g 0 X1\nquorum g\n", "policy_threshold", id="none of one"),
        pytest.param(W1 + "group g 01 X1\nquorum g\n", "policy_threshold", id="a leading zero"),
        pytest.param(W1 + "group g any none\nquorum g\n", "policy_member", id="none as a member"),
        pytest.param("group g any X1\n" + W1 + "quorum g\n", "policy_member", id="a member defined below"),
        pytest.param(W1 + "group g any X1 X1\nquorum g\n", "policy_member", id="one member twice"),
        pytest.param(
            W1 + W2 + "group g any X1\ngroup h any X1 X2\nquorum h\n", "policy_member", id="one member in two groups"
        ),
        pytest.param("witnesses X1\nquorum none\n", "keyword", id="a word that is no keyword"),
        pytest.param("witness X1\nquorum none\n", "word_count", id="a witness without a key"),
        pytest.param("witness\nquorum none\n", "word_count", id="a witness without a name"),
        pytest.param("quorum none\n" * 1 + "\n" * 10_001, "policy_too_long", id="ten thousand lines"),
    ],
)
def test_what_the_specification_forbids_is_invalid(text, code):
    with pytest.raises(Invalid) as refused:
        policy.Policy.parse(text.encode())
    assert code in (refused.value.code, refused.value.params.get("problem"))


def test_a_policy_made_by_hand_is_held_to_the_same_rules():
    witness = policy.Witness("X1", SIGNERS["X1"].verifier)
    for parts in (
        {"quorum": "nobody"},
        {"logs": (policy.Log(LOG.verifier, "a b"),)},
        {"witnesses": (policy.Witness("X 1", SIGNERS["X1"].verifier),)},
        {"witnesses": (witness,), "groups": (policy.Group("g", 2, ("X1",)),)},
        {"witnesses": (witness,), "groups": (policy.Group("X1", 1, ("X1",)),)},
    ):
        with pytest.raises(Invalid):
            policy.Policy(**parts)


@given(
    st.binary(max_size=80)
    | st.lists(st.sampled_from(SPECIFIED.split(b"\n")), max_size=14).map(lambda lines: b"\n".join(lines) + b"\n")
)
def test_any_bytes_are_a_policy_that_prints_back_the_same_or_invalid(data):
    try:
        read = policy.Policy.parse(data)
    except Invalid:
        return
    printed = read.encode()
    assert policy.Policy.parse(printed) == read
    assert policy.Policy.parse(printed).encode() == printed
