"""Canonical JSON: one value, one spelling, the same bytes on every machine for ever.

It is RFC 8785 on a subset: null, booleans, integers with |n| < 2^53, strings, arrays, objects with string keys.
No floating point (amounts are integers or decimal strings), no U+0000, no lone surrogate, at most 64 levels deep.

A *writer* uses `encode`, which also demands Unicode NFC. A *reader* uses `decode` and `spell`, which do not: whether a
string is NFC depends on the reader's Unicode version, and a verdict on an old record must not. Not responsible for what
the values mean.

Two ways lead to each answer. The quick one (msgspec, machine code) only ever says yes, and only to plain input; what
it does not say yes to goes the slow way, which is the definition and words the refusal.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn, TypeAlias

import msgspec

from duecourse.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable

JSON: TypeAlias = "bool | int | str | list[JSON] | dict[str, JSON] | None"

MAX_DEPTH = 64
MAX_INTEGER = 2**53 - 1
_MAX_DIGITS = len(str(-MAX_INTEGER))

_QUICK_DEPTH: Final = 12

_ASTRAL = re.compile(rb"[\xf0-\xf4]")
_string: Callable[[str], str] = json.encoder.encode_basestring
_sorted_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
_ordered_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def encode(value: object) -> bytes:
    """Spell `value` for writing. Raises Invalid when it is outside the subset or holds a string that is not NFC."""
    return _quickly_spelt(value) or _spell(value, nfc=True)


def spell(value: object) -> bytes:
    """Spell `value` as a reader does, without asking for NFC. Raises Invalid when it is outside the subset."""
    return _spell(value, nfc=False)


def decode(data: bytes) -> JSON:
    """Read canonical JSON; any other spelling of the same value is Invalid("json_not_canonical")."""
    quickly = _quickly_read(data)
    return _slowly_read(data) if quickly is None else quickly


def _slowly_read(data: bytes) -> JSON:
    try:
        text = data.decode("utf-8")
        value = _decoder.decode(text)
    except UnicodeDecodeError as error:
        raise Invalid("json_not_utf8", at=error.start) from None
    except RecursionError:
        raise Invalid("json_too_deep", most=MAX_DEPTH) from None
    except ValueError:
        raise Invalid("json_malformed") from None
    if spell(value) != data:
        raise Invalid("json_not_canonical")
    return value  # type: ignore[no-any-return]


def normal(value: JSON) -> JSON:
    """Put every string of `value`, keys too, into NFC, so that `encode` will take what a person typed."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [normal(item) for item in value]
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", key): normal(item) for key, item in value.items()}
    return value


def _quickly_read(data: bytes) -> JSON:
    """Return the value when it surely is canonical; None when that is not sure (or it is null).

    It is sure when the value, read with the subset's own types, is spelt again as the same bytes. A fraction that the
    reader takes for an integer is spelt otherwise.
    """
    if not _is_plain(data):
        return None
    try:
        value = _reader.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return value if _writer.encode(value) == data else None


def _quickly_spelt(value: object) -> bytes | None:
    """Return the bytes when they surely are right; None when that is not sure.

    It is sure when they read back as the value: what is no JSON (a date, bytes, a tuple) reads back as something else.
    """
    try:
        data = _writer.encode(value)
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError):
        return None
    read = _quickly_read(data)
    if read is None or read != value:
        return None
    return data if data.isascii() or unicodedata.is_normalized("NFC", data.decode()) else None


def _is_plain(data: bytes) -> bool:
    r"""Tell whether nothing in `data` but its spelling and its types can be wrong.

    Without a \u escape there is no NUL and no lone surrogate; without a letter above U+FFFF keys sort by code point.
    """
    return b"\\u" not in data and (data.isascii() or _ASTRAL.search(data) is None)


def _within_the_subset(levels: int) -> Any:
    """Return the type of a value of the subset, at most `levels` deep: what lies deeper goes the slow way."""
    integer = Annotated[int, msgspec.Meta(ge=-MAX_INTEGER, le=MAX_INTEGER)]
    kind: Any = bool | integer | str | None
    leaf = kind
    for _ in range(levels):
        kind = leaf | list[kind] | dict[str, kind]
    return kind


def _spell(value: object, *, nfc: bool) -> bytes:
    kind = type(value)
    if kind is str:
        _check_text(value, nfc=nfc)  # type: ignore[arg-type]
        return _string(value).encode()  # type: ignore[arg-type]
    astral = _check(value, nfc, 0)
    if astral:
        return _ordered_encoder.encode(_in_order(value)).encode()
    return _sorted_encoder.encode(value).encode()


def _check(value: object, nfc: bool, depth: int) -> bool:  # noqa: FBT001 - positional: it runs for every node of every entry
    """Raise Invalid for a value outside the subset; return whether a key needs RFC 8785's UTF-16 order spelt out."""
    kind = type(value)
    if kind is str:
        _check_text(value, nfc=nfc)  # type: ignore[arg-type]
        return False
    if value is None or kind is bool:
        return False
    if kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:  # type: ignore[operator]
            raise Invalid("json_integer_too_large")
        return False
    if depth >= MAX_DEPTH:
        raise Invalid("json_too_deep", most=MAX_DEPTH)
    if kind is dict:
        return _check_object(value, nfc, depth + 1)  # type: ignore[arg-type]
    if kind is list or kind is tuple:
        astral = False
        for item in value:  # type: ignore[attr-defined]
            astral |= _check(item, nfc, depth + 1)
        return astral
    raise Invalid("json_type", type=kind.__name__)


def _check_object(value: dict[object, object], nfc: bool, depth: int) -> bool:  # noqa: FBT001 - as _check
    astral = False
    for key, item in value.items():
        if type(key) is not str:
            raise Invalid("json_key_type", type=type(key).__name__)
        _check_text(key, nfc=nfc)
        astral |= _check(item, nfc, depth)
        if not key.isascii() and max(key) > "\uffff":
            astral = True
    return astral


def _check_text(text: str, *, nfc: bool) -> None:
    if "\0" in text:
        raise Invalid("json_nul")
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid("json_lone_surrogate") from None
    if nfc and not unicodedata.is_normalized("NFC", text):
        raise Invalid("json_not_nfc")


def _in_order(value: object) -> object:
    """Order keys by UTF-16 code units (RFC 8785, 3.2.3); code-point order differs only above U+FFFF."""
    if isinstance(value, dict):
        return {key: _in_order(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(value, list | tuple):
        return [_in_order(item) for item in value]
    return value


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS or abs(int(digits)) > MAX_INTEGER:
        raise Invalid("json_integer_too_large")
    return int(digits)


def _refuse_number(_digits: str) -> NoReturn:
    raise Invalid("json_float")


_reader = msgspec.json.Decoder(_within_the_subset(_QUICK_DEPTH))
_writer = msgspec.json.Encoder(order="sorted")
_decoder = json.JSONDecoder(parse_float=_refuse_number, parse_constant=_refuse_number, parse_int=_integer)
