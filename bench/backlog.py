"""A backlog of 200,000 entries numbered, hashed, signed and tiled by the sequencer, against COPY of the same rows; and
how long an entry waits for its number while eight writers write as fast as they can.

The rows are those of `entry`, which the sequencer must read and hash; COPY puts them, from memory and in binary, into
an ordinary table with the same columns and no index, and commits. It is done before, between and after, so that a noisy
machine disturbs both alike; the figure is the median. Every commit is synced.

The delay is from the moment an entry records itself to the moment another connection sees a signed checkpoint over it.
Writers are processes that open matters by the office's own action; the sequencer is `duecourse sequencer`, padding too.

    python bench/backlog.py [entries]
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import place
import write_path
from corpus import ENTRY, Corpus
from figures import Figure, told

if TYPE_CHECKING:
    import psycopg

ENTRIES = 200_000
LEAST_RATIO = 0.3
MOST_DELAY = 2.0
WRITERS = 8
LOAD_SECONDS = 12.0
PARTS = 4
_DELAYS = """
SELECT p.number, extract(epoch FROM e.recorded_at)::float8 FROM position p JOIN entry e ON e.id = p.entry_id
WHERE p.number >= %s AND e.recorded_at >= to_timestamp(%s) ORDER BY p.number
"""


def measured(entries: int = ENTRIES) -> list[Figure]:
    """The ratio, and the longest delay."""
    import psycopg

    with place.installation() as here, psycopg.connect(here.url("duecourse_owner"), autocommit=True) as owner:
        corpus = Corpus(owner)
        corpus.grow(entries)
        numbering, copying = _race(owner)
        rates = f"{corpus.count / numbering:,.0f} against {corpus.count / copying:,.0f} entries/s"
        delays = sorted(_under_load(here))
    note = f"median {statistics.median(delays):.2f} s, {len(delays) / LOAD_SECONDS:,.0f} entries/s"
    name = f"longest wait for a number, {WRITERS} writers at once"
    return [
        Figure(f"backlog of {entries:,} numbered, against COPY", copying / numbering, LEAST_RATIO, note=rates),
        Figure(name, delays[-1], MOST_DELAY, "s", most=True, note=note),
    ]


def _race(owner: psycopg.Connection[Any]) -> tuple[float, float]:
    """Seconds to number the backlog; seconds to COPY it (median). The sequencer goes first and last in no round."""
    from duecourse.office.ledger import sequencer, signing

    with owner.cursor() as cursor, cursor.copy(f"COPY (SELECT {ENTRY} FROM entry) TO STDOUT (FORMAT binary)") as copy:
        data = b"".join(bytes(part) for part in copy)
    copies, numbering, more = [_copied(owner, data)], 0.0, True
    while more:
        began = time.perf_counter()
        with sequencer.hold():
            batch = sequencer.number(signing.signers())
        numbering += time.perf_counter() - began
        more = batch is not None and batch.more
        copies.append(_copied(owner, data))
    return numbering, statistics.median(copies)


def _copied(owner: psycopg.Connection[Any], data: bytes) -> float:
    owner.execute("CREATE TABLE bench_entry (LIKE entry)")
    began = time.perf_counter()
    with owner.cursor() as cursor, cursor.copy(f"COPY bench_entry ({ENTRY}) FROM STDIN (FORMAT binary)") as copy:
        for at in range(0, len(data), 1 << 20):
            copy.write(data[at : at + (1 << 20)])
    taken = time.perf_counter() - began
    owner.execute("DROP TABLE bench_entry")
    return taken


def _under_load(here: place.Place) -> list[float]:
    """Seconds from the record to a visible signature, of each entry written while all write."""
    import psycopg

    sequencer = subprocess.Popen([sys.executable, "-m", "duecourse.cli", "sequencer"], env=here.environment())
    stop, seen = threading.Event(), []
    with psycopg.connect(here.url("duecourse_owner"), autocommit=True) as watching:
        watcher = threading.Thread(target=_watch, args=(watching, stop, seen))
        watcher.start()
        try:
            began = _ready(seen)
            _write(LOAD_SECONDS)
            ended = time.time()
            _until(lambda: _queue() == 0)
        finally:
            stop.set()
            watcher.join()
            sequencer.send_signal(signal.SIGTERM)
            sequencer.wait(30)
        rows = watching.execute(_DELAYS, (seen[0][0], began)).fetchall()
    sizes, times = [size for size, _ in seen], [at for _, at in seen]
    return [times[bisect_right(sizes, number)] - recorded for number, recorded in rows if recorded <= ended]


def _watch(connection: psycopg.Connection[Any], stop: threading.Event, seen: list[tuple[int, float]]) -> None:
    """Note when each new size was first seen signed."""
    while not stop.is_set():
        (size,) = connection.execute("SELECT max(size) FROM checkpoint").fetchone() or (0,)
        if not seen or size > seen[-1][0]:
            seen.append((size, time.time()))
        stop.wait(0.01)


def _ready(seen: list[tuple[int, float]]) -> float:
    """Return once the sequencer works: it pads as soon as it begins."""
    _until(lambda: len(seen) > 1)
    return time.time()


def _queue() -> int:
    from duecourse.office.ledger import sql

    (found,) = sql.rows("SELECT count(*) FROM unnumbered")
    return int(found[0])


def _until(so: Any) -> None:
    give_up = time.monotonic() + 60
    while not so():
        assert time.monotonic() < give_up, "the sequencer does not number"
        time.sleep(0.05)


def _write(seconds: float) -> None:
    """Eight processes, each opening matters until the time is over."""
    from django.db import connections

    connections["default"].close()
    children = []
    for writer in range(WRITERS):
        child = os.fork()
        if child == 0:
            _writer(writer, time.monotonic() + seconds)
        children.append(child)
    assert all(os.waitpid(child, 0)[1] == 0 for child in children), "a writer failed"


def _writer(writer: int, until: float) -> None:
    from duecourse.office.people.models import Account

    status = 1
    try:
        officer, count = Account.objects.get(username="officer"), 0
        while time.monotonic() < until:
            write_path.prepared(officer, 10_000_000 * (writer + 1) + count)
            count += 1
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    sys.exit(told(measured(int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES)))
