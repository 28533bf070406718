"""Every page of both sites, once the whole road has been gone, as eyes, ears and fingers meet it: one walk that reads
each page on a telephone in Chinese and at a desk in English.

Nothing is wider than the window, no policy forbids a part of a page and nothing fails in it, nothing moves while it
loads, a first visit costs at most 100 KB, axe-core finds nothing; a Chinese page holds no English words of ours and
writes days as Chinese does. The list of pages is that of the sites' own addresses: a new one that the walk does not
meet fails here. Not here: what the pages say and do.
"""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from people import Town

from page_walk import Place, Seen, Walker, addresses, is_file

pytestmark = pytest.mark.browser
SOURCE = Path(__file__).resolve().parents[2] / "src" / "duecourse"
PUBLIC, OFFICE = "duecourse.config.urls_public", "duecourse.config.urls_office"
STAFF = ("case-officer", "office-head", "intake-officer", "publisher", "administrator", "legal-reviewer")
# Pages that say more to one role than to those who read them before.
OWN = {"administrator": ("/accounts/", "/settings/"), "office-head": ("/queue/", "/accounts/")}
SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
HAN = re.compile(r"[\u4e00-\u9fff]")
DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2} (January|February|March|April|May|June|July|August|September)\b")
MEANT = re.compile(r"duecourse verify|Apache License|^verify\.html$|\.json$")
# Addresses that look like pages and are none for a reader.
NO_PAGE = {
    PUBLIC: {
        "report/part/": "takes parts of a file", "report/leave/": "takes a post", "party/leave/": "takes a post",
        "party/papers/<int:index>/": "a file",
    },
    OFFICE: {
        "logout/": "takes a post", "login/passkey/": "takes a post", "login/passkey/options/": "takes a post",
        "queue/claim/": "takes a post", "account/sittings/": "takes a post", "books/<slug:name>/file/": "a file",
        "account/delegations/<int:appointment>/withdraw/": "takes a post",
        "account/factors/<int:factor>/remove/": "takes a post", "account/codes/renew/": "takes a post",
        "matters/<uuid:matter>/exhibits/<uuid:exhibit>/": "a file",
        "matters/<uuid:matter>/documents/<uuid:document>/<file:which>/": "a file",
        "matters/<uuid:matter>/documents/<uuid:document>/<file:which>/proof/": "a file",
        "matters/<uuid:matter>/record/<int:index>/proof/": "a file",
    },
}  # fmt: skip
# Pages that no link leads to without a code of somebody's, a second factor, or an act that waits: read in these tests.
_PARTY, _PEOPLE, _SETTINGS = "tests/public/test_party_door.py", "tests/office/people", "tests/office/settings_area"
IN_STORIES = {
    PUBLIC: {
        "report/elsewhere/": "tests/public/test_report_form.py",
        **dict.fromkeys(
            [
                "party/address/", "party/hearing/", "party/papers/", "party/payment/", "party/rectification/",
                "party/recusal/", "party/sent/<int:index>/", "party/statement/",
            ],
            _PARTY,
        ),
    },
    OFFICE: {
        "account/codes/": _PEOPLE, "login/second/": _PEOPLE, "welcome/": _PEOPLE,
        "login/office/": _PEOPLE,
        "login/office/callback/": _PEOPLE,
        "queue/answer/": "tests/office/diary/test_the_queue.py",
        "sign/<uuid:matter>/<slug:step>/": "tests/office/diary/test_to_sign.py",
        "matters/<uuid:matter>/steps/<slug:step>/opinion/": "tests/office/diary/test_to_sign.py",
        "matters/<uuid:matter>/documents/<uuid:document>/seal/": "tests/office/pages",
        "matters/<uuid:matter>/party/<uuid:access_id>/end/": "tests/office/party",
        "matters/<uuid:matter>/party/<uuid:access_id>/replace/": "tests/office/party",
        "matters/<uuid:matter>/party/acts/<int:index>/answer/": "tests/office/party",
        "settings/<slug:name>/confirm/": _SETTINGS,
        "settings/<slug:name>/changes/<uuid:change>/": _SETTINGS,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def road(sites):
    """The tour has been through: every kind of matter, document and page is there."""
    (sites.home / "addresses").write_text(
        f"DUECOURSE_PUBLIC_URL={sites.public}\nDUECOURSE_OFFICE_URL={sites.office}\n", "utf-8"
    )
    sites.command("tour")
    return sites


@pytest.fixture(scope="module")
def seen(road, chromium):
    """What the walk found at both sites."""
    found = {PUBLIC: Seen(), OFFICE: Seen()}
    speaks = words_of_its_reader()
    visit = chromium.new_context
    stranger = Walker(visit().new_page(), Place(road.public, PUBLIC, NO_PAGE[PUBLIC]), found[PUBLIC], speaks)
    stranger.walks("/", "/report/", "/party/", "/components/", "/nowhere/")
    reports(stranger.page, road.public)
    stranger.walks("/report/receipt/", "/report/status/", "/report/message/", "/report/withdraw/")
    for username in STAFF:
        officer = Walker(visit().new_page(), Place(road.office, OFFICE, NO_PAGE[OFFICE]), found[OFFICE], speaks)
        if username == STAFF[0]:
            officer.walks("/login/", "/invitation/")
        officer.signs_in(username, road.password)
        officer.walks("/", "/matters/", "/matters/?ended=true", *OWN.get(username, ()), "/nowhere/")
    return found


def reports(page, site):
    """Send a report in Chinese, question by question; the browser then holds its code."""
    page.goto(f"{site}/report/?lang=zh-hans")
    for choice in ("urgent-no", "head-personal-information", "harmed-self"):
        page.check(f"#{choice}")
        page.get_by_role("button", name="继续").click()
    page.fill("#what_happened", "订票平台泄露了我的订单。")
    for _ in ("what happened", "where", "files", "contact"):
        page.get_by_role("button", name="继续").click()
    page.get_by_role("button", name="提交举报").click()
    page.wait_for_url("**/report/receipt/")


def words_of_its_reader():
    """Give what is wrong with the words of a page in a language."""
    english = {
        message.id
        for file in SOURCE.rglob("django.po")
        for message in read_po(BytesIO(file.read_bytes()))
        if isinstance(message.id, str) and "%(" not in message.id and HAN.search(str(message.string))
    }

    def wrong(language, look):
        if look["lang"] != {"zh-hans": "zh-Hans", "en": "en"}[language]:
            yield f"speaks {look['lang']} where {language} was asked for"
        if language == "zh-hans":
            for text in look["texts"]:
                foreign = SENTENCE.search(text) and not HAN.search(text) and not MEANT.search(text)
                if (text in english and not MEANT.search(text)) or foreign:
                    yield f"says in English: {text}"
                if DAY.search(text):
                    yield f"writes a day as {text}"

    return wrong


def all_of(seen, kind):
    return [said for found in seen.values() for said in found.complaints[kind]]


@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        ("status", "every link leads to a page that its reader may see"),
        ("width", "nothing is wider than the window"),
        ("heading", "one main heading"),
        ("language", "one language"),
        ("console", "no policy forbids a part, no script fails"),
        ("bytes", "at most 100 KB at a first visit"),
        ("shift", "nothing moves while it loads"),
        ("axe", "axe-core finds nothing"),
    ],
)
def test_every_page_keeps_what_is_promised_of_all(seen, kind, promise):
    found = all_of(seen, kind)
    assert not found, f"{promise}:\n" + "\n".join(found)


@pytest.mark.parametrize("urls", [PUBLIC, OFFICE])
def test_every_address_of_a_site_is_read_or_named_as_no_page(seen, urls):
    named = NO_PAGE[urls].keys() | IN_STORIES[urls].keys()
    unread = {one for one in addresses(urls) if not is_file(one)} - seen[urls].addresses - named
    assert not unread, f"nothing leads the walk to {sorted(unread)}"
    assert not named - addresses(urls), "named here, but no address of the site"


def test_the_chart_of_a_matter_shows_the_present_stage_and_no_other(road, visit):
    officer = Town(road, visit).officer("case-officer")
    officer.opens("/matters/?procedure=penalty-ordinary")
    officer.page.locator("main table a").first.click()
    officer.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    here = officer.page.locator("figure .chart__here")
    assert here.count() == 1
    title = officer.page.locator("tr[aria-current=step] th").inner_text().split()[0]
    assert title in here.text_content()
    width = here.locator("path").first.evaluate("one => getComputedStyle(one).strokeWidth")
    other = officer.page.locator("figure .node:not(.chart__here) path").first
    assert width != other.evaluate("one => getComputedStyle(one).strokeWidth")
