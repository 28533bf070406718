"""People who send what no browser would: over HTTP, on the running sites, form by form.

Not here: people with a browser (`people.py`), the sites themselves (`tests/running.py`).
"""

import httpx
from lxml import html
from people import patient


class Desk:
    """Somebody at one site: cookies, a language, forms as they stand on its pages."""

    def __init__(self, site, language="zh-hans"):
        self.client = httpx.Client(
            base_url=site, timeout=60, cookies={"duecourse_language": language}, headers={"Origin": site}
        )

    def signed_in(self, username, password):
        """Sign in; gives the desk back."""
        sent = self.send(self.form("/login/"), username=username, password=password)
        assert sent.status_code == 302, words(sent)
        return self

    def get(self, path):
        """Read a page as it is."""
        return self.client.get(path)

    def form(self, path):
        """The form of a page: what a browser would send of it, by name; and where it leads."""
        page = self.get(path)
        assert page.status_code == 200, (path, page.status_code, words(page))
        return form_of(page)

    def send(self, form, *, files=None, **typed):
        """Send a form with what a person typed."""
        path, fields, media = form
        data = {**fields, **typed}
        if media == "multipart/form-data" and files is None:
            files = {"": ("", b"")}
        return self.client.post(path, data=data, files=files)

    def raw(self, path, content, media):
        """Send bytes that no form made."""
        return self.client.post(path, content=content, headers={"Content-Type": media})

    def cut_off(self, form, *, files, **typed):
        """Send a form whose last hundred bytes never came."""
        path, fields, _ = form
        whole = self.client.build_request("POST", path, data={**fields, **typed}, files=files)
        return self.raw(path, whole.read()[:-100], whole.headers["Content-Type"])


def form_of(page):
    """The form of a page that came, also of one that came back with problems.

    A browser drops the line break that follows `<textarea>`; lxml does not.
    """
    tree = html.fromstring(page.content)
    found = tree.xpath("//main//form[@method='post']")
    assert found, words(page)
    fields = {}
    for name, value in found[0].form_values():
        fields.setdefault(name, []).append(value.removeprefix("\n"))
    return found[0].get("action") or page.url.raw_path.decode(), fields, found[0].get("enctype", "")


def words(page):
    """What is read in the main part of an answer."""
    found = html.fromstring(page.content or b"<p/>").xpath("//main")
    return " ".join((found[0] if found else html.fromstring(page.content or b"<p/>")).text_content().split())


def opened_report(citizen, officer, text):
    """Send a report and wait until the office has opened it; gives the path of its matter."""
    form = citizen.form("/report/")
    sent = citizen.send(form, head="fraud", urgent="no", harmed="self", what_happened=text)
    assert sent.status_code == 303, words(sent)
    return patient(lambda: _holds(officer, text), "the report was not opened")


def _holds(officer, text):
    page = html.fromstring(officer.get("/reports/").content)
    for link in page.xpath("//main//table//a/@href"):
        if text in words(officer.get(link)):
            return link
    return None
