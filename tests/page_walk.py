"""One walk through every page of a site that looks at everything at once: a reader follows every link that a page
shows, one example of each kind, reads it on a telephone in Chinese and at a desk in English, and notes complaints.

Kinds come from the site's own addresses: pages of one address differ by their named parts (a procedure, a step), not by
identifiers. Not here: what the complaints may be (test_every_page), pages that only a post brings (the stories).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from django.urls import Resolver404, URLPattern, get_resolver, resolve
from playwright.sync_api import Error

TELEPHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
EXAMPLES = {"matters/<uuid:matter>/": 8, "settings/<slug:name>/": 2, "settings/<slug:name>/confirm/": 1}
ALIKE = frozenset({"settings/<slug:name>/", "settings/<slug:name>/confirm/"})
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = (
    "{resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
)
BEFORE = """
window.__shifts = 0;
new PerformanceObserver(list => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.__shifts += one.value;
}).observe({type: 'layout-shift', buffered: true});
"""
LOOK = """() => {
  const texts = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const one = walk.currentNode.parentElement;
    const foreign = one.closest('script, style, code, pre, [lang=en], .dc-digest, svg desc, svg title');
    if (!foreign) texts.push(walk.currentNode.data.trim());
  }
  const sent = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  return {
    width: document.scrollingElement.scrollWidth,
    texts: texts.filter(text => text),
    shifts: window.__shifts,
    bytes: sent.reduce((sum, one) => sum + one.encodedBodySize + 300, 0),
    links: [...document.querySelectorAll('a[href]')].map(one => one.getAttribute('href')),
    headings: document.querySelectorAll('h1').length,
    lang: document.documentElement.lang,
  };
}"""


@dataclass
class Seen:
    """What a page was when it was read: its complaints by kind, and where it stands."""

    complaints: dict = field(default_factory=lambda: defaultdict(list))
    kinds: Counter = field(default_factory=Counter)
    addresses: set = field(default_factory=set)
    pages: int = 0


@dataclass(frozen=True)
class Place:
    """One site: where it is, the list of its addresses, and those that are no pages."""

    site: str
    urls: str
    files: object


class Walker:
    """A reader of one site in a browser of their own, signed in or a stranger."""

    def __init__(self, page, place, seen, speaks):
        self.page, self.place, self.seen, self.speaks = page, place, seen, speaks
        self.who = "a stranger"
        self._heard = []
        page.add_init_script(BEFORE)
        page.on("console", lambda said: self._heard.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self._heard.append(str(error)))

    def signs_in(self, username, password):
        """Sign in as one of the staff."""
        self.who = username
        self.page.goto(f"{self.place.site}/login/?lang=zh-hans")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", password)
        self.page.click("main form[method=post] button[type=submit]")
        self.page.wait_for_load_state()
        return self

    def walks(self, *begin):
        """Read `begin` and everything that it leads to: of each kind as many examples as nobody has read yet."""
        waiting, known = list(begin), set(begin)
        while waiting:
            path = waiting.pop(0)
            kind = kind_of(path, self.place.urls)
            if kind is None or is_file(kind[0]) or kind[0] in self.place.files:
                continue
            if path not in begin and self.seen.kinds[kind] >= EXAMPLES.get(kind[0], 1):
                continue
            for link in self._reads(path, kind):
                if link not in known:
                    known.add(link)
                    waiting.append(link)

    def _reads(self, path, kind):
        """Read a page in both languages and at both widths; give the links of this site on it."""
        links = []
        for language, sizes in (("zh-hans", (TELEPHONE, DESK)), ("en", (DESK, TELEPHONE))):
            self._heard.clear()
            self.page.set_viewport_size(sizes[0])
            try:
                answer = self.page.goto(f"{self.place.site}{path}{'&' if '?' in path else '?'}lang={language}")
            except Error as refused:
                self._complains("status", path, f"is no page: {refused.message.splitlines()[0]}")
                return []
            self.seen.addresses.add(address_of(urlsplit(self.page.url).path, self.place.urls))
            self._judges(path, language, sizes, answer.status)
            links += [link for href in self.look["links"] if (link := self._here(href))]
        self.seen.pages += 1
        self.seen.kinds[kind] += answer.status < 400
        return list(dict.fromkeys(links))

    def _judges(self, path, language, sizes, status):
        self.page.wait_for_load_state()
        self.look = look = self.page.evaluate(LOOK)
        width = sizes[0]["width"]
        wrong = [
            ("status", status >= 400 and "nowhere" not in path, f"answers {status} to {self.who}"),
            ("width", look["width"] > width, f"is {look['width']} wide in a window of {width} ({language})"),
            ("heading", look["headings"] != 1, f"has {look['headings']} main headings"),
            ("bytes", look["bytes"] > 100_000, f"sends {look['bytes']} bytes at the first visit"),
            ("shift", look["shifts"] > 0.001, f"moves by {look['shifts']:.3f} at {width} ({language})"),
            *(("language", True, said) for said in self.speaks(language, look)),
        ]
        self._opened(path, language, sizes)
        wrong += [("console", "responded with a status of" not in said, said) for said in self._heard]
        for kind, is_so, said in wrong:
            if is_so:
                self._complains(kind, path, said)

    def _opened(self, path, language, sizes):
        """Judge the page with everything on it unfolded."""
        self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for fault in self.page.evaluate(f"() => {{ {AXE}; return axe.run(document, {RULES}) }}")["violations"]:
            where = " ".join(str(node["target"]) for node in fault["nodes"][:3])
            self._complains("axe", path, f"{fault['id']} ({fault['impact']}) at {sizes[0]['width']}: {where}")
        for size in sizes:
            self.page.set_viewport_size(size)
            wide = self.page.evaluate("document.scrollingElement.scrollWidth")
            if wide > size["width"]:
                self._complains("width", path, f"is {wide} wide, unfolded, in {size['width']} ({language})")

    def _complains(self, kind, path, said):
        self.seen.complaints[kind].append(f"{self.place.site[-5:]}{path} ({self.who}) {said}")

    def _here(self, href):
        """The path a link leads to on this site, without the language and without a place in the page."""
        parts = urlsplit(href)
        if parts.scheme or parts.netloc or not parts.path.startswith("/"):
            return None
        kept = "&".join(part for part in parts.query.split("&") if part and not part.startswith(("lang=", "page=")))
        return parts.path + (f"?{kept}" if kept else "")


def kind_of(path, urls):
    """What sort of page a path is: its address with the named parts that are no identifiers; None for a file."""
    try:
        found = resolve(urlsplit(path).path, urls)
    except Resolver404:
        return ("nowhere",) if "nowhere" in path else None
    if found.route in ALIKE:
        return (found.route,)
    named = sorted((name, str(value)) for name, value in found.kwargs.items() if not _is_identifier(value))
    return (found.route, *named)


def is_file(route):
    """Addresses of pages end in a slash, addresses of files do not."""
    return bool(route) and route != "nowhere" and not route.endswith("/")


def _is_identifier(value):
    return isinstance(value, int) or UUID.fullmatch(str(value)) or isinstance(value, dict)


def address_of(path, urls):
    """The address, as the site's list spells it, that a path belongs to; "" for none."""
    try:
        return resolve(path, urls).route
    except Resolver404:
        return ""


def addresses(urls):
    """Every address of a site."""
    return set(_addresses(get_resolver(urls).url_patterns, ""))


def _addresses(patterns, before):
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route
        else:
            yield from _addresses(one.url_patterns, route)
