"""`make contact-sheet`: every page of both sites of a running installation, both widths, both languages, on one page.

The walk is that of test_every_page; here it takes pictures. Start `make run` and `duecourse tour` first. Writes
build/contact-sheet/index.html beside its pictures.

    python tests/journeys/contact_sheet.py [--home ./data] [--into build/contact-sheet]
"""

from __future__ import annotations

import argparse
import html
import os
import sys
from pathlib import Path

from duecourse import terminal

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
STYLE = (
    "body{font:16px/1.5 sans-serif;margin:1rem}section{margin:0 0 3rem}div{display:flex;gap:1rem;align-items:start}"
    "figure{margin:0}img{border:1px solid #999;max-height:40rem;width:auto}figcaption{color:#444}"
)


def main() -> int:
    """Walk both sites and write the sheet; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, default=Path("data"), help="the data folder of the running installation")
    parser.add_argument("--into", type=Path, default=Path("build/contact-sheet"))
    asked = parser.parse_args()
    place = asked.home / "addresses"
    if not place.is_file():
        terminal.say(f"nothing runs in {asked.home}; start it with: make run", error=True)
        return 1
    addresses = dict(line.split("=", 1) for line in place.read_text("utf-8").splitlines())
    os.environ |= {"DUECOURSE_HOME": str(asked.home.resolve()), "DUECOURSE_ENV": "demo"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_office"
    import django

    django.setup()
    asked.into.mkdir(parents=True, exist_ok=True)
    password = (asked.home / "secrets" / "demo").read_text("ascii").strip()
    sheet = pictures(addresses, password, asked.into)
    (asked.into / "index.html").write_text(page(sheet), "utf-8")
    terminal.say(f"{len(sheet)} pages: {asked.into / 'index.html'}")
    return 0


def pictures(addresses: dict[str, str], password: str, into: Path) -> list[tuple[str, str, list[str]]]:
    """Who, which path, and the names of its pictures, for each page."""
    from page_walk import LOOK, Place, Seen, Walker
    from playwright.sync_api import sync_playwright
    from test_every_page import NO_PAGE, OFFICE, PUBLIC, STAFF

    taken: dict[tuple[str, str], list[str]] = {}

    class Photographer(Walker):
        """Walks as the tests do, and takes a picture where they judge."""

        def _judges(self, path, language, sizes, status):  # noqa: ARG002 - the walk's own signature
            self.page.wait_for_load_state()
            self.look = self.page.evaluate(LOOK)
            names = taken.setdefault((self.who, path), [])
            for size in sizes:
                self.page.set_viewport_size(size)
                name = f"{len(taken):03}-{language}-{size['width']}.png"
                self.page.screenshot(path=into / name, full_page=True)
                names.append(name)

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        public, office = (addresses[f"DUECOURSE_{name}_URL"] for name in ("PUBLIC", "OFFICE"))
        seen = {PUBLIC: Seen(), OFFICE: Seen()}

        def walker(site: str, urls: str) -> Photographer:
            return Photographer(
                browser.new_context().new_page(), Place(site, urls, NO_PAGE[urls]), seen[urls], lambda *_: ()
            )

        walker(public, PUBLIC).walks("/", "/report/", "/party/", "/nowhere/")
        walker(office, OFFICE).walks("/login/", "/invitation/")
        for username in STAFF:
            walker(office, OFFICE).signs_in(username, password).walks("/", "/matters/", "/nowhere/")
        browser.close()
    return [(who, path, names) for (who, path), names in taken.items()]


def page(sheet: list[tuple[str, str, list[str]]]) -> str:
    """The sheet as HTML."""
    sections = [
        f"<section><h2>{html.escape(path)} <small>{html.escape(who)}</small></h2><div>"
        + "".join(
            f'<figure><img loading="lazy" src="{name}" alt=""><figcaption>{name[4:-4]}</figcaption></figure>'
            for name in names
        )
        + "</div></section>"
        for who, path, names in sheet
    ]
    head = f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Contact sheet</title><style>{STYLE}</style>'
    return f"{head}<h1>Every page, both widths, both languages</h1>{''.join(sections)}</html>\n"


if __name__ == "__main__":
    sys.exit(main())
