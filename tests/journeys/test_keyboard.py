"""The road by keyboard alone, from the citizen's first question to the officer's answer: on each page of it what has
the focus can be seen, the skip link skips, no page holds the focus captive.

Not here: the report alone, the queue with its single keys (their own tests), the road by pointer.
"""

import re

import pytest
from people import Town, patient

pytestmark = pytest.mark.browser
TEXT = "有人以中奖为名要求先交保证金，之后不再联系。"
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const drawn = [one, ...(one.labels ?? [])].flatMap(it => [getComputedStyle(it), getComputedStyle(it, '::before')]);
  const seen = look => (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0
    && !/rgba\\(.*, 0\\)|transparent/.test(look.outlineColor)) || look.boxShadow !== 'none';
  const box = one.getBoundingClientRect();
  return {
    name: one.name ?? '', words: (one.innerText ?? '').trim(), href: one.getAttribute('href') ?? '', id: one.id,
    visible: drawn.some(seen) && box.width > 0 && box.height > 0,
    tag: one.tagName,
  };
}"""


class Hands:
    """Somebody with a keyboard and nothing else."""

    def __init__(self, person):
        self.person, self.page, self.keys = person, person.page, person.page.keyboard

    def tabs_to(self, wanted, *, most=80):
        """Press Tab until what is wanted has the focus: a control's name, a button's or link's words, or an address."""
        met = []
        for _ in range(most):
            self.keys.press("Tab")
            focus = self.page.evaluate(FOCUS)
            if focus is None:
                continue
            met.append(focus["words"][:20] or focus["name"] or focus["href"])
            assert focus["visible"], f"{self.page.url}: nobody sees that {focus} has the focus"
            if wanted in (focus["name"], focus["words"], focus["id"]) or re.fullmatch(wanted, focus["href"]):
                return focus
        raise AssertionError(f"{self.page.url}: no Tab leads to {wanted}: {met}")

    def presses(self, wanted):
        """Go to it and press return; the page that comes is looked at."""
        self.tabs_to(wanted)
        with self.page.expect_navigation():
            self.keys.press("Enter")
        return self.person.looks()

    def types(self, wanted, text):
        """Go to a field and write."""
        self.tabs_to(wanted)
        self.keys.type(text)

    def ticks(self, wanted, downs=0):
        """Go to a group and choose with arrows and space."""
        self.tabs_to(wanted)
        for _ in range(downs):
            self.keys.press("ArrowDown")
        self.keys.press("Space")


def answered(hands, choose):
    """Answer the question in hand and go on."""
    choose()
    hands.presses("继续")


def test_the_road_is_gone_by_keyboard_alone_from_the_report_to_its_acceptance(sites, visit):
    town = Town(sites, visit)
    citizen = Hands(town.citizen())
    citizen.presses("我要举报")
    answered(citizen, lambda: citizen.ticks("urgent", downs=1))
    answered(citizen, lambda: citizen.ticks("head"))
    answered(citizen, lambda: citizen.ticks("harmed"))
    answered(citizen, lambda: citizen.types("what_happened", TEXT))
    answered(citizen, lambda: citizen.types("address", "https://prize.example/"))
    answered(citizen, lambda: None)
    answered(citizen, lambda: None)
    citizen.presses("提交举报")
    citizen.page.wait_for_url("**/report/receipt/")
    assert TEXT in citizen.person.looks()

    officer = Hands(signed_in_by_keyboard(sites, visit))
    officer.presses("来件")
    matter = patient(lambda: first_matter(officer), "the report was not opened")
    officer.presses(re.escape(matter))
    officer.presses("领办")
    officer.presses(rf"{re.escape(matter)}steps/accept/")
    officer.types("reason", "属于本机关职责，事实较为具体。")
    sends(officer)
    assert officer.person.path == matter, officer.person.words


def sends(officer):
    """Press the first button of the form of the page by its own words."""
    button = officer.page.locator("main form[method=post] button[type=submit]").first
    officer.presses(button.inner_text().strip())
    officer.page.wait_for_url(re.compile(r"/matters/[0-9a-f-]+/(#\w+)?$"))


def first_matter(officer):
    officer.page.reload()
    link = officer.page.locator("main table a[href^='/matters/']").first
    return link.get_attribute("href") if link.count() else None


def signed_in_by_keyboard(sites, visit):
    """An officer who signs in without a pointer."""
    from people import Officer

    person = Officer(visit(), sites.office)
    person.opens("/login/?lang=zh-hans")
    hands = Hands(person)
    hands.types("username", "case-officer")
    hands.types("password", sites.password)
    hands.keys.press("Enter")
    person.page.wait_for_url(re.compile(r"/$"))
    return person


@pytest.mark.parametrize("site", ["public", "office"])
def test_the_first_tab_skips_to_the_content(sites, visit, site):
    person = Town(sites, visit).citizen()
    person.opens(getattr(sites, site) + ("/login/" if site == "office" else "/"))
    person.page.keyboard.press("Tab")
    assert person.page.evaluate("document.activeElement.className") == "govuk-skip-link"
    person.page.keyboard.press("Enter")
    assert person.page.evaluate("document.activeElement.id") == "main"


def test_the_menu_of_a_telephone_opens_and_closes_by_keyboard(sites, visit):
    person = Town(sites, visit).citizen(viewport={"width": 390, "height": 844})
    hands = Hands(person)
    ways = person.page.locator("#navigation")
    assert not ways.is_visible()
    hands.tabs_to("菜单")
    hands.keys.press("Enter")
    assert ways.is_visible()
    hands.tabs_to("我要举报")
    without = Town(sites, visit).citizen(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    assert without.page.locator("#navigation").is_visible(), "without scripts the ways stand open"
