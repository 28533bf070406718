"""Rules about the tree itself: lengths, locks, foreign names, what must be documented."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 500
ONE_FILE_ON_PURPOSE = {"src/duecourse/verify/verify.html"}  # a stranger downloads it and runs it offline
CODE = {".py", ".html", ".css", ".js", ".sql", ".typ"}
NOT_OURS = {".git", ".venv", ".stamps", "data", "build", "__pycache__", ".hypothesis", ".mypy_cache", ".ruff_cache"}
# Spelled in pieces, so that this file passes its own rule.
FOREIGN = [
    "/" + "work/",
    "/" + "root/",
    "/" + "home/",
    "/" + "opt/py",
    "py" + "pi.org",
    "python" + "hosted",
    "registry." + "npm",
    "mirrors" + ".",
    "find" + "-links",
]
MAY_NAME = {"Makefile": {"find" + "-links"}}


def tracked():
    """The files of the tree; by walking where git is not at hand."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and NOT_OURS.isdisjoint(path.relative_to(ROOT).parts)]


def words_of(path):
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def packages(name):
    lines = (ROOT / name).read_text().splitlines()
    return [re.split(r"[\[<>=]", line)[0] for line in lines if line and not line.startswith(("#", "-"))]


def test_no_file_of_code_is_longer_than_five_hundred_lines():
    long = {
        str(path.relative_to(ROOT)): count
        for path in tracked()
        if path.suffix in CODE and (count := len(words_of(path).splitlines())) > LONGEST
    }
    assert set(long) - ONE_FILE_ON_PURPOSE == set(), long


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_every_hash_and_no_address(lock):
    text = (ROOT / lock).read_text()
    assert not re.search(r"https?://|index-url|find-links", text)
    pinned = re.findall(r"^([a-z0-9.-]+)==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[a-z]", text, re.MULTILINE))


def test_each_lock_holds_what_its_list_names():
    for name in ("requirements", "requirements-dev"):
        lock = (ROOT / f"{name}.lock").read_text()
        missing = [package for package in packages(f"{name}.in") if not re.search(rf"^{package}==", lock, re.MULTILINE)]
        assert missing == []


def test_no_file_names_a_machine_or_a_registry():
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in tracked()
        for word in FOREIGN
        if word in words_of(path) and word not in MAY_NAME.get(path.name, ()) and path != Path(__file__).resolve()
    ]
    assert found == []


def test_nothing_is_left_to_do_in_a_comment():
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    found = [str(path.relative_to(ROOT)) for path in tracked() if path.suffix in CODE and marks.search(words_of(path))]
    assert found == []


def test_every_dependency_has_its_licence_and_its_reason_written_down():
    listed = (ROOT / "docs/decisions/dependencies.md").read_text("utf-8")
    named = set(packages("requirements.in") + packages("requirements-dev.in"))
    rows = dict(re.findall(r"^\| `([a-z0-9-]+)` \|([^\n]*)\|$", listed, re.MULTILINE))
    assert named - set(rows) == set()
    assert set(rows) - named == set()
    assert [name for name, row in rows.items() if any(not cell.strip() for cell in row.split("|"))] == []


def test_every_setting_is_documented_and_nothing_else_is_read():
    from duecourse.config import home

    documented = (ROOT / "docs/running/settings.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? *\|", documented, re.MULTILINE))
    assert rows == {setting.name: setting.default for setting in home.SETTINGS}
    reading = re.compile(r"""(?:environ(?:\.get\(|\.setdefault\(|\[)|home\.read\(|getenv\()["']([A-Z_]+)["']""")
    read = {name for path in (ROOT / "src").rglob("*.py") for name in reading.findall(path.read_text("utf-8"))}
    assert read - {setting.name for setting in home.SETTINGS} <= {"DJANGO_SETTINGS_MODULE", "PATH", "TERM"}


def test_every_command_is_documented():
    from duecourse.cli import COMMANDS

    documented = (ROOT / "docs/running/commands.md").read_text("utf-8")
    rows = re.findall(r"^\| `duecourse ([a-z-]+)` \|", documented, re.MULTILINE)
    assert sorted(rows) == sorted(COMMANDS)


def test_the_licence_is_there_in_full():
    assert "Apache License" in (ROOT / "LICENSE").read_text()[:300]
    assert "END OF TERMS AND CONDITIONS" in (ROOT / "LICENSE").read_text()
