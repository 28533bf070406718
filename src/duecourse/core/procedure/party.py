"""The party (当事人) in the file: what was opened to it, what it did, and what it was answered.

    party-access    papers were opened to the party with a code, or the code was replaced or ended
    party-act       something that the party did arrived: a statement, a request for a hearing … by the door or on paper
    party-answer    what the office says to one of these acts

An act is dated by the day it arrived; what was posted counts from the day of posting (cpl#85). Whether it came within
its period is computed here, from the clock as it was counted, and kept in the outcome: a late act is never refused, and
what follows from lateness is the office's decision. None of the three moves the matter or a clock: where an act does,
the procedure has a step for it, which the system or an officer takes (rulebook `party.yaml`).
Not responsible for the door (`public.party`), nor for what the papers hold (`office.party`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

from duecourse.core.procedure.attempt import SYSTEM_ACCOUNT
from duecourse.core.procedure.definition import FormField
from duecourse.core.procedure.refusal import Reason

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import Attempt
    from duecourse.core.procedure.definition import Json, Procedure, Rulebook
    from duecourse.core.procedure.outcome import Outcome
    from duecourse.core.procedure.state import MatterState
    from duecourse.core.reading import Words

HANDLER: Final = "handler"
ACCESS, ACT, ANSWER = "party-access", "party-act", "party-answer"
STEPS: Final = (ACCESS, ACT, ANSWER)
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "statement": ("陈述、申辩", "Statement and defence"),
    "hearing": ("要求听证", "Request for a hearing"),
    "recusal": ("申请回避", "Request for recusal"),
    "payment": ("申请延期或者分期缴纳罚款", "Request to pay later or by instalments"),
    "rectification": ("报告整改情况", "Report on rectification"),
    "address": ("送达地址确认书", "Address for service"),
}
"""What a party may do at the door or on paper."""
CHANNELS: Final[Mapping[str, tuple[str, str]]] = {
    "web": ("当事人网上入口", "The party's pages"),
    "paper": ("当面提交书面材料", "Handed in on paper"),
    "post": ("邮寄", "By post"),
    "oral": ("口头提出，制作笔录", "Said in person, put on record"),
}
_ACCESS_ACTS: Final[Mapping[str, tuple[str, str]]] = {
    "given": ("开通", "Given"),
    "updated": ("更新材料", "Papers brought up to date"),
    "replaced": ("更换编码", "Code replaced"),
    "ended": ("终止", "Ended"),
}
_ANSWERS: Final[Mapping[str, tuple[str, str]]] = {
    "noted": ("已收悉", "Noted"),
    "granted": ("同意", "Granted"),
    "refused": ("不同意", "Refused"),
}

Values = Mapping[str, "Json"]


def _field(id_: str, type_: str, said: tuple[str, str], *, class_: str = "party", required: bool = True,
           choices: Mapping[str, tuple[str, str]] | None = None) -> FormField:  # fmt: skip
    words = {name: _words(pair) for name, pair in (choices or {}).items()}
    return FormField(id_, _words(said), type_, required=required, class_=class_, choices=words)


def _words(pair: tuple[str, str]) -> Words:
    return {"zh-Hans": pair[0], "en": pair[1]}


@cache
def forms() -> dict[str, tuple[Words, dict[str, FormField]]]:
    """Give the title and the form of each of the three steps."""
    checked = ("理由（更换、终止时写明核对身份的情况）", "Reason (replaced or ended: how the identity was checked)")
    access = [
        _field("act", "choice", ("事项", "What was done"), choices=_ACCESS_ACTS),
        _field("person", "text", ("交付给", "To whom"), required=False),
        _field("documents", "long-text", ("开放的文书", "Documents opened"), required=False),
        _field("exhibits", "exhibits", ("开放的证据", "Evidence opened"), required=False),
        _field("withheld", "long-text", ("未开放的证据及理由", "Evidence left out, and why"), required=False),
        _field("reason", "long-text", checked, required=False),
        _field("access", "text", ("入口编号", "Id of the access"), class_="office"),
    ]
    act = [
        _field("kind", "choice", ("当事人的行为", "What the party did"), choices=KINDS),
        _field("channel", "choice", ("提交方式", "How it came"), choices=CHANNELS),
        _field("text", "long-text", ("内容", "In the party's words"), required=False),
        _field("details", "long-text", ("其他填写事项", "What else was filled in"), required=False),
        _field("posted_on", "date", ("交邮日期（邮寄的）", "Posted on (when it came by post)"), required=False),
        _field("clock", "text", ("适用的期限", "The period it belongs to"), class_="office", required=False),
        _field("access", "text", ("入口编号", "Id of the access"), class_="office", required=False),
    ]
    answer = [
        _field("entry", "integer", ("所答复记录的序号", "Index of the entry answered"), class_="office"),
        _field("answer", "choice", ("答复", "Answer"), choices=_ANSWERS),
        _field("reason", "long-text", ("说明理由", "Reasons")),
    ]
    named = {
        ACCESS: (_words(("向当事人开放材料", "Open papers to the party")), access),
        ACT: (_words(("收到当事人提交的材料", "Something arrived from the party")), act),
        ANSWER: (_words(("答复当事人", "Answer the party")), answer),
    }
    return {name: (title, {field.id: field for field in fields}) for name, (title, fields) in named.items()}


def check(procedure: Procedure, state: MatterState, attempt: Attempt, values: Values) -> Iterator[Reason]:
    """Find what speaks against a well-made form of one of the three steps."""
    handlers = state.people.get(HANDLER, ())
    if attempt.step == ACT:
        yield from _check_act(procedure, attempt, values)
    elif attempt.step == ACCESS and handlers and attempt.actor.account not in (*handlers, SYSTEM_ACCOUNT):
        yield Reason("actor_is_not", {"capacity": _words(("承办人", "handler"))})
    elif attempt.step == ANSWER:
        index = int(str(values["entry"]))
        acts = [n for n, item in enumerate(state.history) if item.step == ACT and item.phase == "done"]
        if index not in acts:
            yield Reason("party_act_unknown")


def _check_act(procedure: Procedure, attempt: Attempt, values: Values) -> Iterator[Reason]:
    clock, posted = values.get("clock"), values.get("posted_on")
    if clock is not None and str(clock) not in procedure.clocks:
        yield Reason("clock_unknown", {"clock": str(clock)})
    if posted is not None and dt.date.fromisoformat(str(posted)) > attempt.occurred:
        yield Reason("posted_after_arrival", {"posted": str(posted), "arrived": attempt.occurred.isoformat()})
    wordless = values.get("text") is None and values.get("details") is None and not attempt.exhibits
    if wordless and values["kind"] != "hearing":  # whoever asks for a hearing has said everything by asking
        yield Reason("party_act_empty")


def effect(
    _rulebook: Rulebook, _procedure: Procedure, state: MatterState, attempt: Attempt, blank: Outcome, values: Values,
) -> Outcome:  # fmt: skip
    """Give the outcome: what kind of act it was and whether it came in time; nothing else changes."""
    if attempt.step == ACCESS:
        return replace(blank, values={"act": values["act"], "access": values["access"]})
    if attempt.step == ANSWER:
        return replace(blank, values={"entry": values["entry"], "answer": values["answer"]})
    said: dict[str, Json] = {"kind": values["kind"], "late": False}
    clock = state.clocks.get(str(values.get("clock")))
    if clock is not None:
        counted = dt.date.fromisoformat(str(values.get("posted_on") or blank.on.isoformat()))
        said |= {"clock": str(values["clock"]), "last": clock.last.isoformat(), "late": counted > clock.last}
    return replace(blank, values=said)
