"""What happens to a lead, to the case that is filed on it, and to the publication of its decision.

Responsible for the steps of the procedures `lead`, `penalty-ordinary` and `publication` as people take them: with a
party that speaks, keeps silent or asks for a hearing, a reviewer who sends a file back, heads who return a draft, a
fine that is paid. Whatever the engine refuses ends the story where it stands.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from duecourse.config.simulation import habits
from duecourse.config.simulation.phrases import chosen

if TYPE_CHECKING:
    from uuid import UUID

    from duecourse.config.simulation.life import Chain, Life, Story
    from duecourse.config.simulation.staff import Person

_BREACHES: Final = {
    "network-and-data-security": "security-duty",
    "personal-information-duties": "pi-handling",
    "minors-mode-and-protection": "minors-protection",
}
_KINDS: Final = {
    "security-duty": ("warning", "warning-and-fine", "fine"),
    "pi-handling": ("warning", "confiscation"),
    "minors-protection": ("warning", "warning"),
}
_FINES: Final = ("10000", "12000", "15000", "20000", "30000", "50000")
_TRIES: Final = 4
_ASPECTS: Final = ("competence", "facts", "evidence", "law", "discretion", "procedure", "document", "crime")


def lead(life: Life, matter: UUID, head: str) -> Story:
    """Check a lead, and put it forward, drop it, hand it on or leave it."""
    yield life.later(0, 2)
    officer = life.someone("case-officer")
    if life.desk.take(matter, "claim", officer) or officer is None:
        return
    yield life.later(0, 3)
    fate = chosen(life.die, life.size.lead_fates)
    title = f"{life.service}{life.say('exhibit')}"
    life.desk.exhibit(matter, officer, title=title, text=_record(life, title))
    yield life.soon()
    findings = life.say("verify-no" if fate == "no-file" else "verify")
    if life.desk.take(matter, "verify", officer, findings=findings):
        return
    yield life.later(0, 3)
    if fate == "no-file":
        yield from life.through(matter, "no-file", officer, reason=life.say("no-file"))
    elif fate == "transfer":
        organ = life.say("organ/other")
        yield from life.through(matter, "transfer", officer, organ=organ, reason=life.say("transfer", organ=organ))
    elif fate == "case":
        against = life.desk.take(
            matter, "to-case", officer, case_head=head, party=life.operator, party_kind="organisation",
            summary=findings, registered_on=life.desk.state(matter).opened_on.isoformat(),  # type: ignore[union-attr]
        )  # fmt: skip
        opened = None if against else life.desk.linked(matter, "penalty-ordinary")
        if opened is not None:
            yield from _case(life, opened, _BREACHES[head], officer)


def _record(life: Life, title: str) -> str:
    minute = life.now.strftime("%Y-%m-%d %H:%M")
    token = f"{life.die.getrandbits(64):016x}"
    about = f"对象：{life.service}（{life.operator}）"
    return f"演示材料（虚构）\n{title}\n{about}\n时间：{minute}\n编号：{token}\n{life.say('how')}\n"


def _case(life: Life, matter: UUID, breach: str, officer: Person) -> Story:
    fate = chosen(life.die, life.size.case_fates)
    yield life.later(0, 2)
    if fate == "not-file":
        yield from life.through(matter, "not-file", officer, reason=life.say("no-file"))
        return
    if life.chance(0.15):
        yield from life.through(matter, "extend-filing", officer, reason=life.say("extend"))
        yield life.later(1, 4)
    if life.chance(0.1):
        yield life.later(7, 9)
        yield from _why_late(life, matter, officer)
    second = life.someone("case-officer", but=(str(officer.id),))
    pair = [str(one.id) for one in (officer, second) if one]
    title = life.desk.book.breaches[breach].title["zh-Hans"]
    discovered = life.desk.state(matter).opened_on
    filed = yield from life.through(
        matter, "file", officer, grounds=life.say("grounds", breach=title), breach=breach, handlers=pair,
        discovered_on=discovered.isoformat() if discovered else life.desk.today.isoformat(),
    )  # fmt: skip
    if filed and (yield from _investigated(life, matter, breach, officer, pair, fate)):
        yield from _from_notice_to_end(life, matter, breach, officer)


def _investigated(  # noqa: PLR0917 - the parts of one case
    life: Life, matter: UUID, breach: str, officer: Person, pair: list[str], fate: str
) -> Chain:
    yield life.later(1, 3)
    if life.desk.take(
        matter, "first-contact", officer, present=pair, certificates_shown=True, recusal_told=True,
        record=life.say("contact"),
    ):  # fmt: skip
        return False
    for _ in range(life.die.randrange(1, 4)):
        yield life.later(0, 2)
        title = f"{life.service}{life.say('exhibit')}"
        life.desk.exhibit(matter, officer, title=title, text=_record(life, title))
    if life.chance(0.35):
        by_day = (life.desk.today + dt.timedelta(days=15)).isoformat()
        yield from life.through(matter, "order-correction", officer, measures=life.say("correct-order"), by_day=by_day)
    yield life.later(1, 5)
    if fate == "end":
        ending = life.die.choice(("minor", "first-corrected", "not-proven"))
        yield from life.through(
            matter, "end-without-penalty", officer, ending=ending, reason=life.say("end"),
            education=life.say("education"),
        )  # fmt: skip
        return False
    against = life.desk.take(
        matter, "finish-investigation", officer, findings=life.say("findings"),
        evidence=list(life.desk.state(matter).exhibits), evidence_checked=life.say("checked"),
        **_penalty(life, breach),
    )  # fmt: skip
    return not against


def _penalty(life: Life, breach: str) -> dict[str, str]:
    die = life.item.die("penalty", breach)
    kind = die.choice(_KINDS[breach])
    return {"penalty_kind": kind, "fine": die.choice(_FINES) if "fine" in kind else "0"}


def _from_notice_to_end(life: Life, matter: UUID, breach: str, officer: Person) -> Story:
    heard = yield from _noticed_and_heard(life, matter, breach, officer)
    if not heard or not (yield from _reviewed(life, matter, officer)):
        return
    yield life.later(0, 3)
    penalty = _penalty(life, breach)
    decided = yield from life.through(
        matter, "decide", officer, facts_found=life.say("findings"), reasons=_reasons(life, breach),
        statement_answer=life.say("decide-answer"), **_after(life, matter, penalty), complex="no",
    )  # fmt: skip
    if not decided:
        return
    published = life.desk.linked(matter, "publication")
    served = yield from _served(life, matter, officer, "decision", "serve-decision")
    if not served:
        return
    day = life.desk.today
    if published is not None:
        yield from _publication(life, published, matter, breach, day)
    yield from _performed(life, matter, officer, fine="fine" in penalty["penalty_kind"])


def _noticed_and_heard(life: Life, matter: UUID, breach: str, officer: Person) -> Chain:
    yield life.later(0, 2)
    penalty = _penalty(life, breach)
    large = int(penalty["fine"]) > 2_000  # noqa: PLR2004 - settings.yaml, hearing-threshold-person
    noticed = yield from life.through(
        matter, "issue-notice", officer, facts_told=life.say("findings"), reasons=_reasons(life, breach), **penalty,
        hearing_right="yes" if large else "no",
    )  # fmt: skip
    if not noticed:
        return False
    served = yield from _served(life, matter, officer, "notice-of-proposed-penalty", "serve-notice")
    if not served:
        return False
    if life.chance(habits.HASTY_SHARE):  # sent for review before the party was heard: refused, and on file
        yield life.later(0, 1)
        life.desk.take(matter, "submit-for-review", officer, note=life.say("submit"))
    heard = life.die.random()
    yield life.later(1, 4)
    if heard < 0.7:  # noqa: PLR2004 - most parties speak
        life.desk.take(matter, "record-statement", officer, statement=life.say("statement"))
        yield life.later(0, 2)
        fine = _after(life, matter, penalty)["fine"]
        life.desk.take(matter, "recheck", officer, checked=life.say("recheck"), fine_after=fine)
    elif heard < 0.8:  # noqa: PLR2004 - some say that they will not
        title = f"{life.service}放弃陈述申辩书扫描件"
        life.desk.exhibit(matter, officer, title=title, text=_record(life, title))
        signed = list(life.desk.state(matter).exhibits)[-1:]
        life.desk.take(matter, "record-waiver", officer, waiver=life.say("waiver"), signed=signed)
    if large and life.chance(0.3):
        yield from _hearing(life, matter, officer)
    return True


def _hearing(life: Life, matter: UUID, officer: Person) -> Story:
    if life.desk.take(matter, "request-hearing", officer, request=life.say("hearing")):
        return
    yield life.later(0, 2)
    day = life.later(9, 11)
    place = "本机关三楼会议室（演示）"
    if life.desk.take(matter, "notify-hearing", officer, place=place, planned_on=day.date().isoformat()):
        return
    yield day
    chair = life.someone("legal-reviewer", "deputy-head", but=life.handlers(matter))
    attended = "yes" if life.chance(0.85) else "absent"
    life.desk.take(matter, "hold-hearing", chair, attended=attended, record=life.say("hearing-record"))


def _reviewed(life: Life, matter: UUID, officer: Person) -> Chain:
    """Submit when the party's time is over; a reviewer may send the file back once."""
    again = life.chance(habits.REVIEW_RETURN_SHARE)
    for _ in range(_TRIES):
        yield life.later(1, 3)
        for _ in range(_TRIES):  # an officer who is told that it is too early waits, and asks again
            if not life.desk.take(matter, "submit-for-review", officer, note=life.say("submit")):
                break
            yield life.later(3, 5)
        else:
            return False
        yield life.later(0, 3)
        reviewer = life.someone("legal-reviewer", but=life.handlers(matter))
        if life.desk.take(matter, "review", reviewer, **_opinion(life, again=again)):
            return False
        if life.desk.state(matter).stage == "deciding":
            return True
        again = False
    return False


def _opinion(life: Life, *, again: bool) -> dict[str, Any]:
    """The findings of a review, point by point; one of them is to be corrected when the file goes back."""
    note = life.say("review-again") if again else ""
    found: dict[str, Any] = dict.fromkeys(_ASPECTS, "meets")
    if again:
        aspect = life.die.choice(("discretion", "document"))
        found |= {aspect: "to-correct", f"{aspect}_note": note}
    qualified = life.die.choice(("exam", "not-first"))
    words = note or "经逐项审核，同意承办机构的处理意见。"
    return {**found, "qualified": qualified, "opinion": "correct" if again else "agree", "reasons": words}


def _after(life: Life, matter: UUID, penalty: dict[str, str]) -> dict[str, str]:
    """The penalty as it stands after the party was heard: never heavier, sometimes lighter within the range."""
    die = life.item.die("lighter")
    lighter = penalty["fine"] not in {"0", _FINES[0]} and die.random() < 0.5  # noqa: PLR2004 - half of them
    stated = "rechecked" in life.desk.state(matter).facts or "stated" in life.desk.state(matter).facts
    fine = _FINES[_FINES.index(penalty["fine"]) - 1] if lighter and stated else penalty["fine"]
    return {**penalty, "fine": fine}


def _reasons(life: Life, breach: str) -> str:
    rule = life.desk.book.breaches[breach]
    law = "、".join(life.desk.book.law.words(one)["zh-Hans"] for one in rule.breached)
    return life.say("penalty-reasons", law=law)


def _served(life: Life, matter: UUID, officer: Person, document: str, step: str) -> Chain:
    """Wait until the document is drawn up, have it sealed, serve it."""
    for _ in range(_TRIES):
        yield life.later(1, 2)
        head = life.someone("office-head", "deputy-head")
        if not life.desk.seal(matter, document, head):
            break
    else:
        return False
    if life.chance(0.12):
        yield life.later(7, 9)
        yield from _why_late(life, matter, officer)
    else:
        yield life.later(0, 3)
    way = life.die.choice(("direct", "direct", "direct", "post", "leave"))
    return not life.desk.take(matter, step, officer, way=way, recipient=life.say("recipient"), consent=False)


def _why_late(life: Life, matter: UUID, officer: Person) -> Story:
    life.why_late(matter, officer)
    yield life.soon()


def _performed(life: Life, matter: UUID, officer: Person, *, fine: bool) -> Story:
    yield life.later(3, 12)
    if fine and life.chance(0.8):
        life.desk.take(matter, "record-performance", officer, how=life.say("performed"))
        yield life.later(1, 3)
    elif fine:
        return
    yield from life.through(matter, "close", officer, note=life.say("close"))


def _publication(life: Life, matter: UUID, case: UUID, breach: str, served: dt.date) -> Story:
    yield life.later(0, 2)
    publisher = life.someone("publisher")
    if not life.chance(habits.PUBLISHED_SHARE):
        yield from life.through(matter, "not-publish", publisher, reason=life.say("not-publish"))
        return
    rule, penalty = life.desk.book.breaches[breach], _penalty(life, breach)
    kind = life.desk.step(life.desk.state(case), "decide")
    named = kind.form["penalty_kind"].choices[penalty["penalty_kind"]]["zh-Hans"] if kind else "警告"
    cited = "、".join(life.desk.book.law.words(one)["zh-Hans"] for one in rule.penalty)
    done = yield from life.through(
        matter, "publish", publisher, reason=life.say("publish"), public_number=life.desk.number(case, "decision"),
        public_party=life.operator, public_facts=life.say("findings"),
        public_decision=f"依据{cited}，决定给予{named}。", served_on=served.isoformat(), checked=True,
    )  # fmt: skip
    if done and life.chance(habits.WITHDRAWN_SHARE):
        yield life.later(5, 15)
        if not life.desk.take(matter, "learn-of-change", publisher, what=life.say("withdrawn")):
            yield life.later(0, 1)
            yield from life.through(matter, "withdraw", publisher, withdrawal_reason=life.say("withdrawn"))
