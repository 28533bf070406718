"""The front door in a real browser: without scripts, by keyboard alone, on a telephone, on paper."""

import re

import pytest

pytestmark = pytest.mark.browser
PATHS = [
    "/",
    "/report/",
    "/report/follow-up/",
    "/register/",
    "/procedures/",
    "/procedures/lead/",
    "/proofs/",
    "/about/",
    "/about/data/",
]


def fill(page, text):
    page.check("#head-fraud")
    page.check("#urgent-no")
    page.fill("#what_happened", text)
    page.check("#harmed-self")


def test_a_report_is_sent_followed_up_and_left_without_scripts(sites, visit, tmp_path):
    page = visit(java_script_enabled=False)
    page.goto(f"{sites.public}/report/")
    fill(page, "网店收款后不发货。")
    (tmp_path / "聊天记录.txt").write_text("你好")
    page.set_input_files("#attachments", tmp_path / "聊天记录.txt")
    page.click("button:has-text('提交举报')")
    assert page.url == f"{sites.public}/report/receipt/"
    code = page.inner_text(".code-big")
    assert re.fullmatch(r"([0-9A-Z]{4}-){4}[0-9A-Z]", code)
    assert "聊天记录.txt" in page.inner_text("main")
    with page.expect_download() as download:
        page.click("button:has-text('把回执保存为文件')")
    assert download.value.suggested_filename == "duecourse-receipt.json"
    page.click("button:has-text('离开')")
    page.goto(f"{sites.public}/report/follow-up/?lang=en")
    page.fill("#code", code.lower())
    page.click("button:has-text('Open')")
    assert page.url == f"{sites.public}/report/status/"
    assert "网店收款后不发货。" in page.inner_text("main")


def test_a_mistake_leads_by_keyboard_from_the_summary_to_the_field(sites, visit):
    page = visit(java_script_enabled=False)
    page.goto(f"{sites.public}/report/?lang=en")
    page.click("button:has-text('Send the report')")
    summary = page.locator(".govuk-error-summary")
    assert "Choose what kind of harm this is." in summary.inner_text()
    summary.locator("a", has_text="Write what happened").click()
    assert page.url.endswith("#what_happened")
    assert page.locator("#what_happened").get_attribute("aria-invalid") == "true"
    described = page.locator("#what_happened").get_attribute("aria-describedby").split()
    assert all(page.locator(f"#{name}").count() == 1 for name in described)


def test_the_first_tab_offers_to_skip_to_the_content_and_everything_can_be_reached(sites, visit):
    page = visit()
    page.goto(f"{sites.public}/report/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "govuk-skip-link"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
    assert {"head", "urgent", "what_happened", "happened_on", "address", "harmed", "attachments", "contact"} <= reached


def test_money_that_moves_shows_whom_to_call_at_once_without_scripts(sites, visit):
    page = visit(java_script_enabled=False)
    page.goto(f"{sites.public}/report/")
    notice = page.locator(".only-if")
    assert not notice.is_visible()
    page.check("#urgent-yes")
    assert notice.is_visible()
    assert "96110" in notice.inner_text()


def test_the_language_can_change_in_the_middle_of_writing(sites, visit):
    page = visit(java_script_enabled=False)
    page.goto(f"{sites.public}/report/")
    fill(page, "写了一半")
    page.click("button:has-text('English')")
    assert page.input_value("#what_happened") == "写了一半"
    assert page.is_checked("#head-fraud")
    assert page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_page_fits_a_telephone_in_both_languages(sites, visit, path, language):
    page = visit(viewport={"width": 390, "height": 800})
    page.goto(f"{sites.public}{path}?lang={language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("path", PATHS)
def test_every_control_has_a_label_and_every_id_is_there_once(sites, visit, path):
    page = visit()
    page.goto(f"{sites.public}{path}")
    bare = page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), textarea, select')]"
        ".filter(one => !one.labels.length).map(one => one.name)"
    )
    double = page.evaluate(
        "[...document.querySelectorAll('[id]')].map(one => one.id).filter((id, at, all) => all.indexOf(id) !== at)"
    )
    assert (bare, double) == ([], [])
    assert page.evaluate("document.querySelectorAll('main, header, footer').length") == 3
