"""A browser without scripts at the office's door, and the password of everybody in these tests."""

from __future__ import annotations

from lxml import html

PASSWORD = "correct horse battery"


class Desk:
    """One browser: what it shows last is `page`."""

    def __init__(self, address="192.0.2.7", lang="en"):
        from django.test import Client

        agent = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36"
        self.client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
        self.client.cookies["duecourse_language"] = lang
        self.answer = None

    def get(self, path):
        return self._came(self.client.get(path))

    def post(self, path, **typed):
        return self._came(self.client.post(path, typed))

    def signs_in(self, username, password=PASSWORD, **more):
        return self.post("/login/", username=username, password=password, **more)

    def typed_on(self):
        """The values of the fields of the page's first form that are filled."""
        form = self.tree.xpath("//main//form")[0]
        return {one.get("name"): one.get("value") for one in form.xpath(".//input[@name]") if one.get("value")}

    @property
    def words(self):
        return " ".join(self.tree.xpath("//body")[0].text_content().split())

    def _came(self, answer):
        self.answer = answer
        page = answer.headers.get("Content-Type", "").startswith("text/html") and answer.content
        self.tree = html.fromstring(answer.content) if page else None
        return answer
