"""Citations, versions and renumberings; the example of docs/formats/law.md is the law used here."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse.core.deadlines import Length, Unit
from duecourse.core.errors import Invalid
from duecourse.core.law import Citation, Grade, Kind, load_law, rulebook_folder
from duecourse.core.law.law import chinese_number
from duecourse.core.reading import Problems, RulebookError

D = dt.date.fromisoformat
PAGE = Path(__file__).parents[2] / "docs" / "formats" / "law.md"
EXAMPLE = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]


def load(folder: Path, text: str = EXAMPLE, name: str = "sample.yaml"):
    (folder / name).write_text(text, encoding="utf-8")
    problems = Problems()
    law = load_law(folder, problems)
    problems.raise_if_any()
    return law


@pytest.fixture
def law(tmp_path):
    return load(tmp_path)


class TestCitations:
    SPELLINGS = ("apl#41", "apl#48.2", "cac-14#17.1.2", "cl#287-1", "so-118", "minors-net#8")

    @pytest.mark.parametrize("text", SPELLINGS)
    def test_a_citation_prints_back(self, text):
        assert str(Citation.parse(text)) == text

    @pytest.mark.parametrize(
        "text", ["", "apl", "APL#41", "apl#041", "apl#", "apl #41", "apl#41.", "apl#1.2.3.4", "apl#0", "41"]
    )
    def test_another_spelling_is_refused_or_names_a_whole_instrument(self, text):
        if text == "apl":
            assert Citation.parse(text).place == ""
            return
        with pytest.raises(Invalid, match="citation_malformed"):
            Citation.parse(text)

    @given(text=st.text(alphabet="apl#-.0123456789 第", max_size=12))
    def test_whatever_is_read_prints_back(self, text):
        with contextlib.suppress(Invalid):
            assert str(Citation.parse(text)) == text

    def test_the_article_stands_before_paragraph_and_item(self):
        assert Citation.parse("cac-14#17.1.2").article == "17"


class TestResolving:
    def test_an_article_has_its_gist_in_both_languages(self, law):
        assert law.resolve("sample#15", D("2026-03-01")).gist["en"] == "a report is acted on promptly"

    def test_before_the_renumbering_the_same_article_has_its_old_number(self, law):
        before, after = law.resolve("sample#14", D("2025-12-31")), law.resolve("sample#15", D("2026-01-01"))
        assert before.gist == after.gist
        assert (before.number, after.number) == ("14", "15")

    WRONG = {
        "the old number after the renumbering": ("sample#14", "2026-03-01", "article_renumbered", "sample#15"),
        "the new number before it": ("sample#15", "2025-03-01", "article_renumbered", "sample#14"),
        "an article of an earlier version alone": ("sample#68", "2026-03-01", "article_not_on_file", "another version"),
        "an article nobody entered": ("sample#99", "2026-03-01", "article_not_on_file", "add article '99'"),
        "a paragraph nobody entered": ("sample#15.2", "2026-03-01", "article_not_on_file", "add article '15.2'"),
        "an instrument before it was in force": ("sample#14", "2017-05-31", "instrument_not_in_force", "2017-06-01"),
        "an instrument nobody entered": ("other#1", "2026-03-01", "instrument_unknown", "law/other.yaml"),
    }  # fmt: skip

    @pytest.mark.parametrize(("citation", "on", "code", "advice"), WRONG.values(), ids=WRONG)
    def test_what_leads_nowhere_says_what_to_do(self, law, citation, on, code, advice):
        with pytest.raises(Invalid) as refused:
            law.resolve(citation, D(on))
        assert refused.value.code == code
        assert advice in str(refused.value.params["advice"])

    def test_an_article_of_the_old_version_is_found_on_a_day_of_that_version(self, law):
        assert law.resolve("sample#68", D("2020-01-01")).gist["en"] == "the old penalty"

    def test_the_instrument_knows_its_kind_and_the_grade_of_its_source(self, law):
        instrument = law.instrument("sample#15")
        assert (instrument.kind, instrument.grade) == (Kind.LAW, Grade.FULL_TEXT)
        assert instrument.version(D("2017-01-01")) is None


class TestWhatADayMeans:
    @pytest.mark.parametrize("number", [2, 3, 5, 7])
    def test_the_listed_numbers_are_working_days(self, law, number):
        assert law.unit_for("sample", number) is Unit.WORKING_DAYS

    @pytest.mark.parametrize("number", [1, 4, 10, 15, 90])
    def test_all_others_are_calendar_days(self, law, number):
        assert law.unit_for("sample", number) is Unit.DAYS

    def test_up_to_ten_means_each_number_to_ten(self, tmp_path):
        law = load(tmp_path, EXAMPLE.replace("exactly: [2, 3, 5, 7]", "up-to: 10"))
        assert [law.unit_for("sample", number) for number in (1, 10, 11)] == [Unit.WORKING_DAYS] * 2 + [Unit.DAYS]

    def test_rolling_is_said_by_an_article(self, law):
        assert law.rolls("sample")
        assert str(law.instrument("sample").counting.rolls_by) == "sample#86"

    def test_the_periods_of_an_article_are_lengths(self, law):
        assert law.resolve("sample#60", D("2026-01-01")).periods == (
            Length.parse("90 days"),
            Length.parse("5 working_days"),
        )


class TestSaying:
    CASES = {
        "sample#15": ("《示例法》第十五条", "Sample Law, article 15"),
        "sample#48.2": ("《示例法》第四十八条第二款", "Sample Law, article 48, paragraph 2"),
        "sample#17.1.2": ("《示例法》第十七条第一款第二项", "Sample Law, article 17, paragraph 1, item 2"),
        "sample#287-1": ("《示例法》第二百八十七条之一", "Sample Law, article 287-1"),
        "sample": ("《示例法》", "Sample Law"),
    }

    @pytest.mark.parametrize(("citation", "said"), CASES.items())
    def test_a_citation_is_said_to_a_person(self, law, citation, said):
        assert tuple(law.words(citation).values()) == said

    def test_a_document_number_stands_without_title_marks(self, tmp_path):
        law = load(tmp_path, EXAMPLE.replace("kind: law", "kind: normative-document"))
        assert law.words("sample")["zh-Hans"] == "示例法"

    @pytest.mark.parametrize(
        ("number", "spelled"),
        [(1, "一"), (10, "十"), (14, "十四"), (20, "二十"), (41, "四十一"), (101, "一百零一"),
         (110, "一百一十"), (202, "二百零二"), (1000, "一千"), (1019, "一千零一十九"), (1101, "一千一百零一")],
    )  # fmt: skip
    def test_numbers_are_spelled_as_in_statutes(self, number, spelled):
        assert chinese_number(number) == spelled


VERSIONS = EXAMPLE[EXAMPLE.index("versions:") : EXAMPLE.index("counting:")]
MISTAKES = {
    "an unknown key": ("kind: law", "kind: law\nrank: high", "Unknown key 'rank'", "rank: high"),
    "a missing language": ("en: a report is acted on promptly", "fr: un avis", "'en' is missing", "fr: un avis"),
    "a duplicate article": ("  '86':\n", "  '85':\n", "stands here twice", "  '85':\n    gist: {zh-Hans: 期满"),
    "two articles with one old number": ("in: ['2016']", "was: {'2016': '14'}", "number 14 in version 2016", "  '68':"),
    "versions that overlap": ("until: 2025-12-31", "until: 2026-02-01", "before the one above ends", "第二号"),
    "an unknown earlier version": ("was: {'2016'", "was: {'2003'", "no earlier version '2003'", "'2003'"),
    "an unknown version": ("in: ['2016']", "in: ['2003']", "no version '2003'", "'2003'"),
    "a counting rule without an article on file": ("on: sample#85}", "on: sample#84}", "leads nowhere", "instrument"),
    "a malformed citation": ("on: sample#86}", "on: sample86#}", "cannot be read", "sample86#"),
    "a malformed period": ("[90 days, 5", "[90 d, 5", "cannot be read", "90 d,"),
    "a malformed article number": ("  '68':", "  'art. 68':", "not the number of an article", "art. 68"),
    "an unknown kind": ("kind: law", "kind: custom", "not allowed here", "custom"),
    "not the file's name": ("instrument: sample", "instrument: other", "Give both the same name", "instrument"),
    "a source without a grade": ("  grade: full-text\n", "", "'grade' is missing", "据全文核对"),
    "a number for a text": ("zh-Hans: 示例机关,", "zh-Hans: 1,", "Expected text", "zh-Hans: 1,"),
    "no version at all": (VERSIONS, "versions: []\n", "at least one", "versions: []"),
    "a file that is no YAML": ("kind: law", "kind: law: custom", "not YAML", "law: custom"),
}  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "message", "where"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_file_and_line(tmp_path, right, wrong, message, where):
    assert right in EXAMPLE
    text = EXAMPLE.replace(right, wrong, 1)
    with pytest.raises(RulebookError) as found:
        load(tmp_path, text)
    hits = [problem for problem in found.value.problems if message in f"{problem.message} {problem.advice}"]
    assert hits, found.value.problems
    assert all(problem.file.endswith("sample.yaml") for problem in hits)
    line = text[: text.index(where)].count("\n") + 1
    assert line in {problem.line for problem in hits}


def test_all_mistakes_of_a_folder_come_at_once(tmp_path):
    (tmp_path / "second.yaml").write_text("instrument: second\n", encoding="utf-8")
    with pytest.raises(RulebookError) as found:
        load(tmp_path, EXAMPLE.replace("kind: law", "kind: custom"))
    assert {Path(problem.file).name for problem in found.value.problems} == {"sample.yaml", "second.yaml"}
    assert len(found.value.problems) > 2


class TestPlaces:
    def test_the_rulebook_of_this_repository_is_found(self):
        assert (rulebook_folder("cn-city") / "rulebook.yaml").is_file()

    @pytest.mark.parametrize("name", ["atlantis", "../cn-city", "", "CN"])
    def test_an_unknown_name_is_refused_with_the_known_ones(self, name):
        with pytest.raises(Invalid, match="rulebook_unknown"):
            rulebook_folder(name)
