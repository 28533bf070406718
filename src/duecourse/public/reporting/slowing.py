"""Slows down guessing of codes, with bounded memory and without knowing anybody.

Each wrong code is answered after a fixed time from the arrival of the question, whatever was wrong with it. One source
(a keyed digest of the network address, kept in this process's memory only, gone when it ends) may be wrong `ALLOWED`
times in `SECONDS`; then it is asked to wait, with the same words for a right code and a wrong one. A code has 80 random
bits, so this protects the machine more than the codes.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from typing import Final

ALLOWED: Final = 10
SECONDS: Final = 60.0
SOURCES: Final = 4096
ANSWER_AFTER: Final = 0.6
WAITING: Final = 1


class Slowing:
    """The wrong answers of the last minute, of at most `SOURCES` sources; the oldest is forgotten first."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[bytes, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()
        self._key = secrets.token_bytes(32)
        self._seats = threading.BoundedSemaphore(WAITING)

    def must_wait(self, source: str, now: float) -> bool:
        """Whether this source was wrong too often within the last minute."""
        with self._lock:
            since, count = self._wrong.get(self._name(source), (now, 0))
            return count >= ALLOWED and now - since < SECONDS

    def was_wrong(self, source: str, now: float) -> None:
        """Count a wrong code."""
        name = self._name(source)
        with self._lock:
            since, count = self._wrong.pop(name, (now, 0))
            self._wrong[name] = (now, 1) if now - since >= SECONDS else (since, count + 1)
            while len(self._wrong) > SOURCES:
                self._wrong.popitem(last=False)

    def hold_until(self, moment: float) -> None:
        """Sleep until a monotonic moment, at most `WAITING` requests at a time: others are not held up by these."""
        if self._seats.acquire(blocking=False):
            try:
                time.sleep(max(0.0, moment - time.monotonic()))
            finally:
                self._seats.release()

    def _name(self, source: str) -> bytes:
        return hmac.digest(self._key, source.encode(), "sha256")[:16]
