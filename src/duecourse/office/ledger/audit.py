"""The audit: derive the record again from its parts and name what does not hold.

    1 entries      each commitment is the digest of its bytes, the columns say what the bytes say
    2 fields       each value fits its digest, none is missing, none is over
    3 chain        each stream runs 0, 1, 2 … and every entry names the one before
    4 positions    0, 1, 2 …; each leaf is its entry's commitment; no entry stands twice, none without a number
    5 tree         tiles and every signed root follow from the leaves
    6 checkpoints  signed by our keys, saying what the row says; cosignatures hold
    7 public       the published files are those of this tree
    8 other apps   what they registered: tables equal outcomes, steps the procedure allows, exhibits equal digests

It reads one snapshot, row after row: memory does not grow with the log. The machine's work ends at naming; what to do
is for people (docs/running/audit.md). Not responsible for whether today's engine would judge the same: `--rejudge`
asks the checks that other apps registered for that, and reports remarks.
"""

from __future__ import annotations

import gc
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import transaction

from duecourse.office.ledger import audit_entries, audit_log, sql, words
from duecourse.office.ledger.finding import Finding, register_audit, registered

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Finding", "Report", "register_audit", "run"]

SHOWN: Final = 100
"""So many findings of one code are shown; the rest is counted."""


@dataclass
class Report:
    """What was looked at, and how many findings and remarks there were."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: int = 0
    remarks: int = 0

    def text(self) -> str:
        """Both languages."""
        seen = {name: self.counts[name] for name in ("entries", "fields", "erased", "sealed", "streams", "positions")}
        verdict = words.line("audit-holds") if not self.findings else words.line("audit-fails", count=self.findings)
        return f"{words.line('audit-seen', checkpoints=self.counts['checkpoints'], **seen)}\n{verdict}"

    def to_json(self) -> dict[str, object]:
        """For `--json`."""
        return {"counts": dict(self.counts), "findings": self.findings, "remarks": self.remarks}


def run(*, rejudge: bool = False, report: Report | None = None) -> Iterator[Finding]:
    """Every finding, as it is found; `report` is filled on the way. Raises psycopg.Error."""
    report = Report() if report is None else report
    with transaction.atomic(), _collecting_seldom():
        public = audit_log.PublicFiles()
        sql.rows("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        shown: Counter[str] = Counter()
        for finding in _all(report.counts, public, rejudge=rejudge):
            report.remarks += finding.remark
            report.findings += not finding.remark
            shown[finding.code] += 1
            if shown[finding.code] <= SHOWN:
                yield finding
        for code, count in shown.items():
            if count > SHOWN:
                yield Finding("audit", "and-more", code, {"count": count - SHOWN})


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """An audit makes and drops objects by the million, none in a cycle: to look for cycles so often costs a sixth."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _all(counts: Counter[str], public: audit_log.PublicFiles, *, rejudge: bool) -> Iterator[Finding]:
    connection = sql.raw()
    yield from audit_entries.check(connection, counts)
    yield from audit_log.check(connection, counts, public)
    for one in registered(rejudge=rejudge):
        for finding in one.check(connection):
            yield Finding(one.name, finding.code, finding.subject, finding.params, finding.remark or one.rejudge)
