"""A rulebook with a mistake is refused with file and line; all mistakes are shown at once."""

import re
import shutil

import pytest
from walking import TOWN

from duecourse.core.procedure.loading import digest, load
from duecourse.core.reading import RulebookError

ORDER, COMPLAINT = "procedures/order.yaml", "procedures/complaint.yaml"


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(TOWN, tmp_path / "town")


def line_of(path, text):
    """The number of the line that holds a text."""
    return next(n for n, line in enumerate(path.read_text("utf-8").split("\n"), 1) if text in line)


def problems(folder):
    with pytest.raises(RulebookError) as caught:
        load(folder)
    return [(found.file, found.line, found.message) for found in caught.value.problems]


OPENING = "form: {party: party, opened_on: occurred, head: head}"
OFFICERS = "certified: true, recused: {}}\n      - breach: listed\n      - within"
ASKS = "    form: {why: {type: text, required: true, title: {zh-Hans: 问, en: Why}}}\n"
MISTAKES = {
    "an unknown key in a step": (ORDER, "    sets: [started]", "    set: [started]", "Unknown key 'set'"),
    "an unknown key in a stage": (ORDER, "owner: officer}\n  noticed", "boss: officer}\n  noticed",
                                  "Unknown key 'boss'"),
    "a step with the name of a built-in one": (ORDER, "  waive:\n", "  hold:\n", "every procedure has a step 'hold'"),
    "a step twice": (ORDER, "  waive:\n", "  hear:\n", "'hear' stands here twice"),
    "an undefined stage": (ORDER, "    to: decided", "    to: decidid", "no stage 'decidid'"),
    "an undefined role": (ORDER, "    by: [reviewer, head]", "    by: [revewer, head]", "no role 'revewer'"),
    "an undefined clock": (ORDER, "clocks: {resume: [deciding]}", "clocks: {resume: [decding]}", "no clock 'decding'"),
    "an undefined step": (ORDER, "- done: [hear]", "- done: [her]", "no step 'her'"),
    "an undefined document": (ORDER, "    document: order", "    document: ordre", "no document 'ordre'"),
    "an undefined letter": (COMPLAINT, "letters: [letter]", "letters: [lettr]", "no document 'lettr'"),
    "an undefined setting": (ORDER, "{setting: statement}", "{setting: statment}", "no setting 'statment'"),
    "a setting that is no period": (ORDER, "{setting: statement}", "{setting: mediation}", "which is no period"),
    "a fact that nothing sets": (ORDER, "{all: [told]}", "{all: [tolled]}", "Nothing sets the fact 'tolled'"),
    "an undefined requirement": (COMPLAINT, "requires: [T1]", "requires: [T9]", "no requirement 'T9'"),
    "an undefined capacity": (ORDER, "{is_not: [handler]}", "{is_not: [handlr]}", "no capacity 'handlr'"),
    "an undefined field": (ORDER, "{field: right, is: 'yes'}", "{field: wright, is: 'yes'}", "no field 'wright'"),
    "a field of the wrong type": (ORDER, "{field: fine, at_most:", "{field: facts, at_most:",
                                  "'facts' is of type long-text"),
    "a citation that leads nowhere": (ORDER, "    on: [bylaw#4]", "    on: [bylaw#44]", "bylaw#44 leads nowhere"),
    "a citation of no law": (ORDER, "    on: [bylaw#4]", "    on: [byelaw#4]", "byelaw#4 leads nowhere"),
    "a missing translation": (ORDER, "{zh-Hans: 审核, en: Review}", "{zh-Hans: 审核}", "'en' is missing"),
    "a guard outside the vocabulary": (ORDER, "- not-recused: true", "- not-tired: true", "no guard 'not-tired'"),
    "an effect for a choice that is not there": (ORDER, "      'no': {clears: [oral]}", "      never: {clears: [oral]}",
                                                 "no choice 'never'"),
    "a clock without article": (ORDER, "    length: 2 months\n    on: [bylaw#6]\n", "    length: 2 months\n",
                                "rests on no article"),
    "a clock in an unknown spelling": (ORDER, "length: 30 days", "length: 30 dayz", "'30 dayz' cannot be read"),
    "a clock that counts from a field the step lacks": (ORDER, "clocks: {stop: [statement], pause: [deciding]}",
                                                        "clocks: {stop: [statement], start: [deciding]}",
                                                        "counts from 'opened_on'"),
    "an extension of a clock that has none": (ORDER, "clocks: {extend: [deciding]}", "clocks: {extend: [showing]}",
                                              "has no extension"),
    "a step that leaves an end": (ORDER, "    from: [open, decided]", "    from: [open, done]", "'done' is an end"),
    "a step that nobody may take": (ORDER, "    by: [reviewer, head]\n", "", "who may take the step"),
    "a text kept for ever": (COMPLAINT, "note: {type: text,", "note: {type: text, value: true,", "cannot be kept"),
    "an identity kept for ever": (COMPLAINT, "contact: {type: text, class: identity,",
                                  "contact: {type: date, class: identity, value: true,", "cannot be kept"),
    "an unknown type of field": (COMPLAINT, "note: {type: text,", "note: {type: txt,", "'txt' is not allowed"),
    "a choice without choices": (COMPLAINT, "note: {type: text,", "note: {type: choice,", "A choice has choices"),
    "an opening of what is no opening step": (COMPLAINT, "step: start-by-complaint", "step: notify", "opens no matter"),
    "an opening that leaves a required field empty": (COMPLAINT, OPENING,
                                                      "form: {party: party}", "also requires opened_on"),
    "an opening that fills a field of another type": (COMPLAINT, OPENING,
                                                      "form: {party: party, opened_on: note}", "of type text"),
    "a step of time that asks": (ORDER, "    clears: [published]\n", ASKS + "    clears: [published]\n",
                                 "cannot ask anything"),
    "two effects of one clock's end": (ORDER, "    length: 2 months\n", "    length: 2 months\n    missed: alarm\n",
                                       "Both the clock 'showing' and this step"),
    "an officer who must be recused": (ORDER, OFFICERS.replace("{}", "false"), OFFICERS.replace("{}", "true"),
                                       "Only 'recused: false'"),
    "a system that approves": (ORDER, "approval: [officer, head, mayor]", "approval: [officer, system, mayor]",
                               "Only a named person approves"),
    "a file under another name": (ORDER, "procedure: order\n", "procedure: ordre\n", "The procedure is 'ordre'"),
    "a head outside the remit": ("heads.yaml", "  fraud:", "  opinion:", "'opinion' is no head"),
    "a breach under no head": ("breaches.yaml", "head: identity", "head: abuse", "no head 'abuse'"),
    "a built-in step that nobody may take": ("rulebook.yaml", "  seal: {by: [clerk]}\n", "", "'seal' is missing"),
    "an unknown zone": ("rulebook.yaml", "Asia/Shanghai", "Asia/Atlantis", "no zone 'Asia/Atlantis'"),
    "a class that nobody of the office can see": ("classes.yaml", "identity: [mayor]", "identity: [king]",
                                                  "no role 'king'"),
    "a requirement that nothing encodes": ("requirements.yaml", "by: [complaint/receive]", "by: [complaint/recieve]",
                                           "encodes nothing"),
    "an invariant of no kind": ("invariants.yaml", "{never-together:", "{seldom-together:", "exactly one kind"),
    "an invariant about nothing": ("invariants.yaml", "[published, withdrawn]", "[publised, withdrawn]",
                                   "Nothing sets the fact 'publised'"),
    "an invariant without article": ("invariants.yaml", "procedure: order, on: [bylaw#6]", "procedure: order, on: []",
                                     "rests on an article"),
    "a role written wrong": ("roles.yaml", "title: {zh-Hans: 文员, en: Clerk}", "titel: {zh-Hans: 文员, en: Clerk}",
                             "Unknown key 'titel'"),
    "no YAML at all": ("settings.yaml", "settings:", "settings: [", "not YAML"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "right", "wrong", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_shown_with_its_file_and_line(copy, file, right, wrong, message):
    path = copy / file
    text = path.read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), "utf-8")
    found = [problem for problem in problems(copy) if message in problem[2]]
    assert found, problems(copy)
    assert {problem[0] for problem in found} <= {file, COMPLAINT, ORDER}
    assert all(problem[1] >= 1 for problem in found)


def test_the_line_is_the_line(copy):
    path = copy / ORDER
    path.write_text(path.read_text("utf-8").replace("    to: decided\n", "    to: decidid\n"), "utf-8")
    assert (ORDER, line_of(path, "to: decidid"), "There is no stage 'decidid'.") in problems(copy)


def test_a_stage_without_exit_is_shown(copy):
    path = copy / ORDER
    limbo = "  limbo: {title: {zh-Hans: 悬置, en: Limbo}}\nsteps:\n"
    path.write_text(path.read_text("utf-8").replace("steps:\n", limbo, 1), "utf-8")
    assert problems(copy) == [(ORDER, line_of(path, "limbo:"), "The stage 'limbo' has no exit.")]


def test_all_mistakes_are_shown_at_once(copy):
    for file, right, wrong, _ in (MISTAKES[name] for name in ("an undefined role", "a fact that nothing sets",
                                                              "an unknown zone", "an undefined letter")):  # fmt: skip
        path = copy / file
        path.write_text(path.read_text("utf-8").replace(right, wrong), "utf-8")
    assert len({(file, line) for file, line, _ in problems(copy)}) >= 4


def test_a_missing_file_is_a_problem(copy):
    (copy / "heads.yaml").unlink()
    assert ("heads.yaml", 1) in {problem[:2] for problem in problems(copy)}


def test_an_empty_folder_is_problems_and_not_a_crash(tmp_path):
    assert len(problems(tmp_path)) > 5


@pytest.mark.parametrize("file", ["rulebook.yaml", "roles.yaml", "documents.yaml", "invariants.yaml", ORDER])
@pytest.mark.parametrize("content", ["", "[]", "just text", "a: {b: [", "? [x]: y", "steps: 1\nstages: 2\n"])
def test_no_content_of_a_file_is_a_crash(copy, file, content):
    (copy / file).write_text(content, "utf-8")
    assert problems(copy)


def test_the_digest_names_every_byte_of_every_file(copy, town):
    assert re.fullmatch(r"[0-9a-f]{64}", town.digest)
    assert load(copy).digest == town.digest == digest(TOWN)
    with (copy / "roles.yaml").open("a") as file:
        file.write("# a remark\n")
    assert load(copy).digest != town.digest
    assert load(copy).calendar_digest == town.calendar_digest


def test_a_file_moved_is_another_rulebook(copy):
    before = digest(copy)
    (copy / "settings.yaml").rename(copy / "procedures" / "settings.txt")
    assert digest(copy) != before


def test_a_later_version_rules_later_steps_or_later_matters_as_it_says(copy):
    later = (copy / ORDER).read_text("utf-8").replace("2020-01-01", "2026-06-01")
    (copy / "procedures" / "order.2026-06-01.yaml").write_text(later, "utf-8")
    book = load(copy)
    first, second = book.procedures["order"]
    june = second.from_
    assert book.procedure("order", first.from_) is first
    assert book.procedure("order", june) is second
    assert book.ruling("order", version=first.version, on=june) is second
    kept = later.replace("steps-after", "opened-after")
    (copy / "procedures" / "order.2026-06-01.yaml").write_text(kept, "utf-8")
    assert load(copy).ruling("order", version=first.version, on=june).version == first.version


def test_a_version_that_takes_over_keeps_every_stage(copy):
    later = (copy / ORDER).read_text("utf-8").replace("2020-01-01", "2026-06-01").replace("noticed", "announced")
    (copy / "procedures" / "order.2026-06-01.yaml").write_text(later, "utf-8")
    assert any("Matters may stand in noticed" in message for _, _, message in problems(copy))


def test_the_city_loads(city):
    assert set(city.procedures) >= {"report", "lead", "penalty-ordinary", "publication"}
