"""Server time of every page of both sites with the full town: over HTTP on a line that is kept, against one worker.

Each role signs in as a person does and walks the links from its first page; of each page of the urlconf some addresses
are remembered, with the role that reached it. Then each is asked for in turns with a bare page of the same process, so
that a busy machine disturbs both. Nothing is subtracted. Told beside: queries, bytes, processor time of the server.
Pages that no link leads to are named as not measured.

    python bench/pages.py [--home DIR] [--items N] [--rounds N] [--only NAME] [--table FILE]

--home measures an installation that has a town already (nothing may run in it); else a town is made first.
Exit 1 when the slowest page's p95 is above the aim.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from lxml import html

from figures import Figure, told

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
MOST_MS = 60.0
MOST_BYTES = 100_000
ROLES = ("office-head", "case-officer", "intake-officer", "unit-head", "legal-reviewer", "publisher", "custodian")
EACH = 5
"""Addresses remembered of one page."""
VISITED = 120
"""Pages that one role looks at."""
NOT_ASKED = re.compile(r"logout|leave|language|\?lang=|/static/")


@dataclass
class Line:
    """One person's connection to one site, kept open."""

    address: str
    cookies: str = ""
    _open: http.client.HTTPConnection | None = None

    def get(self, path: str) -> tuple[float, http.client.HTTPResponse, bytes]:
        """Milliseconds until the last byte, the answer, its body."""
        for again in (False, True):
            if self._open is None:
                self._open = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
            began = time.perf_counter()
            try:
                headers = {"Cookie": self.cookies, "Accept-Encoding": "gzip", "Accept": "text/html"}
                self._open.request("GET", path, headers=headers)
                answer = self._open.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException):
                self._open = None
                if again:
                    raise
                continue
            return (time.perf_counter() - began) * 1000, answer, body
        raise AssertionError


@dataclass
class Page:
    """One page of the urlconf: where it was reached, and what it cost."""

    site: str
    name: str
    places: list[tuple[str, str]] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)

    def at(self, share: float, values: list[float]) -> float:
        """The value below which this share of them lies."""
        return sorted(values)[min(len(values) - 1, int(len(values) * share))]

    @property
    def ratio(self) -> float:
        """p95 against the median bare page asked for in turns with it."""
        return self.at(0.95, self.spent) / statistics.median(self.bare)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "site": self.site, "page": self.name, "by": sorted({who for who, _ in self.places}),
            "p50": round(self.at(0.5, self.spent), 1), "p95": round(self.at(0.95, self.spent), 1),
            "times_bare": round(self.ratio, 1), "processor_p95": round(self.at(0.95, self.processor), 1),
            "queries": max(self.queries), "kilobytes": round(max(self.bytes) / 1000, 1),
            "slowest": self.places[max(range(len(self.spent)), key=self.spent.__getitem__) % len(self.places)][1],
        }  # fmt: skip


class Sites:
    """Both sites, one worker each, on an installation that nothing else runs in."""

    def __init__(self, home: Path) -> None:
        from duecourse.config import supervisor

        sys.path.insert(0, str(HERE.parent / "tests"))
        from running import free_port

        self.home = home
        self.address: dict[str, str] = {}
        self._running: list[subprocess.Popen[bytes]] = []
        for site in ("public", "office"):
            port = free_port()
            self.address[site] = f"http://127.0.0.1:{port}"
            os.environ[f"DUECOURSE_{site.upper()}_URL"] = self.address[site]
        for site, address in self.address.items():
            command = supervisor.python(
                *("-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--host", "127.0.0.1"),
                *("--port", str(urlsplit(address).port), "--workers", "1", "--blocking-threads", "1"),
                *("--no-access-log", "--log-level", "warning", "pages_site:application"),
            )
            seen = {**os.environ, "DUECOURSE_BENCH_SITE": site, "PYTHONPATH": str(HERE)}
            self._running.append(subprocess.Popen(command, env=seen, cwd=HERE))
        for address in self.address.values():
            port = urlsplit(address).port or 0
            assert supervisor.wait_for(lambda port=port: supervisor.answers(port), seconds=60), "no answer"

    def end(self) -> None:
        """Stop both."""
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait(20)


@contextlib.contextmanager
def town(home: Path | None, items: int | None) -> Iterator[Path]:
    """An installation with a town in it, and its database server at work."""
    made = Path(tempfile.mkdtemp(prefix="duecourse-bench-")) if home is None else None
    place = home or made
    assert place is not None
    place.chmod(0o755)
    os.environ.update(DUECOURSE_HOME=str(place), DUECOURSE_ENV="demo")
    os.environ.pop("DUECOURSE_CLOCK", None)
    from duecourse.config import run
    from duecourse.edge import postgres

    server = postgres.EmbeddedServer(place)
    ran = server.running()
    try:
        if made:
            size = ["--items", str(items)] if items else []
            subprocess.run(
                [sys.executable, "-m", "duecourse.cli", "simulate", "--hurry", *size], check=True, env=os.environ
            )
        server.start()
        run.prepare(server)
        yield place
    finally:
        if not ran:
            server.stop()
        if made:
            shutil.rmtree(made, ignore_errors=True)


def walk(sites: Sites, only: str = "") -> tuple[dict[tuple[str, str], Page], list[str]]:
    """Every page that a link leads to, and the names that none led to."""
    pages: dict[tuple[str, str], Page] = {}
    for role in ROLES:
        line = _signed_in(sites, role)
        if line:
            _follow("office", role, line, pages)
    for who, line in _visitors(sites).items():
        _follow("public", who, line, pages)
    known = {site: _names(site) for site in ("public", "office")}
    missing = [f"{site}: {name}" for site, names in known.items() for name in names if (site, name) not in pages]
    return {key: page for key, page in pages.items() if only in page.name}, sorted(missing)


def _signed_in(sites: Sites, role: str) -> Line | None:
    from duecourse.config.tour.visitor import Lost, Visitor

    word = (sites.home / "secrets" / "demo").read_text("ascii").strip()
    desk = Visitor(sites.address["office"], "zh-hans")
    try:
        desk.open("/login/")
        desk.send({"username": role, "password": word})
    except Lost as lost:
        print(f"{role} does not get in: {lost}")
        return None
    return Line(sites.address["office"], _cookies(desk))


def _visitors(sites: Sites) -> dict[str, Line]:
    """Somebody who passes by, and somebody with a code."""
    from duecourse.config.tour.visitor import Lost, Visitor

    found = {"visitor": Line(sites.address["public"], "duecourse_language=zh-hans")}
    reporter = Visitor(sites.address["public"], "zh-hans")
    try:
        reporter.open("/report/follow-up/")
        reporter.send({"code": _code()})
        found["reporter"] = Line(sites.address["public"], _cookies(reporter))
    except Lost as lost:
        print(f"the reporter does not get in: {lost}")
    return found


def _code() -> str:
    """Hand in a report in a process of the public site, and keep its code."""
    script = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_public"
import django; django.setup()
from duecourse.edge import ids
from duecourse.public.reporting import form, submission
said = {"head": "fraud", "urgent": "no", "harmed": "self", "what_happened": "演示：收款后不发货"}
code = ids.code(); submission.hand_in(form.read(said, {"fraud"})[0], [], code=code, language="zh-Hans"); print(code)
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, env=os.environ)
    return done.stdout.strip()


def _cookies(visitor: Any) -> str:
    return "; ".join(f"{one.name}={one.value}" for one in visitor._client.cookies.jar)  # noqa: SLF001 - its own jar


def _names(site: str) -> list[str]:
    """The names in a site's urlconf, asked of a process with its settings."""
    script = f"""
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_{site}"
import django; django.setup()
from django.urls import get_resolver
def walk(patterns):
    for one in patterns:
        if hasattr(one, "url_patterns"): yield from walk(one.url_patterns)
        elif one.name: yield one.name
print("\\n".join(sorted(set(walk(get_resolver("duecourse.config.urls_{site}").url_patterns)))))
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, env=os.environ)
    return done.stdout.split()


class _Resolver:
    """Which page an address belongs to, asked of a process with the site's settings, many at a time."""

    def __init__(self, site: str) -> None:
        script = f"""
import os, sys; os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_{site}"
import django; django.setup()
from django.urls import resolve, Resolver404
for line in sys.stdin:
    try: print(resolve(line.strip(), "duecourse.config.urls_{site}").url_name or "?", flush=True)
    except Resolver404: print("-", flush=True)
"""
        self._process = subprocess.Popen(
            [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
        )

    def name(self, path: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(path + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(20)


def _follow(site: str, who: str, line: Line, pages: dict[tuple[str, str], Page]) -> None:
    """Walk the links of a site, the rarest pages first."""
    resolver, seen, waiting = _Resolver(site), {"/"}, ["/"]
    looked: dict[str, int] = {}
    for _ in range(VISITED):
        if not waiting:
            break
        path = waiting.pop(0)
        name = resolver.name(path.split("?")[0])
        looked[name] = looked.get(name, 0) + 1
        if name in {"-", "?"} or looked[name] > EACH:
            continue
        _, answer, body = line.get(path)
        if answer.status != http.client.OK:
            continue
        page = pages.setdefault((site, name), Page(site, name))
        if len(page.places) < 2 * EACH:
            page.places.append((who, path))
        if "text/html" in (answer.headers.get("content-type") or ""):
            for link in _links(line.address, path, answer, body):
                if link not in seen:
                    seen.add(link)
                    waiting.append(link)
    resolver.end()


def _links(address: str, path: str, answer: http.client.HTTPResponse, body: bytes) -> list[str]:
    import gzip

    text = gzip.decompress(body) if answer.headers.get("content-encoding") == "gzip" else body
    found = html.fromstring(text).xpath("//a/@href")
    whole = (urlsplit(urljoin(address + path, str(one))) for one in found if not NOT_ASKED.search(str(one)))
    ours = [one for one in whole if one.netloc == urlsplit(address).netloc]
    return [one.path + (f"?{one.query}" if one.query else "") for one in ours]


def measure(sites: Sites, pages: dict[tuple[str, str], Page], rounds: int) -> None:
    """Ask for every page `rounds` times, each beside a bare one of its site."""
    lines: dict[str, Line] = {role: line for role in ROLES if (line := _signed_in(sites, role))}
    lines |= _visitors(sites)
    for page in pages.values():
        for number in range(-2, rounds):
            who, path = page.places[number % len(page.places)]
            bare, _, _ = lines[who].get("/bench-bare/")
            spent, answer, body = lines[who].get(path)
            if number < 0 or answer.status != http.client.OK:
                continue
            page.bare.append(bare)
            page.spent.append(spent)
            page.processor.append(float(answer.headers["X-Bench-Processor"]))
            page.queries.append(int(answer.headers["X-Bench-Queries"]))
            page.bytes.append(len(body) + len(str(answer.headers)))


def table(pages: list[Page]) -> str:
    """Slowest first, as Markdown."""
    rows = [
        "| page | by | p50 ms | p95 ms | p95 / bare page | processor p95 ms | queries | kB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {one['site']} `{one['page']}` | {', '.join(one['by'])} | {one['p50']} | {one['p95']} | "
        f"{one['times_bare']} × | {one['processor_p95']} | {one['queries']} | {one['kilobytes']} |"
        for one in sorted((page.to_json() for page in pages), key=lambda found: -found["processor_p95"])
    ]
    return "\n".join(rows)


def run(home: Path | None, items: int | None, rounds: int, only: str = "") -> tuple[list[Page], list[str]]:
    """Walk, measure, and give the pages and the names that were not reached."""
    with town(home, items) as place:
        sites = Sites(place)
        try:
            pages, missing = walk(sites, only)
            measure(sites, pages, rounds)
        finally:
            sites.end()
    return [page for page in pages.values() if page.spent], missing


def measured(home: Path | None = None, items: int | None = None, rounds: int = 40) -> list[Figure]:
    """The slowest page of each site, its ratio to a bare page, the heaviest page; the table is printed."""
    pages, missing = run(home, items, rounds)
    print(table(pages), f"\nnot reached by a link: {', '.join(missing) or 'none'}", sep="\n")
    figures = []
    for site in ("office", "public"):
        own = [page for page in pages if page.site == site]
        slow = max(own, key=lambda page: page.at(0.95, page.spent))
        heavy = max(own, key=lambda page: max(page.bytes))
        times = max(own, key=lambda page: page.ratio)
        busy = max(own, key=lambda page: page.at(0.95, page.processor))
        cost = busy.at(0.95, busy.processor)
        note = f"{slow.name}, of {len(own)} pages; processor {slow.at(0.95, slow.processor):.0f} ms"
        figures += [
            Figure(f"slowest {site} page, p95", slow.at(0.95, slow.spent), MOST_MS, "ms", most=True, note=note),
            Figure(f"busiest {site} page, p95 of processor time", cost, MOST_MS, "ms", most=True, note=busy.name),
            Figure(f"slowest {site} page, p95 against a bare page", times.ratio, None, "×", note=times.name),
            Figure(f"heaviest {site} page", max(heavy.bytes), MOST_BYTES, "bytes", most=True, note=heavy.name),
        ]
    return figures


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--home", type=Path)
    asked.add_argument("--items", type=int)
    asked.add_argument("--rounds", type=int, default=40)
    asked.add_argument("--only", default="")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    if given.only or given.json:
        pages, missing = run(given.home, given.items, given.rounds, given.only)
        for page in pages:
            print(json.dumps(page.to_json(), ensure_ascii=False))
        print(json.dumps({"not_reached": missing}))
        return 0
    return told(measured(given.home, given.items, given.rounds))


if __name__ == "__main__":
    sys.exit(main())
