"""One of the two sites as it runs, with a bare page beside it and three figures in the head of each answer.

    DUECOURSE_BENCH_SITE   public or office

`X-Bench-Queries`: statements sent to the database. `X-Bench-Processor`: milliseconds of processor time of the thread
that answered. `X-Bench-Database`: milliseconds that it waited for the database. Same process, same middleware.
"""

from __future__ import annotations

import os
import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

SITE = os.environ["DUECOURSE_BENCH_SITE"]
os.environ["DJANGO_SETTINGS_MODULE"] = f"duecourse.config.settings_{SITE}"

import django  # noqa: E402 - the settings have to be named first
from django.conf import settings  # noqa: E402

settings.ROOT_URLCONF = __name__
django.setup()

import psycopg  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import include, path  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpRequest

_URLS = import_module(f"duecourse.config.urls_{SITE}")
for _name in ("handler403", "handler404", "handler500", "handler400"):
    if hasattr(_URLS, _name):
        globals()[_name] = getattr(_URLS, _name)
_counted = threading.local()


def _count(how: Callable[..., Any]) -> Callable[..., Any]:
    def execute(*args: Any, **given: Any) -> Any:
        began = time.perf_counter()
        try:
            return how(*args, **given)
        finally:
            _counted.queries = getattr(_counted, "queries", 0) + 1
            _counted.waited = getattr(_counted, "waited", 0.0) + time.perf_counter() - began

    return execute


for _kind in (psycopg.Cursor, psycopg.ServerCursor):
    if "execute" in _kind.__dict__:
        _kind.execute = _count(_kind.execute)  # type: ignore[method-assign]


def bare(_request: HttpRequest) -> HttpResponse:
    """A page of no content, as plainly as Django gives it through the same middleware."""
    return HttpResponse("<!DOCTYPE html><title>.</title>")


urlpatterns = [path("bench-bare/", bare), path("", include(_URLS))]
_inner = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer, and say what it cost."""
    _counted.queries, _counted.waited = 0, 0.0
    began = time.thread_time()

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        cost = (time.thread_time() - began) * 1000
        more = [
            ("X-Bench-Queries", str(_counted.queries)),
            ("X-Bench-Processor", f"{cost:.2f}"),
            ("X-Bench-Database", f"{_counted.waited * 1000:.2f}"),
        ]
        return start_response(status, [*headers, *more], *rest)

    return _inner(environ, start)
