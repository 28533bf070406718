"""Random ids, salts and the reporter's code. Public ids say nothing about time or number.

The code is what a reporter keeps: 80 random bits as 16 characters of Crockford's base 32, in groups of four, and one
check character:

    7QK2-0M4T-XW9C-5RZH-A

The check character is the sum of a^i * d_i in GF(32) (a = 2, polynomial x^5 + x^2 + 1), so every single wrong
character and every two swapped characters are noticed before anything is looked up.

Not here: what is derived from the code (`sealing.reporter_keys`).
"""

from __future__ import annotations

import secrets
import unicodedata
import uuid
from typing import Final

from duecourse.core.errors import Invalid

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_IGNORED: Final = frozenset("- \t\r\n\u00a0\u3000\u2010\u2011\u2012\u2013\u2014\u2212_.·")
_CHARACTERS: Final = 16
_LONGEST_INPUT: Final = 100


def new_uuid() -> uuid.UUID:
    """A random id (UUID version 4)."""
    return uuid.uuid4()


def salt() -> bytes:
    """32 random bytes, one for each field of an entry."""
    return secrets.token_bytes(32)


def code() -> str:
    """A new reporter's code in its canonical spelling."""
    number = secrets.randbits(5 * _CHARACTERS)
    digits = [(number >> (5 * place)) & 31 for place in range(_CHARACTERS)]
    return _spell(digits)


def read_code(text: str) -> str:
    """The canonical spelling of a code a person typed: any case, any spaces or hyphens, O for 0, I and L for 1.

    Raises Invalid("code_malformed") when it is no code or its check character does not fit.
    """
    if len(text) > _LONGEST_INPUT:
        raise Invalid("code_malformed")
    folded = unicodedata.normalize("NFKC", text).upper()
    letters = "".join(letter for letter in folded if letter not in _IGNORED).translate(_READ_AS)
    if len(letters) != _CHARACTERS + 1 or any(letter not in ALPHABET for letter in letters):
        raise Invalid("code_malformed")
    spelled = _spell([ALPHABET.index(letter) for letter in letters[:-1]])
    if spelled[-1] != letters[-1]:
        raise Invalid("code_malformed")
    return spelled


def _spell(digits: list[int]) -> str:
    letters = "".join(ALPHABET[digit] for digit in digits)
    groups = [letters[start : start + 4] for start in range(0, _CHARACTERS, 4)]
    return "-".join([*groups, ALPHABET[_check(digits)]])


def _check(digits: list[int]) -> int:
    """sum(a^i * d_i) for i = 1 … 16, in GF(32)."""
    total, weight = 0, 1
    for digit in digits:
        weight = _times(weight, 2)
        total ^= _times(weight, digit)
    return total


def _times(left: int, right: int) -> int:
    """Multiplication in GF(32) with x^5 + x^2 + 1."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 32:
            left ^= 0b100101
        right >>= 1
    return product
