"""What a step did: the value that stands in the ledger entry and from which alone a matter's state is rebuilt.

Responsible for the outcome's one JSON spelling (`skeleton["outcome"]`, engine semantics number 1).
Not responsible for computing it (`engine`, `clocks`) nor for applying it (`state`). It holds no text that a person
typed: an outcome can never be erased.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from duecourse.core.errors import Invalid
from duecourse.core.procedure.refusal import Reason

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Json

ENGINE = 1
"""The number of the engine's semantics: it changes when the same outcome would come to mean something else."""

PHASES = ("done", "proposed", "opinion", "returned", "lapsed", "refused", "corrected")
ACTS = ("start", "stop", "pause", "resume", "extend", "lapse", "alarm", "reason", "recount")
FILE_ACTS = ("rendered", "sealed", "scanned", "served")

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class ClockEffect:
    """What happened to a clock on a day. Start, resume, extend and recount carry the dates as counted then.

    `last` is the last day; `earliest` and `latest` bound it while a calendar is not announced; `alarm` is the office's
    own, on the cautious reading; `late`: the clock was past its last day when this happened.
    """

    clock: str
    act: str
    on: dt.date
    length: str | None = None
    unit: str | None = None
    extension: str | None = None
    last: dt.date | None = None
    earliest: dt.date | None = None
    latest: dt.date | None = None
    alarm: dt.date | None = None
    provisional: bool = False
    late: bool = False

    def to_json(self) -> dict[str, Json]:
        """Give the JSON object; dates that were not counted are left out."""
        found: dict[str, Json] = {"act": self.act, "clock": self.clock, "late": self.late, "on": self.on.isoformat()}
        if self.last is not None:
            dates = {"last": self.last, "earliest": self.earliest, "latest": self.latest, "alarm": self.alarm}
            found |= {name: day.isoformat() if day else None for name, day in dates.items()}
            found |= {
                "length": self.length,
                "unit": self.unit,
                "extension": self.extension,
                "provisional": self.provisional,
            }
        return found

    @classmethod
    def from_json(cls, found: Mapping[str, Json]) -> ClockEffect:
        """Read what `to_json` wrote."""
        return cls(
            clock=str(found["clock"]), act=str(found["act"]), on=dt.date.fromisoformat(str(found["on"])),
            length=_text(found.get("length")), unit=_text(found.get("unit")),
            extension=_text(found.get("extension")), last=_day(found.get("last")),
            earliest=_day(found.get("earliest")), latest=_day(found.get("latest")), alarm=_day(found.get("alarm")),
            provisional=bool(found.get("provisional", False)), late=bool(found["late"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drafted:
    """A document that the step drafts; `id` names this version of it."""

    id: str
    document: str


@dataclass(frozen=True, slots=True)
class FileMark:
    """Something done to a document's version: rendered, sealed, scanned (with a SHA-256, hex) or served."""

    id: str
    act: str
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A matter that the step opens. `form`: field of the new step -> name of the field of this step that fills it."""

    matter: str
    procedure: str
    step: str
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Publication:
    """That a matter is to be published on the register, or withdrawn from it."""

    act: str
    of: str


@dataclass(frozen=True, slots=True)
class Correction:
    """The entry (index in the stream) and the step whose fields this entry supersedes."""

    entry: int
    step: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything a step changed. `actor` is the account's uuid, or None for the system.

    `delegated_by`: the account in whose place the actor acted, by a written delegation of `role`.
    """

    step: str
    phase: str
    actor: str | None
    role: str
    on: dt.date
    from_: str | None
    to: str | None
    ended: bool
    sets: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    clocks: tuple[ClockEffect, ...] = ()
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recuse: tuple[str, ...] = ()
    values: Mapping[str, Json] = field(default_factory=dict)
    documents: tuple[Drafted, ...] = ()
    files: tuple[FileMark, ...] = ()
    letters: tuple[str, ...] = ()
    opens: tuple[Opened, ...] = ()
    publish: Publication | None = None
    exhibits: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    corrects: Correction | None = None
    inputs: tuple[Mapping[str, Json], ...] = ()
    reasons: tuple[Reason, ...] = ()
    delegated_by: str | None = None
    engine: int = ENGINE

    def opened_forms(self, form: Mapping[str, Json]) -> tuple[dict[str, Json], ...]:
        """Give, for each matter opened, the form of its first step.

        `form`: every field known in the matter, newest first to win, and `occurred`.
        """
        return tuple(
            {new: form[old] for new, old in item.form.items() if form.get(old) is not None} for item in self.opens
        )

    def to_json(self) -> dict[str, Json]:
        """Give exactly what stands in `skeleton["outcome"]`."""
        publish: Json = {"act": self.publish.act, "of": self.publish.of} if self.publish else None
        corrects: Json = {"entry": self.corrects.entry, "step": self.corrects.step} if self.corrects else None
        delegated: dict[str, Json] = {"delegated_by": self.delegated_by} if self.delegated_by else {}
        return delegated | {
            "engine": self.engine, "step": self.step, "phase": self.phase, "actor": self.actor, "role": self.role,
            "on": self.on.isoformat(), "stage": {"from": self.from_, "to": self.to}, "ended": self.ended,
            "facts": {"set": list(self.sets), "clear": list(self.clears)},
            "clocks": [item.to_json() for item in self.clocks],
            "people": {name: list(accounts) for name, accounts in self.people.items()},
            "recuse": list(self.recuse), "values": dict(self.values),
            "documents": [{"id": item.id, "document": item.document} for item in self.documents],
            "files": [{"id": item.id, "act": item.act, "digest": item.digest} for item in self.files],
            "letters": list(self.letters),
            "opens": [{"matter": item.matter, "procedure": item.procedure, "step": item.step, "form": dict(item.form)}
                      for item in self.opens],
            "publish": publish, "exhibits": list(self.exhibits),
            "links": [{"kind": kind, "stream": stream} for kind, stream in self.links], "corrects": corrects,
            "inputs": [dict(item) for item in self.inputs], "reasons": [item.to_json() for item in self.reasons],
        }  # fmt: skip

    @classmethod
    def from_json(cls, found: Mapping[str, Json]) -> Outcome:
        """Read what `to_json` wrote. Raises Invalid("outcome_malformed") for anything else."""
        try:
            return _read(found)
        except (KeyError, ValueError, TypeError, AssertionError) as wrong:
            raise Invalid("outcome_malformed", detail=repr(wrong)) from wrong


def _read(found: Mapping[str, Json]) -> Outcome:
    if found["engine"] != ENGINE or found["phase"] not in PHASES:
        raise ValueError("engine or phase")
    stage, facts, publish, corrects = (_object(found[name]) for name in ("stage", "facts", "publish", "corrects"))
    return Outcome(
        step=str(found["step"]), phase=str(found["phase"]), actor=_text(found["actor"]), role=str(found["role"]),
        on=dt.date.fromisoformat(str(found["on"])), from_=_text(stage["from"]), to=_text(stage["to"]),
        ended=bool(found["ended"]), sets=_texts(facts["set"]), clears=_texts(facts["clear"]),
        clocks=tuple(ClockEffect.from_json(item) for item in _objects(found["clocks"])),
        people={name: _texts(item) for name, item in _object(found["people"]).items()},
        recuse=_texts(found["recuse"]), values=_object(found["values"]),
        documents=tuple(Drafted(str(item["id"]), str(item["document"])) for item in _objects(found["documents"])),
        files=tuple(FileMark(str(item["id"]), str(item["act"]), _text(item["digest"]))
                    for item in _objects(found["files"])),
        letters=_texts(found["letters"]), opens=tuple(_opened(item) for item in _objects(found["opens"])),
        publish=Publication(str(publish["act"]), str(publish["of"])) if publish else None,
        exhibits=_texts(found["exhibits"]),
        links=tuple((str(item["kind"]), str(item["stream"])) for item in _objects(found["links"])),
        corrects=Correction(int(str(corrects["entry"])), str(corrects["step"])) if corrects else None,
        inputs=tuple(_objects(found["inputs"])),
        reasons=tuple(Reason.from_json(item) for item in _objects(found["reasons"])),
        delegated_by=_text(found.get("delegated_by")),
    )  # fmt: skip


def _opened(item: Mapping[str, Json]) -> Opened:
    form = {name: str(value) for name, value in _object(item["form"]).items()}
    return Opened(str(item["matter"]), str(item["procedure"]), str(item["step"]), form)


def _object(value: Json) -> dict[str, Json]:
    assert value is None or isinstance(value, dict)
    return value or {}


def _objects(value: Json) -> list[dict[str, Json]]:
    assert isinstance(value, list)
    return [_object(item) for item in value]


def _texts(value: Json) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(str(item) for item in value)


def _text(value: Json) -> str | None:
    return None if value is None else str(value)


def _day(value: Json) -> dt.date | None:
    return None if value is None else dt.date.fromisoformat(str(value))


def once(items: Sequence[str]) -> tuple[str, ...]:
    """Give names once each, in the order of their first mention."""
    return tuple(dict.fromkeys(items))
