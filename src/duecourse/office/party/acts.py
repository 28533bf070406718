"""What the party did enters its matter: by the door as the system, from paper as an officer.

One act is one entry (`party-act`), dated by the day it arrived, with its files as exhibits and the mark whether it came
within its period. In time, and where `party.yaml` names a step that the system may take, that step follows in the same
transaction: so an officer cannot pass over a statement that is in the house. A late act stops and starts nothing.
Not responsible for unsealing what came (`reports.intake` calls `receive`), nor for what the office then decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import transaction

from duecourse.core.errors import Invalid, Refused
from duecourse.core.procedure.form import clean
from duecourse.core.procedure.outcome import Outcome
from duecourse.core.procedure.party import ACT, ANSWER, HANDLER, KINDS
from duecourse.office.ledger import sql, store
from duecourse.office.matters.actions import take_step
from duecourse.office.matters.actors import SYSTEM, Actor
from duecourse.office.matters.models import Matter, MatterPerson
from duecourse.office.party import rules
from duecourse.office.party.models import PartyAccess, PartyAct
from duecourse.office.people.models import Account

if TYPE_CHECKING:
    from duecourse.office.ledger.store import StoredEntry
    from duecourse.office.matters.exhibits import Received

VERSION: Final = "duecourse/party-act/v1"
DETAILS: Final[Mapping[str, str]] = {
    "officer": "申请回避的人员", "wish": "申请事项", "until": "拟缴清日期", "representatives": "代理人",
    "done_on": "完成整改日期", "recipient": "收件人", "address": "送达地址", "phone": "电话",
    "electronic": "同意电子送达", "email": "电子邮箱",
}  # fmt: skip
"""What a party fills in besides its own words, and how the file names it."""
ANSWERS: Final[Mapping[str, str]] = {"deferral": "延期缴纳", "instalments": "分期缴纳", "yes": "是", "no": "否"}
_INSERT: Final = """
INSERT INTO party_act (matter, entry, access, submission, kind, arrived_on, last_on, late)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING 1
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One act on its way in: what, how, in which words, when it arrived, and with which files (in the object store)."""

    kind: str
    channel: str
    arrived: dt.date
    text: str = ""
    answers: Mapping[str, str] | None = None
    files: Sequence[Received] = ()
    posted_on: dt.date | None = None
    noted: str = ""
    access: UUID | None = None
    submission: UUID | None = None

    @property
    def details(self) -> str:
        """What was filled in besides the words, line by line, in Chinese as the file is kept."""
        given = self.answers or {}
        filled = [(title, given[name]) for name, title in DETAILS.items() if given.get(name)]
        lines = [f"{title}：{ANSWERS.get(said, said)}" for title, said in filled]
        return "\n".join([*lines, self.noted] if self.noted else lines)

    @property
    def words(self) -> str:
        """What a step is filled with: the party's words, else what was filled in, else what the act is called."""
        return self.text or self.details or f"{KINDS[self.kind][0]}。"


def receive(content: Mapping[str, Any], arrival: Arrival, received_at: dt.datetime) -> StoredEntry:
    """Enter an act that came by the door; `content` is what was sealed, `arrival` has files, day and submission.

    Raises Invalid `party_act_malformed`, `party_access_unknown`, `party_access_ended` (it was sent after access ended).
    """
    try:
        kind, access, answers = str(content["act"]), UUID(str(content["access"])), dict(content["answers"])
    except (KeyError, ValueError, TypeError) as wrong:
        raise Invalid("party_act_malformed") from wrong
    if kind not in KINDS or not all(isinstance(value, str) for value in answers.values()):
        raise Invalid("party_act_malformed")
    held = PartyAccess.objects.filter(id=access).first()
    if held is None:
        raise Invalid("party_access_unknown")
    if held.ended_at is not None and received_at >= held.ended_at:
        raise Invalid("party_access_ended")
    said = {name: " ".join(clean(value).split()) for name, value in answers.items() if name in DETAILS}
    full = replace(arrival, kind=kind, channel="web", text=clean(answers.get("text", "")), answers=said, access=access)
    return enter(held.matter, full, by=SYSTEM, key=f"party-act:{arrival.submission}")


def enter(matter: UUID, arrival: Arrival, *, by: Actor, key: str | None, seen: int | str | None = None) -> StoredEntry:
    """Enter one act in a matter, and what the rulebook attaches to it; entering it twice leaves one.

    Raises Refused and Invalid as `take_step`.
    """
    refused: Refused | None = None
    with transaction.atomic():
        act = _rule(matter, arrival.kind)
        try:
            entry = take_step(
                matter, ACT, by=by, occurred=arrival.arrived, form=_form(arrival, act), received=arrival.files, key=key,
                links=((ACT, arrival.submission),) if arrival.submission else (), seen=seen,
            )  # fmt: skip
        except Refused as no:  # the refusal is on file and stays there
            refused = no
        else:
            _index(matter, entry, arrival)
            _follow(matter, entry, arrival, act)
            return entry
    raise refused


def answer(
    matter: UUID, act: int, *, by: Actor, outcome: str, reason: str, key: str | None, seen: int | str | None = None
) -> StoredEntry:
    """Say to the party what became of its act; it reads that among its papers. Raises as `take_step`."""
    form = {"entry": str(act), "answer": outcome, "reason": clean(reason)}
    refused: Refused | None = None
    with transaction.atomic():
        try:
            entry = take_step(matter, ANSWER, by=by, form=form, key=key, seen=seen)
        except Refused as no:
            refused = no
        else:
            PartyAct.objects.filter(matter=matter, entry=act).update(answered=entry.index)
            return entry
    raise refused


def prefill(matter: UUID, entry: int, step: str) -> dict[str, str]:
    """What an officer's form of `step` begins with, from the party's act that stands at `entry`; {} when not for it."""
    found = next((one for one in store.read(matter) if one.index == entry and one.skeleton.step == ACT), None)
    if found is None:
        return {}
    values = Outcome.from_json(dict(found.skeleton.outcome)).values
    rule = _rule(matter, str(values["kind"]))
    if rule.offers is None or rule.offers.step != step:
        return {}
    text, details = (str(found.fields[n].value or "") if n in found.fields else "" for n in ("text", "details"))
    sources = {"text": text or details or KINDS[str(values["kind"])][0], "officer": _officer(matter, details)}
    filled = {name: sources.get(source, "") for name, source in rule.offers.fill.items()}
    return filled | {"occurred": found.skeleton.occurred.date}


def offered(procedure: str, kind: str) -> str | None:
    """The step that an officer is offered for an act of this kind."""
    held = rules.of(procedure)
    rule = held.acts.get(kind) if held else None
    return rule.offers.step if rule and rule.offers else None


def _rule(matter: UUID, kind: str) -> rules.Act:
    held = rules.of(Matter.objects.get(id=matter).procedure)
    return (held.acts.get(kind) if held else None) or rules.Act()


def _form(arrival: Arrival, act: rules.Act) -> dict[str, Any]:
    return {
        "kind": arrival.kind, "channel": arrival.channel, "text": arrival.text or None,
        "details": arrival.details or None, "posted_on": arrival.posted_on.isoformat() if arrival.posted_on else None,
        "clock": act.clock, "access": str(arrival.access) if arrival.access else None,
    }  # fmt: skip


def _index(matter: UUID, entry: StoredEntry, arrival: Arrival) -> None:
    values = _values(entry)
    row = (matter, entry.index, arrival.access, arrival.submission, arrival.kind, arrival.arrived, values.get("last"))
    sql.rows(_INSERT, (*row, values.get("late") is True))


def _follow(matter: UUID, entry: StoredEntry, arrival: Arrival, act: rules.Act) -> None:
    """The step that the rulebook attaches to an act in time. Where it does not fit, the act waits for the handler."""
    if act.takes is None or _values(entry).get("late") is True:
        return
    counted = arrival.posted_on or arrival.arrived
    form = {name: arrival.words if source == "text" else "" for name, source in act.takes.fill.items()}
    try:
        with transaction.atomic():
            take_step(matter, act.takes.step, by=SYSTEM, occurred=counted, form=form, key=f"party-act:{entry.index}")
    except Refused:
        return


def _values(entry: StoredEntry) -> Mapping[str, Any]:
    return Outcome.from_json(dict(entry.skeleton.outcome)).values


def _officer(matter: UUID, details: str) -> str:
    """The account of the officer whom the party named, among those who handle the matter."""
    named = next((line.split("：", 1)[1] for line in details.split("\n") if line.startswith(DETAILS["officer"])), "")
    handlers = MatterPerson.objects.filter(matter=matter, capacity=HANDLER).values("account")
    return next((str(row.id) for row in Account.objects.filter(id__in=handlers, name=named)), "")
