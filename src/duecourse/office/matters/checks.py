"""The audit's questions about matters, over the whole database, one matter at a time.

Responsible for what must hold between the ledger's entries and everything derived from them:

  tables     each table of matters is what the entries make, both ways            (`folding`)
  structure  no entry is a step that the procedure forbids                         (`rejudging.structure`)
  rejudge    today's engine, asked with the recorded inputs, answers the same      (`rejudging.again`, when asked)
  numbers    file numbers run from 1 without a gap, and the counter follows them
  register   the public register shows what the publications' entries make
  objects    every exhibit and document is stored and has the digest it was entered under

An entry judged under another rulebook than today's is compared with the tables, and counted as not judged again: the
words of that rulebook are not loaded. Not responsible for chain, digests and tree (`office.ledger.audit`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from duecourse.core.errors import Invalid
from duecourse.core.procedure.definition import Rulebook
from duecourse.core.procedure.outcome import Outcome
from duecourse.office.ledger import sql, store
from duecourse.office.ledger.store import StoredEntry
from duecourse.office.matters import exhibits, folding, rejudging, rulebook
from duecourse.office.matters.projection import Written

_PAGE: Final = 200
_STREAMS: Final = """
SELECT stream FROM (SELECT stream FROM entry WHERE kind = 'matter' AND index = 0 UNION SELECT id FROM matter) AS s
WHERE stream > %s ORDER BY stream LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: which question, where (a stream, a table, a digest), and how."""

    check: str
    where: str
    detail: str


def matters(*, rejudge: bool = False) -> Iterator[Finding]:
    """Compare every matter with its entries; `rejudge` also asks today's engine."""
    book = rulebook.current()
    for stream in _streams():
        yield from matter(book, stream, rejudge=rejudge)
    yield from _orphans()
    yield from numbers()
    yield from register()


def matter(book: Rulebook, stream: UUID, *, rejudge: bool = False) -> Iterator[Finding]:
    """Compare one matter: its tables and the lawfulness of each entry."""
    entries = store.read(stream)
    if not entries:
        yield Finding("tables", str(stream), "matter: without entries")
        return
    try:
        yield from _matter(book, entries, rejudge=rejudge)
    except (Invalid, AssertionError, KeyError) as wrong:
        yield Finding("structure", str(stream), f"cannot be read: {wrong!r}")


def numbers() -> Iterator[Finding]:
    """File numbers of each series and year: 1, 2, 3 … and the counter stands one above the last."""
    query = """
    SELECT coalesce(c.series, m.series), coalesce(c.year, m.year), c.next, m.count, m.most FROM number_counter AS c
    FULL JOIN (SELECT series, year, count(*) AS count, max(number) AS most FROM matter WHERE series IS NOT NULL
      GROUP BY series, year) AS m ON m.series = c.series AND m.year = c.year
    """
    for series, year, following, count, most in sql.rows(query):
        if (following or 1) != (most or 0) + 1 or (count or 0) != (most or 0):
            detail = f"next {following}, {count} numbers up to {most}"
            yield Finding("numbers", f"{series} 〔{year}〕", detail)


def register() -> Iterator[Finding]:
    """The register against the entries, both ways."""
    shown = {row[0]: row[1] for row in sql.rows("SELECT matter, of FROM register_item")}
    query = """SELECT DISTINCT e.stream FROM entry AS e WHERE e.kind = 'matter'
    AND convert_from(e.skeleton, 'UTF8')::jsonb #>> '{outcome,publish,act}' IS NOT NULL"""
    published = {row[0] for row in sql.rows(query)}
    for stream in sorted(shown.keys() - published):
        yield Finding("register", str(stream), "register_item: without entries")
    for stream in sorted(published):
        entries = store.read(stream)
        acts = [Outcome.from_json(dict(entry.skeleton.outcome)) for entry in entries]
        of = next(act.publish.of for act in reversed(acts) if act.publish)
        for where, how in folding.register_differences(entries, store.read(UUID(of))):
            yield Finding("register", str(stream), f"{where}: {how}")


def objects() -> Iterator[Finding]:
    """Every exhibit and every file of a document is stored under the digest it was entered with."""
    held = exhibits.objects()
    query = """SELECT sha256, 'exhibit' FROM exhibit UNION SELECT object, 'document' FROM document
    UNION SELECT copy, 'document' FROM document UNION SELECT sealed_object, 'document' FROM document
    UNION SELECT scan_object, 'document' FROM document"""
    for digest, kind in sql.rows(query):
        if digest is not None and not _whole(held, digest):
            yield Finding("objects", digest, f"{kind}: missing or changed")


def _whole(held: exhibits.ObjectStore, digest: str) -> bool:
    try:
        return held.verify(digest)
    except (OSError, Invalid):
        return False


def _matter(book: Rulebook, entries: Sequence[StoredEntry], *, rejudge: bool) -> Iterator[Finding]:
    stream = entries[0].stream
    folded = folding.Fold(folding.beginning(book, Written.of(entries[0])))
    for entry in entries:
        written = Written.of(entry)
        outcome = Outcome.from_json(dict(written.outcome))
        if entry.skeleton.digests.get("rulebook") == book.digest:
            codes = list(rejudging.structure(book, folded.state, outcome, entry))
            codes += rejudging.again(book, folded.state, outcome, entry) if rejudge else []
            yield from (Finding("structure", f"{stream}/{entry.index}", code) for code in codes)
        folded.enter(written, outcome)
    for where, how in folding.differences(folded.rows(), folding.held(stream)):
        yield Finding("tables", str(stream), f"{where}: {how}")


def _orphans() -> Iterator[Finding]:
    """Rows of the smaller tables that belong to no matter at all."""
    for table in ("matter_clock", "matter_person", "matter_link", "exhibit", "refused_attempt"):
        query = (
            f"SELECT DISTINCT t.matter FROM {table} AS t LEFT JOIN matter AS m ON m.id = t.matter WHERE m.id IS NULL"  # noqa: S608
        )
        yield from (Finding("tables", str(row[0]), f"{table}: without a matter") for row in sql.rows(query))


def _streams() -> Iterator[UUID]:
    last = UUID(int=0)
    while page := sql.rows(_STREAMS, (last, _PAGE)):
        yield from (row[0] for row in page)
        last = page[-1][0]
