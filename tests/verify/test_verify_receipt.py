"""Change any part of a receipt, and the numbered check that covers the part says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from duecourse.core.ledger import canonical
from duecourse.core.ledger.policy import Policy
from duecourse.verify import checks, receipt
from duecourse.verify.checks import Result

FIXTURES = Path(__file__).parent.parent / "formats" / "v1"
RECEIPT = (FIXTURES / "entries" / "register.receipt.json").read_bytes()
VKEY = (FIXTURES / "vkey").read_text().strip()
POLICY = Policy.parse((FIXTURES / "policy").read_bytes())
ONE_LOG = Policy.of_log(VKEY)


def results(data: bytes, policy: Policy = POLICY) -> dict[int, Result]:
    return {check.number: check.result for check in receipt.verify(data, policy)}


def changed(change) -> bytes:
    raw = canonical.decode(RECEIPT)
    change(raw)
    return canonical.spell(raw)


def edit(part: str, old: str, new: str):
    def change(raw):
        assert old in raw[part]
        raw[part] = raw[part].replace(old, new, 1)

    return change


def flip(letter: str) -> str:
    return "B" if letter == "A" else "A"


def proof_line(number: int, at: int = 5):
    def change(raw):
        lines = raw["proof"].split("\n")
        lines[number] = lines[number][:at] + flip(lines[number][at]) + lines[number][at + 1 :]
        raw["proof"] = "\n".join(lines)

    return change


def signature(name: str):
    def change(raw):
        lines = raw["proof"].split("\n")
        at = next(number for number, line in enumerate(lines) if line.startswith(f"— {name} "))
        lines[at] = lines[at][:-20] + flip(lines[at][-20]) + lines[at][-19:]
        raw["proof"] = "\n".join(lines)

    return change


def without_witnesses(raw):
    raw["proof"] = "\n".join(line for line in raw["proof"].split("\n") if "witness.example" not in line)


def field(name: str, part: str, value):
    def change(raw):
        raw["fields"][name][part] = value

    return change


def more_fields(raw):
    raw["fields"]["motive"] = raw["fields"]["source"]


def swap_fields(raw):
    fields = raw["fields"]
    fields["amount"], fields["source"] = fields["source"], fields["amount"]


TAMPERED = [
    # what was changed, how, and the numbers of the checks that must say so
    ("the receipt's version", lambda raw: raw.update(v="duecourse/receipt/v2"), {1}),
    ("a part left out", lambda raw: raw.pop("proof"), {1}),
    ("a part added", lambda raw: raw.update(note="x"), {1}),
    ("a salt that is no base64", field("amount", "salt", "!"), {1}),
    ("the skeleton's version", edit("skeleton", "entry/v1", "entry/v2"), {2, 6}),
    ("the skeleton's spelling", edit("skeleton", '"index":', '"index": '), {2, 6}),
    ("the skeleton cut short", lambda raw: raw.update(skeleton=raw["skeleton"][:-1]), {2, 6}),
    ("a field's value", field("amount", "value", 12051), {3}),
    ("a field's type", field("amount", "value", "12050"), {3}),
    ("a field's salt", field("amount", "salt", "A" * 43 + "="), {3}),
    ("a salt of another length", field("amount", "salt", "AAAA"), {3}),
    ("a field added", more_fields, {3}),
    ("two fields swapped", swap_fields, {3}),
    ("a field's digest in the skeleton", edit("skeleton", '"digest":"', '"digest":"0'), {2, 6}),
    ("the step", edit("skeleton", '"step":"register"', '"step":"closing0"'), {6}),
    ("the time it was recorded", edit("skeleton", "01:02:20", "01:02:21"), {6}),
    ("the stream", edit("skeleton", '"stream":"a', '"stream":"b'), {6}),
    ("the log in the skeleton", edit("skeleton", "log.example/office", "log.example/0ffice"), {4, 6}),
    ("the proof's header", proof_line(0), {4}),
    ("the position in the log", edit("proof", "index 7", "index 6"), {6}),
    ("a position outside the log", edit("proof", "index 7", "index 300"), {6}),
    ("the first hash of the proof", proof_line(2), {6}),
    ("the last hash of the proof", proof_line(10), {6}),
    ("a hash left out of the proof", lambda raw: proof_without(raw, 2), {6}),
    ("the checkpoint's origin", edit("proof", "\n\nlog.example/office\n", "\n\nlog.example/0ffice\n"), {4, 5}),
    ("the checkpoint's size", edit("proof", "\n300\n", "\n299\n"), {5}),
    ("the checkpoint's root", proof_line(14), {5, 6}),
    ("the log's signature", signature("log.example/office"), {5}),
    ("a witness's cosignature", signature("witness.example/court"), {7}),
    ("all cosignatures left out", without_witnesses, {7}),
]


def proof_without(raw, number):
    lines = raw["proof"].split("\n")
    del lines[number]
    raw["proof"] = "\n".join(lines)


def test_a_true_receipt_passes_all_seven_checks_and_says_who_witnessed():
    found = receipt.verify(RECEIPT, POLICY)
    assert [check.result for check in found] == [Result.HOLDS] * 7
    assert [check.number for check in found] == [1, 2, 3, 4, 5, 6, 7]
    assert [check.name for check in found] == list(receipt.CHECKS)
    assert checks.passed(found)
    assert "court, university" in found[6].words["en"]
    assert "court、university" in found[6].words["zh-Hans"]


def test_the_table_changes_each_line_of_the_proof_that_it_names():
    lines = canonical.decode(RECEIPT)["proof"].split("\n")
    assert (lines[1], lines[11], lines[12], lines[13]) == ("index 7", "", "log.example/office", "300")


@pytest.mark.parametrize(("change", "numbers"), [pytest.param(*row[1:], id=row[0]) for row in TAMPERED])
def test_what_was_changed_is_named_by_its_numbered_check(change, numbers):
    found = receipt.verify(changed(change), POLICY)
    assert {check.number for check in found if check.result is Result.FAILS} == numbers
    assert not checks.passed(found)
    assert all(check.words["zh-Hans"] and check.words["en"] for check in found)
    assert "{" not in "".join(check.words["en"] + check.words["zh-Hans"] for check in found)


def test_a_changed_witness_is_seen_even_where_the_policy_is_still_met():
    assert results(changed(signature("witness.example/university")))[7] is Result.FAILS


def test_a_receipt_without_witnesses_says_plainly_that_it_is_not_witnessed():
    found = receipt.verify(changed(without_witnesses), ONE_LOG)
    assert found[6].result is Result.NOTICE
    assert found[6].words["en"].startswith("Not witnessed")
    assert found[6].words["zh-Hans"].startswith("未经见证")
    assert checks.passed(found)
    assert checks.verdict(found) == checks.words("verdict.holds-unwitnessed", {})


def test_cosignatures_that_the_policy_does_not_ask_for_are_told_but_prove_nothing_more():
    relaxed = Policy(POLICY.logs, POLICY.witnesses)
    found = receipt.verify(RECEIPT, relaxed)
    assert found[6].result is Result.NOTICE
    assert "court, university" in found[6].words["en"]


def test_a_key_of_another_log_does_not_do():
    other = Policy(logs=())
    found = results(RECEIPT, other)
    assert found[5] is Result.FAILS
    assert found[7] is Result.NOT_CHECKED


def test_withheld_fields_are_named_and_the_rest_still_verifies():
    data = (FIXTURES / "entries" / "submit.receipt.json").read_bytes()
    found = receipt.verify(data, POLICY)
    assert checks.passed(found)
    assert "not shown: contact" in found[2].words["en"]


def test_what_a_forger_writes_does_not_reach_the_terminal_as_a_command():
    def escape(raw):
        raw["fields"]["\x1b[2J"] = raw["fields"]["source"]

    found = receipt.verify(changed(escape), POLICY)
    assert "\x1b" not in found[2].words["en"]
    assert "\\u001b[2J" in found[2].words["en"]


@pytest.mark.parametrize("data", [b"", b"{}", b"null", b"\xff", RECEIPT + b"\n", b" " + RECEIPT])
def test_what_is_no_receipt_fails_the_first_check_and_leaves_the_rest_unchecked(data):
    found = results(data)
    assert found[1] is Result.FAILS
    assert set(list(found.values())[1:]) == {Result.NOT_CHECKED}
