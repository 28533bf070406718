"""Every component of the interface stands in a folder of its own, and the committed style sheet is made of them."""

import gzip
import hashlib
import json
import re

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from duecourse.ui import showcase, stylesheet
from duecourse.ui.vendor import build

pytestmark = pytest.mark.usefixtures("django_ready")
FOLDERS = sorted(path for path in (stylesheet.HERE / "components").iterdir() if path.is_dir())
HAN = re.compile(r"[\u4e00-\u9fff]")
GONE = re.compile(rb"gds.?transport|crest|crown|logotype|font-face|url\(", re.IGNORECASE)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_component_has_template_style_examples_and_criteria(folder):
    assert (folder / "template.html").exists()
    assert (folder / f"{folder.name}.css").read_text("utf-8").lstrip().startswith("@layer")
    readme = (folder / "README.md").read_text("utf-8")
    assert "## Accessibility criteria\n\n- " in readme
    examples = showcase.components()[folder.name]["examples"]
    assert examples
    for example in examples:
        assert HAN.search(example["title"]["zh-Hans"])
        assert not HAN.search(example["title"]["en"])


@pytest.mark.parametrize("name", [path.name for path in FOLDERS])
def test_an_example_is_drawn_in_the_readers_language(name):
    for language, wanted in (("zh-hans", True), ("en", False)):
        with translation.override(language):
            drawn = re.sub(r"<[^>]*>", " ", "".join(one["drawn"] for one in showcase.shown(name)["examples"]))
        has_han = bool(HAN.search(drawn))
        assert drawn.strip()
        assert has_han is wanted or name == "digest", drawn


def test_the_page_of_components_shows_them_all():
    drawn = [showcase.shown(name) for name in showcase.components()]
    page = render_to_string("ui/components.html", {"base": "ui/base.html", "components": drawn})
    shown = re.findall(r'<section class="dc-example" aria-labelledby="([\w-]+)"', page)
    assert shown == [path.name for path in FOLDERS]


def test_the_committed_style_sheet_is_made_of_its_parts():
    assert (stylesheet.STATIC / "duecourse.css").read_text("utf-8") == stylesheet.built(), "run `make css`"


def test_every_compressed_twin_holds_what_its_file_holds():
    for twin in stylesheet.STATIC.glob("*.gz"):
        assert gzip.decompress(twin.read_bytes()) == twin.with_suffix("").read_bytes(), f"{twin.name}: run `make css`"
    kinds = {path.name for path in stylesheet.STATIC.iterdir() if path.suffix in (".css", ".js")}
    assert {path.stem for path in stylesheet.STATIC.glob("*.gz")} == kinds


def test_what_others_wrote_is_what_the_manifest_says():
    held = json.loads((build.HERE / "manifest.json").read_text("utf-8"))
    assert held == build.manifest()
    for name, said in held["files"].items():
        assert hashlib.sha256((stylesheet.STATIC / name).read_bytes()).hexdigest() == said["sha256"]
        assert f"static/ui/{name}" in (build.HERE / "LICENCES.txt").read_text("utf-8")


def test_no_style_sheet_holds_a_font_crown_or_address_of_others():
    for sheet in stylesheet.STATIC.glob("*.css"):
        assert not GONE.search(sheet.read_bytes()), sheet.name


def test_our_own_style_stands_in_layers_without_nesting():
    for part in stylesheet.parts():
        text = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", part.read_text("utf-8"), flags=re.DOTALL)
        opened = []
        for head, mark in re.findall(r"([^{};]*)([{};])", text):
            if mark == "{":
                assert head.strip().startswith("@") or all(one.startswith("@") for one in opened), f"{part}: {head}"
                opened.append(head.strip())
                assert opened[0].startswith("@layer "), f"{part}: {head}"
            elif mark == "}":
                opened.pop()
        assert not opened
