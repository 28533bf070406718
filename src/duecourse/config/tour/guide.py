"""Plays the road, says at each stop which law it stood on and what proves it, and ends with the reporter's receipt.

Every stop's entry is proved: the commitment on the page must be in the log under the office's key. The receipt is
verified by `duecourse verify` as a process of its own, in a folder that holds nothing else.
"""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from duecourse import terminal
from duecourse.config import home
from duecourse.config.supervisor import python
from duecourse.config.tour import road
from duecourse.config.tour.visitor import Lost, Visitor
from duecourse.core.errors import Invalid
from duecourse.core.law.places import rulebook_folder
from duecourse.core.ledger import checkpoint, note
from duecourse.core.ledger.proof import Proof
from duecourse.core.procedure.loading import load
from duecourse.edge import clock
from duecourse.edge.keys import KeyRing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from duecourse.config.tour.visitor import Value
    from duecourse.core.procedure.definition import Step

_PATIENCE: Final = 60.0
Found = TypeVar("Found")


class Guide:
    """One tour of the installation in DUECOURSE_HOME."""

    def __init__(self, language: str, *, as_json: bool = False) -> None:
        self._as_json = as_json
        self._language = "zh-Hans" if language.startswith("zh") else "en"
        self._pages = language
        self._public, self._office = _addresses()
        self._book = load(rulebook_folder(home.read("DUECOURSE_RULEBOOK")))
        self._key = note.Verifier.parse(KeyRing(home.folder() / "keys").vkey("log"))
        self._desks: dict[str, Visitor] = {}
        self._matters: dict[str, str] = {}
        self._values = {"today": clock.today(self._book.zone).isoformat(), "number": ""}
        self._count = 0

    def play(self) -> None:
        """Walk the whole road. Raises Lost at the first thing that does not hold."""
        marker = secrets.token_hex(4)
        citizen = Visitor(self._public, self._pages)
        receipt = self._report(citizen, marker)
        for stop in road.ROAD:
            self._stop(stop, marker)
        self._register(citizen)
        self._letters(citizen)
        self._verify(receipt)

    # 1 the citizen

    def _report(self, citizen: Visitor, marker: str) -> bytes:
        citizen.open("/report/")
        while citizen.page.xpath("//main//input[@name='page'][@value!='check']"):
            citizen.turn(road.report(marker), button=("go", "next"))
        citizen.send({})
        code = citizen.text("//*[contains(@class,'code-big')]")
        self._say(("举报人提交举报，得到查询码", "A citizen reports, and gets a code"), f"{code[:9]}…", "")
        return _wait_for(lambda: self._receipt(citizen), "the receipt has no proof")

    def _receipt(self, citizen: Visitor) -> bytes | None:
        citizen.open("/report/receipt/")
        return citizen.save("/report/receipt.json")

    def _register(self, citizen: Visitor) -> None:
        item = _wait_for(lambda: self._published(citizen), "the decision is not on the register")
        citizen.open(item)
        if road.PARTY not in citizen.text("//main"):
            raise Lost("the decision on the register does not name the organisation")
        self._say(("公示：任何人可以查阅决定", "The register shows the decision"), citizen.url, "")

    def _published(self, citizen: Visitor) -> str | None:
        page = citizen.open("/register/")
        links = page.xpath("//main//table//a[contains(., $number)]/@href", number=self._values["number"])
        return str(links[0]) if links else None

    def _letters(self, citizen: Visitor) -> None:
        letters = citizen.open("/report/status/").xpath("//*[@class='letter']")
        if len(letters) < 3:  # noqa: PLR2004 - accepted, pursued, answered
            raise Lost(f"the reporter has {len(letters)} letters; three were written")
        self._say(("举报人凭查询码读到回复", "The citizen reads the letters with the code"), f"{len(letters)}", "")

    def _verify(self, receipt: bytes) -> None:
        with tempfile.TemporaryDirectory(prefix="duecourse-tour-") as folder:
            (Path(folder) / "receipt.json").write_bytes(receipt)
            command = python("-m", "duecourse.cli", "verify", "receipt", "receipt.json", "--vkey", self._key.vkey())
            done = subprocess.run(
                command, cwd=folder, check=False, capture_output=True, text=True, env={"PATH": "/usr/bin"}
            )
        self._say(("离线核验回执", "The receipt verifies offline, in a folder that holds nothing else"), "", "")
        self._show(done.stdout.rstrip(), {"verified": done.returncode == 0, "said": done.stdout})
        if done.returncode:
            raise Lost(f"the receipt does not verify:\n{done.stdout}{done.stderr}")

    # 2 the office

    def _stop(self, stop: road.Stop, marker: str) -> None:
        desk = self._desk(stop.by)
        matter = self._matter(stop.matter, desk, marker)
        before = self._entries(desk, matter)
        if stop.seal:
            self._seal(desk, matter, stop.seal)
        else:
            form = {name: self._filled(value) for name, value in stop.form.items()}
            desk.open(f"{matter}exhibits/add/" if stop.step == "exhibit" else f"{matter}steps/{stop.step}/")
            desk.send(form)
        for person in stop.then:
            other = self._desk(person)
            other.open(f"{matter}steps/{stop.step}/opinion/")
            other.send({"opinion": "同意"}, button=("phase", "agree"))
        self._prove(desk, stop, matter, before)
        self._follow(desk, matter, stop)

    def _seal(self, desk: Visitor, matter: str, document: str) -> None:
        title = self._book.documents[document].title[self._language]

        def link() -> str | None:
            page = desk.open(matter)
            rows = page.xpath("//tr[th[contains(., $title)]]//a[contains(@href, '/seal/')]/@href", title=title)
            return str(rows[-1]) if rows else None

        desk.open(_wait_for(link, f"{title} was not rendered"))
        desk.send({}, button=("demo", "true"))

    def _prove(self, desk: Visitor, stop: road.Stop, matter: str, before: int) -> None:
        """Show what was entered, and prove each of these entries."""
        desk.open(matter)
        cards = desk.page.xpath("//li[starts-with(@id,'entry-')]")[before:]
        if not cards:
            raise Lost(f"{stop.step}: nothing was entered")
        numbers = [self._proved(desk, matter, int(card.get("id").removeprefix("entry-"))) for card in cards]
        step = self._step(stop)
        who = " → ".join((stop.by, *stop.then))
        law = " ".join(self._book.law.words(one)[self._language] for one in step.on)
        procedure = self._book.procedures[stop.matter][-1].title[self._language]
        self._say((f"{procedure} · {step.title['zh-Hans']}", f"{procedure} · {step.title['en']}"), who, law)
        commitment, number = numbers[-1]
        proved = {"entries": len(numbers), "commitment": commitment, "number": number}
        self._show(f"      {len(numbers)} ×  {commitment[:16]}…  № {number}", proved)

    def _proved(self, desk: Visitor, matter: str, index: int) -> tuple[str, int]:
        digests = desk.page.xpath(f"//li[@id='entry-{index}']/p[last()]//code/@title")
        if not digests:
            raise Lost(f"entry {index} shows no commitment")
        proof = _wait_for(lambda: desk.download(f"{matter}record/{index}/proof/"), f"entry {index} has no proof")
        parsed = Proof.parse(proof)
        try:
            parsed.verify(bytes.fromhex(digests[0]))
            checkpoint.open_signed(parsed.checkpoint, [self._key])
        except Invalid as wrong:
            raise Lost(f"the proof of entry {index} does not hold: {wrong}") from wrong
        return digests[0], parsed.index

    def _follow(self, desk: Visitor, matter: str, stop: road.Stop) -> None:
        """Go on to the matter that this stop opened, and remember the decision's number."""
        desk.open(matter)
        for procedure in (opening.procedure for opening in self._step(stop).effects.opens):
            links = desk.page.xpath("//main//a[starts-with(@href,'/matters/')]/@href")
            known = set(self._matters.values())
            for link in dict.fromkeys(str(link).split("#")[0] for link in links):
                if link.count("/") == matter.count("/") and link not in known:
                    self._matters[procedure] = link
        if stop.step == "decide":
            title = self._book.documents["decision"].title[self._language]
            self._values["number"] = _wait_for(lambda: _number(desk, matter, title), "the decision has no number")

    def _matter(self, procedure: str, desk: Visitor, marker: str) -> str:
        if procedure not in self._matters:
            self._matters[procedure] = _wait_for(lambda: self._find(desk, marker), "the report was not opened")
        return self._matters[procedure]

    def _find(self, desk: Visitor, marker: str) -> str | None:
        page = desk.open("/reports/")
        last = page.xpath("//nav[contains(@class,'pages')]//a/@href")
        if last:
            page = desk.open(str(last[-1]))
        for link in reversed(page.xpath("//main//a[starts-with(@href,'/matters/')]/@href")):
            if marker in desk.open(str(link)).text_content():
                return str(link)
        return None

    def _desk(self, person: str) -> Visitor:
        if person not in self._desks:
            desk = Visitor(self._office, self._pages)
            desk.open("/login/")
            desk.send({"username": person, "password": _password()})
            self._desks[person] = desk
        return self._desks[person]

    def _entries(self, desk: Visitor, matter: str) -> int:
        return len(desk.open(matter).xpath("//li[starts-with(@id,'entry-')]"))

    def _step(self, stop: road.Stop) -> Step:
        procedure = self._book.procedures[stop.matter][-1]
        found = self._book.step(procedure, stop.step)
        assert found is not None, stop.step
        return found

    def _filled(self, value: Value) -> Value:
        return value.format(**self._values) if isinstance(value, str) else value

    def _say(self, title: tuple[str, str], detail: str, law: str) -> None:
        self._count += 1
        said = title[0] if self._language == "zh-Hans" else title[1]
        line = f"{self._count:3}. {said}{'  ' + detail if detail else ''}" + (f"\n      {law}" if law else "")
        self._show(line, {"stop": self._count, "title": said, "detail": detail, "law": law})

    def _show(self, line: str, said: Mapping[str, object]) -> None:
        terminal.say(json.dumps(said, ensure_ascii=False) if self._as_json else line)


def _wait_for(look: Callable[[], Found | None], otherwise: str) -> Found:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.3)
    raise Lost(otherwise)


def _number(desk: Visitor, matter: str, title: str) -> str | None:
    """Read the number that the office gave to a document of the matter, such as 示网信罚决〔2026〕1号."""
    desk.open(matter)
    found = re.search(r"\S+〔\d{4}〕\d+号", desk.text(f"//tr/th[@scope='row'][contains(., '{title}')]"))
    return found.group() if found else None


def _addresses() -> tuple[str, str]:
    place = home.folder() / "addresses"
    if not place.is_file():
        raise Lost(f"nothing runs in {home.folder()}; start it with: make run")
    found: Mapping[str, str] = dict(line.split("=", 1) for line in place.read_text().splitlines())
    return found["DUECOURSE_PUBLIC_URL"], found["DUECOURSE_OFFICE_URL"]


def _password() -> str:
    return (home.folder() / "secrets" / "demo").read_text("ascii").strip()
