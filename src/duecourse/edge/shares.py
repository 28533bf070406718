"""Splitting a 32-byte secret so that some of its holders together can restore it (Shamir; GF(256), polynomial 0x11b).

Each byte is the value at 0 of a random polynomial of degree `need - 1`; a share is its values at one other point. Fewer
than `need` shares say nothing about the secret. A share is one line that can be printed, and read back by hand:

    duecourse-share-v1 <set> <point> <need> <values, hexadecimal> <first 8 hex of SHA-256 of all before>

Not here: which keys are split, where the shares go (`keys`, docs/running/keys.md).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from duecourse.core.errors import Invalid

_WORD: Final = "duecourse-share-v1"
_PARTS: Final = 6
_MOST: Final = 255


@dataclass(frozen=True)
class Share:
    """One holder's part. `set_id` names the split, `point` the holder, `need` how many must meet."""

    set_id: str
    point: int
    need: int
    values: bytes

    def line(self) -> str:
        """The share as one line of text."""
        body = f"{_WORD} {self.set_id} {self.point} {self.need} {self.values.hex()}"
        return f"{body} {_check(body)}"

    @classmethod
    def read(cls, text: str) -> Share:
        """The share a line holds. Raises Invalid("share_malformed"), also for a line copied with a mistake."""
        parts = text.split()
        try:
            word, set_id, point, need, values, check = parts
            share = cls(set_id, int(point), int(need), bytes.fromhex(values))
        except ValueError:
            raise Invalid("share_malformed") from None
        sound = 1 <= share.point <= _MOST and 1 <= share.need <= _MOST
        if word != _WORD or check != _check(" ".join(parts[:-1])) or not sound:
            raise Invalid("share_malformed")
        return share


def split(secret: bytes, *, need: int, total: int) -> list[Share]:
    """`total` shares of `secret`, any `need` of which restore it."""
    assert 1 <= need <= total <= _MOST
    set_id = secrets.token_hex(4)
    polynomials = [bytes([byte]) + secrets.token_bytes(need - 1) for byte in secret]
    return [
        Share(set_id, point, need, bytes(_value(polynomial, point) for polynomial in polynomials))
        for point in range(1, total + 1)
    ]


def join(shares: Sequence[Share]) -> bytes:
    """The secret. Raises Invalid("shares_too_few"), or Invalid("shares_differ") when they are not of one set."""
    distinct = {share.point: share for share in shares}
    if not distinct:
        raise Invalid("shares_too_few", have=0)
    kinds = {(share.set_id, share.need, len(share.values)) for share in shares}
    if len(kinds) != 1 or len(set(shares)) != len(distinct):
        raise Invalid("shares_differ")
    need = shares[0].need
    if len(distinct) < need:
        raise Invalid("shares_too_few", have=len(distinct), need=need)
    chosen = list(distinct.values())[:need]
    return bytes(_at_zero(chosen, place) for place in range(len(chosen[0].values)))


def _at_zero(shares: Sequence[Share], place: int) -> int:
    """Lagrange: sum over i of y_i * product over j != i of x_j / (x_j - x_i); minus is XOR here."""
    total = 0
    for mine in shares:
        weight = 1
        for other in shares:
            if other.point != mine.point:
                weight = _times(weight, _times(other.point, _inverse(other.point ^ mine.point)))
        total ^= _times(mine.values[place], weight)
    return total


def _value(polynomial: bytes, point: int) -> int:
    total = 0
    for coefficient in reversed(polynomial):
        total = _times(total, point) ^ coefficient
    return total


def _times(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 0x100:
            left ^= 0x11B
        right >>= 1
    return product


def _inverse(number: int) -> int:
    """number^254, since number^255 = 1."""
    result = 1
    for _ in range(254):
        result = _times(result, number)
    return result


def _check(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:8]
