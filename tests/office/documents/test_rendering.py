from __future__ import annotations

import io
import shutil
from pathlib import Path

import pypdf
import pytest

from duecourse.core.errors import Invalid
from duecourse.office.documents.paper import read_paper
from duecourse.office.documents.rendering import Fonts, Renderer, house_fonts

FOLDER = Path(__file__).resolve().parents[3] / "rulebook" / "cn-city" / "documents"
SWITCHES = {("decision", "amount"), ("notice-of-proposed-penalty", "hearing")}
"""Slots that only switch a paragraph on; what they say is printed with another slot."""
KINDS = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def text_of(pdf: bytes) -> list[str]:
    """What stands on each page, without the spaces and line ends that setting in type adds."""
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_document_prints_its_slots_words_and_remedies_in_both_languages(renderer, filled, kind, lang):
    payload = filled(kind, lang)
    whole = "".join(text_of(renderer.render(kind, payload)))
    for name, slot in payload["slots"].items():
        assert slot["text"] in whole or (kind, name) in SWITCHES, f"{name} is not printed"
    assert "".join(payload["title"].split()) in whole
    assert ("救济二" in whole) == bool(read_paper(FOLDER, kind).remedies)
    assert ("ab" * 32 in whole) == read_paper(FOLDER, kind).exhibits
    assert ("单位负责人" in whole) == read_paper(FOLDER, kind).opinions


def test_the_same_payload_gives_the_same_bytes_in_another_process(renderer, filled):
    payload = filled("decision")
    assert renderer.render("decision", payload) == Renderer(FOLDER).render("decision", payload)


def test_a_font_that_is_missing_is_an_error_and_no_pdf(filled):
    fonts = Fonts(house_fonts().folders, text=("No Such Song",), title=("Noto Sans CJK SC",))
    with pytest.raises(Invalid) as raised:
        Renderer(FOLDER, fonts).render("decision", filled("decision"))
    assert raised.value.code == "font_missing"


def test_without_the_folder_of_fonts_nothing_is_printed(filled, tmp_path):
    fonts = Fonts((str(tmp_path),), text=("Noto Sans CJK SC",), title=("Noto Sans CJK SC",))
    with pytest.raises(Invalid) as raised:
        Renderer(FOLDER, fonts).render("decision", filled("decision"))
    assert raised.value.code == "font_missing"


def test_every_page_carries_the_document_id_the_digest_of_its_content_and_the_record(renderer, filled):
    payload = filled("decision")
    payload["slots"]["facts"]["text"] = "经查，当事人未采取防范措施。\n" * 60
    pages = text_of(renderer.render("decision", payload))
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert renderer.source_digest("decision", payload) in page
        assert "文书编号6d0f" in page
        assert "全过程记录第17条ef" in page
        assert f"—{number}—" in page


def test_what_a_person_typed_is_never_a_command(renderer, filled):
    payload = filled("decision")
    payload["slots"]["facts"]["text"] = '#panic("x") *bold* $x$ #read("/etc/passwd") @ref <label> \\'
    whole = "".join(text_of(renderer.render("decision", payload)))
    assert '#panic("x")*bold*$x$#read("/etc/passwd")@ref<label>\\' in whole


def test_the_digest_of_the_content_changes_with_one_character_and_with_the_template(renderer, filled, tmp_path):
    payload = filled("decision")
    other = filled("decision", number="示例〔2026〕4号")
    assert renderer.source_digest("decision", payload) != renderer.source_digest("decision", other)
    shutil.copytree(FOLDER, tmp_path / "documents")
    template = tmp_path / "documents" / "decision.typ"
    template.write_text(template.read_text() + "\n// changed\n")
    assert Renderer(tmp_path / "documents").source_digest("decision", payload) != renderer.source_digest(
        "decision", payload
    )


def test_a_demonstration_seal_says_on_the_page_that_it_is_none(renderer, filled):
    sealed = renderer.render("decision", filled("decision", seal="演示印章\n不具法律效力"))
    assert "不具法律效力" in "".join(text_of(sealed))
    assert sealed != renderer.render("decision", filled("decision"))


def test_a_document_that_the_rulebook_does_not_have_is_invalid(renderer):
    with pytest.raises(Invalid) as raised:
        renderer.render("warrant", {})
    assert raised.value.code == "document_unknown"


def test_a_template_that_lacks_what_it_needs_is_refused_with_the_reason(renderer, filled):
    payload = filled("decision")
    del payload["words"]["performance"]
    with pytest.raises(Invalid) as raised:
        renderer.render("decision", payload)
    assert raised.value.code == "document_unsettable"


def test_the_pdf_is_an_archive_copy_that_names_its_language_and_title(renderer, filled):
    reader = pypdf.PdfReader(io.BytesIO(renderer.render("decision", filled("decision"))))
    assert reader.metadata.title == "标题 decision"
    assert str(reader.trailer["/Root"]["/Lang"]).lower().startswith("zh")
    assert "pdfaid" in reader.trailer["/Root"]["/Metadata"].get_data().decode()
