"""The forms of the built-in steps, with their words. Everything else about them is in `built_in`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from duecourse.core.procedure import party
from duecourse.core.procedure.definition import FormField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.core.reading import Words

KINDS: Mapping[str, tuple[str, str]] = {
    "documentary": ("书证", "Documentary evidence"),
    "physical": ("物证", "Physical evidence"),
    "audio-visual": ("视听资料", "Audio-visual material"),
    "electronic": ("电子数据", "Electronic data"),
    "testimony": ("证人证言", "Testimony of a witness"),
    "party-statement": ("当事人的陈述", "Statement of the party"),
    "expert-opinion": ("鉴定意见", "Expert opinion"),
    "record": ("勘验笔录、现场笔录", "Record of an inspection or of the scene"),
}
"""The kinds of evidence (apl#46, cac-14#21)."""


def _words(chinese: str, english: str) -> Words:
    return {"zh-Hans": chinese, "en": english}


def _field(  # noqa: PLR0917 - a row of a table
    id_: str, type_: str, chinese: str, english: str, class_: str = "case",
    choices: Mapping[str, tuple[str, str]] | None = None,
) -> FormField:  # fmt: skip
    said = {name: _words(*words) for name, words in (choices or {}).items()}
    return FormField(id_, _words(chinese, english), type_, required=True, class_=class_, choices=said)


def _optional(id_: str, type_: str, chinese: str, english: str) -> FormField:
    """Give a field that the system fills when there is something to fill it with."""
    return FormField(id_, _words(chinese, english), type_, class_="office")


@cache
def forms_of() -> dict[str, tuple[Words, dict[str, FormField]]]:
    """Give the title and the form of every built-in step."""
    reason = _field("reason", "long-text", "理由", "Reason")
    document = _field("document", "text", "文书（版本编号）", "Document (id of its version)", "office")
    digest = _field("digest", "digest", "文件的 SHA-256 摘要", "SHA-256 of the file", "office")
    number = _optional("number", "text", "文号", "Its number")
    copy = _optional("copy", "digest", "英文参考本的 SHA-256 摘要", "SHA-256 of the English reading copy")
    account = _field("account", "account", "执法人员", "Officer")
    found: dict[str, tuple[Words, list[FormField]]] = {
        "exhibit": (_words("补充证据", "Add evidence"), [
            _field("digests", "digests", "文件的 SHA-256 摘要", "SHA-256 of each file"),
            _field("title", "text", "证据名称", "What it is"),
            _field("kind", "choice", "证据种类", "Kind of evidence", choices=KINDS),
            _field("how", "long-text", "取得方式", "How it was obtained"),
        ]),
        "correct": (_words("更正记录", "Correct an entry"), [
            _field("entry", "integer", "被更正记录的序号", "Index of the entry corrected"), reason,
        ]),
        "document": (_words("生成文书", "Render a document"), [document, digest, number, copy]),
        "seal": (_words("加盖印章", "Seal a document"), [document, digest]),
        "scan-back": (_words("归入签字扫描件", "File the signed scan"), [document, digest]),
        "assign": (_words("指定人员", "Assign"), [
            _field("capacity", "text", "身份", "Capacity"), _field("accounts", "accounts", "人员", "People"), reason,
        ]),
        "recuse": (_words("申请回避", "Ask for recusal"), [account, reason]),
        "decide-recusal": (_words("决定是否回避", "Decide on recusal"), [
            account,
            _field("answer", "choice", "决定", "Decision", choices={"granted": ("回避", "Steps aside"),
                                                                    "refused": ("驳回申请", "Application refused")}),
            reason,
        ]),
        "late-reason": (_words("说明逾期原因", "Give the reason for an overrun"), [
            _field("clock", "text", "期限", "Clock"), reason, _field("name", "text", "责任人", "Who answers for it"),
        ]),
        "hold": (_words("暂缓办理", "Put on hold"), [
            reason, _field("until", "date", "暂缓至（当日恢复）", "Until (taken up again on that day)"),
        ]),
        "void-number": (_words("作废案号", "Void the file number"), [reason]),
        "resume": (_words("恢复办理", "Take up again"), [_optional("reason", "long-text", "说明", "Note")]),
        "release": (_words("退回待领办", "Give back to the queue"), [reason]),
    }  # fmt: skip
    own = {name: (title, {field.id: field for field in fields}) for name, (title, fields) in found.items()}
    return {**own, **party.forms()}
