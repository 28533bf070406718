"""How long the audit takes for an entry, against hashing the same bytes with hashlib, and whether it grows linearly.

Two parts, each against the bytes it reads (they lie in memory and are hashed at one go):

    record   checks 1 to 7: entries, fields, chain, positions, tree, checkpoints, public files
    whole    the record, and every matter folded again: tables, file numbers, register, and whether each step was lawful

Exhibits are left out: the matters have none. Each size is a database of its own, numbered by the sequencer and
published; their audits alternate, and the best of each counts. Seconds are those of the processor, of this process and
of its database backend together: on a busy machine the clock on the wall measures the others.

    python bench/audit.py [--full]      10,000 and 100,000 entries; --full: 1,000,000 too
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

import place
from corpus import TABLES, Corpus
from figures import Figure, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZES = (10_000, 100_000)
LARGE = 1_000_000
LEAST_RATIO = 0.02
MOST_GROWTH = 1.25
ROUNDS = 3
_RECORD = """
SELECT string_agg(e.skeleton || f.held || e.commitment, ''::bytea) FROM entry e
CROSS JOIN LATERAL (SELECT coalesce(string_agg(convert_to(name, 'UTF8') || salt || value, ''::bytea), ''::bytea) AS held
  FROM entry_field WHERE entry_id = e.id) f WHERE e.id >= %s AND e.id < %s
"""
_STEP = 50_000


@dataclass
class Log:
    """One size, and the seconds that each part took, and that hashing took, in each round."""

    size: int
    database: str = ""
    entries: int = 0
    record: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    record_bytes: list[float] = field(default_factory=list)
    whole_bytes: list[float] = field(default_factory=list)

    def each(self, part: str) -> float:
        """Microseconds an entry, of the best round."""
        return min(getattr(self, part)) / self.entries * 1e6


def measured(*, full: bool = False) -> list[Figure]:
    """Two ratios a size, and how much an entry of the largest log costs against one of the smallest."""
    logs = [Log(size) for size in (*SIZES, *([LARGE] if full else []))]
    with place.installation() as here:
        for log in logs:
            with _new(here, log) as owner:
                corpus = Corpus(owner)
                corpus.grow(log.size)
                log.entries = corpus.count
                _publish()
        for number in range(ROUNDS):
            for log in logs[: None if number == 0 else len(SIZES) - (number > 1)]:
                with _on(here, log) as owner:
                    _round(owner, log)
    return [*_ratios(logs), _growth(logs)]


def _ratios(logs: list[Log]) -> list[Figure]:
    return [
        Figure(f"audit of {log.size:,} entries, {part}, against hashing its bytes",
               log.each(f"{part}_bytes") / log.each(part), LEAST_RATIO,
               note=f"{log.each(part):.0f} against {log.each(f'{part}_bytes'):.2f} µs an entry")
        for part in ("record", "whole") for log in logs
    ]  # fmt: skip


def _growth(logs: list[Log]) -> Figure:
    first, last = logs[0], logs[-1]
    name = f"whole audit: an entry of {last.size:,} against one of {first.size:,}"
    return Figure(name, last.each("whole") / first.each("whole"), MOST_GROWTH, "×", most=True)


@contextmanager
def _new(here: place.Place, log: Log) -> Iterator[psycopg.Connection[Any]]:
    log.database = here.server.clone()
    with _on(here, log, fresh=True) as owner:
        yield owner


@contextmanager
def _on(here: place.Place, log: Log, *, fresh: bool = False) -> Iterator[psycopg.Connection[Any]]:
    """Django, and its data folder, on this log; gives a connection as owner."""
    from django.test import override_settings

    import town

    home = here.home / log.database
    places = {"DUECOURSE_HOME": home, "DUECOURSE_OBJECTS": home / "objects", "DUECOURSE_PUBLISHED": home / "published"}
    with (
        override_settings(**places),
        town.django_on(here.server, log.database),
        psycopg.connect(here.server.url("duecourse_owner", log.database), autocommit=True) as owner,
    ):
        if fresh:
            place.settle()
        yield owner


def _publish() -> None:
    from duecourse.office.ledger import publication, sequencer, signing

    sequencer.forget_compared()
    with sequencer.hold():
        publication.publish(signing.signers())


def _round(owner: psycopg.Connection[Any], log: Log) -> None:
    """Audit once, hash once. The audit must find nothing."""
    log.record.append(_seconds(_record, log))
    log.whole.append(_seconds(_whole, log))
    rows = [f"SELECT string_agg(convert_to(t::text, 'UTF8'), ''::bytea) FROM {table} t" for table in TABLES]
    log.record_bytes.append(_hashed(owner, [(_RECORD, (at, at + _STEP)) for at in range(0, log.entries + 1, _STEP)]))
    log.whole_bytes.append(log.record_bytes[-1] + _hashed(owner, [(query, ()) for query in rows]))


def _seconds(work: Callable[[Log], None], log: Log) -> float:
    """Processor seconds of a part, here and in the backend that serves this connection."""
    from duecourse.office.ledger import sql

    place_ = Path(f"/proc/{sql.raw().info.backend_pid}/stat")

    def spent() -> float:
        ticks = place_.read_text("ascii").rpartition(")")[2].split()[11:13]
        return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    began = spent()
    work(log)
    return spent() - began


def _record(log: Log) -> None:
    """Checks 1 to 7 alone, as `audit.run` begins."""
    from django.db import transaction

    from duecourse.office.ledger import audit_entries, audit_log, sql

    counts: Counter[str] = Counter()
    with transaction.atomic():
        public = audit_log.PublicFiles()
        sql.rows("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found = [*audit_entries.check(sql.raw(), counts), *audit_log.check(sql.raw(), counts, public)]
    assert not found, found[:5]
    assert counts["entries"] == log.entries


def _whole(log: Log) -> None:
    from duecourse.office.ledger import audit

    report = audit.Report()
    found = list(audit.run(report=report))
    assert not found, found[:5]
    assert report.counts["entries"] == log.entries


def _hashed(owner: psycopg.Connection[Any], queries: list[tuple[Any, tuple[int, ...]]]) -> float:
    """Seconds to hash what the queries give, in parts that fit in memory."""
    seconds = 0.0
    for query, params in queries:
        (held,) = owner.execute(query, params, binary=True).fetchone() or (b"",)
        data = bytes(held or b"")
        began = time.process_time()
        sha256(data).digest()
        seconds += time.process_time() - began
    return seconds


if __name__ == "__main__":
    sys.exit(told(measured(full="--full" in sys.argv[1:])))
