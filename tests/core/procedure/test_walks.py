"""Random walks: whatever people try, in whatever order, no invariant breaks and the record gives the state back."""

import datetime as dt
import itertools
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from walking import MONDAY, SYSTEM, Matter, account, digest, noon, person

from duecourse.core.procedure.engine import MatterState, Outcome, apply, available, due, take

EVERYONE = ("ana", "bo", "cai", "dun", "eve")
TEXTS = st.text(min_size=1, max_size=20).map(lambda text: text.strip() or "x")
DAYS = st.dates(dt.date(2025, 6, 1), dt.date(2026, 6, 30)).map(dt.date.isoformat)


def values(field, rulebook, matter):
    """A strategy for one field: well made more often than not."""
    people = [one.account for one in matter.people.values()]
    by_type = {
        "date": DAYS,
        "integer": st.integers(-5, 50).map(str),
        "money": st.sampled_from(["0", "1", "500", "999.99", "1000", "5000", "20000"]),
        "choice": st.sampled_from(list(field.choices) or ["x"]),
        "boolean": st.booleans(),
        "account": st.sampled_from(people),
        "accounts": st.lists(st.sampled_from(people), min_size=1, max_size=3, unique=True),
        "url": st.just("https://shop.example/"),
        "exhibits": st.lists(st.sampled_from(matter.state.exhibits or (digest("page"),)), min_size=1, unique=True),
        "breach": st.sampled_from(list(rulebook.breaches)),
        "head": st.sampled_from(list(rulebook.heads)),
        "digest": st.sampled_from("abc").map(digest),
        "digests": st.lists(st.sampled_from("abc").map(digest), min_size=1, unique=True),
    }
    return by_type.get(field.type, TEXTS)


def fill(draw, step, rulebook, matter):
    form = {name: draw(values(field, rulebook, matter)) for name, field in step.form.items()
            if field.required or draw(st.booleans())}  # fmt: skip
    if "document" in form and matter.state.documents:
        form["document"] = draw(st.sampled_from(list(matter.state.documents)))
    if "capacity" in form:
        form["capacity"] = "handler"
    if "clock" in form and matter.state.clocks:
        form["clock"] = draw(st.sampled_from(list(matter.state.clocks)))
    if step.id == "correct":
        form["entry"] = str(draw(st.integers(0, len(matter.state.history))))
    return form


def holds(rulebook, matter, before, outcome):
    """Every invariant of the procedure, judged on the real state instead of the abstract one."""
    state = matter.state
    for invariant in rulebook.invariants:
        if invariant.procedure != matter.procedure:
            continue
        rule = invariant.rule
        match invariant.kind:
            case "before" if outcome.step == rule["step"] and outcome.phase == "done":
                assert all(before.has(fact) for fact in rule["all"]), invariant.id
                ways = [all(before.has(fact) for fact in way) for way in rule["any"]]
                assert not ways or any(ways), invariant.id
            case "never-together":
                assert not all(state.has(fact) for fact in rule["facts"]), invariant.id
            case "never" if state.stage == rule["stage"]:
                bad = all(state.has(fact) for fact in rule["with"])
                assert not bad or any(state.has(fact) for fact in rule["without"]), invariant.id
            case "fact-needs" if state.has(rule["fact"]):
                assert all(state.has(fact) for fact in rule["all"]), invariant.id


def walk(draw, rulebook, procedure, people, length):
    matter = Matter(rulebook, procedure, people=people)
    for _ in range(length):
        matter.pass_time(draw(st.sampled_from([0, 0, 0, 1, 3, 10, 40])))
        name = draw(st.sampled_from([*people, "system"]))
        actor = SYSTEM if name == "system" else people[name]
        offers = available(rulebook, matter.state, actor, noon(matter.today), people=_known(matter))
        open_ones = [offer for offer in offers if offer.refusal is None]
        choice = open_ones if open_ones and draw(st.integers(0, 9)) else offers
        if not choice:
            continue
        offer = choice[draw(st.integers(0, len(choice) - 1))]
        phase = draw(st.sampled_from(["agree", "agree", "agree", "return"])) if offer.phase else None
        form = {} if phase else fill(draw, offer.step, rulebook, matter)
        exhibits = (digest("page"),) if draw(st.booleans()) else ()
        attempt = matter.attempt(offer.step.id, name, form, phase=phase, exhibits=exhibits)
        step(rulebook, matter, offer, attempt)
        for document, held in list(matter.state.documents.items()):
            if held.rendered is None:
                matter.must("document", "system", {"document": document, "digest": digest(document)})
    return matter


def _known(matter):
    return {one.account: one for one in matter.people.values()}


def step(rulebook, matter, offer, attempt):
    """Take one step and check everything that must hold of it."""
    before = matter.state
    result = take(rulebook, before, attempt)
    assert before.encode() == matter.state.encode()
    if offer.refusal is not None and attempt.phase != "return" and not offer.step.built_in:
        foreseen = set(offer.refusal.codes) - {"exhibits_too_few"}  # evidence may come with the step itself
        assert foreseen <= set(() if isinstance(result, Outcome) else result.codes)
    if not isinstance(result, Outcome):
        for lang in ("zh-Hans", "en"):
            assert all("{" not in words for words in result.words(lang))
        return
    matter.enter(result)
    holds(rulebook, matter, before, result)
    json.dumps(result.to_json(), allow_nan=False)


def replayed(matter):
    state = MatterState.new(matter.state.matter, matter.procedure, matter.state.version)
    for outcome in matter.outcomes:
        state = apply(state, Outcome.from_json(json.loads(json.dumps(outcome.to_json()))))
    return state


RELAXED = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))


@RELAXED
@given(data=st.data())
def test_no_walk_through_the_town_breaks_an_invariant(town, data):
    people = {**Matter(town, "order").people, "eve": person("eve", "mayor", "head", "clerk")}
    matter = walk(data.draw, town, "order", people, 16)
    assert replayed(matter).encode() == matter.state.encode()
    read = MatterState.from_json(json.loads(matter.state.encode()))
    assert read.encode() == matter.state.encode()
    matter.pass_time()  # the last step may have moved a period to a day that is past already
    assert due(town, matter.state, noon(matter.today)) == ()


@pytest.mark.parametrize("procedure", ["report", "lead", "penalty-ordinary", "publication"])
@settings(RELAXED, max_examples=6)
@given(data=st.data())
def test_no_walk_through_the_city_breaks_an_invariant(city, procedure, data):
    roles = sorted(city.roles.keys() - {"system"})
    shares = itertools.zip_longest(*[iter(roles)] * 3)
    people = {f"p{n}": person(f"p{n}", *filter(None, share), "case-officer") for n, share in enumerate(shares)}
    matter = walk(data.draw, city, procedure, people, 16)
    assert replayed(matter).encode() == matter.state.encode()


def test_the_same_walk_twice_gives_the_same_bytes(town):
    def once():
        matter = Matter(town, "order")
        matter.must("start-by-complaint", "system", {"party": "Shop", "opened_on": MONDAY.isoformat()})
        matter.pass_time(days=60)
        return matter.state.encode()

    assert once() == once()


def test_people_of_the_town_have_ids_of_their_own():
    assert len({account(name) for name in EVERYONE}) == len(EVERYONE)
