"""How long the audit takes for an entry, against hashing the same bytes with hashlib, and whether it grows linearly.

The whole audit but exhibits: entries, fields, chain, positions, tree, checkpoints, public files, tables, and whether
each step was lawful. The bytes are those it reads: skeletons, names, salts and values of fields, leaves; they lie in
memory and are hashed at one go. The log is numbered by the sequencer and published first.

    python bench/audit.py [--full]      10,000 and 100,000 entries; --full: 1,000,000 too
"""

from __future__ import annotations

import sys
import time
from hashlib import sha256
from typing import Any

import place
from corpus import Corpus
from figures import Figure, told

SIZES = (10_000, 100_000)
LARGE = 1_000_000
LEAST_RATIO = 0.02
MOST_GROWTH = 1.25
_BYTES = """
SELECT string_agg(e.skeleton || f.held || e.commitment, ''::bytea) FROM entry e
CROSS JOIN LATERAL (SELECT coalesce(string_agg(convert_to(name, 'UTF8') || salt || value, ''::bytea), ''::bytea) AS held
  FROM entry_field WHERE entry_id = e.id) f WHERE e.id >= %s AND e.id < %s
"""
_STEP = 50_000


def measured(*, full: bool = False) -> list[Figure]:
    """One ratio a size, and how much an entry of the largest log costs against one of the smallest."""
    import psycopg

    taken: dict[int, tuple[float, float]] = {}
    with place.installation() as here, psycopg.connect(here.url("duecourse_owner"), autocommit=True) as owner:
        corpus = Corpus(owner)
        for size in (*SIZES, *([LARGE] if full else [])):
            corpus.grow(size)
            _publish()
            taken[size] = _audit(corpus), _hash(owner, corpus.count)
            told_ = [f"{seconds / corpus.count * 1e6:.1f}" for seconds in taken[size]]
            print(f"audit of {corpus.count:,} entries: {told_[0]} µs an entry; hashing its bytes: {told_[1]} µs")
    each = {size: seconds / size for size, (seconds, _) in taken.items()}
    first, last = min(each), max(each)
    ratios = [
        Figure(f"audit of {size:,} entries, against hashing its bytes", hashing / seconds, LEAST_RATIO)
        for size, (seconds, hashing) in taken.items()
    ]
    note = f"{each[first] * 1e6:.0f} and {each[last] * 1e6:.0f} µs an entry"
    grown = Figure(f"audit: an entry of {last:,} against one of {first:,}", each[last] / each[first], MOST_GROWTH,
                   "×", most=True, note=note)  # fmt: skip
    return [*ratios, grown]


def _publish() -> None:
    from duecourse.office.ledger import publication, sequencer, signing

    with sequencer.hold():
        publication.publish(signing.signers())


def _audit(corpus: Corpus) -> float:
    """Seconds; the smaller of two for small logs, since the machine is not ours alone. It must find nothing."""
    from duecourse.office.ledger import audit

    taken = []
    for _ in range(1 if corpus.count > 2 * SIZES[-1] else 2):
        report, began = audit.Report(), time.perf_counter()
        found = list(audit.run(report=report))
        taken.append(time.perf_counter() - began)
        assert not found, found[:5]
        assert report.counts["entries"] == corpus.count
    return min(taken)


def _hash(owner: Any, count: int) -> float:
    """Seconds to hash the same bytes, in parts that fit in memory."""
    seconds, at = 0.0, 0
    while at <= count:
        (held,) = owner.execute(_BYTES, (at, at + _STEP), binary=True).fetchone()
        data = bytes(held or b"")
        began = time.perf_counter()
        sha256(data).digest()
        seconds += time.perf_counter() - began
        at += _STEP
    return seconds


if __name__ == "__main__":
    sys.exit(told(measured(full="--full" in sys.argv[1:])))
