"""What the processes write to their logs.

The public site's log holds no address of a reader and no text: of a failure it keeps the time, the logger, the status,
the kind of exception and the lines of code, never a message, which might quote what a person wrote.

Not here: the ledger (the record of what the office did).
"""

from __future__ import annotations

import logging
import traceback
from typing import Any


class WordlessFormatter(logging.Formatter):
    """Prints that something failed and where in the code, and nothing that came from outside."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, or one line and the frames of an exception without its message."""
        status = getattr(record, "status_code", "")
        words = record.msg if record.name.startswith("duecourse") and isinstance(record.msg, str) else ""
        line = " ".join(f"{self.formatTime(record)} {record.levelname} {record.name} {status} {words}".split())
        if not record.exc_info or record.exc_info[0] is None:
            return line
        frames = traceback.extract_tb(record.exc_info[2])
        where = [f"    {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        return "\n".join([line, f"  {record.exc_info[0].__name__}", *where])


def wordless() -> dict[str, Any]:
    """Django's LOGGING for the public site."""
    return _logging("duecourse.config.logs.WordlessFormatter", "")


def plain() -> dict[str, Any]:
    """Django's LOGGING for everything behind it."""
    return _logging("logging.Formatter", "%(asctime)s %(levelname)s %(name)s %(message)s")


def _logging(formatter: str, line: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter, **({"fmt": line} if line else {})}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
            "none": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "duecourse": {"level": "INFO"},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.server": {"handlers": ["none"], "propagate": False},
        },
    }
