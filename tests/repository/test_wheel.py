"""What is installed elsewhere is the same: a wheel is built, unpacked and used away from the tree."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOAD = """
import sys
sys.path.insert(0, sys.argv[1])
import duecourse, duecourse_rulebook
from duecourse.core.law.places import rulebook_folder
from duecourse.core.procedure.loading import load
assert duecourse.__file__.startswith(sys.argv[1]), duecourse.__file__
folder = rulebook_folder("cn-city")
assert str(folder).startswith(sys.argv[1]), folder
book = load(folder)
assert "penalty-ordinary" in book.procedures
print(book.digest)
"""


@pytest.mark.wide
def test_a_wheel_carries_code_templates_words_and_the_rulebook(tmp_path):
    tree, built, unpacked = tmp_path / "tree", tmp_path / "built", tmp_path / "unpacked"
    ignore = shutil.ignore_patterns(".git", ".venv", "data", "build", "*.egg-info", "__pycache__", "tests", "bench")
    shutil.copytree(ROOT, tree, ignore=ignore)
    built.mkdir()
    build = f"from setuptools import build_meta; print(build_meta.build_wheel({str(built)!r}))"
    subprocess.run([sys.executable, "-W", "ignore", "-c", build], cwd=tree, check=True, capture_output=True)
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(unpacked)
        names = set(packed.namelist())
    for needed in (
        "duecourse/office/people/templates/people/login.html",
        "duecourse/ui/static/ui/duecourse.css",
        "duecourse/core/procedure/refusals.yaml",
        "duecourse_rulebook/cn-city/roles.yaml",
    ):
        assert needed in names
    loaded = subprocess.run(
        [sys.executable, "-c", LOAD, str(unpacked)], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert len(loaded.stdout.strip()) == 64
