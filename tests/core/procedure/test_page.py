"""docs/formats/procedure.md is true: its example is a procedure that runs, and its outcome is what comes out."""

import datetime as dt
import json
import re
import shutil
from pathlib import Path

import pytest
from walking import TOWN, Matter

from duecourse.core.procedure.built_in_forms import forms_of
from duecourse.core.procedure.definition import FIELD_TYPES
from duecourse.core.procedure.engine import Outcome
from duecourse.core.procedure.loading import load
from duecourse.core.procedure.outcome import ACTS, FILE_ACTS, PHASES
from duecourse.core.procedure.proof import prove
from duecourse.core.procedure.reading_guards import GUARDS
from duecourse.core.procedure.reading_invariants import KINDS

PAGE = (Path(__file__).parents[3] / "docs" / "formats" / "procedure.md").read_text("utf-8")


def example(language):
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[1]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = shutil.copytree(TOWN, tmp_path_factory.mktemp("page") / "town")
    (folder / "procedures" / "loan.yaml").write_text(example("yaml"), "utf-8")
    return load(folder)


def test_the_example_runs_and_gives_the_outcome_on_the_page(library):
    matter = Matter(library, "loan")
    outcome = matter.must("ask", "system", {"book": "Water Margin", "deposit": "100"})
    assert outcome.to_json() == json.loads(example("json"))
    assert Outcome.from_json(json.loads(example("json"))) == outcome
    matter.approve("answer", {"verdict": "lend"}, "cai", "dun")
    assert matter.state.clocks["reading"].last == dt.date(2026, 4, 2)
    matter.pass_time(days=32)
    assert "overdue" in matter.state.facts
    matter.must("give-back", "cai")
    assert matter.state.ended
    assert prove(library).violations == ()


def test_a_deposit_over_the_limit_is_refused(library):
    matter = Matter(library, "loan")
    matter.must("ask", "system", {"book": "Water Margin", "deposit": "200.01"})
    assert matter.refused("answer", "cai", {"verdict": "lend"}) == ("amount_over",)


@pytest.mark.parametrize("words", [GUARDS, KINDS, PHASES, ACTS, FILE_ACTS, FIELD_TYPES, tuple(forms_of())])
def test_the_page_names_every_word_of_the_grammar(words):
    assert [word for word in words if not re.search(rf"(?<![\w-]){word}(?![\w-])", PAGE)] == []
