"""What a document says: the payload of its template, made from the matter's entries and the rulebook, and nothing else.

Responsible for filling slots, for the words of remedies and citations (computed from the procedure's clocks and the
law on file, never pasted), and for refusing a field that this document's reader may not see. It is a pure function:
the entries up to the one that asked for the document, the document's id and its number give the same payload for ever.
Not responsible for setting it in type (`rendering.py`).

Sources of a slot: `step.field`, `asked.field`, and what the record itself knows:
  @date  the legal day of the entry that asks      @opened-on  the day the matter was opened
  @number  the matter's file number                @date-of <step>  the legal day of a step
  @served, @served-number, @served-digest  the documents that the asking step served
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from duecourse.core.errors import Invalid
from duecourse.core.procedure.built_in_forms import KINDS
from duecourse.core.procedure.correcting import PREFIX
from duecourse.office.settings import forms_of_numbers

from . import spelling

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import ClockRule, FormField, Procedure, Rulebook
    from duecourse.office.ledger.store import StoredEntry

    from .paper import Paper, Slot

_PLACE: Final = re.compile(r"\{([a-z]+:)?([A-Za-z0-9_#.-]+)\}")
_TAKEN: Final = ("done", "proposed", "corrected", "lapsed")
_DAY: Final = re.compile(r"@date-of ([a-z0-9-]+)")
FILE_NUMBER: Final = "file_number"
EXHIBITS: Final = "exhibit_record"


@dataclass(frozen=True, slots=True)
class Served:
    """A document that the asking step served: its rule's id, its printed number, the digest of what was handed over."""

    kind: str
    number: str
    sha256: str


@dataclass(frozen=True)
class Order:
    """Everything that a document is made from. `entries` is the matter's stream up to the entry that asks for it."""

    book: Rulebook
    paper: Paper
    procedure: Procedure
    entries: Sequence[StoredEntry]
    document: str
    version: int
    number: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    served: Sequence[Served] = ()
    demo: bool = False

    @cached_property
    def asked(self) -> StoredEntry:
        """The entry that asks for the document."""
        return self.entries[-1]

    @cached_property
    def day(self) -> dt.date:
        """The legal day of that entry: the document's date."""
        return dt.date.fromisoformat(self.asked.skeleton.occurred.date)


def payload(order: Order, lang: str, *, seal: str | None = None) -> dict[str, Any]:
    """Return what the template prints, in one language.

    Raises Invalid `document_incomplete` (a required slot has no value), `document_discloses` (a field of a class that
    this reader may not see), `document_words` (a sentence names something unknown).
    """
    slots = {name: found for name, slot in order.paper.slots.items() if (found := _slot(order, slot, lang))}
    said = _Words(order, lang, {name: item["text"] for name, item in slots.items()})
    rule = order.book.documents[order.paper.id]
    return {
        "lang": lang,
        "title": rule.title[lang],
        "office": office_name(order.book, lang),
        "number": order.number,
        "date": spelling.day(order.day, lang),
        "day": {"year": order.day.year, "month": order.day.month, "day": order.day.day},
        "slots": slots,
        "words": {name: said.fill(words) for name, words in order.paper.words.items() if said.can(words)},
        "remedies": list(_remedies(order, said)),
        "exhibits": list(_exhibits(order, lang)) if order.paper.exhibits else [],
        "opinions": list(_opinions(order, lang)) if order.paper.opinions else [],
        "banner": _banner(order, lang),
        "seal": seal,
        "footer": _footer(order, lang),
    }


def office_name(book: Rulebook, lang: str) -> str:
    """Return the office's own name, from the rulebook's settings."""
    return setting(book, "office-name", lang) or book.title[lang]


def setting(book: Rulebook, name: str, lang: str) -> str | None:
    """Return a setting as text: in English the one named `<name>-en`, where there is one."""
    found = (book.settings.get(f"{name}-en") if lang != spelling.CHINESE else None) or book.settings.get(name)
    return str(found.value) if found else None


def printed_number(book: Rulebook, series: Mapping[str, str], year: int, number: int) -> str:
    """Return the number as it is printed, in either language: 示网信罚决〔2026〕3号."""
    form = setting(book, forms_of_numbers.SETTING, spelling.CHINESE) or forms_of_numbers.CAME
    prefix = setting(book, "office-number-prefix", spelling.CHINESE) or ""
    return forms_of_numbers.written(form, prefix=prefix, series=series[spelling.CHINESE], year=year, number=number)


# -- slots -------------------------------------------------------------------------------------------------------------


def _slot(order: Order, slot: Slot, lang: str) -> dict[str, str] | None:
    if slot.words:
        return {"title": slot.title[lang], "text": order.paper.words[slot.words][lang]}
    for source in slot.sources:
        text = _known(order, source, lang) if source.startswith("@") else _field(order, slot, source, lang)
        if text:
            return {"title": slot.title[lang], "text": text}
    if slot.required:
        raise Invalid("document_incomplete", document=order.paper.id, slot=slot.name, title=dict(slot.title))
    return None


def _field(order: Order, slot: Slot, source: str, lang: str) -> str | None:
    found = _value(order, source)
    if found is None or (slot.only and found[1] not in slot.only):
        return None
    known, given = found
    if known and known.type == "money" and not float(given):
        return None
    text = spelling.value(order.book, known, given, lang=lang, names=order.names)
    return text + _amount(order, slot.amount, lang) if slot.amount else text


def _amount(order: Order, source: str, lang: str) -> str:
    found = _value(order, source)
    if found is None or not float(found[1]):
        return "。" if lang == spelling.CHINESE else "."
    said = spelling.money(found[1], lang)
    return f"：{said}。" if lang == spelling.CHINESE else f": {said}."


def _value(order: Order, source: str) -> tuple[FormField | None, Any] | None:
    """Return the latest value of `step.field` and the field's definition, when its class may reach this reader."""
    step_id, _, name = source.partition(".")
    step_id = order.asked.skeleton.step if step_id == "asked" else step_id
    step = order.book.step(order.procedure, step_id)
    for entry in reversed(order.entries):
        spelled = f"{PREFIX}{name}" if entry.skeleton.outcome.get("corrects") else name
        if not _speaks_of(entry, step_id) or spelled not in entry.fields:
            continue
        held = entry.fields[spelled]
        if held.class_ not in order.paper.audience.classes:
            raise Invalid("document_discloses", document=order.paper.id, field=source, field_class=held.class_)
        if held.state == "held":
            return (step.form.get(name) if step else None), held.value
    return None


def _speaks_of(entry: StoredEntry, step: str) -> bool:
    outcome = entry.skeleton.outcome
    corrects = outcome.get("corrects")
    if isinstance(corrects, Mapping):
        return corrects["step"] == step
    return entry.skeleton.step == step and outcome.get("phase") in _TAKEN


def _known(order: Order, source: str, lang: str) -> str | None:
    if day := _DAY.fullmatch(source):
        taken = [e for e in order.entries if e.skeleton.step == day[1] and e.skeleton.outcome.get("phase") == "done"]
        return spelling.day(taken[-1].skeleton.occurred.date, lang) if taken else None
    mark = "、" if lang == spelling.CHINESE else "; "
    facts: dict[str, Callable[[], str | None]] = {
        "@date": lambda: spelling.day(order.day, lang),
        "@opened-on": lambda: spelling.day(order.entries[0].skeleton.occurred.date, lang),
        "@number": lambda: file_number(order.entries),
        "@served": lambda: mark.join(order.book.documents[item.kind].title[lang] for item in order.served),
        "@served-number": lambda: mark.join(item.number for item in order.served if item.number),
        "@served-digest": lambda: mark.join(item.sha256 for item in order.served),
    }
    assert source in facts, f"{source} is not something the record knows"
    return facts[source]()


def file_number(entries: Sequence[StoredEntry]) -> str | None:
    """Return the matter's file number as 〔2026〕3号, once it has one."""
    for entry in reversed(entries):
        held = entry.fields.get(FILE_NUMBER)
        if held is not None and isinstance(held.value, Mapping):
            return f"〔{held.value['year']}〕{held.value['number']}号"
    return None


# -- words -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Words:
    """Fills `{slot}`, `{law:…}`, `{period:…}`, `{setting:…}` in a sentence; `extra` are the names of this sentence."""

    order: Order
    lang: str
    texts: Mapping[str, str]

    def can(self, words: Mapping[str, str]) -> bool:
        """Whether every optional slot that the sentence names was filled."""
        named = [name for kind, name in _PLACE.findall(words[self.lang]) if not kind]
        return all(name in self.texts for name in named if name in self.order.paper.slots)

    def fill(self, words: Mapping[str, str], **extra: str) -> str:
        """Return the sentence in the document's language. Raises Invalid("document_words")."""
        return _PLACE.sub(lambda match: self._place(match[1] or "", match[2], extra), words[self.lang])

    def _place(self, kind: str, name: str, extra: Mapping[str, str]) -> str:
        book, lang = self.order.book, self.lang
        found: str | None = None
        if not kind:
            found = extra.get(name) or self.texts.get(name)
        elif kind == "law:":
            book.law.resolve(name, self.order.day)
            found = book.law.words(name)[lang]
        elif kind == "period:" and name in self.order.procedure.clocks:
            found = self.order.procedure.clocks[name].length.words()[lang]
        elif kind == "setting:":
            found = setting(book, name, lang)
        if found is None:
            raise Invalid("document_words", document=self.order.paper.id, place=kind + name)
        return found


def _remedies(order: Order, said: _Words) -> Iterator[str]:
    """Say each remedy whose clock the procedure has; where the sentence gives a last day, only once it runs."""
    for name in order.paper.remedies:
        rule = order.procedure.clocks.get(name)
        words = (order.paper.remedy_words or {}).get(name)
        if rule is None or words is None:
            continue
        last = _last_day(order, name)
        if "{last}" in words[said.lang] and last is None:
            continue
        on = "、" if said.lang == spelling.CHINESE else "; "
        yield said.fill(
            words,
            length=rule.length.words()[said.lang],
            law=on.join(_cited(order, rule, said.lang)),
            last=spelling.day(last, said.lang) if last else "",
        )


def _cited(order: Order, rule: ClockRule, lang: str) -> list[str]:
    for citation in rule.on:
        order.book.law.resolve(citation, order.day)
    return [order.book.law.words(citation)[lang] for citation in rule.on] or [rule.title[lang]]


def _last_day(order: Order, clock: str) -> dt.date | None:
    """Return the last day of a clock that the asking step started, as the engine counted it."""
    for change in order.asked.skeleton.outcome.get("clocks") or ():
        if change["clock"] == clock and change["act"] == "start" and change.get("last"):
            return dt.date.fromisoformat(change["last"])
    return None


# -- lists and marks ---------------------------------------------------------------------------------------------------


def _exhibits(order: Order, lang: str) -> Iterator[dict[str, str]]:
    """List the evidence by the name the office gave it, else by its kind; never by the name a reporter's file had."""
    number = 0
    for entry in order.entries:
        held = entry.fields.get(EXHIBITS)
        for row in (held.value or ()) if held is not None else ():
            number += 1
            yield {"number": str(number), "title": _exhibit_title(entry, lang), "sha256": row["sha256"]}


def _exhibit_title(entry: StoredEntry, lang: str) -> str:
    title, kind = entry.fields.get("title"), entry.fields.get("kind")
    if entry.skeleton.step == "exhibit" and title is not None and title.value:
        return str(title.value)
    named = KINDS.get(str(kind.value)) if kind is not None else None
    return named[lang != spelling.CHINESE] if named else "—"


def _opinions(order: Order, lang: str) -> Iterator[dict[str, str]]:
    """List who proposed, agreed and decided the asking step: the last chain that was not returned."""
    chain: list[StoredEntry] = []
    for entry in order.entries:
        if entry.skeleton.step != order.asked.skeleton.step:
            continue
        phase = entry.skeleton.outcome.get("phase")
        chain = [entry] if phase == "proposed" else [*chain, entry] if phase in ("opinion", "done") else []
    for entry in chain:
        actor, role = str(entry.skeleton.outcome.get("actor") or ""), entry.skeleton.role
        opinion = entry.fields.get("opinion")
        title = order.book.roles[role].title[lang] if role in order.book.roles else role
        said = str(opinion.value) if opinion is not None and opinion.value else _agreed(entry, lang)
        yield {
            "role": title,
            "name": order.names.get(actor, actor) + _in_place_of(order, entry, lang),
            "text": said,
            "on": spelling.day(entry.skeleton.occurred.date, lang),
        }


def _in_place_of(order: Order, entry: StoredEntry, lang: str) -> str:
    """Say in whose place somebody spoke, by a written delegation; "" when in their own."""
    giver = str(entry.skeleton.outcome.get("delegated_by") or "")
    if not giver:
        return ""
    name = order.names.get(giver, giver)
    return f"（受{name}书面委托）" if lang == spelling.CHINESE else f" (by written delegation of {name})"


def _agreed(entry: StoredEntry, lang: str) -> str:
    proposed = entry.skeleton.outcome.get("phase") == "proposed"
    if lang == spelling.CHINESE:
        return "提请审批" if proposed else "同意"
    return "Proposed" if proposed else "Agreed"


def _banner(order: Order, lang: str) -> str | None:
    chinese = lang == spelling.CHINESE
    parts = []
    if order.demo:
        parts.append("演示文书，不具有法律效力。" if chinese else "Demonstration: this document has no legal effect.")
    if not chinese:
        parts.append(
            "Reading copy. The Chinese document is the original and it alone has legal effect; "
            "what was written in Chinese stands here as it was written."
        )
    return " ".join(parts) or None


def _footer(order: Order, lang: str) -> dict[str, str]:
    count, head = order.asked.index + 1, order.asked.commitment.hex()
    if lang == spelling.CHINESE:
        return {
            "document": f"文书编号 {order.document}　第{order.version}版",
            "record": f"全过程记录 第{count}条　{head}",
        }
    return {
        "document": f"Document {order.document}, version {order.version}",
        "record": f"Record at entry {count}: {head}",
    }
