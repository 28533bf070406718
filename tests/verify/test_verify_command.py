"""The command a stranger runs: from files to numbered checks in two languages, and an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from duecourse.verify.command import main

FIXTURES = Path(__file__).parent.parent / "formats" / "v1"
ENTRIES = FIXTURES / "entries"
VKEY = (FIXTURES / "vkey").read_text().strip()
TRUST = ["--policy", str(FIXTURES / "policy")]


def run(capsys, *arguments: object) -> tuple[int, str]:
    code = main([str(argument) for argument in arguments])
    return code, capsys.readouterr().out


def test_a_receipt_verifies_in_a_folder_that_holds_nothing_else(capsys, tmp_path, monkeypatch):
    (tmp_path / "receipt.json").write_bytes((ENTRIES / "register.receipt.json").read_bytes())
    monkeypatch.chdir(tmp_path)
    code, said = run(capsys, "receipt", "receipt.json", "--vkey", VKEY)
    assert code == 0
    assert "! 7 见证方：请注意。未经见证" in said
    assert "Not witnessed" in said
    assert said.count("✓") == 6


def test_with_a_policy_the_witnesses_count(capsys):
    code, said = run(capsys, "receipt", ENTRIES / "register.receipt.json", *TRUST, "--language", "en")
    assert code == 0
    assert said.endswith("Verdict: every check holds.\n")
    assert "核验" not in said


def test_a_changed_receipt_exits_1_and_names_the_check(capsys, tmp_path):
    path = tmp_path / "receipt.json"
    path.write_text((ENTRIES / "register.receipt.json").read_text().replace("12050", "12051"))
    code, said = run(capsys, "receipt", path, *TRUST)
    assert code == 1
    assert "✗ 3 所示内容与记录一致：不成立。“amount”的内容或盐值与记录不符。" in said
    code, said = run(capsys, "receipt", path, *TRUST, "--json")
    outcome = json.loads(said)
    assert code == 1
    assert not outcome["passed"]
    assert [check["number"] for check in outcome["checks"] if check["result"] == "fails"] == [3]


def test_the_log_verifies_from_its_folder(capsys):
    code, said = run(capsys, "log", FIXTURES, *TRUST, "--since", FIXTURES / "checkpoint.200", "--json")
    assert code == 0
    assert [check["result"] for check in json.loads(said)["checks"]] == ["holds"] * 7


def test_the_log_verifies_with_a_checkpoint_from_elsewhere_unless_it_is_not_witnessed(capsys):
    elsewhere = FIXTURES / "checkpoint.unwitnessed"
    assert run(capsys, "log", FIXTURES, *TRUST, "--checkpoint", elsewhere)[0] == 1
    assert run(capsys, "log", FIXTURES, "--vkey", VKEY, "--checkpoint", elsewhere)[0] == 0


def test_two_checkpoints_verify_against_the_tiles(capsys):
    old, new = FIXTURES / "checkpoint.200", FIXTURES / "checkpoint"
    assert run(capsys, "consistency", old, new, FIXTURES, "--vkey", VKEY)[0] == 0
    assert run(capsys, "consistency", new, old, FIXTURES, "--vkey", VKEY)[0] == 1


@pytest.mark.parametrize(
    ("entry", "proof", "place"),
    [
        ("decide.receipt.json", None, "exhibits[0], fields.decision.document"),
        ("decide.receipt.json", "decide.tlog-proof", "exhibits[0], fields.decision.document"),
        ("decide.json", "decide.tlog-proof", "exhibits[0]"),
    ],
)
def test_a_document_verifies_against_the_entry_that_names_it(capsys, entry, proof, place):
    asked = ["document", FIXTURES / "document", "--entry", ENTRIES / entry, *TRUST]
    code, said = run(capsys, *asked, *(["--proof", ENTRIES / proof] if proof else []))
    assert code == 0
    assert f"stands at {place}." in said
    assert said.count("✓") == 6


@pytest.mark.parametrize(
    ("document", "entry", "proof", "wrong"),
    [
        pytest.param("policy", "decide.receipt.json", None, "✗ 2 ", id="another file"),
        pytest.param("document", "register.receipt.json", None, "✗ 2 ", id="another entry"),
        pytest.param("document", "decide.json", "register.tlog-proof", "✗ 5 ", id="another entry's proof"),
        pytest.param("document", "decide.json", None, "✗ 3 ", id="no proof"),
        pytest.param("document", "decide.tlog-proof", None, "✗ 1 ", id="no entry"),
        pytest.param("document", "../manifest.json", None, "✗ 1 ", id="some other JSON"),
    ],
)
def test_a_document_that_is_not_the_entrys_exits_1_and_names_the_check(capsys, document, entry, proof, wrong):
    asked = ["document", FIXTURES / document, "--entry", ENTRIES / entry, *TRUST]
    code, said = run(capsys, *asked, *(["--proof", ENTRIES / proof] if proof else []))
    assert code == 1
    assert wrong in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["receipt", "nowhere.json", "--vkey", VKEY], "缺少文件 nowhere.json"),
        (["receipt", "nowhere.json", "--vkey", VKEY[:-1]], "vkey"),
        (["receipt", "nowhere.json", "--policy", "nowhere"], "缺少文件 nowhere"),
        (["document", "nowhere", "--entry", "nowhere", "--vkey", VKEY], "缺少文件 nowhere"),
        (["log", str(FIXTURES), "--policy", str(FIXTURES / "vkey")], "策略文件第 1 行有误"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence_and_exits_1(capsys, arguments, words):
    code, said = run(capsys, *arguments)
    assert code == 1
    assert words in said
    code, said = run(capsys, *arguments, "--json")
    assert code == 1
    assert json.loads(said)["passed"] is False


def test_canonical_json_of_another_kind_is_no_entry(capsys, tmp_path):
    (tmp_path / "entry.json").write_text('{"v":"someone/else/v1"}')
    code, said = run(capsys, "document", FIXTURES / "document", "--entry", tmp_path / "entry.json", *TRUST)
    assert code == 1
    assert "既不是回执，也不是记录骨架" in said


def test_a_policy_without_a_log_trusts_nothing(capsys, tmp_path):
    (tmp_path / "policy").write_text("quorum none\n")
    assert run(capsys, "log", FIXTURES, "--policy", tmp_path / "policy")[0] == 1


def test_trust_must_be_given():
    with pytest.raises(SystemExit) as left:
        main(["receipt", "x"])
    assert left.value.code == 2


def test_every_sentence_stands_in_both_languages_with_the_same_parameters():
    import re

    from duecourse.verify.checks import catalogue

    for key, sentence in catalogue().items():
        assert set(sentence) == {"zh-Hans", "en"}, key
        assert len({frozenset(re.findall(r"{\w+}", text)) for text in sentence.values()}) == 1, key
