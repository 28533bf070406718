"""The JSON Schemas that editors use accept what the loader accepts, and refuse what a slip of the pen makes of it."""

import json

import jsonschema
import pytest
from walking import TOWN

from duecourse.core.law.places import rulebook_folder
from duecourse.core.procedure.definition import FIELD_CLASSES, FIELD_TYPES, TRANSITIONS
from duecourse.core.procedure.reading_guards import GUARDS
from duecourse.core.procedure.reading_invariants import KINDS
from duecourse.core.procedure.reading_procedures import CLOCK
from duecourse.core.procedure.reading_steps import EFFECTS, FIELD, STEP
from duecourse.core.reading import read_yaml

CITY = rulebook_folder("cn-city")
SCHEMAS = CITY.parent / "schema"
PLAIN = ("rulebook", "roles", "settings", "heads", "documents", "breaches", "requirements", "classes", "invariants")
FILES = [(kind, folder / f"{kind}.yaml") for folder in (TOWN, CITY) for kind in PLAIN]
FILES += [("procedure", path) for folder in (TOWN, CITY) for path in sorted((folder / "procedures").glob("*.yaml"))]


def schema(kind):
    return json.loads((SCHEMAS / f"{kind}.json").read_text("utf-8"))


def read(path):
    """Give YAML as JSON has it, read as the loader reads it: `on` is a word, a date is text."""
    node = read_yaml(path)
    assert not node.problems
    return node.plain()


@pytest.mark.parametrize(("kind", "path"), FILES, ids=lambda value: str(value)[-40:])
def test_every_file_of_a_rulebook_keeps_its_schema(kind, path):
    jsonschema.Draft202012Validator(schema(kind)).validate(read(path))


@pytest.mark.parametrize("kind", [*PLAIN, "procedure"])
def test_a_schema_is_one_and_closed(kind):
    found = schema(kind)
    jsonschema.Draft202012Validator.check_schema(found)
    assert found["additionalProperties"] is False


def test_schema_and_loader_know_the_same_words():
    found = schema("procedure")
    step = found["properties"]["steps"]["additionalProperties"]["properties"]
    clock = found["properties"]["clocks"]["additionalProperties"]["properties"]
    field = found["$defs"]["form-field"]["properties"]
    assert set(step) == STEP | {"title"}
    assert set(found["$defs"]["effects"]["properties"]) == EFFECTS
    assert set(clock) == CLOCK | {"title", "length"}
    assert set(field) == FIELD | {"type", "title"}
    assert set(found["$defs"]["guard"]["properties"]) == set(GUARDS)
    assert field["type"]["enum"] == list(FIELD_TYPES)
    assert field["class"]["enum"] == list(FIELD_CLASSES)
    version = found["properties"]["versions"]["items"]["properties"]
    assert version["transition"]["enum"] == list(TRANSITIONS)
    rule = schema("invariants")["properties"]["invariants"]["items"]["properties"]["rule"]["properties"]
    assert set(rule) == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "file", "right", "wrong"),
    [
        ("procedure", "procedures/order.yaml", "    sets: [started]", "    set: [started]"),
        ("procedure", "procedures/order.yaml", "- not-recused: true", "- not-tired: true"),
        ("procedure", "procedures/order.yaml", "length: 30 days", "length: 30 dayz"),
        ("procedure", "procedures/order.yaml", "transition: steps-after", "transition: whenever"),
        ("procedure", "procedures/order.yaml", "{zh-Hans: 审核, en: Review}", "{zh-Hans: 审核}"),
        ("settings", "settings.yaml", "value: 5 working_days", "vlaue: 5 working_days"),
        ("roles", "roles.yaml", "on: [bylaw#2]", "on: [bylaw 2]"),
        ("invariants", "invariants.yaml", "{never-together:", "{seldom-together:"),
    ],
)
def test_a_slip_is_refused_by_the_schema_too(tmp_path, kind, file, right, wrong):
    text = (TOWN / file).read_text("utf-8")
    assert right in text
    slipped = tmp_path / "slipped.yaml"
    slipped.write_text(text.replace(right, wrong), "utf-8")
    assert not jsonschema.Draft202012Validator(schema(kind)).is_valid(read(slipped))
