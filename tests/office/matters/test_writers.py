"""Who writes: one module changes the tables of matters, one calls the ledger for them, and all from an outcome."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3] / "src" / "duecourse"
TABLES = ("matter", "matter_clock", "matter_person", "matter_link", "number_counter", "exhibit", "refused_attempt",
          "register_item")  # fmt: skip
WRITES = re.compile(
    rf"(INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|COPY)\s+(ONLY\s+)?({'|'.join(TABLES)})\b", re.IGNORECASE
)
MODELS = (
    "Matter",
    "MatterClock",
    "MatterPerson",
    "MatterLink",
    "NumberCounter",
    "Exhibit",
    "RefusedAttempt",
    "RegisterItem",
)
CHANGING = {"save", "create", "bulk_create", "update", "delete", "get_or_create", "update_or_create", "bulk_update"}


def modules():
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(SOURCE).as_posix(), path.read_text("utf-8")


def texts(tree):
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def test_only_the_tables_module_writes_tables_of_matters_in_sql():
    writers = {name for name, text in modules() if any(WRITES.search(found) for found in texts(ast.parse(text)))}
    assert writers <= {"office/matters/tables.py", "office/matters/personal.py"}


def test_what_the_erasers_write_is_only_the_emptying_of_a_withdrawn_register_item():
    text = (SOURCE / "office/matters/personal.py").read_text("utf-8")
    assert {found[2] for found in WRITES.findall(text)} <= {"register_item"}


def test_no_module_writes_a_matter_through_the_models():
    for name, text in modules():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
                owner = ast.unparse(node.func.value)
                assert not re.match(rf"({'|'.join(MODELS)})\b", owner), f"{name}: {owner}.{node.func.attr}"


def test_only_actions_enters_steps_into_streams_of_matters():
    for name, text in modules():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("store.append", "append"):
                kinds = {ast.unparse(one.value) for one in node.keywords if one.arg == "kind"}
                assert "'matter'" not in kinds or name == "office/matters/actions.py", name


def test_what_writes_the_tables_is_called_from_actions_alone():
    for name, text in modules():
        imports = "from duecourse.office.matters import" in text and re.search(r"\btables\b", text)
        if imports and "matters" in name and re.search(r"\btables\.(beside|publish|next_number|lock)\(", text):
            assert name == "office/matters/actions.py"


def test_every_change_of_the_tables_comes_from_an_entry_with_its_outcome():
    from duecourse.office.matters import projection, tables

    assert "changes" in inspect.signature(tables.beside).parameters
    assert list(inspect.signature(projection.changes).parameters) == ["entry", "state"]
    assert "outcome" in projection.Written.__dataclass_fields__


def test_job_arguments_are_ids_and_names_of_the_rulebook():
    from duecourse.core.procedure.outcome import Drafted, Outcome
    from duecourse.office.matters import files

    outcome = Outcome(
        "s", "done", None, "system", None, None, None, ended=False, documents=(Drafted("id", "d"),), letters=("l",)
    )
    names = {name for job in files.jobs("m", 0, outcome) for name in job.args}
    assert names == {"matter", "document", "entry", "letter"}
