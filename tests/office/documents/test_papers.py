"""Each document's file against its rulebook: every source, clock, setting and article that it names is there."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from duecourse.core.procedure.loading import load
from duecourse.core.reading import RulebookError
from duecourse.office.documents.paper import Audience, read_paper

RULEBOOK = Path(__file__).resolve().parents[3] / "rulebook" / "cn-city"
FOLDER = RULEBOOK / "documents"
KINDS = sorted(path.stem for path in FOLDER.glob("*.yaml"))
DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def book():
    return load(RULEBOOK)


def asking(book, kind):
    """The procedures and steps that ask for a document."""
    for versions in book.procedures.values():
        procedure = versions[-1]
        for step in procedure.steps.values():
            if any(kind in group.documents for group in step.all_effects()):
                yield procedure, step


@pytest.mark.parametrize("kind", KINDS)
def test_every_document_of_a_step_has_its_template_and_its_words(book, kind):
    assert (FOLDER / f"{kind}.typ").is_file()
    assert read_paper(FOLDER, kind).id == kind
    assert kind in book.documents
    assert list(asking(book, kind)), "no step asks for it"


def test_every_document_that_a_step_asks_for_is_there(book):
    asked = {
        name
        for versions in book.procedures.values()
        for step in versions[-1].steps.values()
        for group in step.all_effects()
        for name in group.documents
    }
    assert asked <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_source_of_a_slot_is_a_field_that_this_reader_may_see(book, kind):
    paper = read_paper(FOLDER, kind)
    for procedure, step in asking(book, kind):
        for slot in paper.slots.values():
            sources = [*slot.sources, *([slot.amount] if slot.amount else [])]
            for source in (item for item in sources if not item.startswith("@")):
                step_id, _, name = source.partition(".")
                found = step if step_id == "asked" else procedure.steps[step_id]
                assert name in found.form, f"{kind}.{slot.name}: {step.id} has no {source}"
                assert found.form[name].class_ in paper.audience.classes, f"{kind}.{slot.name} discloses {source}"


@pytest.mark.parametrize("kind", KINDS)
def test_every_place_in_the_words_is_something_known(book, kind):
    paper = read_paper(FOLDER, kind)
    clocks = {name for procedure, _ in asking(book, kind) for name in procedure.clocks}
    own = {"length", "law", "last"}
    sentences = [*paper.words.values(), *(paper.remedy_words or {}).values()]
    for words in sentences:
        for lang in ("zh-Hans", "en"):
            for place, name in re.findall(r"\{(?:([a-z]+):)?([^}]+)\}", words[lang]):
                if place == "law":
                    book.law.resolve(name, DAY)
                elif place == "period":
                    assert name in clocks, f"{kind}: {name}"
                elif place == "setting":
                    assert name in book.settings
                else:
                    assert name in own or name in paper.slots, f"{kind}: {name}"
    assert set(paper.remedies) == set(paper.remedy_words or {})


def test_no_document_for_the_party_or_the_reporter_holds_the_class_of_identities():
    assert all("identity" not in audience.classes for audience in Audience)
    assert "report" not in Audience.PARTY.classes
    assert "case" not in Audience.REPORTER.classes


def test_a_mistake_in_a_documents_file_is_named_with_file_and_line(tmp_path):
    text = (FOLDER / "decision.yaml").read_text().replace("audience: party", "audience: everyone")
    (tmp_path / "decision.yaml").write_text(text)
    with pytest.raises(RulebookError, match=r"decision\.yaml:3: 'everyone' is not allowed here"):
        read_paper(tmp_path, "decision")
