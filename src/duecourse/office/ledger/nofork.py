"""No fork: before this installation signs, it compares its tree with all that others have already seen of it.

    1. the published checkpoint and tiles      2. what this machine remembers having signed      3. every witness

When 1 or 2 is ahead (a restored backup, a failover that lost minutes), the missing positions are read back from there
as `lost-in-restore`, listed in a system entry, and the log goes on above them: whoever holds the old checkpoint
can be shown that the new tree contains it. When only a witness is ahead, nobody here can tell what it saw, and we
refuse to sign. When a tree differs at the same size, somebody changed the past, and we refuse too.

Not responsible for restoring a database (`restore`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from duecourse.core.errors import Invalid
from duecourse.core.ledger import note
from duecourse.edge import clock
from duecourse.office.ledger import export, memory, sequencer, signing, sql, system, tree, witnesses

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.core.ledger.checkpoint import Checkpoint
    from duecourse.core.ledger.policy import Witness

LISTED: Final = 500
"""So many ranges of lost positions are listed in the system entry; the count is always whole."""

_IMPORT = """
INSERT INTO position (number, leaf, entry_id, kind)
SELECT %s + place - 1, leaf, e.id, CASE WHEN e.id IS NULL THEN 'lost-in-restore' ELSE 'entry' END
FROM unnest(%s::bytea[]) WITH ORDINALITY AS given (leaf, place)
LEFT JOIN entry e ON e.commitment = leaf AND NOT EXISTS (SELECT FROM position p WHERE p.entry_id = e.id)
"""
_QUEUE = "DELETE FROM unnumbered u USING position p WHERE p.entry_id = u.entry_id AND p.number >= %s"
_LOST = """
SELECT min(number), max(number) FROM (
  SELECT number, number - row_number() OVER (ORDER BY number) AS run FROM position
  WHERE kind = 'lost-in-restore' AND number >= %s
) AS numbered GROUP BY run ORDER BY 1
"""
_SHOWN = """
SELECT note, published_at IS NOT NULL FROM checkpoint ORDER BY published_at IS NOT NULL DESC, size DESC LIMIT 1
"""
_LEAVES = "SELECT leaf FROM position WHERE number >= %s ORDER BY number"


@dataclass(frozen=True)
class Source:
    """Somebody's view of our tree: its name, its checkpoint and note, and how to read its leaves."""

    name: str
    checkpoint: Checkpoint
    note: str
    leaves: Callable[[int, int], list[bytes] | None]


@dataclass(frozen=True)
class Recovered:
    """What was read back: positions `first` … `size - 1` from `source`, of which `lost` have no entry here."""

    source: str
    first: int
    size: int
    lost: int


def settle() -> list[Recovered]:
    """Compare, read back what is missing, and leave the tree fit to be signed. The caller holds `sequencer.hold`.

    Raises Invalid("fork", …) when a tree differs, Invalid("leaves_missing", …) when another is ahead and its leaves are
    not there, Invalid("witness_ahead", …), Invalid("nobody_to_compare", …).
    """
    sequencer.forget_compared()
    sources = [source for source in (_published(), _remembered()) if source]
    recovered = [done for source in sources if (done := _settle_with(source))]
    _ask_witnesses(alone=not sources)
    _renew_memory()
    return recovered


def _published() -> Source | None:
    text = export.published_text()
    if text is None:
        return None
    head = signing.read_signed(text)
    return Source("published", head, text, lambda start, end: export.leaves_from_files(start, end, size=head.size))


def _remembered() -> Source | None:
    text = memory.last_note()
    return None if text is None else Source("memory", signing.read_signed(text), text, memory.leaves)


def _settle_with(source: Source) -> Recovered | None:
    size, _ = sequencer.last_signed()
    if source.checkpoint.size <= size:
        sequencer.compare(source.name, source.checkpoint)
        return None
    return _read_back(source, size)


def _read_back(source: Source, size: int) -> Recovered:
    head = source.checkpoint
    leaves = source.leaves(size, head.size)
    if leaves is None:
        raise Invalid("leaves_missing", source=source.name, first=size, last=head.size - 1)
    with transaction.atomic():
        grown = tree.grow(size, leaves)
        if grown.root != head.root:
            raise Invalid("fork", source=source.name, size=head.size, here=size)
        sql.rows(_IMPORT, (size, leaves))
        sql.rows(_QUEUE, (size,))
        tree.write(grown.tiles)
        sql.rows(
            "INSERT INTO checkpoint (size, root, note, signed_at) VALUES (%s, %s, %s, %s)",
            (head.size, head.root, _without_cosignatures(source.note), clock.now()),
        )
        return _list_lost(source.name, size, head.size)


def _list_lost(name: str, first: int, size: int) -> Recovered:
    runs = sql.rows(_LOST, (first,))
    lost = sum(last - start + 1 for start, last in runs)
    system.record(
        "restore",
        outcome={
            "source": name,
            "first": first,
            "size": size,
            "lost": lost,
            "ranges": [[start, last] for start, last in runs[:LISTED]],
        },
    )
    return Recovered(name, first, size, lost)


def _without_cosignatures(text: str) -> str:
    """The note with our own signatures only: what `checkpoint.note` holds."""
    signed = note.Note.parse(text)
    ours = {(key.name, key.key_id) for key in signing.verifiers()}
    return note.Note(signed.text, tuple(s for s in signed.signatures if (s.name, s.key_id) in ours)).encode()


def _ask_witnesses(*, alone: bool) -> None:
    """Show each witness our last published checkpoint; an answer "ahead" means the log was once longer than it is."""
    found = sql.row(_SHOWN)
    if found is None:
        return
    answers = [_ask(one, found[0]) for one in witnesses.configured()]
    if alone and found[1] and answers and all(answer.code for answer in answers):
        raise Invalid("nobody_to_compare", witnesses=[answer.witness for answer in answers])


def _ask(one: Witness, text: str) -> witnesses.Answer:
    answer = witnesses.ask(one, text)
    if answer.code == "ahead":
        # It may have cosigned what we signed and did not live to publish.
        ours = sql.row("SELECT note FROM checkpoint WHERE size = %s", (answer.size,))
        if ours is None:
            raise Invalid("witness_ahead", witness=one.name, size=answer.size, here=sequencer.last_signed()[0])
        answer = witnesses.ask(one, ours[0])
    if answer.code in {"conflict", "status_422"}:
        raise Invalid("fork", source=one.name, size=answer.size, here=sequencer.last_signed()[0])
    return answer


def _renew_memory() -> None:
    """Write the memory anew from the database: from the last publication to the last signature."""
    last = sql.row("SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1")
    seen = export.published()
    start = seen.size if seen else 0
    memory.clear()
    if last is not None and last[0] >= start:
        leaves = b"".join(bytes(leaf) for (leaf,) in sql.rows(_LEAVES, (start,)))
        memory.remember(start, leaves, last[1])
