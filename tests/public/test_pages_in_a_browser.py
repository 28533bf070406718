"""The front door in a real browser: without scripts, by keyboard alone, on a telephone, on paper."""

import re

import pytest

pytestmark = pytest.mark.browser
PATHS = [
    "/",
    "/report/",
    "/report/follow-up/",
    "/report/lost-code/",
    "/report/under-18/",
    "/report/elsewhere/",
    "/register/",
    "/procedures/",
    "/procedures/lead/",
    "/proofs/",
    "/about/",
    "/about/data/",
]


def go_on(page):
    page.click("button[name=go][value=next]")


def answer(page, text, *, urgent="no", head="fraud", harmed="self", file=None):
    """Answer every question that must be, page by page; ends on the page that asks for files."""
    page.check(f"#urgent-{urgent}")
    go_on(page)
    if urgent == "yes":
        go_on(page)
    page.check(f"#head-{head}")
    go_on(page)
    page.check(f"#harmed-{harmed}")
    go_on(page)
    page.fill("#what_happened", text)
    go_on(page)
    go_on(page)
    if file:
        page.set_input_files("#attachments", file)


def send(page):
    page.click("main form button[type=submit]:not([name])")


def test_a_report_is_sent_followed_up_and_left_without_scripts(sites, visit, tmp_path):
    page = visit(java_script_enabled=False)
    page.goto(f"{sites.public}/report/")
    (tmp_path / "聊天记录.txt").write_text("你好")
    answer(page, "网店收款后不发货。", file=tmp_path / "聊天记录.txt")
    go_on(page)
    go_on(page)
    assert "聊天记录.txt" in page.inner_text("main")
    send(page)
    assert page.url == f"{sites.public}/report/receipt/"
    code = page.inner_text(".code-big")
    assert re.fullmatch(r"([0-9A-Z]{4}-){4}[0-9A-Z]", code)
    assert "聊天记录.txt" in page.inner_text("main")
    assert "您请求保护自己的权利" in page.inner_text("main")
    with page.expect_download() as download:
        page.click("button:has-text('把回执保存为文件')")
    assert download.value.suggested_filename == "duecourse-receipt.json"
    page.click("button:has-text('离开')")
    page.goto(f"{sites.public}/report/follow-up/?lang=en")
    page.fill("#code", code.lower())
    page.click("button:has-text('Open')")
    assert page.url == f"{sites.public}/report/status/"
    assert "网店收款后不发货。" in page.inner_text("main")
    page.fill("#message", "The account is “sunny shop”.")
    page.click("button:has-text('Send the message')")
    assert "The account is “sunny shop”." in page.inner_text(".dc-thread")
    page.click("a:has-text('I want to hear no more')")
    page.click("button:has-text('Write me no more letters')")
    assert "You asked to hear no more" in page.inner_text(".dc-thread")


def test_the_shortest_road_of_a_report_has_eight_pages_and_four_fields_that_must_be_filled(sites, visit):
    """Three minutes on a telephone: a page read and answered in some twenty seconds."""
    from duecourse.public.reporting import journey

    page = visit(java_script_enabled=False)
    page.goto(f"{sites.public}/report/")
    pages, filled = 1, []
    road = {"urgent": "#urgent-no", "head": "#head-fraud", "harmed": "#harmed-self", "what_happened": None}
    while page.locator("h1").inner_text() != "请核对您的回答":
        for name, choice in road.items():
            if page.locator(f"main [name={name}]:not([type=hidden])").count():
                page.check(choice) if choice else page.fill(f"#{name}", "网店收款后不发货。")
                filled.append(name)
        go_on(page)
        pages += 1
    send(page)
    assert page.url == f"{sites.public}/report/receipt/"
    assert (pages, sorted(filled)) == (8, sorted(journey.REQUIRED))
    assert pages <= 8
    assert len(filled) <= 5


def test_going_back_with_the_browser_and_on_again_loses_nothing_without_scripts(sites, visit):
    page = visit(java_script_enabled=False)
    page.goto(f"{sites.public}/report/?lang=en")
    answer(page, "Kept in every direction.")
    for _ in range(3):
        page.go_back()
    assert page.locator("h1").inner_text() == "Did this happen to you?"
    page.check("#harmed-other")
    go_on(page)
    assert page.input_value("#what_happened") == "Kept in every direction."
    page.click("button[value=back]")
    assert page.is_checked("#harmed-other")


def test_an_answer_is_changed_from_the_last_page_and_one_is_back_there_at_once(sites, visit):
    page = visit(java_script_enabled=False)
    page.goto(f"{sites.public}/report/?lang=en")
    answer(page, "First words.")
    go_on(page)
    go_on(page)
    page.click("button[value=to-story]")
    page.fill("#what_happened", "Better words.")
    go_on(page)
    assert page.locator("h1").inner_text() == "Check your answers"
    assert "Better words." in page.inner_text("main")


def test_a_mistake_leads_by_keyboard_from_the_summary_to_the_field(sites, visit):
    page = visit(java_script_enabled=False)
    page.goto(f"{sites.public}/report/?lang=en")
    go_on(page)
    assert page.locator("h1").count() == 1
    summary = page.locator(".govuk-error-summary")
    assert "Say whether money is moving now." in summary.inner_text()
    summary.locator("a").click()
    assert page.url.endswith("#urgent")
    described = page.locator("#urgent fieldset").get_attribute("aria-describedby").split()
    assert all(page.locator(f"#{name}").count() == 1 for name in described)


def test_the_first_tab_offers_to_skip_to_the_content_and_everything_can_be_reached(sites, visit):
    page = visit()
    page.goto(f"{sites.public}/report/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "govuk-skip-link"
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
    assert {"urgent", "go"} <= reached


def test_money_that_moves_leads_at_once_to_whom_to_call_and_the_report_goes_on(sites, visit):
    page = visit(java_script_enabled=False)
    page.goto(f"{sites.public}/report/?lang=en")
    page.check("#urgent-yes")
    go_on(page)
    words = page.inner_text("main")
    assert all(one in words for one in ("110", "96110", "Your bank", "stops no payment"))
    assert page.locator("a[href='tel:110']").count() == 1
    go_on(page)
    assert page.locator("h1").inner_text() == "What kind of harm is it?"


def test_what_is_outside_the_remit_leads_to_who_can_help_and_back_to_the_kinds(sites, visit):
    page = visit(java_script_enabled=False)
    page.goto(f"{sites.public}/report/?lang=en")
    page.check("#urgent-no")
    go_on(page)
    page.check("#head-something-else")
    go_on(page)
    assert "12345" in page.inner_text("main")
    assert page.locator("main a[href^='https://']").count() >= 4
    go_on(page)
    assert page.locator("h1").inner_text() == "What kind of harm is it?"
    assert not page.locator("input[name=head]:checked").count()


def test_the_language_can_change_in_the_middle_of_writing(sites, visit):
    page = visit(java_script_enabled=False)
    page.goto(f"{sites.public}/report/")
    answer(page, "写了一半")
    page.click("button[value=back]")
    page.click("button[value=back]")
    page.fill("#what_happened", "写了一大半")
    page.click("button:has-text('English')")
    assert page.input_value("#what_happened") == "写了一大半"
    assert page.locator("html").get_attribute("lang") == "en"
    go_on(page)
    assert page.locator("h1").inner_text() == "Where and when did it happen?"


def test_a_small_embedded_browser_without_a_downloads_folder_comes_to_a_receipt(sites, visit):
    """As inside a chat program on a telephone: its user agent, a small window, no stored page, no file saved."""
    agent = (
        "Mozilla/5.0 (Linux; Android 12; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/86.0.4240.99"
        " XWEB/3263 MMWEBSDK/20220105 Mobile Safari/537.36 MicroMessenger/8.0.18 NetType/3GNET Language/zh_CN"
    )
    page = visit(viewport={"width": 320, "height": 480}, user_agent=agent, accept_downloads=False, has_touch=True)
    page.add_init_script("delete HTMLAnchorElement.prototype.download; delete window.sessionStorage")
    page.goto(f"{sites.public}/report/")
    answer(page, "在聊天软件里打开的页面。")
    go_on(page)
    go_on(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
    send(page)
    page.wait_for_url("**/report/receipt/")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
    for name in ("code.svg", "address.svg"):
        assert page.evaluate(f"document.querySelector('img[src$=\"{name}\"]').naturalWidth") > 0


def test_a_receipt_is_printed_on_one_page_with_code_and_number(sites, visit, tmp_path):
    from pypdf import PdfReader

    page = visit()
    page.goto(f"{sites.public}/report/?lang=en")
    answer(page, "A shop took my money and sent nothing. " * 30)
    go_on(page)
    go_on(page)
    send(page)
    page.wait_for_url("**/report/receipt/")
    code = page.inner_text(".code-big")
    printed = PdfReader(page.pdf(path=tmp_path / "slip.pdf", format="A4") and tmp_path / "slip.pdf")
    words = "".join(one.extract_text() for one in printed.pages)
    assert len(printed.pages) == 1
    assert code in words
    assert "Your receipt" in words


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
