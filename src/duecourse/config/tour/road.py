"""The road: who does what, in which matter, with which words. Everybody and everything here is invented.

Days are not written here: the tour happens today.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from duecourse.config.tour.visitor import Options, Upload, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

REPORT, LEAD, CASE, PUBLICATION = "report", "lead", "penalty-ordinary", "publication"
OFFICER, HEAD_OF_UNIT, REVIEWER, HEAD = "case-officer", "unit-head", "legal-reviewer", "office-head"
DEPUTY = "deputy-head"
PUBLISHER = "publisher"
BOTH_OFFICERS: Final = Options("演示案件承办人", 2)
TODAY: Final = "{today}"
PARTY: Final = "演示城某订票网络有限公司"


@dataclass(frozen=True, slots=True)
class Stop:
    """One step: who takes it, who then agrees, in which matter, with what in the form.

    `seal` names a rendered document: the stop puts the demonstration seal on it instead of taking a step.
    """

    matter: str
    step: str
    by: str
    form: Mapping[str, Value] = field(default_factory=dict)
    then: tuple[str, ...] = ()
    seal: str = ""


def report(marker: str) -> dict[str, Value]:
    """Give what the citizen types. `marker` makes this report findable among others."""
    return {
        "head": "personal-information",
        "urgent": "no",
        "harmed": "self",
        "what_happened": (
            f"我在一个订票小程序买票之后，有人打电话准确说出我的订单号和身份证后四位，冒充客服要我转账，我没有转。（{marker}）"
        ),
        "happened_on": "上周三晚上",
        "address": "https://tickets.example/",
        "contact": "演示手机号 000-0000-0000",
        "attachments": Upload("screenshot.png", PIXEL, "image/png"),
    }


PIXEL: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
LOG: Final = Upload("server-log.txt", "演示日志：未留存网络日志，数据库端口对外开放。\n".encode(), "text/plain")
_KIND: Final = "warning"

ROAD: Final = (
    Stop(REPORT, "claim", OFFICER),
    Stop(REPORT, "accept", OFFICER, {"reason": "涉嫌泄露个人信息，属于本机关职责范围"}),
    Stop(
        REPORT,
        "to-lead",
        OFFICER,
        {
            "lead_head": "network-and-data-security",
            "summary": "某订票平台疑似泄露订单信息",
            "operator": PARTY,
            "place": "tickets.example",
        },
    ),
    Stop(LEAD, "claim", OFFICER),
    Stop(
        LEAD,
        "exhibit",
        OFFICER,
        {"file": LOG, "title": "服务器日志", "kind": "electronic", "how": "远程勘验，两名执法人员在场"},
    ),
    Stop(LEAD, "verify", OFFICER, {"findings": "平台未留存日志，数据库未设访问控制，情况属实"}),
    Stop(
        LEAD,
        "to-case",
        OFFICER,
        {
            "case_head": "network-and-data-security",
            "party": PARTY,
            "party_kind": "organisation",
            "summary": "未采取技术措施防止网络数据泄露",
            "registered_on": TODAY,
        },
    ),
    Stop(
        CASE,
        "file",
        OFFICER,
        {
            "grounds": "有初步证据，属本机关管辖，在追责期限内",
            "breach": "security-duty",
            "handlers": BOTH_OFFICERS,
            "discovered_on": TODAY,
        },
        (HEAD_OF_UNIT, HEAD),
    ),
    Stop(
        CASE,
        "first-contact",
        OFFICER,
        {
            "present": BOTH_OFFICERS,
            "certificates_shown": True,
            "recusal_told": True,
            "record": "当事人确认收到告知，不申请回避",
        },
    ),
    Stop(
        CASE,
        "exhibit",
        OFFICER,
        {"file": LOG, "title": "数据库配置与日志", "kind": "electronic", "how": "现场取证，当事人在场"},
    ),
    Stop(
        CASE,
        "finish-investigation",
        OFFICER,
        {
            "findings": "当事人未采取监测、记录技术措施，未留存日志，致订单信息泄露",
            "evidence": Options("数据库配置与日志"),
            "evidence_checked": "与当事人陈述、现场笔录相互印证",
            "penalty_kind": _KIND,
            "fine": "0",
        },
    ),
    Stop(
        CASE,
        "issue-notice",
        OFFICER,
        {
            "facts_told": "未采取监测、记录技术措施，未留存网络日志，致订单信息泄露",
            "reasons": "违反网络安全法第二十三条，依据第六十一条拟给予处罚",
            "penalty_kind": _KIND,
            "fine": "0",
            "hearing_right": "no",
        },
        (HEAD_OF_UNIT, HEAD),
    ),
    Stop(CASE, "seal", HEAD, seal="notice-of-proposed-penalty"),
    Stop(CASE, "serve-notice", OFFICER, {"way": "direct", "recipient": "当事人法定代表人"}),
    Stop(CASE, "record-statement", OFFICER, {"statement": "已关闭端口并开始留存日志，请求从轻处罚"}),
    Stop(CASE, "recheck", OFFICER, {"checked": "整改属实，采纳从轻的意见", "fine_after": "0"}),
    Stop(CASE, "submit-for-review", OFFICER, {"note": "请审核"}),
    Stop(
        CASE,
        "review",
        REVIEWER,
        {
            **dict.fromkeys(
                ("competence", "facts", "evidence", "law", "discretion", "procedure", "document", "crime"), "meets"
            ),
            "qualified": "not-first",
            "opinion": "agree",
            "reasons": "事实清楚，证据确凿，适用法律正确，程序合法，裁量适当",
        },
    ),
    Stop(
        CASE,
        "decide",
        OFFICER,
        {
            "facts_found": "未采取监测、记录技术措施，未留存网络日志，致订单信息泄露；有日志、配置和笔录为证",
            "reasons": "违反网络安全法第二十三条，依据第六十一条处罚",
            "statement_answer": "当事人及时整改，从轻的意见予以采纳",
            "penalty_kind": _KIND,
            "fine": "0",
            "complex": "no",
        },
        (HEAD_OF_UNIT, REVIEWER, DEPUTY, HEAD),
    ),
    Stop(CASE, "seal", HEAD, seal="decision"),
    Stop(CASE, "serve-decision", OFFICER, {"way": "direct", "recipient": "当事人法定代表人"}),
    Stop(
        PUBLICATION,
        "publish",
        PUBLISHER,
        {
            "reason": "涉及大量用户的个人信息，具有一定社会影响",
            "public_party": PARTY,
            "public_facts": "未采取监测、记录网络运行状态的技术措施，未留存网络日志，致订单信息泄露",
            "public_decision": "依据网络安全法第六十一条，给予警告",
            "served_on": TODAY,
            "checked": True,
        },
        (HEAD,),
    ),
    Stop(
        REPORT,
        "answer",
        OFFICER,
        {"result": "经查属实，已依法对平台作出处罚并公示。如受到损失，可以向人民法院起诉平台。"},
    ),
)
