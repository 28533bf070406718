"""A person with a browser, over HTTP: opens pages, reads them, fills the form that stands there and sends it.

Every post carries what the page itself offered (hidden values, tokens, choices), so that a form which a person could
not send cannot be sent here either.
Not responsible for what to fill in (`road`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

import httpx
from lxml import html

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.html import HtmlElement

_WRONG: Final = 400


class Lost(Exception):  # noqa: N818 - what happened to the traveller
    """The road could not be gone on; the text says where, and what the page said."""


@dataclass(frozen=True, slots=True)
class Options:
    """Those of a field's options whose label holds `text`: at least `least` of them, the first when only one fits."""

    text: str
    least: int = 1


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it is chosen in a form."""

    name: str
    content: bytes
    media: str


Value = str | bool | Options | Upload


class Visitor:
    """One person's browser on one site: cookies, the page in front of them."""

    def __init__(self, site: str, language: str) -> None:
        """Open the site's first page in a language."""
        self._client = httpx.Client(base_url=site, timeout=60, follow_redirects=False)
        self.page: HtmlElement = html.fromstring("<p/>")
        self.url = site
        self.open(f"/?lang={language}")

    def open(self, path: str) -> HtmlElement:
        """Go to a page, following its redirects. Raises Lost when it is not there."""
        return self._read(self._client.get(urljoin(self.url, path), follow_redirects=True))

    def download(self, path: str) -> bytes | None:
        """Fetch a file; None when it is not there (yet)."""
        answer = self._client.get(urljoin(self.url, path), follow_redirects=True)
        html_instead = answer.headers.get("content-type", "").startswith("text/html")
        return None if answer.status_code >= _WRONG or html_instead else answer.content

    def send(self, values: Mapping[str, Value], *, button: tuple[str, str] | None = None) -> HtmlElement:
        """Fill the page's form with `values`, send it, and go where it leads.

        Raises Lost when a field or an option is not on the page, or when the page comes back with problems.
        """
        posted = self._post(self._form(set(values)), values, button)
        if not posted.has_redirect_location:
            self._read(posted, lost=False)
            raise Lost(f"{self.url} did not take the form:\n{self._problems()}")
        return self.open(urljoin(str(posted.url), posted.headers["location"]))

    def turn(self, values: Mapping[str, Value], *, button: tuple[str, str]) -> HtmlElement:
        """Fill what this page asks of `values` and press a button that leads to the next page of the same form.

        Raises Lost when the page comes back with problems.
        """
        form = self._form({button[0]})
        shown = form.xpath(".//*[(self::input and not(@type='hidden')) or self::textarea or self::select]/@name")
        answer = self._post(form, {name: value for name, value in values.items() if name in shown}, button)
        if answer.status_code >= _WRONG:
            self._read(answer, lost=False)
            raise Lost(f"{self.url} did not take the page:\n{self._problems()}")
        return self._read(answer)

    def save(self, action: str) -> bytes | None:
        """Press the button of the form that leads to `action` and keep the file; None while there is no such form."""
        forms = self.page.xpath("//form[@action=$action]", action=action)
        answer = self._post(forms[0], {}, None) if forms else None
        return answer.content if answer is not None and answer.is_success else None

    def text(self, xpath: str) -> str:
        """Read the text of the first element that an XPath finds; empty when there is none."""
        found = self.page.xpath(xpath)
        return " ".join(found[0].text_content().split()) if found else ""

    def _post(self, form: HtmlElement, values: Mapping[str, Value], button: tuple[str, str] | None) -> httpx.Response:
        data, files = _filled(form, values)
        fields: dict[str, list[str]] = {}
        for name, value in [*data, button] if button else data:
            fields.setdefault(name, []).append(value)
        parts = [(name, (file.name, file.content, file.media)) for name, file in files]
        url = urljoin(self.url, form.get("action") or self.url)
        headers = {"Origin": "/".join(url.split("/", 3)[:3]), "Referer": self.url}
        return self._client.post(url, data=fields, files=parts or None, headers=headers)

    def _read(self, answer: httpx.Response, *, lost: bool = True) -> HtmlElement:
        self.url = str(answer.url)
        self.page = html.fromstring(answer.content or b"<p/>", base_url=self.url)
        if lost and answer.status_code >= _WRONG:
            raise Lost(f"{self.url} answered {answer.status_code}: {self.text('//main')[:600]}")
        return self.page

    def _form(self, names: set[str]) -> HtmlElement:
        """Find the form that has every named field; among several, the first."""
        for form in self.page.xpath("//main//form[@method='post']"):
            if names <= {item.get("name") for item in form.iter("input", "select", "textarea", "button")}:
                return form
        raise Lost(f"{self.url} has no form with {sorted(names)}:\n{self.text('//main')[:1500]}")

    def _problems(self) -> str:
        found = self.page.xpath("//*[@role='alert'] | //*[contains(@class,'refusal')] | //*[contains(@class,'error')]")
        return "\n".join(" ".join(item.text_content().split()) for item in found) or self.text("//main")[:1500]


def _filled(form: HtmlElement, values: Mapping[str, Value]) -> tuple[list[tuple[str, str]], list[tuple[str, Upload]]]:
    """Give what a browser would send: the page's own values, with these instead."""
    data: list[tuple[str, str]] = []
    files: list[tuple[str, Upload]] = []
    data += [(name, value) for name, value in form.form_values() if name not in values]
    for name, value in values.items():
        if isinstance(value, Upload):
            files.append((name, value))
        elif isinstance(value, Options):
            data += [(name, option) for option in _options(form, name, value)]
        elif value is True:
            data.append((name, _tick(form, name)))
        elif value is not False:
            data.append((name, value))
    return data, files


def _options(form: HtmlElement, name: str, wanted: Options) -> list[str]:
    found: list[str] = []
    for control in form.xpath(".//input[@type='checkbox' or @type='radio'] | .//select"):
        if control.get("name") != name:
            continue
        if control.tag == "select":
            options = (option for option in control.iter("option") if wanted.text in option.text_content())
            found += [option.get("value", "") for option in options]
        else:
            label = form.xpath(".//label[@for=$id]", id=control.get("id"))
            found += [control.get("value", "")] if label and wanted.text in label[0].text_content() else []
    if len(found) < wanted.least:
        raise Lost(f"field {name}: {len(found)} options hold “{wanted.text}”, {wanted.least} wanted")
    many = form.xpath(".//input[@type='checkbox'][@name=$name]", name=name)
    return found if many else found[:1]


def _tick(form: HtmlElement, name: str) -> str:
    box = form.xpath(".//input[@type='checkbox'][@name=$name]", name=name)
    if not box:
        raise Lost(f"field {name}: there is no box to tick")
    return str(box[0].get("value", "on"))
