"""The closed heads: what each allows, and what a rulebook may and may not do with them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse.core import remit
from duecourse.core.errors import Invalid
from duecourse.core.reading import Problems, RulebookError, read_yaml
from duecourse.core.remit import Addressee, Duty, Ending, Harm, Harmed, Outside, Party

ROWS = {
    "fraud goes to an own case, or to bank and police first when money moves": (
        Harm.FRAUD, {"own-case", "bank-and-police-first"}),
    "harm to minors goes to an own case or the police": (Harm.MINORS, {"own-case", "police"}),
    "intimate images go to the police, with notice to the operator": (
        Harm.INTIMATE_IMAGES, {"police", "notice-to-operator"}),
    "misused personal information is an own case": (Harm.PERSONAL_INFORMATION, {"own-case"}),
    "abuse goes to an own case or the police": (Harm.ABUSE, {"own-case", "police"}),
    "a stolen identity goes to an own case or market supervision": (Harm.IDENTITY, {"own-case", "market-supervision"}),
    "gambling is for the police only": (Harm.GAMBLING, {"police"}),
    "threats of violence are for the police only": (Harm.THREATS_OF_VIOLENCE, {"police"}),
    "intrusion goes to an own case or the police": (Harm.INTRUSION, {"own-case", "police"}),
}  # fmt: skip


@pytest.mark.parametrize(("harm", "endings"), ROWS.values(), ids=ROWS)
def test_each_harm_has_its_endings(harm, endings):
    assert {ending.value for ending in remit.ENDINGS[harm]} == endings


def test_the_table_above_names_every_harm():
    assert {harm for harm, _ in ROWS.values()} == set(Harm)


@pytest.mark.parametrize("duty", Duty)
def test_a_listed_duty_is_inspected_ordered_to_be_met_or_made_a_case(duty):
    assert set(remit.ENDINGS[duty]) == {Ending.INSPECTION, Ending.ORDER_TO_CORRECT, Ending.OWN_CASE}


def test_outside_the_heads_there_are_three_ends_and_four_addressees():
    assert {end.value for end in Outside} == {"transfer", "redirect", "decline"}
    assert {one.value for one in Addressee} == {"petition", "court", "platform", "police"}


@given(name=st.text(max_size=30))
def test_no_other_word_is_a_head(name):
    if name not in {one.value for one in remit.ENDINGS}:
        with pytest.raises(Invalid) as refused:
            remit.head(name)
        assert refused.value.code == "head_outside_remit"


def test_a_head_is_found_by_its_name():
    assert remit.head("fraud") is Harm.FRAUD
    assert remit.head("advertising-marks") is Duty.ADVERTISING_MARKS


def test_a_minor_and_a_private_person_can_be_harmed():
    assert remit.harmed("private-person", Harm.ABUSE) is Harmed.PRIVATE_PERSON
    assert remit.harmed("minor", Harm.MINORS) is Harmed.MINOR
    assert remit.harmed("private-organisation", Harm.IDENTITY) is Harmed.PRIVATE_ORGANISATION


def test_an_organisation_is_not_abused():
    with pytest.raises(Invalid, match="not_a_harmed_person"):
        remit.harmed("private-organisation", Harm.ABUSE)


def test_whoever_runs_the_account_that_did_the_harm_can_be_the_party():
    assert remit.party("account-runner", Harm.FRAUD) is Party.ACCOUNT_RUNNER


def test_a_duty_binds_whoever_runs_the_service_and_not_its_users():
    assert remit.party("operator", Duty.FILING_SHOWN) is Party.OPERATOR
    with pytest.raises(Invalid, match="not_a_party"):
        remit.party("account-runner", Duty.FILING_SHOWN)


def test_the_catalogue_holds_every_list_as_plain_data():
    lists = json.loads(json.dumps(remit.catalogue()))
    assert set(lists["harms"]) == {harm.value for harm in Harm}
    assert set(lists["duties"]) == {duty.value for duty in Duty}
    assert lists["outside"] == ["transfer", "redirect", "decline"]


GOOD = """\
heads:
  fraud:
    title: {zh-Hans: 网络诈骗, en: Fraud online}
    on: [fraud#2]
    then: [own-case]
"""


def read(folder, text):
    (folder / "heads.yaml").write_text(text, encoding="utf-8")
    problems = Problems()
    chosen = remit.read_heads(read_yaml(folder / "heads.yaml", problems))
    problems.raise_if_any()
    return chosen


def test_a_rulebook_chooses_names_cites_and_narrows(tmp_path):
    chosen = read(tmp_path, GOOD)["fraud"]
    assert chosen.head is Harm.FRAUD
    assert chosen.then == (Ending.OWN_CASE,)
    assert [str(one) for one in chosen.on] == ["fraud#2"]


def test_a_head_whose_law_is_not_on_file_waits_for_a_lawyer(tmp_path):
    text = GOOD.replace("    on: [fraud#2]\n", "    confirm: {zh-Hans: 待核对, en: to be checked}\n")
    assert read(tmp_path, text)["fraud"].confirm["en"] == "to be checked"


CROSSED = {
    "a head that is not in the list": ("  fraud:", "  rumour:", "no head: the list is closed", 2),
    "an ending that the head does not have": ("[own-case]", "[market-supervision]", "not allowed here", 5),
    "a head without an ending": ("[own-case]", "[]", "at least one ending", 5),
    "a head without an article": ("    on: [fraud#2]\n", "", "cites an article", 3),
    "a malformed citation": ("fraud#2", "fraud 2", "cannot be read", 4),
    "a name in one language": (", en: Fraud online", "", "'en' is missing", 3),
    "an element of its own": ("    then:", "    elements: x\n    then:", "Unknown key 'elements'", 5),
}


@pytest.mark.parametrize(("right", "wrong", "message", "line"), CROSSED.values(), ids=CROSSED)
def test_whatever_a_rulebook_may_not_do_is_an_error_with_file_and_line(tmp_path, right, wrong, message, line):
    with pytest.raises(RulebookError) as found:
        read(tmp_path, GOOD.replace(right, wrong, 1))
    assert [(problem.line, message in problem.message) for problem in found.value.problems] == [(line, True)]
    assert found.value.problems[0].file.endswith("heads.yaml")
