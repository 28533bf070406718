"""Every reason for a "no" has its words, in both languages, and no words stand there for nothing."""

import ast
import string
from pathlib import Path

import pytest

from duecourse.core.procedure import refusal
from duecourse.core.procedure.refusal import Reason, Refusal, catalogue

SOURCES = sorted(Path(refusal.__file__).parent.glob("*.py"))
CALLS = {"Reason", "no"}


def _codes():
    """Every code written in the sources: the first argument of Reason(…) and no(…), and what a field check yields."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS and node.args:
                yield from (part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant))
            if path.name == "form.py" and isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
                yield node.value.elts[0].value


def test_every_code_has_words_and_all_words_have_a_code():
    codes = {code for code in _codes() if isinstance(code, str)}
    codes |= {"officers_too_few", "officers_too_few_certified"}  # chosen by a variable
    assert codes == set(catalogue())


@pytest.mark.parametrize("code", catalogue())
def test_both_languages_say_the_same_details(code):
    entry = catalogue()[code]

    def named(words, lang):
        return {name for _, name, _, _ in string.Formatter().parse(words[lang]) if name}

    for words in (entry.what, entry.why, entry.next):
        assert named(words, "zh-Hans") == named(words, "en")


def test_a_refusal_says_what_why_which_article_and_what_next():
    title = {"zh-Hans": "送达", "en": "Serve"}
    law = {"zh-Hans": "《安宁条例》第三条", "en": "Quiet By-law, article 3"}
    reason = Reason("step_not_done", {"steps": (title,)}, ("bylaw#3",), (law,))
    assert Refusal((reason,)).words("en") == [
        "Something must come first. Not yet taken: Serve. Basis: Quiet By-law, article 3. Take that step first."
    ]
    assert Refusal((reason,)).words("zh-Hans") == [
        "条件尚不具备。尚未办理：送达。依据：《安宁条例》第三条。请先办理上述步骤。"
    ]
    assert Reason.from_json(reason.to_json()).words("en").article == "Basis: bylaw#3."


def test_a_reason_comes_back_from_json():
    reason = Reason("role_missing", {"roles": ({"zh-Hans": "甲", "en": "A"}, "b")}, ("bylaw#3",))
    assert Reason.from_json(reason.to_json()) == reason


@pytest.mark.parametrize(("lang", "day"), [("zh-Hans", "2026年3月2日"), ("en", "2 March 2026")])
def test_a_day_in_a_refusal_is_written_as_people_write_days(lang, day):
    reason = Reason("in_the_future", {"day": "2026-03-02", "today": "2026-02-30"})
    assert day in reason.words(lang).why
    assert "2026-02-30" in reason.words(lang).why, "what is no day stays as it was typed"
