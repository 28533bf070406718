"""Whether a filled form is well made: every field known, of its type, in one spelling, of a bearable length.

Responsible for fields one by one. What the fields mean for the law is the guards' business.
Dates are `YYYY-MM-DD`, whole numbers and money decimal text without leading zeros, text NFC without control characters.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from duecourse.core.procedure.refusal import Reason

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import FormField, Json, Rulebook

SHORT = 2_000
LONG = 20_000
MANY = 1_000
"""Most characters of a line, of a long text; most items of a list."""
MARKS = 30
"""Most combining marks in a row (Unicode UAX 15, Stream-Safe Text Format), as at the front door."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INTEGER = re.compile(r"0|-?[1-9]\d{0,17}")
_MONEY = re.compile(r"(0|[1-9]\d{0,14})(\.\d{1,2})?")
_URL = re.compile(r"https?://[^\s/?#\"<>\\^`{|}]+[^\s\"<>\\^`{|}]*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_PLAIN = re.compile(
    r"[\n\t\x20-\x7e\u00a1-\u02ff\u2010-\u2027\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uff01-\uff60]*"
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the fields are checked against: the rulebook's lists, the accounts asked for, the exhibits on file."""

    rulebook: Rulebook
    people: Mapping[str, PersonFacts]
    exhibits: frozenset[str]


def clean(text: str) -> str:
    """Bring text from a browser into the one spelling accepted: NFC, line feeds alone, no space around it."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def given(value: Json) -> bool:
    """Whether a field was filled at all: not None, not empty text, not an empty list."""
    return value is not None and value not in ("", [])


def filled(fields: Mapping[str, FormField], form: Mapping[str, Json]) -> dict[str, Json]:
    """Give the filled fields, with the default of each field that was left out and has one."""
    defaults: dict[str, Json] = {name: item.default for name, item in fields.items() if item.default is not None}
    return defaults | {name: value for name, value in form.items() if given(value)}


def check(fields: Mapping[str, FormField], form: Mapping[str, Json], known: Known) -> dict[str, Reason]:
    """Give the first thing wrong with each field, by its name. Empty when the form is well made."""
    wrong = {name: Reason("field_unknown", {"field": name[:SHORT]}) for name in form if name not in fields}
    values = filled(fields, form)
    for name, field in fields.items():
        if name not in values:
            if field.required:
                wrong[name] = Reason("field_missing", {"field": field.title}, field.on)
            continue
        found = next(_CHECKS[field.type](values[name], field, known), None)
        if found is not None:
            code, params = found
            wrong[name] = Reason(code, {"field": field.title, **params}, field.on)
    return wrong


Fault = tuple[str, dict[str, int | str]]
Check = Callable[["Json", "FormField", Known], Iterator[Fault]]


def _text(value: Json, limit: int, *, lines: bool = False) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield "field_wrong_kind", {}
        return
    if len(value) > limit:
        yield "text_too_long", {"limit": limit, "length": len(value)}
    if _PLAIN.fullmatch(value) and (lines or "\n" not in value):
        return
    if _ODD.search(value) or (not lines and "\n" in value):
        yield "text_control_characters", {}
    elif _flooded(value):
        yield "text_marks", {"limit": MARKS}
    elif not unicodedata.is_normalized("NFC", value):
        yield "text_not_nfc", {}


def _flooded(value: str) -> bool:
    run = 0
    for character in value:
        run = run + 1 if unicodedata.category(character)[0] == "M" else 0
        if run > MARKS:
            return True
    return False


def _line(value: Json, _field: FormField, _known: Known) -> Iterator[Fault]:
    yield from _text(value, SHORT)


def _lines(value: Json, _field: FormField, _known: Known) -> Iterator[Fault]:
    yield from _text(value, LONG, lines=True)


def _date(value: Json, _field: FormField, _known: Known) -> Iterator[Fault]:
    if not isinstance(value, str) or not _DATE.fullmatch(value) or not _is_day(value):
        yield "date_malformed", {}


def _is_day(value: str) -> bool:
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _integer(value: Json, _field: FormField, _known: Known) -> Iterator[Fault]:
    if not isinstance(value, str) or not _INTEGER.fullmatch(value):
        yield "integer_malformed", {}


def _money(value: Json, _field: FormField, _known: Known) -> Iterator[Fault]:
    if not isinstance(value, str) or not _MONEY.fullmatch(value):
        yield "money_malformed", {}


def _choice(value: Json, field: FormField, _known: Known) -> Iterator[Fault]:
    if not isinstance(value, str) or value not in field.choices:
        yield "choice_unknown", {}


def _boolean(value: Json, _field: FormField, _known: Known) -> Iterator[Fault]:
    if not isinstance(value, bool):
        yield "field_wrong_kind", {}


def _account(value: Json, _field: FormField, known: Known) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield "field_wrong_kind", {}
    elif value not in known.people:
        yield "account_unknown", {}


def _accounts(value: Json, field: FormField, known: Known) -> Iterator[Fault]:
    if not _is_list_of_text(value):
        yield "field_wrong_kind", {}
        return
    if len(set(value)) < len(value):
        yield "account_twice", {}
    for account in value:
        yield from _account(account, field, known)


def _url(value: Json, _field: FormField, _known: Known) -> Iterator[Fault]:
    yield from _text(value, SHORT)
    if not isinstance(value, str) or not _URL.fullmatch(value):
        yield "url_malformed", {}


def _exhibits(value: Json, _field: FormField, known: Known) -> Iterator[Fault]:
    if not _is_list_of_text(value) or len(set(value)) < len(value):
        yield "field_wrong_kind", {}
    elif not known.exhibits.issuperset(value):
        yield "exhibit_unknown", {}


def _digests(value: Json, _field: FormField, _known: Known) -> Iterator[Fault]:
    if not _is_list_of_text(value) or not all(_DIGEST.fullmatch(item) for item in value):
        yield "digest_malformed", {}


def _digest(value: Json, _field: FormField, _known: Known) -> Iterator[Fault]:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        yield "digest_malformed", {}


def _breach(value: Json, _field: FormField, known: Known) -> Iterator[Fault]:
    if not isinstance(value, str) or value not in known.rulebook.breaches:
        yield "breach_unknown", {}


def _head(value: Json, _field: FormField, known: Known) -> Iterator[Fault]:
    if not isinstance(value, str) or value not in known.rulebook.heads:
        yield "head_unknown", {}


def _is_list_of_text(value: Json) -> TypeGuard[list[str]]:
    return isinstance(value, list) and len(value) <= MANY and all(isinstance(item, str) for item in value)


_CHECKS: Mapping[str, Check] = {
    "text": _line, "long-text": _lines, "organisation": _line, "date": _date, "integer": _integer, "money": _money,
    "choice": _choice, "boolean": _boolean, "account": _account, "accounts": _accounts, "url": _url,
    "exhibits": _exhibits, "breach": _breach, "head": _head, "digest": _digest, "digests": _digests,
}  # fmt: skip
"""One check for each type; `digest` and `digests` occur in built-in steps only."""
