"""The two processes that never end: the sequencer (numbers, signs, pads in time) and the publisher (public files).

Responsible for when things are done, for standing by while another sequencer works, and for living through a database
that goes away. Not responsible for what is done (`sequencer`, `publication`, `timestamp`).
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from duecourse.core.errors import Invalid
from duecourse.office.ledger import nofork, publication, sequencer, signing, sql, timestamp

if TYPE_CHECKING:
    import threading

    from duecourse.office.ledger.nofork import Recovered

log = logging.getLogger(__name__)

_AWAY: Final = (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError)
_PAUSE: Final = 1.0


def run_sequencer(stop: threading.Event) -> None:
    """Number, sign and pad until `stop` is set; stand by while another process does so.

    Raises Invalid when the tree must not be signed (`nofork`, `sequencer`).
    """
    while not stop.is_set():
        try:
            if _hold_or_wait(stop):
                _number_until(stop)
        except _AWAY as error:
            log.warning("The database is away: %s", error)
            connection.close()
            stop.wait(_PAUSE)
    connection.close()


def run_publisher(stop: threading.Event) -> None:
    """Publish each padded checkpoint soon after it is signed, and see to the day's time-stamp, until `stop` is set.

    Raises Invalid("fork") when what is public is not a beginning of this log.
    """
    while not stop.is_set():
        try:
            publication.publish_signed()
            timestamp.stamp_due()
        except _AWAY as error:
            log.warning("The database is away: %s", error)
            connection.close()
        except OSError as error:
            log.error("Publication put off: %s", error)  # noqa: TRY400 - the sentence is enough
        except Invalid as error:
            if error.code == "fork":
                raise
            log.error("Publication put off: %s", error)  # noqa: TRY400 - the sentence is enough
        stop.wait(min(_PAUSE, settings.PUBLICATION_SECONDS))
    connection.close()


def _hold_or_wait(stop: threading.Event) -> bool:
    """Take the lock for this session, asking once a second."""
    while not stop.is_set():
        if sql.rows("SELECT pg_try_advisory_lock(%s)", (sequencer.LOCK,))[0][0]:
            return True
        stop.wait(_PAUSE)
    return False


def _number_until(stop: threading.Event) -> None:
    signers = signing.signers()
    for recovered in nofork.settle():
        _say(recovered)
    due = time.monotonic()
    while not stop.is_set():
        padding = time.monotonic() >= due
        if padding:
            due = max(due + settings.PUBLICATION_SECONDS, time.monotonic())
        batch = (sequencer.number_and_pad if padding else sequencer.number)(signers)
        if batch is None or not batch.more:
            stop.wait(settings.SEQUENCER_SECONDS)


def _say(recovered: Recovered) -> None:
    log.warning(
        "Read back from %s: positions %s to %s, %s of them without an entry here",
        *(recovered.source, recovered.first, recovered.size - 1, recovered.lost),
    )
