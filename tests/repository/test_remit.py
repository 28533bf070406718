"""Tries to cross each line of the remit, and must fail. Each later part adds the lines that it could cross."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from duecourse.core import remit
from duecourse.core.errors import Invalid
from duecourse.core.law import rulebook_folder
from duecourse.core.reading import Problems, RulebookError, read_yaml
from duecourse.core.remit import Addressee, Duty, Ending, Harm, Harmed, Outside, Party

ROOT = Path(__file__).parents[2]
RULEBOOKS = sorted(path.parent for path in (ROOT / "rulebook").glob("*/heads.yaml"))

HARMS = {"fraud", "minors", "intimate-images", "personal-information", "abuse", "identity", "gambling",
         "threats-of-violence", "intrusion"}  # fmt: skip
DUTIES = {"network-and-data-security", "personal-information-duties", "minors-mode-and-protection",
          "complaint-channel-and-answers", "advertising-marks", "filing-shown"}  # fmt: skip

LINES = {
    "opinion": "网络言论",
    "criticism-of-an-authority": "批评政府",
    "criticism-of-a-policy": "批评政策",
    "criticism-of-an-official": "诋毁官员",
    "criticism-of-a-company": "企业负面",
    "politics": "政治有害",
    "religion": "宗教",
    "history": "历史虚无",
    "satire": "恶搞讽刺",
    "vulgarity": "低俗",
    "rumour": "谣言",
    "reputation": "名誉",
    "public-opinion": "舆情",
}


def test_the_two_lists_are_exactly_those_of_the_design():
    assert {one.value for one in Harm} == HARMS
    assert {one.value for one in Duty} == DUTIES
    assert set(remit.ENDINGS) == {*Harm, *Duty}


@pytest.mark.parametrize("name", LINES)
def test_there_is_no_head_for(name):
    with pytest.raises(Invalid, match="head_outside_remit"):
        remit.head(name)


@pytest.mark.parametrize("name", LINES)
def test_a_rulebook_cannot_add_a_head_for(tmp_path, name):
    """The list is in code and closed: a data file that names another head does not load, and says where."""
    text = (rulebook_folder("cn-city") / "heads.yaml").read_text(encoding="utf-8")
    added = f"  {name}:\n    title: {{zh-Hans: 甲, en: A}}\n    on: [apl#28]\n    then: [own-case]\n"
    (tmp_path / "heads.yaml").write_text(text + added, encoding="utf-8")
    problems = Problems()
    remit.read_heads(read_yaml(tmp_path / "heads.yaml", problems))
    with pytest.raises(RulebookError) as found:
        problems.raise_if_any()
    (only,) = found.value.problems
    assert only.line == text.count("\n") + 1
    assert only.file.endswith("heads.yaml")


@pytest.mark.parametrize("title", LINES.values())
def test_no_head_can_be_given_the_name_of(tmp_path, title):
    """Nor can an allowed head be bent by its title or its help."""
    words = {"title": "{zh-Hans: 欺凌, en: Abuse}", "help": "{zh-Hans: 帮助, en: Help}"}
    for part in words:
        bent = words | {part: f"{{zh-Hans: {title}, en: A}}"}
        lines = [f"    {name}: {text}" for name, text in bent.items()]
        text = "\n".join(["heads:", "  abuse:", "    on: [csl#15]", "    then: [police]", *lines])
        (tmp_path / "heads.yaml").write_text(text, encoding="utf-8")
        problems = Problems()
        remit.read_heads(read_yaml(tmp_path / "heads.yaml", problems))
        assert {problem.line for problem in problems} == {5 + list(words).index(part)}, (part, title)
        assert all("outside the remit" in problem.message for problem in problems)


def test_the_lists_cannot_be_lengthened_while_running():
    with pytest.raises(TypeError):
        Harm("rumour", "opinion")
    with pytest.raises(TypeError):
        remit.ENDINGS["rumour"] = (Ending.OWN_CASE,)
    with pytest.raises(TypeError):

        class Wider(Harm):
            RUMOUR = "rumour"


@pytest.mark.parametrize(
    "name", ["public-body", "government", "official", "police", "court", "party-organ", "the-state"]
)
@pytest.mark.parametrize("harm", Harm)
def test_a_public_body_or_official_is_never_the_harmed_person(name, harm):
    with pytest.raises(Invalid, match="not_a_harmed_person"):
        remit.harmed(name, harm)
    assert len(Harmed) == 3


@pytest.mark.parametrize("name", ["speaker", "author", "commenter", "sharer", "citizen", "reporter", "journalist"])
@pytest.mark.parametrize("under", [*Harm, *Duty])
def test_an_ordinary_speaker_is_never_a_party(name, under):
    with pytest.raises(Invalid, match="not_a_party"):
        remit.party(name, under)
    assert len(Party) == 3


def test_outside_the_heads_nothing_becomes_a_case():
    assert {one.value for one in Outside} == {"transfer", "redirect", "decline"}
    assert not {one.value for one in Outside} & {one.value for one in Ending}
    assert len(Addressee) == 4


@pytest.mark.parametrize("harm", [Harm.GAMBLING, Harm.THREATS_OF_VIOLENCE, Harm.INTIMATE_IMAGES])
def test_what_belongs_to_the_police_is_never_an_own_case(harm):
    assert Ending.OWN_CASE not in remit.ENDINGS[harm]


@pytest.mark.parametrize("ending", Ending)
def test_no_ending_blocks_filters_or_deletes_anything(ending):
    assert not re.search(r"block|filter|delete|remove|takedown|close|ban\b|suspend", ending.value)


class TestTheRulebooksHere:
    @pytest.mark.parametrize("folder", RULEBOOKS, ids=lambda path: path.name)
    def test_each_chooses_only_from_the_lists(self, folder):
        problems = Problems()
        assert remit.read_heads(read_yaml(folder / "heads.yaml", problems))
        problems.raise_if_any()

    @pytest.mark.parametrize("folder", RULEBOOKS, ids=lambda path: path.name)
    def test_each_breach_rests_on_a_chosen_head(self, folder):
        breaches = folder / "breaches.yaml"
        if not breaches.exists():
            pytest.skip("no breaches yet")
        chosen = remit.read_heads(read_yaml(folder / "heads.yaml"))
        for name, breach in yaml.safe_load(breaches.read_text(encoding="utf-8"))["breaches"].items():
            assert breach["head"] in chosen, name
            assert Ending.OWN_CASE in chosen[breach["head"]].then, f"{name} is no case of this office"

    @pytest.mark.parametrize("folder", RULEBOOKS, ids=lambda path: path.name)
    def test_no_role_watches_or_analyses(self, folder):
        text = (folder / "roles.yaml").read_text(encoding="utf-8")
        for word in ("监测", "舆情", "巡查", "巡网", "crawl", "monitor", "sentiment", "opinion analysis", "profil"):
            assert word not in text.lower(), word
