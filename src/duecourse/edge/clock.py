"""The only place that asks what time it is: UTC, to the millisecond.

In a demo or a test the file named by `DUECOURSE_CLOCK` holds a number of seconds that is added, so that a story of
three months can be played in one minute. In production the file is ignored.

Not here: what a day means to the law (`core/deadlines`).
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

_MOVABLE = frozenset({"demo", "test"})


def now() -> datetime:
    """This moment in UTC, cut to the millisecond. Raises ValueError when the clock file holds no number."""
    moment = datetime.now(UTC) + _offset()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def today(zone: str) -> date:
    """The local date in the IANA zone `zone`. Raises zoneinfo.ZoneInfoNotFoundError for an unknown one."""
    return now().astimezone(ZoneInfo(zone)).date()


def is_movable() -> bool:
    """Whether somebody may move this clock by hand: in a demo or a test that names a file for it."""
    return bool(os.environ.get("DUECOURSE_CLOCK")) and os.environ.get("DUECOURSE_ENV") in _MOVABLE


def _offset() -> timedelta:
    name = os.environ.get("DUECOURSE_CLOCK")
    if not name or os.environ.get("DUECOURSE_ENV") not in _MOVABLE:
        return timedelta()
    try:
        written = Path(name).read_text("ascii").strip()
    except FileNotFoundError:
        return timedelta()
    return timedelta(seconds=float(written or 0))
