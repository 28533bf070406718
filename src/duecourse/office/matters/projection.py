"""From an entry to the rows it changes: pure, and the only definition of what the tables of matters hold.

Responsible for the mapping. Not for SQL (`tables.py`), not for judging (`core.procedure`), not for reading the clock.
The write path turns each entry into `Changes` and writes them; the audit folds the same `Changes` of all entries into
`Tables` in memory and compares. What cannot be derived from entries is not in these tables.

Rules, in the order of the code:
1. The first entry of a stream opens the matter; it fixes procedure, number, title and opening day.
2. Every entry moves count, head, stage, end and time of change.
3. A clock that the outcome names gets the dates and the status it has in the state after the entry.
4. A capacity that the outcome names is replaced whole by the state's; a recusal adds the capacity `recused`.
5. Links come from the skeleton's links and from the matters an outcome opens.
6. Exhibits come from the field `exhibit` of the entry that brings them in.
7. A refused attempt adds one row that is counted, and changes nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

FILE_NUMBER: Final = "file_number"
EXHIBITS: Final = "exhibit_record"
TITLE: Final = "title"
RECUSED: Final = "recused"
OPENED: Final = "opens"


@dataclass(frozen=True, slots=True)
class Written:
    """What the projection needs of one entry: skeleton, readable field values, commitment, key."""

    stream: str
    index: int
    commitment: bytes
    skeleton: Mapping[str, Any]
    values: Mapping[str, Any]
    key: str | None


@dataclass(frozen=True, slots=True)
class Changes:
    """The rows one entry changes. `matter` holds every column that changes; `clocks` likewise, by clock."""

    id: str
    matter: Mapping[str, Any]
    clocks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recused: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    exhibits: tuple[Mapping[str, Any], ...] = ()
    refused_by: str | None = None


@dataclass
class Tables:
    """All rows of one matter, folded in memory from its entries; `equal to the database` is what the audit asks."""

    matter: dict[str, Any] = field(default_factory=dict)
    clocks: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: set[tuple[str, str]] = field(default_factory=set)
    links: set[tuple[str, str]] = field(default_factory=set)
    exhibits: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    refused: dict[int, tuple[str, str]] = field(default_factory=dict)

    def apply(self, changes: Changes) -> None:
        """Do in memory what `tables.write` does in SQL."""
        self.matter.update(changes.matter)
        for clock, row in changes.clocks.items():
            self.clocks[clock] = dict(row)
        for capacity, accounts in changes.people.items():
            self.people = {held for held in self.people if held[1] != capacity}
            self.people.update((account, capacity) for account in accounts)
        self.people.update((account, RECUSED) for account in changes.recused)
        self.links.update(changes.links)
        self.exhibits.update({row["id"]: row for row in changes.exhibits})
        if changes.refused_by is not None:
            self.refused[changes.matter["entries"] - 1] = (changes.refused_by, changes.matter["updated_at"])


def changes(entry: Written, state: Mapping[str, Any]) -> Changes:
    """The rows that `entry` changes; `state` is the canonical MatterState after it (core.procedure.apply)."""
    outcome = entry.skeleton["outcome"]
    return Changes(
        id=entry.stream,
        matter=_matter(entry, state),
        clocks={name: _clock(held[name]) for name in _named(outcome) if name in (held := state["clocks"])},
        people={capacity: tuple(state["people"].get(capacity, ())) for capacity in outcome["people"]},
        recused=tuple(outcome["recuse"]),
        links=tuple(_links(entry.skeleton)),
        exhibits=tuple(_exhibits(entry)),
        refused_by=outcome["actor"] if outcome["phase"] == "refused" else None,
    )


def _matter(entry: Written, state: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "version": state["version"],
        "stage": state["stage"],
        "ended": state["ended"],
        "state": state,
        "entries": entry.index + 1,
        "head": entry.commitment,
        "updated_at": entry.skeleton["recorded"],
    }
    if entry.index == 0:
        row |= {
            "procedure": entry.skeleton["procedure"],
            "opened_on": entry.skeleton["occurred"]["date"],
            "open_key": entry.key,
            "voided": False,
        }
    if isinstance(number := entry.values.get(FILE_NUMBER), Mapping):
        row |= {"series": number["series"], "year": number["year"], "number": number["number"]}
        row["voided"] = bool(number.get("voided", False))
    if TITLE in entry.values:
        row["title"] = entry.values[TITLE] or ""
    return row


def _named(outcome: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(change["clock"] for change in outcome["clocks"]))


def _clock(clock: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "state": clock["status"],
        "started_on": clock["started"],
        "last_on": clock["last"],
        "earliest_on": clock["earliest"],
        "latest_on": clock["latest"],
        "alarm_on": clock["alarm"],
        "provisional": clock["provisional"],
        "missed": clock["missed"],
        "ended_on": clock["ended_on"],
    }


def _links(skeleton: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for link in skeleton["links"]:
        yield link["kind"], link["stream"]
    for opened in skeleton["outcome"]["opens"]:
        yield OPENED, opened["matter"]


def _exhibits(entry: Written) -> Iterable[dict[str, Any]]:
    for row in entry.values.get(EXHIBITS) or ():
        yield {**row, "entry": entry.index}
