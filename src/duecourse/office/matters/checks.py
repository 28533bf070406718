"""The audit's questions about matters, over the whole database, one matter at a time.

Responsible for what must hold between the ledger's entries and everything derived from them:

  tables     each table of matters is what the entries make, both ways            (`folding`)
  structure  no entry is a step that the procedure forbids                         (`rejudging.structure`)
  rejudge    today's engine, asked with the recorded inputs, answers the same      (`rejudging.again`, when asked)
  numbers    file numbers run from 1 without a gap, and the counter follows them
  register   the public register shows what the publications' entries make
  objects    every exhibit and document is stored and has the digest it was entered under

An entry is judged by the rulebook under which it was entered: every one ever in force is kept (`bundles`). One judged
under a rulebook that was never kept here is compared with the tables and not judged again.
Not responsible for chain, digests and tree (`office.ledger.audit`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg
import yaml

from duecourse.core.errors import Invalid
from duecourse.core.procedure.definition import Rulebook
from duecourse.core.procedure.outcome import Outcome
from duecourse.core.procedure.state import MatterState
from duecourse.edge.objects import ObjectStore
from duecourse.office.ledger import sql, store, words
from duecourse.office.ledger.finding import Check, Finding, Params, register_audit
from duecourse.office.ledger.store import StoredEntry
from duecourse.office.matters import exhibits, folding, rejudging, rulebook
from duecourse.office.matters.folding import Difference
from duecourse.office.matters.projection import Tables, Written

_PAGE: Final = 200
Question = Callable[[Rulebook, MatterState, Outcome, StoredEntry], Iterator[str]]
"""Asked about one entry, given the state before it; yields a code for each thing that is wrong."""
# Each side is walked by its index and stops at the page's end: a page costs the same however long the log is.
_STREAMS: Final = """
SELECT stream FROM (
  (SELECT stream FROM entry WHERE kind = 'matter' AND index = 0 AND stream > %(last)s ORDER BY stream LIMIT %(page)s)
  UNION (SELECT id FROM matter WHERE id > %(last)s ORDER BY id LIMIT %(page)s)
) AS s ORDER BY stream LIMIT %(page)s
"""
_NUMBERS: Final = """
SELECT coalesce(c.series, m.series), coalesce(c.year, m.year), c.next, m.count, m.most FROM number_counter AS c
FULL JOIN (SELECT series, year, count(*) AS count, max(number) AS most FROM matter WHERE series IS NOT NULL
  GROUP BY series, year) AS m ON m.series = c.series AND m.year = c.year
"""
# A skeleton has one spelling, and no value holds a bare quotation mark: bytes are looked for before JSON is read.
_PUBLISHED: Final = """
SELECT DISTINCT stream FROM entry WHERE kind = 'matter' AND CASE
  WHEN position('"publish":{"act":'::bytea IN skeleton) > 0
  THEN convert_from(skeleton, 'UTF8')::jsonb #>> '{outcome,publish,act}' IS NOT NULL ELSE false END
"""
_OBJECTS: Final = """
SELECT sha256, id::text, 'exhibit' FROM exhibit WHERE sha256 IS NOT NULL
UNION ALL SELECT object, id::text, 'document' FROM document WHERE object IS NOT NULL
UNION ALL SELECT copy, id::text, 'document' FROM document WHERE copy IS NOT NULL
UNION ALL SELECT sealed_object, id::text, 'document' FROM document WHERE sealed_object IS NOT NULL
UNION ALL SELECT scan_object, id::text, 'document' FROM document WHERE scan_object IS NOT NULL
"""
_SMALL: Final = ("matter_clock", "matter_person", "matter_link", "exhibit", "refused_attempt")


def register_all() -> None:
    """Add these questions, and their sentences, to the audit. Called once, when Django is ready."""
    words.add(yaml.safe_load(Path(__file__).with_name("findings.yaml").read_text("utf-8")))
    checks: dict[str, Callable[[], Iterator[Finding]]] = {
        "matters": matters, "numbers": numbers, "register": published, "objects": objects,
    }  # fmt: skip
    for name, check in checks.items():
        register_audit(name, _on_this_connection(check))
    register_audit("matters", _on_this_connection(rejudged), rejudge=True)


def _on_this_connection(check: Callable[[], Iterator[Finding]]) -> Check:
    """The audit runs on Django's own connection, which `sql` uses as well."""

    def run(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
        assert connection is sql.raw(), "the audit reads one snapshot"
        return check()

    return run


def matters() -> Iterator[Finding]:
    """Compare every matter's tables with its entries, and ask whether each entry was a lawful step."""
    book = rulebook.current()
    for page in _pages():
        entries, rows = store.read_many(page), folding.held(page)
        for stream in page:
            yield from _whole_matter(book, stream, entries.get(stream, []), rows[stream])
    yield from _orphans()


def rejudged() -> Iterator[Finding]:
    """Ask today's engine again about every entry, by the rulebook under which it was judged."""
    book = rulebook.current()
    for page in _pages():
        for stream, entries in store.read_many(page).items():
            yield from _readable(stream, _walk(book, entries, (rejudging.again,), None))


def matter(book: Rulebook, stream: UUID, *, rejudge: bool = False) -> Iterator[Finding]:
    """Compare one matter: its tables and the lawfulness of each entry; `rejudge` also asks today's engine."""
    entries = store.read(stream)
    yield from _whole_matter(book, stream, entries, folding.held([stream])[stream])
    if rejudge and entries:
        yield from _readable(stream, _walk(book, entries, (rejudging.again,), None))


def numbers() -> Iterator[Finding]:
    """File numbers of each series and year: 1, 2, 3 … and the counter stands one above the last."""
    for series, year, following, count, most in sql.rows(_NUMBERS):
        if (following or 1) != (most or 0) + 1 or (count or 0) != (most or 0):
            params = {"next": following, "count": count, "most": most}
            yield Finding("numbers", "number-gap", f"{series} 〔{year}〕", params)


def published() -> Iterator[Finding]:
    """The register against the entries, both ways."""
    shown = {row[0] for row in sql.rows("SELECT matter FROM register_item")}
    acted = {row[0] for row in sql.rows(_PUBLISHED)}
    for stream in sorted(shown - acted):
        yield Finding("register", "matter-row-without-entries", str(stream), {"table": "register_item"})
    for stream in sorted(acted):
        entries = store.read(stream)
        acts = [Outcome.from_json(dict(entry.skeleton.outcome)) for entry in entries]
        of = next(act.publish.of for act in reversed(acts) if act.publish)
        for difference in folding.register_differences(entries, store.read(UUID(of))):
            yield _differs("register", stream, difference)


def objects() -> Iterator[Finding]:
    """Every exhibit and every file of a document is stored under the digest it was entered with."""
    held = exhibits.objects()
    for digest, subject, kind in sql.rows(_OBJECTS):
        if not _whole(held, digest):
            yield Finding("objects", f"{kind}-changed", f"{subject} {digest}")


def _whole(held: ObjectStore, digest: str) -> bool:
    try:
        return held.verify(digest)
    except (OSError, Invalid):
        return False


def _whole_matter(book: Rulebook, stream: UUID, entries: Sequence[StoredEntry], rows: Tables) -> Iterator[Finding]:
    if not entries:
        yield Finding("matters", "matter-row-without-entries", str(stream), {"table": "matter"})
        return
    yield from _readable(stream, _walk(book, entries, (rejudging.structure,), rows))


def _readable(stream: UUID, findings: Iterator[Finding]) -> Iterator[Finding]:
    try:
        yield from findings
    except (Invalid, AssertionError, KeyError, ValueError, TypeError) as wrong:
        yield Finding("matters", "matter-unreadable", str(stream), {"problem": repr(wrong)[:200]})


def _differs(check: str, stream: UUID, difference: Difference) -> Finding:
    where, how = difference
    codes = {"missing": "matter-row-missing", "without entries": "matter-row-without-entries"}
    return Finding(check, codes.get(how, "matter-row-differs"), str(stream), {"table": where, "values": how})


def _walk(
    book: Rulebook, entries: Sequence[StoredEntry], asked: Sequence[Question], rows: Tables | None
) -> Iterator[Finding]:
    """Go through a matter once: each question about each entry, then its rows, when they are given."""
    folded: folding.Fold | None = None
    for entry in entries:
        written = Written.of(entry)
        outcome = Outcome.from_json(dict(written.outcome))
        folded = folded or folding.Fold(folding.beginning(book, written))
        ruling = book if written.rulebook == book.digest else rulebook.of(written.rulebook)
        for ask in asked if ruling else ():
            yield from _forbidden(ask, ask(ruling, folded.state, outcome, entry), outcome.step, entry)
        folded.enter(written, outcome)
    if rows is not None and folded is not None:
        yield from (_differs("matters", entries[0].stream, one) for one in folding.differences(folded.rows(), rows))


def _forbidden(ask: Question, reasons: Iterator[str], step: str, entry: StoredEntry) -> Iterator[Finding]:
    again = ask is rejudging.again
    code = "step-judged-otherwise" if again else "step-forbidden"
    for reason in reasons:
        params: Params = {"step": step, "reason": reason}
        yield Finding("matters", code, f"{entry.stream}/{entry.index}", params, remark=again)


def _orphans() -> Iterator[Finding]:
    """Rows of the smaller tables that belong to no matter at all."""
    for table in _SMALL:
        query = f"SELECT DISTINCT matter FROM {table} t WHERE NOT EXISTS (SELECT FROM matter m WHERE m.id = t.matter)"  # noqa: S608
        for row in sql.rows(query):
            yield Finding("matters", "matter-row-without-entries", str(row[0]), {"table": table})


def _pages() -> Iterator[list[UUID]]:
    last = UUID(int=0)
    while page := [row[0] for row in sql.rows(_STREAMS, {"last": last, "page": _PAGE})]:
        yield page
        last = page[-1]
