"""How values are spelled in an official document: dates, money with its capital numerals, choices, people, articles.

Responsible for one value in one language. Not responsible for which value stands where (`content.py`).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from duecourse.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from duecourse.core.procedure.definition import FormField, Rulebook

CHINESE: Final = "zh-Hans"
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_YES: Final = {CHINESE: ("否", "是"), "en": ("No", "Yes")}
_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")


def day(value: dt.date | str, lang: str) -> str:
    """Spell a legal date: 2026年3月2日; 2 March 2026."""
    on = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return f"{on.year}年{on.month}月{on.day}日" if lang == CHINESE else f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def money(value: Any, lang: str) -> str:
    """Spell yuan in figures and, in Chinese, in capital numerals as well. Raises Invalid("money_malformed")."""
    try:
        amount = Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation as wrong:
        raise Invalid("money_malformed", value=str(value)) from wrong
    figures = f"{amount:,.2f}".removesuffix(".00")
    return f"人民币{figures}元（大写：{capitals(amount)}）" if lang == CHINESE else f"RMB {figures}"


def capitals(amount: Decimal) -> str:
    """Spell an amount of yuan from 0 to below 10^16 in capital numerals: 20050 is 贰万零伍拾元整."""
    assert 0 <= amount < Decimal(10) ** 16, "no penalty is that large"
    whole, cents = divmod(int(amount * 100), 100)
    yuan = (_whole(whole) or "零") + "元"
    jiao, fen = divmod(cents, 10)
    if not cents:
        return yuan + "整"
    return yuan + (_DIGITS[jiao] + "角" if jiao else "零") + (_DIGITS[fen] + "分" if fen else "整")


def _whole(number: int) -> str:
    spelled, gap = "", False
    for index in reversed(range(len(_GROUPS))):
        group = number // 10_000**index % 10_000
        if group:
            gap = gap or bool(spelled and group < 1000)  # noqa: PLR2004 - a group shorter than four digits
            spelled += ("零" if gap and spelled else "") + _group(group) + _GROUPS[index]
        gap = bool(spelled) and not group
    return spelled


def _group(number: int) -> str:
    spelled, gap = "", False
    for place in reversed(range(4)):
        digit = number // 10**place % 10
        if digit:
            spelled += ("零" if gap and spelled else "") + _DIGITS[digit] + _PLACES[place]
        gap = not digit
    return spelled


def value(book: Rulebook, field: FormField | None, found: Any, *, lang: str, names: Mapping[str, str]) -> str:
    """Spell the value of a form's field. Accounts become names, choices and breaches their titles."""
    if isinstance(found, bool):
        return _YES[lang][found]
    if isinstance(found, list):
        mark = "、" if lang == CHINESE else ", "
        return mark.join(value(book, field, item, lang=lang, names=names) for item in found)
    text = str(found)
    spelled: dict[str, Callable[[], str]] = {
        "date": lambda: day(text, lang),
        "money": lambda: money(text, lang),
        "choice": lambda: field.choices[text][lang] if field and text in field.choices else text,
        "head": lambda: book.heads[text].title[lang] if text in book.heads else text,
        "breach": lambda: book.breaches[text].title[lang] if text in book.breaches else text,
        "account": lambda: names.get(text, text),
        "accounts": lambda: names.get(text, text),
    }
    return spelled.get(field.type if field else "text", lambda: text)()
