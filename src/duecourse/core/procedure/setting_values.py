"""What a person typed for a setting, as the value it stands for, or what is wrong with it.

Responsible for the kinds of value (a period, a number, yes or no, a list, text), taken from the value that the rulebook
brings, and for the bounds that the law draws. Not responsible for what a setting is used for, nor for when it changes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from duecourse.core.deadlines import Length
from duecourse.core.errors import Invalid

if TYPE_CHECKING:
    from duecourse.core.procedure.lists import Setting

    Value = str | int | bool | tuple[str, ...]

LONGEST: Final = 500
_NUMBER: Final = re.compile(r"0|[1-9]\d{0,11}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def kind(setting: Setting) -> str:
    """One of `period number boolean list digest text`, by the value that the rulebook brings."""
    value = setting.value
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "number"
    if isinstance(value, tuple):
        return "list"
    if setting.id.endswith("-object"):
        return "digest"
    return "text" if _length(value) is None else "period"


def weighs(setting: Setting) -> bool:
    """Whether a change of it takes a second person: a period, a threshold, a rule that is on or off."""
    return kind(setting) not in {"text", "digest"}


def read(setting: Setting, text: str) -> Value:
    """The value that was typed.

    Raises Invalid: `setting_not_a_period`, `setting_not_a_number`, `setting_not_yes_or_no`, `setting_empty`,
    `setting_too_long`, `setting_malformed`, `setting_of_another_unit`, `setting_below` and `setting_above`, each with
    the setting's id and the articles in `on`.
    """
    found = _read(setting, text.strip())
    _bounded(setting, found)
    return found


def _read(setting: Setting, text: str) -> Value:
    match kind(setting):
        case "period":
            if (length := _length(text)) is None:
                raise _wrong(setting, "setting_not_a_period", text)
            return str(length)
        case "number":
            if not _NUMBER.fullmatch(text):
                raise _wrong(setting, "setting_not_a_number", text)
            return int(text)
        case "boolean":
            if text not in {"true", "false"}:
                raise _wrong(setting, "setting_not_yes_or_no", text)
            return text == "true"
        case "list":
            return tuple(_text(setting, item.strip()) for item in text.splitlines() if item.strip())
        case "digest":
            if text != NOTHING and not _DIGEST.fullmatch(text):
                raise _wrong(setting, "setting_malformed", text)
            return text
    return _text(setting, text)


NOTHING: Final = "-"
"""The value of a text that the office has not given yet."""


def _text(setting: Setting, text: str) -> str:
    if not text:
        raise _wrong(setting, "setting_empty", text)
    if len(text) > LONGEST:
        raise _wrong(setting, "setting_too_long", text, most=LONGEST)
    if _CONTROL.search(text):
        raise _wrong(setting, "setting_malformed", text)
    return text


def _bounded(setting: Setting, value: Value) -> None:
    for bound, code in ((setting.least, "setting_below"), (setting.most, "setting_above")):
        if bound is None:
            continue
        number, limit = _measure(setting, value, bound)
        if (number < limit) if code == "setting_below" else (number > limit):
            raise _wrong(setting, code, str(value), bound=str(bound))


def _measure(setting: Setting, value: Value, bound: str | int) -> tuple[int, int]:
    """Both as numbers of one unit. A period in another unit cannot be compared, so it is not let through."""
    length, limit = _length(str(value)), _length(str(bound))
    if length is None or limit is None:
        return int(str(value)), int(str(bound))
    if length.unit is not limit.unit:
        raise _wrong(setting, "setting_of_another_unit", str(value), bound=str(bound))
    return length.number, limit.number


def _length(text: str) -> Length | None:
    try:
        return Length.parse(text)
    except Invalid:
        return None


def _wrong(setting: Setting, code: str, text: str, **more: str | int) -> Invalid:
    cited = list(setting.bound or setting.on)
    return Invalid(code, setting=setting.id, title=dict(setting.title), text=text[:80], on=cited, **more)
