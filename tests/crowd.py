"""A crowd that reports at the same time while parts of the installation are killed, and what must be true afterwards.

Each person opens the form, fills it, sends it; when no receipt comes (the line breaks, the page says that nothing could
be stored) they send the same form with the same code again, as a person would. Some press the button twice at once,
some lose patience and send again while the first is still on its way.
Not here: what is killed, and how it comes back (the tests).
"""

from __future__ import annotations

import html
import http.client
import itertools
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

TOKEN = "c" * 32
BROKEN = (OSError, http.client.HTTPException)
PATIENCE = 120.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Report:
    """One report and what its sender has seen of it."""

    text: str
    code: str = ""
    sent: int = 0
    receipt: str = ""
    answers: list = field(default_factory=list)


@dataclass
class Crowd:
    """`people` persons at the front door `address`, each with `each` reports to send."""

    address: str
    people: int
    each: int
    name: str = "crowd"
    reports: list = field(default_factory=list)
    failures: list = field(default_factory=list)

    def __post_init__(self):
        self._threads = [threading.Thread(target=self._person, args=(n,), daemon=True) for n in range(self.people)]

    def start(self):
        for thread in self._threads:
            thread.start()

    def received(self):
        """How many have a receipt by now."""
        return sum(bool(report.receipt) for report in list(self.reports))

    def wait_until(self, share):
        """Return when this share of all reports has its receipt, or when everybody is done."""
        while self.received() < share * self.people * self.each and self.busy():
            time.sleep(0.02)

    def busy(self):
        return any(thread.is_alive() for thread in self._threads)

    def join(self):
        for thread in self._threads:
            thread.join(2 * PATIENCE)
        assert not self.busy(), "somebody still waits for a receipt"
        assert self.failures == []

    def _person(self, number):
        try:
            for count in range(self.each):
                report = Report(f"{self.name}: report {count} of person {number}.")
                self.reports.append(report)
                _Sending(self.address, report, hasty=(number + count) % 5).to_the_end()
        except Exception as problem:  # noqa: BLE001 - a thread tells the test what went wrong
            self.failures.append(f"person {number}: {type(problem).__name__}: {problem}")


class _Sending:
    """One report, from the empty form to the receipt. `hasty`: 1 presses twice, 2 does not wait for the first."""

    def __init__(self, address, report, *, hasty):
        self.place, self.report, self.hasty = urlsplit(address), report, hasty
        self.give_up = time.monotonic() + PATIENCE

    def to_the_end(self):
        form = self._form()
        self.report.code = form["code"]
        body = urlencode(form)
        if self.hasty == 1:
            twin = threading.Thread(target=self._quietly, args=(body,), daemon=True)
            twin.start()
            self._until_received(body)
            twin.join()
        else:
            if self.hasty == 2:
                self._quietly(body, timeout=0.05)
            self._until_received(body)

    def _form(self):
        """The empty form, as it stands on the page."""
        for _ in self._tries():
            answer = self._ask("GET", "/report/?lang=en")
            if answer and answer.status == 200:
                hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
                assert {"code", "stamp"} <= hidden.keys(), answer.text
                said = {"head": "fraud", "urgent": "no", "harmed": "self", "what_happened": self.report.text}
                kept = {name: html.unescape(hidden[name]) for name in ("code", "stamp")}
                return {**kept, **said, "csrfmiddlewaretoken": TOKEN}
        raise AssertionError("the form never came")

    def _until_received(self, body):
        for _ in self._tries():
            answer = self._send(body)
            if answer and answer.status == 303:
                self.report.receipt = answer.headers["set-cookie"].split(";")[0]
                return
            assert answer is None or answer.status >= 500, f"{answer.status}: {answer.text[:2000]}"
        raise AssertionError("no receipt ever came")

    def _quietly(self, body, timeout=30):
        self._send(body, timeout)

    def _send(self, body, timeout=30):
        self.report.sent += 1
        answer = self._ask("POST", "/report/", body, timeout)
        self.report.answers.append(answer.status if answer else None)
        return answer

    def _tries(self):
        for count in itertools.count():
            if time.monotonic() > self.give_up:
                return
            yield count
            time.sleep(min(0.1 * 2**count, 2.0))

    def _ask(self, method, path, body=None, timeout=30):
        return ask(self.place, method, path, body, timeout=timeout)


def ask(place, method, path, body=None, *, cookies="", timeout=30):
    """One request on a line of its own; None when the line broke."""
    asking = http.client.HTTPConnection(place.hostname, place.port, timeout=timeout)
    sent = {"Cookie": f"duecourse_form={TOKEN}; {cookies}", "Origin": f"http://{place.netloc}"} | (FORM if body else {})
    try:
        asking.request(method, path, body, sent)
        answer = asking.getresponse()
        answer.text = answer.read().decode("utf-8")
    except BROKEN:
        return None
    finally:
        asking.close()
    return answer


def come_back(address, report):
    """What the front door shows somebody who comes back with the code alone."""
    place = urlsplit(address)
    body = urlencode({"code": report.code, "csrfmiddlewaretoken": TOKEN})
    answer = ask(place, "POST", "/report/follow-up/", body)
    assert answer is not None
    assert answer.status == 303, f"{report.code}: {answer.status}"
    visit = answer.headers["set-cookie"].split(";")[0]
    return ask(place, "GET", answer.headers["location"] + "?lang=en", cookies=visit).text


def lookup_of(code):
    from duecourse.edge import sealing

    return sealing.reporter_keys(code).lookup_id


def everything_is_there_once(crowd, connection):
    """Each code with a receipt is one submission; there is no other; each was opened into one matter with its words."""
    wanted = {lookup_of(report.code): report.text for report in crowd.reports}
    assert len(wanted) == len(crowd.reports) == crowd.people * crowd.each
    assert all(report.receipt for report in crowd.reports)
    found = connection.execute(_SUBMISSIONS, (list(wanted),), binary=True).fetchall()
    assert {bytes(lookup) for lookup, *_ in found} == set(wanted), "a report with a receipt is not stored"
    assert len(found) == len(wanted), "a report is stored twice"
    assert [(state, reason) for _, state, reason, _ in found if state != "opened"] == []
    assert {bytes(lookup): text for lookup, _, _, text in found} == wanted
    opened = connection.execute(_OPENED, (f"{crowd.name}:%",)).fetchall()
    assert sorted(text for (text,) in opened) == sorted(wanted.values()), "a report was opened twice"


def come_to_rest(connection):
    """Whether everything is opened and everything has its number."""
    return connection.execute(_AT_WORK).fetchone() == (0, 0)


_WORDS = "convert_from(f.value, 'UTF8')::jsonb #>> '{}'"
_SUBMISSIONS = f"""
SELECT s.lookup_id, s.state, s.aside_reason, {_WORDS} FROM submission s
LEFT JOIN entry e ON e.stream = s.matter AND e.index = 0
LEFT JOIN entry_field f ON f.entry_id = e.id AND f.name = 'what_happened'
WHERE s.lookup_id = ANY(%s)
"""
_OPENED = f"""
SELECT {_WORDS} FROM entry e JOIN entry_field f ON f.entry_id = e.id AND f.name = 'what_happened'
WHERE e.kind = 'matter' AND {_WORDS} LIKE %s
"""
_AT_WORK = """
SELECT (SELECT count(*) FROM submission WHERE state = 'waiting'), (SELECT count(*) FROM unnumbered)
"""
