"""The worked examples that a lawyer wrote, played against the engine."""

from __future__ import annotations

import pytest

from duecourse.core.law.places import rulebook_folder
from duecourse.core.procedure import examples
from duecourse.core.procedure.loading import load

FOLDER = rulebook_folder("cn-city")
RULEBOOK = load(FOLDER)
EXAMPLES = examples.read(FOLDER)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_the_law_answers_as_the_lawyer_expects(example):
    assert examples.play(RULEBOOK, example).differs(example.expect) == []


def test_each_example_is_said_in_both_languages_and_named_once():
    assert len({example.id for example in EXAMPLES}) == len(EXAMPLES) > 30
    assert all(example.says["zh-Hans"].strip() and example.says["en"].strip() for example in EXAMPLES)


def test_each_example_meets_a_requirement_that_the_rulebook_lists():
    unknown = {name for example in EXAMPLES for name in example.requires} - set(RULEBOOK.requirements)
    assert not unknown


def test_a_wrong_expectation_is_noticed():
    example = next(item for item in EXAMPLES if item.id == "one-officer-is-not-enough")
    answer = examples.play(RULEBOOK, example)
    assert answer.differs({"refused": ["wrong_stage"]})
    assert answer.differs({"stage": "investigating"})
    assert answer.differs({"clocks": {"filing": None}, "stage": "opened"})
