"""A small world to walk matters in: people with roles, a hand-moved day, and forms filled by type."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from duecourse.core.procedure.engine import (
    SYSTEM_ACCOUNT,
    Attempt,
    MatterState,
    Outcome,
    PersonFacts,
    Refusal,
    apply,
    due,
    take,
)  # fmt: skip

TOWN = Path(__file__).parent / "town"
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = dt.date(2026, 3, 2)


def account(name):
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.town.example"))


def person(name, *roles, certified=True):
    return PersonFacts(account(name), frozenset(roles), certified)


PEOPLE = {
    "ana": person("ana", "officer"),
    "bo": person("bo", "officer"),
    "cai": person("cai", "clerk", certified=False),
    "dun": person("dun", "head"),
    "eve": person("eve", "mayor"),
    "fan": person("fan", "reviewer"),
    "gus": person("gus", "officer", certified=False),
}
SYSTEM = PersonFacts(SYSTEM_ACCOUNT, frozenset({"system"}))


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def noon(day):
    return dt.datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


@dataclass
class Matter:
    """One matter and its diary. `do` applies what time has done first, as the office's write path does."""

    rulebook: object
    procedure: str
    today: dt.date = MONDAY
    people: dict = field(default_factory=lambda: dict(PEOPLE))
    outcomes: list = field(default_factory=list)
    state: MatterState = None
    ids: object = None

    def __post_init__(self):
        number = str(uuid.uuid5(uuid.NAMESPACE_DNS, self.procedure))
        version = self.rulebook.procedure(self.procedure, self.today).version
        self.state = MatterState.new(number, self.procedure, version)
        self.ids = (str(uuid.uuid5(uuid.NAMESPACE_DNS, f"id-{n}")) for n in itertools.count())

    def attempt(self, step, who, form=None, **more):
        actor = SYSTEM if who == "system" else self.people[who]
        known = {one.account: one for one in self.people.values()}
        plain = Attempt(step, actor, None, self.today, noon(self.today), form or {}, people=known, ids=self.ids)
        return replace(plain, **more)

    def pass_time(self, days=0):
        self.today += dt.timedelta(days=days)
        for outcome in due(self.rulebook, self.state, noon(self.today)):
            self.enter(outcome)

    def enter(self, outcome):
        self.outcomes.append(outcome)
        self.state = apply(self.state, outcome)

    def do(self, step, who, form=None, **more):
        """Take a step; gives the outcome, or the refusal."""
        self.pass_time()
        result = take(self.rulebook, self.state, self.attempt(step, who, form, **more))
        if isinstance(result, Outcome):
            self.enter(result)
        return result

    def must(self, step, who, form=None, **more):
        """Take a step that the law allows."""
        result = self.do(step, who, form, **more)
        assert isinstance(result, Outcome), result.words("en")
        return result

    def refused(self, step, who, form=None, **more):
        """Try a step that the law does not allow; gives the codes."""
        self.pass_time()
        result = take(self.rulebook, self.state, self.attempt(step, who, form, **more))
        assert isinstance(result, Refusal), result
        return result.codes

    def approve(self, step, form, *chain, **more):
        """Take a step through its whole chain of people."""
        outcome = self.must(step, chain[0], form, **more)
        for who in chain[1:]:
            outcome = self.must(step, who, phase="agree", **more)
        return outcome

    def seal(self, document, who="cai"):
        """Render and seal the newest version of a document."""
        version = self.state.newest(document)[0]
        self.must("document", "system", {"document": version, "digest": digest(f"{version} rendered")})
        return self.must("seal", who, {"document": version, "digest": digest(f"{version} sealed")})


START = {"party": "Example Shop Ltd", "opened_on": MONDAY.isoformat()}
NOTICE = {"fine": "800", "right": "no", "facts": "The shop copied another."}


def handlers(*names):
    return {"handlers": [account(name) for name in names], "breach": "false-shop", "discovered": MONDAY.isoformat()}


def opened(rulebook):
    """An order that has begun."""
    matter = Matter(rulebook, "order")
    matter.must("start-by-complaint", "system", START)
    return matter


def started(rulebook):
    """An order with two handlers and one exhibit."""
    matter = opened(rulebook)
    matter.approve("start", handlers("ana", "bo"), "ana", "dun", "eve")
    matter.must("exhibit", "ana", {"digests": [digest("page")], "title": "Page", "kind": "electronic", "how": "Saved"})
    return matter


def served(rulebook, **notice):
    """An order whose notice was served."""
    matter = started(rulebook)
    matter.must("notify", "ana", {**NOTICE, **notice})
    matter.seal("notice")
    matter.must("serve", "ana")
    return matter


def ready(rulebook):
    """An order that can be decided."""
    matter = served(rulebook)
    matter.must("hear", "ana", {"said": "It was my cousin."})
    matter.pass_time(days=2)
    matter.must("go-on", "ana")
    matter.must("review", "fan")
    return matter


DECISION = {"fine": "800", "reasons": "The shop copied another."}


def decided(rulebook):
    """An order that was decided."""
    matter = ready(rulebook)
    matter.approve("decide", DECISION, "ana", "eve")
    return matter
