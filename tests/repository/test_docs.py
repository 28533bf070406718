"""The pages for strangers say what is there: links lead somewhere, both languages have the same rows and pages."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUNNING = ROOT / "docs/running"
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def rows(page):
    """What stands in backquotes in the first cell of each row, and in the second where it does."""
    return re.findall(r"^\| `([^`]+)` \|(?: *`([^`]*)`)?", page.read_text("utf-8"), re.MULTILINE)


def anchors(page):
    """The names under which a reader can link to the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def statements():
    """The codes of every statement that doctor can make."""
    tree = ast.parse((ROOT / "src/duecourse/office/ledger/doctor.py").read_text("utf-8"))
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Statement"
    ]
    return {leaf.value for call in calls for leaf in ast.walk(call.args[1]) if isinstance(leaf, ast.Constant)}


def test_every_link_between_pages_leads_to_a_page_and_a_heading():
    lost = []
    for page in PAGES:
        for target, anchor in re.findall(r"(?<!!)\[[^]]*\]\(([^)#\s]*)(?:#([^)]*))?\)", page.read_text("utf-8")):
            if target.startswith("http"):
                continue
            there = page.parent / target if target else page
            if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
                lost.append(f"{page.relative_to(ROOT)}: {target}#{anchor}")
    assert lost == []


@pytest.mark.parametrize("folder", ["docs/running", "docs/tours"])
def test_what_a_user_or_an_operator_reads_is_there_in_both_languages(folder):
    names = {path.name for path in (ROOT / folder).glob("*.md")}
    english = {name for name in names if not name.endswith(".zh-Hans.md")}
    assert {name.replace(".md", ".zh-Hans.md") for name in english} == names - english


def test_every_statement_of_doctor_is_explained_in_both_languages():
    assert {code for code, _ in rows(RUNNING / "doctor.md")} == statements()
    assert rows(RUNNING / "doctor.zh-Hans.md") == rows(RUNNING / "doctor.md")


@pytest.mark.parametrize("name", ["settings", "commands"])
def test_settings_and_commands_are_the_same_in_both_languages(name):
    assert rows(RUNNING / f"{name}.zh-Hans.md") == rows(RUNNING / f"{name}.md")
