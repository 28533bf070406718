"""People with a real browser: a citizen at the front door, staff at their desks; and what each page must be to all.

Every page that a person comes to is looked at: nothing in it is wider than the window, no policy forbids a part of it,
no script failed. Forms are filled by the names that the rulebook gives their fields, whatever the page's language.
Not here: what happens (the stories), what a page says (the layers' own tests).
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 60.0


@dataclass
class Person:
    """One person: a browser of their own on one site."""

    page: object
    site: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: dialog.dismiss())

    def _heard(self, message):
        asked_for_no_file = "Failed to load resource: the server responded with a status of" in message.text
        if message.type in ("error", "warning") and not asked_for_no_file:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def opens(self, path):
        """Go to a page of the site and look at it."""
        self.page.goto(path if path.startswith("http") else self.site + path)
        return self.looks()

    def looks(self):
        """Read the page that is there; it must fit the window and have no complaint. Gives its words."""
        self.page.wait_for_load_state()
        width, window = self.page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
        assert width <= window, f"{self.page.url} is {width} wide in a window of {window}"
        assert self.complaints == []
        return self.words

    @property
    def words(self):
        """Everything that is read in the page's main part, spaces folded."""
        return " ".join(self.page.inner_text("main").split())

    def reads(self, language):
        """Press the button or link that turns the page into the other language."""
        self.page.locator(".dc-language, .dc-language-form").get_by_text(
            {"en": "English", "zh-Hans": "中文"}[language], exact=True
        ).click()
        self.page.wait_for_load_state()
        assert self.page.locator("html").get_attribute("lang") == language
        return self.looks()

    def fills(self, **form):
        """Fill fields of the page's form: text, a choice, `True` for a tick, a path for a file, a list of labels."""
        for name, value in form.items():
            controls = self.page.locator(f"main form [name='{name}']")
            assert controls.count(), f"{self.page.url} has no field {name}"
            self._fill(controls, value)

    def _fill(self, controls, value):
        kind = controls.first.evaluate("one => one.type")
        if kind == "file":
            controls.set_input_files(value)
        elif isinstance(value, list):
            for label in value:
                self.page.locator("main form").get_by_label(re.compile(re.escape(label))).first.check()
        elif value is True:
            controls.check()
        elif kind == "radio":
            self.page.check(f"main form [name='{controls.first.get_attribute('name')}'][value='{value}']")
        elif kind == "select-one":
            controls.select_option(value)
        else:
            controls.fill(value)

    def presses(self, name):
        """Press a button or follow a link of the page's main part, by its words in either language."""
        words = re.compile(f"^({name})$")
        main = self.page.locator("main")
        main.get_by_role("button", name=words).or_(main.get_by_role("link", name=words)).first.click()
        return self.looks()

    def saves(self, name, folder):
        """Press what gives a file; returns where it was kept."""
        words = re.compile(f"^({name})$")
        main = self.page.locator("main")
        with self.page.expect_download() as coming:
            main.get_by_role("button", name=words).or_(main.get_by_role("link", name=words)).first.click()
        place = Path(folder) / coming.value.suggested_filename
        coming.value.save_as(place)
        return place

    def waits_for(self, look, otherwise):
        """Come back to the page until `look()` gives something: what the worker does takes its time."""
        return patient(look, otherwise, between=self.page.reload)


class Officer(Person):
    """One of the staff, signed in."""

    def sends(self):
        """Send the page's form with its first button."""
        self.page.locator("main form[method=post] button[type=submit]").first.click()
        return self.looks()

    def takes(self, matter, step, **form):
        """Open the form of a step, fill it, send it; it must be taken."""
        self.opens(f"{matter}exhibits/add/" if step == "exhibit" else f"{matter}steps/{step}/")
        self.fills(**form)
        words = self.sends()
        assert re.search(r"/matters/[0-9a-f-]+/(#\w+)?$", self.page.url), f"{step} was not taken: {words}"
        return words

    def agrees(self, matter, step, opinion):
        """Agree to what was proposed, from the matter's own page."""
        self.opens(matter)
        self.page.locator(f"main a[href$='/steps/{step}/opinion/']").click()
        self.fills(opinion=opinion)
        self.page.locator("main button[name=phase][value=agree]").click()
        return self.looks()

    def seals(self, matter, kind):
        """Put the demonstration seal on a document that the worker has drawn up."""
        self.opens(matter)
        row = self.page.locator("table[aria-labelledby=documents] tr", has_text=kind)
        self.waits_for(lambda: row.locator("a[href$='/seal/']").count(), f"{kind} was not drawn up")
        row.locator("a[href$='/seal/']").last.click()
        self.looks()
        self.page.locator("main button[name=demo]").click()
        return self.looks()

    def follows(self, matter, kind):
        """Go from a matter to the linked one of this kind; gives its path."""
        self.opens(matter)
        self.page.locator("h2#links + ul a", has_text=re.compile(kind)).first.click()
        self.looks()
        return self.path

    @property
    def path(self):
        """Where this person is on the site."""
        return self.page.url.removeprefix(self.site).split("#")[0].split("?")[0]


class Town:
    """The people of one installation; each comes once and stays."""

    def __init__(self, sites, visit):
        self.sites = sites
        self._visit = visit
        self._officers = {}

    def citizen(self, language="zh-hans", **options):
        """Somebody at the front door."""
        person = Person(self._visit(**options), self.sites.public)
        person.opens(f"/?lang={language}")
        return person

    def officer(self, username, language="zh-hans", **options):
        """One of the staff at their desk; signs in the first time."""
        if username not in self._officers:
            officer = Officer(self._visit(**options), self.sites.office)
            officer.opens(f"/login/?lang={language}")
            officer.fills(username=username, password=self.sites.password)
            officer.sends()
            assert officer.path == "/", officer.words
            self._officers[username] = officer
        return self._officers[username]


def patient(look, otherwise, *, between=lambda: None):
    """Ask again and again until there is an answer."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end, otherwise
        time.sleep(0.3)
        between()
    return found
