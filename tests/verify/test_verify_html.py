"""The downloadable page makes the same seven checks as the command, in a real browser, from a file."""

from __future__ import annotations

import base64
import random
import re
from hashlib import sha256
from importlib.resources import files

import pytest
from test_verify_receipt import FIXTURES, ONE_LOG, RECEIPT, TAMPERED, VKEY, changed

from duecourse.core.ledger import canonical
from duecourse.verify import page as pages
from duecourse.verify import receipt

ENTRIES = sorted((FIXTURES / "entries").glob("*.receipt.json"))
CALL = """async ([encoded, vkey]) => {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  return verify(bytes, vkey);
}"""

CALL_MANY = """async ([many, vkey]) => {
  const found = [];
  for (const encoded of many) {
    const outcome = await verify(Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0)), vkey);
    found.push(outcome.checks.map((check) => check.result));
  }
  return found;
}"""


def test_the_page_carries_the_words_of_the_command():
    page = pages.html().decode()
    assert pages.with_words(page) == page, "run: python -m duecourse.verify.page"


def test_the_page_loads_nothing_and_its_digest_is_that_of_its_bytes():
    page = pages.html().decode()
    assert "default-src 'none'" in page
    assert not re.search(r"(src|href)=|https?://|import\(|fetch\(|XMLHttp|WebSocket|eval\(|innerHTML", page)
    assert pages.html_digest() == sha256((files("duecourse.verify") / "verify.html").read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def browser_page(chromium, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "verify.html"
    path.write_bytes(pages.html())
    page = chromium.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    yield page
    page.close()
    assert asked == [path.as_uri()]
    assert said == []


def in_browser(page, data: bytes, vkey: str = VKEY):
    return page.evaluate(CALL, [base64.b64encode(data).decode(), vkey])


def unwitnessed(data: bytes) -> bytes:
    """The page knows no witnesses; the command says the same of a receipt that has none."""
    raw = canonical.decode(data)
    assert isinstance(raw, dict)
    raw["proof"] = "\n".join(line for line in str(raw["proof"]).split("\n") if "witness.example" not in line)
    return canonical.spell(raw)


def ours(data: bytes) -> list[str]:
    return [check.result.value for check in receipt.verify(data, ONE_LOG)]


@pytest.mark.browser
@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: path.name)
def test_a_true_receipt_passes_in_the_browser_with_the_words_of_the_command(browser_page, path):
    plain = unwitnessed(path.read_bytes())
    outcome = in_browser(browser_page, plain)
    assert outcome["passed"] is True
    for mine, theirs in zip(receipt.verify(plain, ONE_LOG), outcome["checks"], strict=True):
        assert (mine.number, mine.name, mine.result.value) == (theirs["number"], theirs["check"], theirs["result"])
        assert dict(mine.words) == theirs["words"]
        assert dict(mine.title) == theirs["title"]


@pytest.mark.browser
@pytest.mark.parametrize("change", [pytest.param(row[1], id=row[0]) for row in TAMPERED])
def test_what_was_changed_is_named_by_the_same_number_in_the_browser(browser_page, change):
    data = changed(change)
    assert [check["result"] for check in in_browser(browser_page, data)["checks"]] == ours(data)


@pytest.mark.browser
def test_any_changed_byte_gives_the_browser_and_the_command_the_same_results(browser_page):
    chance = random.Random(20260210)
    letters = b' "\\{}[]:,0123456789abcdefABCDEF+/=\n-e.u\x00\x7f\xc3\xa9\xed\xa0\x80'
    many = []
    for _ in range(1000):
        at = chance.randrange(len(RECEIPT))
        many.append(RECEIPT[:at] + bytes([chance.choice(letters)]) + RECEIPT[at + chance.choice((0, 1, 1, 1)) :])
    spelt = [base64.b64encode(data).decode() for data in many]
    for data, theirs in zip(many, browser_page.evaluate(CALL_MANY, [spelt, VKEY]), strict=True):
        assert theirs == ours(data), data


@pytest.mark.browser
@pytest.mark.parametrize(
    "spelt",
    [
        b'{"a":1.0}',
        b"1e2",
        b"-0",
        b'"\\ud800"',
        b'"\\u0000"',
        b"[" * 70 + b"]" * 70,
        b"9007199254740992",
        b'{"a":1,"a":1}',
        b'{"__proto__":1}',
        b"\xef\xbb\xbf{}",
        b"",
    ],
)
def test_what_is_not_canonical_json_is_no_receipt_in_the_browser_either(browser_page, spelt):
    assert in_browser(browser_page, spelt)["checks"][0]["result"] == "fails"
    assert ours(spelt)[0] == "fails"


@pytest.mark.browser
@pytest.mark.parametrize(
    "value", [None, True, -5, "属实 \u2028\x7f\t𠮷", ["~", {"𠮷": 1, "～": 2, "10": 3, "9": 4}], {"__proto__": {}}]
)
def test_any_value_is_digested_in_the_browser_as_in_the_command(browser_page, value):
    def put(raw):
        raw["fields"]["amount"]["value"] = value
        skeleton = canonical.decode(raw["skeleton"].encode())
        from duecourse.core.ledger import entry, note

        salt = note.decode64(raw["fields"]["amount"]["salt"])
        skeleton["fields"]["amount"]["digest"] = entry.field_digest("amount", salt, value).hex()
        raw["skeleton"] = canonical.spell(skeleton).decode()

    data = changed(put)
    assert ours(data)[2] == "holds"
    assert [check["result"] for check in in_browser(browser_page, data)["checks"]] == ours(data)


@pytest.mark.browser
def test_a_wrong_key_is_said_to_be_wrong(browser_page):
    for vkey in ("", "nonsense", VKEY[:-1], VKEY.replace("office", "0ffice")):
        outcome = in_browser(browser_page, RECEIPT, vkey)
        assert outcome["passed"] is False
        assert outcome["checks"][4]["result"] == "fails"


@pytest.mark.browser
def test_a_browser_without_ed25519_says_that_the_signature_could_not_be_checked(browser_page):
    outcome = browser_page.evaluate(
        """async ([encoded, vkey]) => {
          const real = crypto.subtle.importKey;
          crypto.subtle.importKey = async () => { throw new DOMException("no", "NotSupportedError"); };
          try { return await verify(Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0)), vkey); }
          finally { crypto.subtle.importKey = real; }
        }""",
        [base64.b64encode(RECEIPT).decode(), VKEY],
    )
    assert outcome["passed"] is False
    assert outcome["checks"][4]["result"] == "not-checked"
    assert "could not be checked" in outcome["checks"][4]["words"]["en"]
    assert outcome["verdict"]["en"].startswith("Verdict: a check could not be made")


@pytest.mark.browser
def test_a_page_that_is_given_no_cryptography_says_to_open_it_from_a_file(browser_page, tmp_path):
    (tmp_path / "receipt.json").write_bytes(RECEIPT)
    browser_page.set_input_files("#receipt", tmp_path / "receipt.json")
    browser_page.fill("#vkey", VKEY)
    browser_page.evaluate("Object.defineProperty(crypto, 'subtle', {value: undefined, configurable: true})")
    browser_page.click("button")
    assert "open it from the file" in browser_page.inner_text("#verdict")
    browser_page.evaluate("delete crypto.subtle")


@pytest.mark.browser
def test_a_person_chooses_a_file_gives_the_key_and_reads_seven_lines_in_two_languages(browser_page, tmp_path):
    (tmp_path / "receipt.json").write_bytes(RECEIPT)
    browser_page.set_input_files("#receipt", tmp_path / "receipt.json")
    browser_page.fill("#vkey", f" {VKEY} ")
    browser_page.click("button")
    browser_page.wait_for_selector("#verdict[data-passed=true]")
    assert browser_page.locator("#checks li").count() == 7
    assert "未经见证" in browser_page.inner_text("#checks")
    assert "Not witnessed" in browser_page.inner_text("#checks")
