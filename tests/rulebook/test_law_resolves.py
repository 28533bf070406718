"""Every citation of every rulebook leads to an article in force, and every law file keeps its word."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
import yaml

from duecourse.core.deadlines import Length, Unit, load_calendar
from duecourse.core.errors import Invalid
from duecourse.core.law import Citation, Grade, load_law
from duecourse.core.reading import Problems, read_yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "formats"
FOLDERS = sorted(path.parent for path in (ROOT / "rulebook").glob("*/law"))
TODAY = dt.date(2026, 11, 1)
CITING = {"on", "breached", "penalty"}
CITED_IN_WORDS = re.compile(r"\{law:([^}]+)\}")


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda path: path.name)
def folder(request):
    return request.param


@pytest.fixture(scope="module")
def law(folder):
    problems = Problems()
    found = load_law(folder / "law", problems)
    problems.raise_if_any()
    return found


def citations(path: Path):
    """Every citation of a file with its line: the lists under the citing keys, and {law:…} in words."""
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for citation in CITED_IN_WORDS.findall(text.partition("# ")[0]):
            yield line, citation
    pending = [yaml.compose(path.read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, yaml.SequenceNode):
            pending.extend(node.value)
        if not isinstance(node, yaml.MappingNode):
            continue
        for key, value in node.value:
            pending.append(value)
            if key.value in CITING and isinstance(value, yaml.SequenceNode):
                yield from ((item.start_mark.line + 1, item.value) for item in value.value)


def test_every_citation_leads_to_an_article_in_force(folder, law):
    lost = []
    for path in sorted(folder.rglob("*.yaml")):
        if path.parent.name in ("law", "calendars", "examples"):
            continue
        for line, citation in citations(path):
            try:
                law.resolve(citation, TODAY)
            except Invalid as wrong:
                lost.append(f"{path.relative_to(ROOT)}:{line}: {wrong}")
    assert not lost, "\n".join(lost)


def test_the_search_above_finds_citations(folder):
    assert sum(1 for path in folder.rglob("*.yaml") for _ in citations(path)) > 50


def test_a_citation_that_leads_nowhere_would_be_found(law):
    with pytest.raises(Invalid):
        law.resolve("apl#9999", TODAY)


def test_every_gist_is_short_and_in_both_languages(law):
    for instrument in law.instruments.values():
        for article in instrument.articles:
            where = f"{instrument.id}#{article.number}"
            assert 4 <= len(article.gist["zh-Hans"]) <= 120, where
            assert 10 <= len(article.gist["en"]) <= 330, where
            assert re.search(r"[\u4e00-\u9fff]", article.gist["zh-Hans"]), where
            assert not re.search(r"[\u4e00-\u9fff]", article.gist["en"]), where


def test_every_period_of_a_statute_uses_the_unit_the_statute_means(law):
    """A length of days in an article is the unit that its instrument gives to that number, or written out there."""
    written_out = {"cac-14", "ogi", "petition", "so-118", "algorithm"}
    for instrument in law.instruments.values():
        for article in instrument.articles:
            for period in article.periods:
                if period.unit in (Unit.DAYS, Unit.WORKING_DAYS) and instrument.id not in written_out:
                    assert period.unit is instrument.unit_for(period.number), f"{instrument.id}#{article.number}"


@pytest.fixture(scope="module")
def city_law():
    problems = Problems()
    found = load_law(ROOT / "rulebook" / "cn-city" / "law", problems)
    problems.raise_if_any()
    return found


class TestCity:
    """What the first rulebook must say of counting (rows K1 to K12)."""

    DAYS = {
        "apl 85: two, three, five, seven": ("apl", {2, 3, 5, 7}),
        "arl 88: three, five, seven, ten": ("arl", {3, 5, 7, 10}),
        "acl 69: up to ten": ("acl", set(range(1, 11))),
        "alp counts calendar days": ("alp", set()),
        "cac-14 counts calendar days unless it writes working days": ("cac-14", set()),
        "the transfer provisions count calendar days": ("transfer", set()),
    }

    @pytest.mark.parametrize(("instrument", "working"), DAYS.values(), ids=DAYS)
    def test_day_means_what_the_statute_says(self, city_law, instrument, working):
        assert {
            number for number in range(1, 100) if city_law.unit_for(instrument, number) is Unit.WORKING_DAYS
        } == working

    ROLLS = dict.fromkeys(("apl", "acl", "cac-14", "transfer", "ogi"), False)
    ROLLS |= dict.fromkeys(("arl", "alp", "cpl", "civil"), True)

    @pytest.mark.parametrize(("instrument", "rolls"), ROLLS.items())
    def test_a_last_day_moves_only_where_a_text_says_so(self, city_law, instrument, rolls):
        assert city_law.rolls(instrument) is rolls

    RENUMBERED = [("14", "15"), ("47", "49"), ("49", "51"), ("50", "52"), ("56", "58"), ("21", "23"), ("25", "27")]

    @pytest.mark.parametrize(("old", "new"), RENUMBERED)
    def test_the_cybersecurity_law_was_renumbered_on_the_first_of_2026(self, city_law, old, new):
        before = city_law.resolve(f"csl#{old}", dt.date(2025, 12, 31))
        after = city_law.resolve(f"csl#{new}", dt.date(2026, 1, 1))
        assert before.gist == after.gist

    def test_the_two_penalties_for_forbidden_items_are_two_texts(self, city_law):
        assert city_law.resolve("csl#68", dt.date(2025, 6, 1)).gist != city_law.resolve("csl#69", TODAY).gist

    def test_nothing_of_the_enforcement_procedure_beyond_article_48_is_law_here(self, city_law):
        assert (
            max(int(Citation.parse(f"cac-14#{one.number}").article) for one in city_law.instruments["cac-14"].articles)
            == 48
        )
        assert city_law.instruments["cac-14"].grade is Grade.PARTIAL_TEXT

    def test_what_only_the_press_quoted_is_graded_so(self, city_law):
        assert city_law.instruments["so-118"].grade is Grade.QUOTED

    PERIODS = {
        "F2": ("cac-14#18", "7 working_days"), "F3": ("cac-14#18", "15 working_days"), "D8": ("cac-14#45", "90 days"),
        "D9": ("cac-14#45", "60 days"), "H6": ("cac-14#36", "5 working_days"), "H7": ("cac-14#37", "7 working_days"),
        "N2": ("cac-14#46", "7 working_days"), "N7": ("so-118", "7 working_days"), "N8": ("ogi#26", "20 working_days"),
        "N9": ("apl#48", "3 working_days"), "X1": ("apl#67", "15 days"), "X7": ("acl#54", "10 working_days"),
        "X8": ("acl#53", "3 months"), "X10": ("arl#20", "60 days"), "X11": ("arl#20", "1 year"),
        "X13": ("arl#48", "10 working_days"), "X17": ("alp#46", "6 months"), "X18": ("alp#45", "15 days"),
        "I15": ("alp#47", "2 months"), "J10": ("apl#36", "2 years"), "C4": ("transfer#5", "24 hours"),
        "E17": ("cac-14#29", "7 working_days"), "N4": ("cpl#95", "30 days"), "K9": ("cpl#86", "10 days"),
    }  # fmt: skip

    @pytest.mark.parametrize(("citation", "length"), PERIODS.values(), ids=PERIODS)
    def test_the_period_stands_in_the_article(self, city_law, citation, length):
        assert Length.parse(length) in city_law.resolve(citation, TODAY).periods

    def test_every_row_of_the_spine_has_its_article(self, city_law):
        rows = {row for one in city_law.instruments.values() for article in one.articles for row in article.rows}
        last = {"J": 22, "I": 19, "F": 8, "P": 8, "E": 24, "V": 4, "H": 13, "D": 13, "N": 12, "X": 23, "C": 13, "K": 12}
        wanted = {f"{letter}{number}" for letter, most in last.items() for number in range(1, most + 1)}
        models_only = {"I8", "I9"}  # rules of another department, not binding on this office
        assert wanted - models_only <= rows, wanted - models_only - rows


class TestTheFormatPages:
    def test_the_example_of_the_calendar_page_loads(self, tmp_path):
        year, rules = re.findall(r"```yaml\n(.*?)```", (DOCS / "calendar.md").read_text(encoding="utf-8"), re.DOTALL)
        (tmp_path / "2026.yaml").write_text(year, encoding="utf-8")
        (tmp_path / "rules.yaml").write_text(rules, encoding="utf-8")
        problems = Problems()
        calendar = load_calendar(tmp_path, problems)
        problems.raise_if_any()
        assert calendar.day(dt.date(2026, 2, 14)).works
        assert not calendar.day(dt.date(2026, 2, 17)).works

    @pytest.mark.parametrize("page", ["calendar.md", "law.md"])
    def test_every_key_of_the_format_is_described(self, page):
        text = (DOCS / page).read_text(encoding="utf-8")
        wanted = {
            "law.md": "kind source.grade versions working-days rolls was in periods rows whole",
            "calendar.md": "announcement.number make-up reach make-up-reach dates days",
        }
        assert all(key in text for key in wanted[page].split())


def test_settings_that_are_not_verified_ask_for_a_lawyer(folder):
    problems = Problems()
    settings = read_yaml(folder / "settings.yaml", problems).mapping(required={"settings"})["settings"]
    for name, node in settings.entries(of="setting").items():
        parts = node.mapping(required={"value", "title", "confirm"}, optional={"on", "help", "least", "most", "bound"})
        parts["title"].words()
        if parts["confirm"].boolean() and "help" not in parts:
            assert name.endswith("-en") or name.startswith(("office-", "hotline")), f"{name} says no reason"
    problems.raise_if_any()


def test_every_setting_that_a_procedure_names_is_there(folder):
    settings = yaml.safe_load((folder / "settings.yaml").read_text(encoding="utf-8"))["settings"]
    named = set()
    for path in (*folder.glob("procedures/*.yaml"), *folder.glob("documents/*.yaml"), *folder.glob("letters/*.yaml")):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"setting: ?([a-z][a-z0-9-]+)", text)) | set(
            re.findall(r"confirm: ([a-z][a-z0-9-]+)", text)
        )
    assert named
    assert named <= settings.keys(), named - settings.keys()


def test_the_length_of_every_clock_stands_in_an_article_it_cites(folder, law):
    """A clock without an article names a setting; the length and extensions of any other stand in an article."""
    astray, seen = [], 0
    for path in sorted((folder / "procedures").glob("*.yaml")):
        for name, clock in (yaml.safe_load(path.read_text(encoding="utf-8")).get("clocks") or {}).items():
            cited = clock.get("on", clock.get(True, []))  # a bare `on` is true to this reader
            periods = {str(period) for citation in cited for period in law.resolve(citation, TODAY).periods}
            extensions = clock.get("extend", [])
            lengths = [
                one.get("to") or one.get("by") for one in ([extensions] if isinstance(extensions, dict) else extensions)
            ]
            for length in [clock["length"], *lengths]:
                if isinstance(length, str):
                    seen += 1
                    astray += [f"{path.name}: {name}: {length} is not among {periods}"] * (length not in periods)
    assert seen > 5
    assert not astray, "\n".join(astray)
