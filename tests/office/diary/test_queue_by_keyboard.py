"""The pages of the diary in a real browser: the queue with a keyboard alone (single keys, Tab, the keys switched off),
and what axe-core and a narrow window say of the pages that no link leads to.
"""

from __future__ import annotations

import socketserver
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "journeys"))


class Threads(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served():
    """The office site of this process on a free port."""
    from django.core.wsgi import get_wsgi_application

    with make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Threads, handler_class=Silent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def comes(visit, site, browser, path="/queue/", **options):
    """The officer of a browser without script, now in one with."""
    page = visit(**options)
    cookies = {name: browser.client.cookies[name].value for name in ("duecourse_office_session", "duecourse_language")}
    page.context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
    page.goto(f"{site}{path}")
    return page


def focused(page):
    return page.evaluate("document.activeElement.closest('[data-row]')?.querySelector('th').innerText ?? ''").strip()


@pytest.mark.browser
def test_an_officer_works_through_the_queue_with_a_keyboard_alone(town, reports, visit, monkeypatch):
    from django.conf import settings

    from duecourse.office.matters.models import Matter

    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver", "localhost", "127.0.0.1"])
    reports(4)
    with served() as site:
        page = comes(visit, site, town.browser("officer"))
        press = page.keyboard.press
        for key, number in (("j", 1), ("j", 2), ("j", 3), ("k", 2)):
            press(key)
            assert focused(page) == f"〔2026〕{number}"
        press("x")
        press("j")
        press("x")
        assert page.locator("#queue input:checked").count() == 2
        press("b")
        page.keyboard.type("移送")
        press("j")
        assert page.evaluate("document.activeElement.id") == "step", "in a list a letter chooses and does not jump"
        page.locator("#step").select_option("transfer")
        press("Tab")
        with page.expect_navigation():
            press("Enter")
        page.locator("#organ").focus()
        page.keyboard.type("市场监督管理局")
        press("Tab")
        page.keyboard.type("属其职责")
        for _ in range(12):
            press("Tab")
            if page.evaluate("document.activeElement.value") == "preview":
                break
        with page.expect_navigation():
            press("Enter")
        page.locator("button[value=confirm]").focus()
        with page.expect_navigation():
            press("Enter")
        assert "已办理 2 件" in page.inner_text("main")
        page.goto(f"{site}/queue/")
        page.locator("#keys-on").focus()
        press("Space")
        page.reload()
        press("j")
        assert focused(page) == "", "switched off, a letter does nothing, also on the next visit"
        page.locator("#keys-on").focus()
        press("Space")
        press("j")
        with page.expect_navigation():
            press("c")
        assert "/matters/" in page.url
    stages = sorted(Matter.objects.values_list("stage", flat=True))
    assert stages == ["closed", "closed", "handling", "received"]


@pytest.mark.browser
@pytest.mark.parametrize("look", [("zh-hans", 390), ("en", 1280)])
def test_a_proposal_and_an_answer_for_several_fit_and_please_axe(town, reports, visit, look, monkeypatch):
    language, width = look
    from django.conf import settings
    from test_the_day import step

    from page_walk import AXE, RULES

    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver", "localhost", "127.0.0.1"])
    first, second, _ = reports(3)
    step(town, first, "claim", "officer")
    step(town, first, "decline", "officer", reason="不属于受理范围")
    chosen = f"chosen={first}:3&chosen={second}:1"
    places = [
        ("officer", "/"), ("officer", "/queue/"), ("head", "/sign/"), ("head", f"/sign/{first}/decline/"),
        ("officer", f"/queue/answer/?procedure=report&step=withdraw-contact&{chosen}"), ("officer", None),
    ]  # fmt: skip
    complaints, page = [], None
    with served() as site:
        for who, path in places:
            if path is None:
                page.locator("button[value=preview]").click()
                page.wait_for_load_state()
            else:
                page = comes(visit, site, town.browser(who, language), path, viewport={"width": width, "height": 844})
            if page.evaluate("document.scrollingElement.scrollWidth") > width:
                complaints.append(f"{path} is wider than {width}")
            faults = page.evaluate(f"() => {{ {AXE}; return axe.run(document, {RULES}) }}")["violations"]
            complaints += [f"{path}: {fault['id']} {fault['nodes'][0]['html'][:120]}" for fault in faults]
    assert complaints == []
