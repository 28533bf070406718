"""From an entry to the rows it changes: pure, and the only definition of what the tables of matters hold.

Responsible for the mapping. Not for SQL (`tables.py`), not for judging (`core.procedure`), not for reading the clock.
The write path turns each entry into `Changes` and writes them; the audit folds the same `Changes` of all entries into
`Tables` in memory and compares. What cannot be derived from entries is not in these tables.

Rules, in the order of the code:
1. The first entry of a stream opens the matter; it fixes procedure, number, title and opening day.
2. Every entry moves count, head, stage, end, hold and time of change.
3. A clock that the outcome names gets the dates and the status it has in the state after the entry.
4. A capacity that the outcome names is replaced whole by the state's; a recusal adds the capacity `recused`.
5. Links come from the skeleton's links and from the matters an outcome opens.
6. Exhibits come from the field `exhibit_record` of the entry that brings them in; their words from its form.
7. A refused attempt adds one row that is counted, and changes nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from duecourse.office.ledger.store import StoredEntry

FILE_NUMBER: Final = "file_number"
EXHIBITS: Final = "exhibit_record"
EXHIBIT_NAMES: Final = "exhibit_names"
SUBJECT: Final = ("title", "party", "operator")
"""Fields of an opening step that name what the matter is about, the first that is given."""
RECUSED: Final = "recused"
OPENED: Final = "opens"


@dataclass(frozen=True, slots=True)
class Written:
    """What the projection needs of one entry: its place, its times, outcome, links and readable field values."""

    stream: str
    index: int
    commitment: bytes
    procedure: str
    occurred_on: date
    recorded_at: datetime
    outcome: Mapping[str, Any]
    links: tuple[tuple[str, str], ...]
    values: Mapping[str, Any]
    key: str | None
    rulebook: str | None = None

    @classmethod
    def of(cls, stored: StoredEntry) -> Written:
        """The same, of an entry read back. Raises ValueError, KeyError or TypeError when its skeleton is none.

        That the bytes are the canonical ones is the ledger's question; here they are only read.
        """
        skeleton = json.loads(stored.skeleton_bytes)
        return cls(
            stream=skeleton["stream"],
            index=skeleton["index"],
            commitment=stored.commitment,
            procedure=skeleton["procedure"],
            occurred_on=date.fromisoformat(skeleton["occurred"]["date"]),
            recorded_at=datetime.fromisoformat(skeleton["recorded"]),
            outcome=skeleton["outcome"],
            links=tuple((link["kind"], link["stream"]) for link in skeleton["links"]),
            values={name: field.value for name, field in stored.fields.items() if field.state == "held"},
            key=stored.key,
            rulebook=skeleton["digests"].get("rulebook"),
        )


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
    refused: dict[int, tuple[str, datetime]] = field(default_factory=dict)

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
    bare, outcome, clocks = bare_changes(entry), entry.outcome, state["clocks"]
    return replace(
        bare,
        matter={**bare.matter, **_stands(state)},
        clocks={name: _clock(clocks[name]) for name in _named(outcome) if name in clocks},
        people={capacity: tuple(state["people"].get(capacity, ())) for capacity in outcome["people"]},
        recused=tuple(outcome["recuse"]),
    )


def bare_changes(entry: Written) -> Changes:
    """What `entry` changes whatever the state is: rules 1, 2 without the stage, 5, 6 and 7."""
    return Changes(
        id=entry.stream,
        matter=_matter(entry),
        links=tuple(_links(entry)),
        exhibits=tuple(_exhibits(entry)),
        refused_by=entry.outcome["actor"] if entry.outcome["phase"] == "refused" else None,
    )


def standing(state: Mapping[str, Any]) -> Changes:
    """All rows that follow from a state alone: what rules 2, 3 and 4 leave behind after the last entry."""
    return Changes(
        id=state["matter"],
        matter=_stands(state),
        clocks={name: _clock(clock) for name, clock in state["clocks"].items()},
        people={capacity: tuple(accounts) for capacity, accounts in state["people"].items()},
        recused=tuple(state["recused"]),
    )


def _stands(state: Mapping[str, Any]) -> dict[str, Any]:
    return {"version": state["version"], "stage": state["stage"], "ended": state["ended"],
            "held_until": state.get("held_until"), "state": state}  # fmt: skip


def _matter(entry: Written) -> dict[str, Any]:
    row: dict[str, Any] = {
        "entries": entry.index + 1,
        "head": entry.commitment,
        "updated_at": entry.recorded_at,
    }
    if entry.index == 0:
        row |= {
            "procedure": entry.procedure,
            "opened_on": entry.occurred_on,
            "open_key": entry.key,
            "voided": False,
            "title": next((str(entry.values[name]) for name in SUBJECT if entry.values.get(name)), ""),
        }
    if isinstance(number := entry.values.get(FILE_NUMBER), Mapping):
        row |= {"series": number["series"], "year": number["year"], "number": number["number"]}
        row["voided"] = bool(number.get("voided", False))
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


def _links(entry: Written) -> Iterable[tuple[str, str]]:
    yield from entry.links
    for opened in entry.outcome["opens"]:
        yield OPENED, opened["matter"]


def _exhibits(entry: Written) -> Iterable[dict[str, Any]]:
    names = entry.values.get(EXHIBIT_NAMES) or []
    for place, row in enumerate(entry.values.get(EXHIBITS) or ()):
        yield {
            **row,
            "entry": entry.index,
            "title": str(entry.values.get("title") or (names[place] if place < len(names) else "")),
            "kind": str(entry.values.get("kind") or ""),
            "obtained": str(entry.values.get("how") or ""),
        }
