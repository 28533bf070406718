"""The strict reader: one spelling, both languages, every mistake with its file and line, all at once."""

from __future__ import annotations

import datetime as dt

import pytest

from duecourse.core.errors import Invalid
from duecourse.core.reading import Node, Problems, RulebookError, read_yaml


@pytest.fixture
def read(tmp_path):
    def read(text: str) -> Node:
        path = tmp_path / "file.yaml"
        path.write_text(text, encoding="utf-8")
        return read_yaml(path, shown="file.yaml")

    return read


def said(node: Node) -> list[str]:
    return [str(problem) for problem in node.problems]


def fail(text: str) -> int:
    if text == "invalid":
        raise Invalid("wrong_spelling", advice="spell it otherwise")
    return int(text)


RIGHT = {
    "text": ("word", Node.text, "word"),
    "a quoted number as text": ("'12'", Node.text, "12"),
    "a name": ("office-head", Node.identifier, "office-head"),
    "a number": ("12", Node.integer, 12),
    "a negative number": ("-1", Node.integer, -1),
    "true": ("true", Node.boolean, True),
    "a date": ("2026-02-28", Node.date, dt.date(2026, 2, 28)),
    "words": ("{zh-Hans: 你好, en: hello}", Node.words, {"zh-Hans": "你好", "en": "hello"}),
    "plain data": ("{a: [1, true, x, 2026-01-01, null]}", Node.plain, {"a": [1, True, "x", "2026-01-01", None]}),
}


@pytest.mark.parametrize(("text", "how", "value"), RIGHT.values(), ids=RIGHT)
def test_a_right_value_is_read(read, text, how, value):
    node = read(text)
    assert how(node) == value
    assert not said(node)


WRONG = {
    "no is not text": ("no", Node.text, "Expected text, found true or false"),
    "a number is not text": ("12", Node.text, "Expected text, found a number"),
    "a time is not a number": ("12:30", Node.integer, "Expected a whole number"),
    "a hexadecimal number": ("0x10", Node.integer, "Expected a whole number"),
    "a number with an underscore": ("1_000", Node.integer, "Expected a whole number"),
    "yes is not true": ("yes", Node.boolean, "Expected true or false"),
    "a quoted date": ("'2026-01-01'", Node.date, "Expected a date, found text"),
    "a day that is not in the calendar": ("2026-02-30", Node.date, "not a day of the calendar"),
    "a moment is no date": ("2026-02-28T10:00:00Z", Node.date, "Expected a date"),
    "a decimal": ("1.5", Node.plain, "Expected text, found a decimal"),
    "empty text": ("' '", Node.text, "The text is empty"),
    "a name in capitals": ("Office", Node.identifier, "is not a name"),
    "one language": ("{en: hello}", Node.words, "'zh-Hans' is missing"),
    "three languages": ("{zh-Hans: 你, en: a, fr: b}", Node.words, "Unknown key 'fr'"),
    "a list for a mapping": ("[a]", Node.pairs, "Expected a mapping, found a list"),
    "a mapping for a list": ("{a: b}", Node.sequence, "Expected a list, found a mapping"),
    "a tag": ("!!python/object:os.system x", Node.text, "Expected text, found something else"),
    "a list as a key": ("{[a]: b}", Node.pairs, "A key must be a single word"),
}


@pytest.mark.parametrize(("text", "how", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_a_problem_with_its_line(read, text, how, message):
    node = read(f"# a comment\n{text}\n")
    how(node)
    assert len(said(node)) == 1
    assert said(node)[0].startswith("file.yaml:2: ")
    assert message in said(node)[0]


def test_all_mistakes_of_a_file_come_at_once(read):
    root = read("a: 1\nb: yes\nc: {zh-Hans: 你}\na: 2\nextra: x\n")
    parts = root.mapping(required={"a", "b", "c", "missing"})
    parts["a"].text()
    parts["b"].boolean()
    parts["c"].words()
    parts["missing"].words()
    lines = [problem.line for problem in root.problems]
    assert lines == [1, 1, 2, 3, 4, 5]
    with pytest.raises(RulebookError) as found:
        root.problems.raise_if_any()
    assert len(str(found.value).splitlines()) == 6


def test_a_missing_value_is_complained_of_once(read):
    missing = read("a: 1\n").mapping(required={"a", "b"})["b"]
    assert missing.absent
    assert (missing.text(), missing.words(), missing.sequence(), missing.plain()) == (
        "",
        {"zh-Hans": "", "en": ""},
        [],
        None,
    )
    assert len(missing.problems) == 1


def test_a_name_chosen_by_the_author_is_in_kebab_case(read):
    root = read("good-name: 1\nBad_Name: 2\n")
    assert list(root.entries(of="clock")) == ["good-name", "Bad_Name"]
    assert said(root) == [
        "file.yaml:2: 'Bad_Name' is not a name of a clock. Use lower-case letters, digits and single hyphens."
    ]


def test_a_key_that_yaml_reads_as_true_is_still_a_key(read):
    assert read("on: [apl#41]").mapping(required={"on"})["on"].sequence()[0].text() == "apl#41"


def test_a_word_is_chosen_from_a_closed_list(read):
    node = read("maybe")
    assert node.one_of({"yes", "no"}) == ""
    assert said(node) == ["file.yaml:1: 'maybe' is not allowed here. Choose one of: no, yes."]
    assert read("fine").one_of(["fine"]) == "fine"


def test_one_value_can_stand_for_a_list_of_one(read):
    assert [node.text() for node in read("a").one_or_many()] == ["a"]
    assert [node.text() for node in read("[a, b]").one_or_many()] == ["a", "b"]


def test_a_parser_says_what_is_wrong(read):
    assert read("'12'").parsed(fail) == 12
    for text in ("twelve", "invalid"):
        node = read(text)
        assert node.parsed(fail, "Write digits.") is None
        assert said(node)[0].endswith("Write digits.")
    assert read("12").parsed(fail) is None


BROKEN = {
    "an empty file": ("", "empty"),
    "a comment alone": ("# nothing\n", "empty"),
    "an open bracket": ("a: [1, 2\n", "not YAML"),
    "a tab": ("a:\n\t- b\n", "not YAML"),
    "two documents": ("a: 1\n---\nb: 2\n", "not YAML"),
}


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_a_problem_and_not_a_crash(read, text, message):
    node = read(text)
    assert node.absent
    assert message in said(node)[0]


def test_a_file_that_is_missing_or_no_text_is_a_problem(tmp_path):
    problems = Problems()
    assert read_yaml(tmp_path / "none.yaml", problems).absent
    (tmp_path / "bytes.yaml").write_bytes(b"a: \xff\xfe\n")
    assert read_yaml(tmp_path / "bytes.yaml", problems).absent
    (tmp_path / "control.yaml").write_bytes(b"a: \x01\n")
    assert read_yaml(tmp_path / "control.yaml", problems).absent
    assert len(problems) == 3
