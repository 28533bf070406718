"""Every page of both sites, once the whole road has been gone, as eyes meet it: on a telephone, in both languages.

Nothing is wider than the window, no policy forbids a part of a page and nothing fails in it; a Chinese page holds no
English words of ours and writes days as Chinese does; one stage of a chart is marked as the present one.
Not here: what the pages say and do.
"""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from people import Town

pytestmark = pytest.mark.browser
SOURCE = Path(__file__).resolve().parents[2] / "src" / "duecourse"
PUBLIC = ("/", "/report/", "/report/follow-up/", "/register/", "/procedures/", "/proofs/", "/about/", "/about/data/")
OFFICE = ("/", "/matters/", "/matters/?ended=true", "/reports/", "/accounts/", "/open/lead/", "/nowhere/")
TELEPHONE = {"width": 390, "height": 844}
TEXTS = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const one = walk.currentNode.parentElement;
    if (!one.closest('code, pre, [lang=en], .dc-digest, svg desc, svg title')) found.push(walk.currentNode.data.trim());
  }
  return found.filter(text => text);
}"""
SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
HAN = re.compile(r"[\u4e00-\u9fff]")
MEANT = re.compile(r"duecourse verify receipt")
DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2} (January|February|March|April|May|June|July|August|September)\b")


@pytest.fixture(scope="module")
def road(sites):
    """The tour has been through: every kind of matter, document and page is there."""
    (sites.home / "addresses").write_text(
        f"DUECOURSE_PUBLIC_URL={sites.public}\nDUECOURSE_OFFICE_URL={sites.office}\n", "utf-8"
    )
    sites.command("tour")
    return sites


def english_words_of_ours():
    """Every message that has another wording in Chinese."""
    for file in SOURCE.rglob("django.po"):
        with file.open("rb") as opened:
            for message in read_po(opened):
                plain = isinstance(message.id, str) and message.id and "%(" not in message.id
                if plain and HAN.search(str(message.string)):
                    yield message.id


def links(person, under):
    """The pages that the page in hand leads to, without files."""
    found = person.page.eval_on_selector_all("main a[href]", "all => all.map(one => one.getAttribute('href'))")
    paths = (href.split("#")[0] for href in found if href.startswith(under))
    return [path for path in dict.fromkeys(paths) if path.endswith("/") and not path.endswith(("/original/", "/copy/"))]


def is_no_file(path):
    return not re.search(r"/(proof|sealed|scan)/$|/exhibits/[0-9a-f-]{36}/$", path)


def is_in_the_language_of_its_reader(person, language, english):
    texts = person.page.evaluate(TEXTS)
    if language != "zh-hans":
        return
    left = [text for text in texts if text in english]
    left += [text for text in texts if SENTENCE.search(text) and not HAN.search(text)]
    days = [text for text in texts if DAY.search(text)]
    assert not left, f"{person.page.url} says in English: {left}"
    assert not days, f"{person.page.url} writes days as {days}"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_public_page_fits_a_telephone_and_speaks_one_language(road, visit, language):
    english = set(english_words_of_ours())
    reader = Town(road, visit).citizen(language, viewport=TELEPHONE)
    reader.opens("/register/")
    items = links(reader, "/register/")
    assert items
    reader.opens("/procedures/")
    for path in (*PUBLIC, *items, *links(reader, "/procedures/"), "/nowhere/"):
        reader.opens(path)
        is_in_the_language_of_its_reader(reader, language, english)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("username", ["case-officer", "publisher", "office-head"])
def test_every_page_of_a_desk_fits_a_telephone_and_speaks_one_language(road, visit, username, language):
    english = set(english_words_of_ours())
    officer = Town(road, visit).officer(username, language, viewport=TELEPHONE)
    officer.opens("/matters/?ended=true")
    matters = links(officer, "/matters/")
    officer.opens("/matters/")
    matters += [path for path in links(officer, "/matters/") if path not in matters]
    for path in (*OFFICE, *matters):
        officer.opens(path)
        officer.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        officer.looks()
        is_in_the_language_of_its_reader(officer, language, english)
        for form in [one for one in links(officer, path) if path in matters and one != path and is_no_file(one)]:
            officer.opens(form)
            is_in_the_language_of_its_reader(officer, language, english)
            officer.opens(path)


def test_the_chart_of_a_matter_shows_the_present_stage_and_no_other(road, visit):
    officer = Town(road, visit).officer("case-officer")
    officer.opens("/matters/?procedure=penalty-ordinary")
    officer.page.locator("main table a").first.click()
    officer.page.locator(".chart-box summary").click()
    here = officer.page.locator("figure.chart .chart__here")
    assert here.count() == 1
    title = officer.page.locator("tr[aria-current=step] th").inner_text().split()[0]
    assert title in here.text_content()
    width = here.locator("path").first.evaluate("one => getComputedStyle(one).strokeWidth")
    other = officer.page.locator("figure.chart .node:not(.chart__here) path").first
    assert width != other.evaluate("one => getComputedStyle(one).strokeWidth")
