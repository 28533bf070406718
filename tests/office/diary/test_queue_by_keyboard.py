"""The queue with a keyboard alone, in a real browser: with single keys, with Tab, and with the keys switched off."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest


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


def comes(visit, site, browser):
    """The officer of a browser without script, now in one with."""
    page = visit()
    session = browser.client.cookies["duecourse_office_session"].value
    page.context.add_cookies([{"name": "duecourse_office_session", "value": session, "url": site}])
    page.goto(f"{site}/queue/")
    return page


def focused(page):
    return page.evaluate("document.activeElement.closest('[data-row]')?.querySelector('th').innerText ?? ''").strip()


@pytest.mark.browser
def test_an_officer_works_through_the_queue_with_a_keyboard_alone(town, reports, visit):
    from django.conf import settings

    from duecourse.office.matters.models import Matter

    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
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
