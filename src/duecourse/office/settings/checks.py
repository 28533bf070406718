"""The audit's questions about what the office has laid down.

  rulebooks   every rulebook recorded as in force has its row, every row its entry, and the bundle is what was kept

Not responsible for judging steps by them (`matters.checks`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from duecourse.core.errors import Invalid
from duecourse.office.ledger import sql, words
from duecourse.office.ledger.finding import Finding, register_audit
from duecourse.office.matters import exhibits
from duecourse.office.settings.laying_down import LOADED

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

_ENTERED = """
SELECT e.skeleton FROM entry e JOIN installation i ON e.stream = i.system_stream
WHERE convert_from(e.skeleton, 'UTF8')::jsonb ->> 'step' = %s ORDER BY e.index
"""
_ROWS = "SELECT digest, calendar, bundle, from_on::text FROM rulebook_version ORDER BY seq"


def register_all() -> None:
    """Add the question and its sentences to the audit. Called once, when Django is ready."""
    words.add(yaml.safe_load(Path(__file__).with_name("findings.yaml").read_text("utf-8")))
    register_audit("rulebooks", rulebooks)


def rulebooks(_connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    """Compare the rows of `rulebook_version` with the entries, and look at each bundle."""
    outcomes = (json.loads(bytes(row[0]))["outcome"] for row in sql.rows(_ENTERED, (LOADED,)))
    entered = [(out["rulebook"], out["calendar"], out["bundle"], out["from"]) for out in outcomes if "from" in out]
    rows = sql.rows(_ROWS)
    for digest, *_ in rows[len(entered) :]:
        yield Finding("rulebooks", "rulebook-without-entry", digest)
    for number, said in enumerate(entered):
        if number >= len(rows) or tuple(rows[number]) != said:
            yield Finding("rulebooks", "rulebook-row-differs", said[0], {"from": said[3]})
    held = exhibits.objects()
    for bundle in sorted({row[2] for row in rows}):
        try:
            whole = held.verify(bundle)
        except (OSError, Invalid):
            whole = False
        if not whole:
            yield Finding("rulebooks", "rulebook-bundle-changed", bundle)
