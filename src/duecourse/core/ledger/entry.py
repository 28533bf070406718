r"""The entry: one thing that happened, as a skeleton that is public to its readers and fields that are shown or not.

    field digest = SHA-256("duecourse/field/v1\n" || L(name) || L(salt) || L(canonical(value)))
    commitment   = SHA-256("duecourse/entry/v1\n" || L(skeleton bytes))
    L(x)         = length of x as a big-endian uint64 || x

The skeleton is canonical JSON with exactly the keys of `Skeleton`. It holds a salted digest for each field, so any
field can be shown, withheld or erased while the commitment stands. The commitment is the log's leaf; see
docs/formats/entry.md.
Not responsible for what a step means (`core.procedure`) or for numbering and storing (`office.ledger`).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical, spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date as Day  # noqa: N812 - `date` is a key of the format
    from uuid import UUID

VERSION: Final = "duecourse/entry/v1"
KINDS: Final = frozenset({"matter", "submission", "custody", "account", "system"})
SALT_SIZE: Final = 32
DIGEST_SIZE: Final = 32
MAX_SKELETON: Final = 1 << 20
"""No skeleton is longer than 1 MiB; a reader refuses a longer one before parsing it."""

_FIELD_DOMAIN: Final = b"duecourse/field/v1\n"
_ENTRY_DOMAIN: Final = b"duecourse/entry/v1\n"


def framed(data: bytes) -> bytes:
    """L(x): the length as a big-endian uint64, then the bytes, so that no two sequences of parts run together alike."""
    return len(data).to_bytes(8, "big") + data


@dataclass(frozen=True, slots=True)
class Field:
    """A value that one entry holds: its name, the class of who may see it, the value and its 32-byte salt.

    Raises Invalid when the name or class is no token, the salt has another length, or the value is not canonical.
    """

    name: str
    class_: str
    value: canonical.JSON
    salt: bytes

    def __post_init__(self) -> None:
        spelling.check_token(self.name, "field")
        spelling.check_token(self.class_, "class")
        if len(self.salt) != SALT_SIZE:
            raise Invalid("salt_length", name=self.name, length=len(self.salt))

    def encoded(self) -> bytes:
        """The value in canonical JSON, as it is stored and digested."""
        return canonical.encode(self.value)


@dataclass(frozen=True, slots=True)
class FieldMark:
    """What the skeleton says of a field: the class of who may see it and its salted digest (hex)."""

    class_: str
    digest: str


@dataclass(frozen=True, slots=True)
class Occurred:
    """When it happened, on the calendar and clock of the office: a legal date is a local date."""

    date: str
    time: str | None
    zone: str

    @classmethod
    def on(cls, day: Day, zone: str, *, time: str | None = None) -> Occurred:
        """Make one from a date; `time` is HH:MM where it is known."""
        return cls(day.isoformat(), time, zone)


@dataclass(frozen=True, slots=True)
class Link:
    """A named tie to another stream, such as the report that a lead came from."""

    kind: str
    stream: str


def field_digest(name: str, salt: bytes, value: object) -> bytes:
    """Return the 32-byte salted digest of a field's value. Raises Invalid for a value outside canonical JSON."""
    return field_digest_of(name, salt, canonical.spell(value))


def field_digest_of(name: str, salt: bytes, encoded: bytes) -> bytes:
    """Return the field digest of a value already in canonical JSON."""
    spelt = name.encode()
    return sha256(
        b"%b%b%b%b%b%b%b"
        % (
            _FIELD_DOMAIN,
            len(spelt).to_bytes(8, "big"),
            spelt,
            len(salt).to_bytes(8, "big"),
            salt,
            len(encoded).to_bytes(8, "big"),
            encoded,
        )
    ).digest()


def commitment(skeleton: bytes) -> bytes:
    """Return the 32-byte commitment of an entry: the leaf that goes into the log."""
    return sha256(_ENTRY_DOMAIN + len(skeleton).to_bytes(8, "big") + skeleton).digest()


def build_skeleton(
    *,
    log: str,
    stream: UUID | str,
    kind: str,
    index: int,
    prev: bytes | None,
    procedure: str | None,
    step: str,
    role: str,
    occurred: Occurred,
    recorded: datetime,
    digests: Mapping[str, str],
    exhibits: Sequence[str],
    links: Sequence[Link],
    outcome: Mapping[str, canonical.JSON],
    fields: Iterable[Field],
) -> bytes:
    """Return the skeleton's bytes, equal to `Skeleton(...).encode()`, without building one: the hot path of a step.

    `prev` is the commitment of entry `index - 1` of the stream (None for the first). `recorded` is aware and is cut to
    the millisecond. Raises Invalid for anything outside the format, and for two fields of one name.
    """
    named = sorted(fields, key=lambda field: field.name)
    _check_head(log, str(stream), kind, index, None if prev is None else prev.hex())
    _check_act(procedure, step, role, occurred)
    _check_lists(digests, exhibits, links)
    _unique([field.name for field in named])
    time = "null" if occurred.time is None else f'"{occurred.time}"'
    text = (
        f'{{"digests":{_digests(digests)},"exhibits":{_exhibits(exhibits)},"fields":{{{_marks(named)}}},'
        f'"index":{index},"kind":"{kind}","links":{_links(links)},"log":"{log}",'
        f'"occurred":{{"date":"{occurred.date}","time":{time},"zone":"{occurred.zone}"}},'
        f'"outcome":{canonical.encode(dict(outcome)).decode() if outcome else "{}"},'
        f'"prev":{"null" if prev is None else f"{chr(34)}{prev.hex()}{chr(34)}"},'
        f'"procedure":{"null" if procedure is None else f"{chr(34)}{procedure}{chr(34)}"},'
        f'"recorded":"{recorded_text(recorded)}","role":"{role}","step":"{step}","stream":"{stream}","v":"{VERSION}"}}'
    )
    encoded = text.encode()
    if len(encoded) > MAX_SKELETON:
        raise Invalid("skeleton_too_long", length=len(encoded), most=MAX_SKELETON)
    return encoded


def recorded_text(moment: datetime) -> str:
    """Spell an aware moment as the skeleton does: UTC, cut to the millisecond, `Z`. Raises Invalid when naive."""
    if moment.tzinfo is None:
        raise Invalid("recorded_naive")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds")[:23] + "Z"


@dataclass(frozen=True, slots=True)
class Skeleton:
    """An entry without its values: everything the commitment covers. Attributes are the keys of the format."""

    log: str
    stream: str
    kind: str
    index: int
    prev: str | None
    procedure: str | None
    step: str
    role: str
    occurred: Occurred
    recorded: str
    digests: Mapping[str, str]
    exhibits: tuple[str, ...]
    links: tuple[Link, ...]
    outcome: Mapping[str, canonical.JSON]
    fields: Mapping[str, FieldMark]

    def recorded_at(self) -> datetime:
        """Return the moment it was written down, UTC."""
        return datetime.fromisoformat(self.recorded)

    def to_json(self) -> dict[str, canonical.JSON]:
        """Return the JSON object of the format."""
        return {
            "v": VERSION,
            "log": self.log,
            "stream": self.stream,
            "kind": self.kind,
            "index": self.index,
            "prev": self.prev,
            "procedure": self.procedure,
            "step": self.step,
            "role": self.role,
            "occurred": {"date": self.occurred.date, "time": self.occurred.time, "zone": self.occurred.zone},
            "recorded": self.recorded,
            "digests": dict(self.digests),
            "exhibits": list(self.exhibits),
            "links": [{"kind": link.kind, "stream": link.stream} for link in self.links],
            "outcome": dict(self.outcome),
            "fields": {name: {"class": mark.class_, "digest": mark.digest} for name, mark in self.fields.items()},
        }

    def encode(self) -> bytes:
        """Return the skeleton's bytes. Raises Invalid unless they would read back as this skeleton."""
        encoded = canonical.spell(self.to_json())
        Skeleton.decode(encoded)
        return encoded

    @classmethod
    def decode(cls, data: bytes) -> Skeleton:
        """Read a skeleton. Raises Invalid for another spelling, a missing or extra key, a value outside the format."""
        if len(data) > MAX_SKELETON:
            raise Invalid("skeleton_too_long", length=len(data), most=MAX_SKELETON)
        raw = spelling.exactly(canonical.decode(data), _KEYS, "skeleton")
        if raw["v"] != VERSION:
            raise Invalid("skeleton_version", got=raw["v"])
        when = spelling.exactly(raw["occurred"], _OCCURRED_KEYS, "occurred")
        skeleton = cls(
            log=spelling.text(raw["log"], "log"),
            stream=spelling.text(raw["stream"], "stream"),
            kind=spelling.text(raw["kind"], "kind"),
            index=spelling.whole(raw["index"], "index"),
            prev=spelling.text_or_none(raw["prev"], "prev"),
            procedure=spelling.text_or_none(raw["procedure"], "procedure"),
            step=spelling.text(raw["step"], "step"),
            role=spelling.text(raw["role"], "role"),
            occurred=Occurred(
                spelling.text(when["date"], "date"),
                spelling.text_or_none(when["time"], "time"),
                spelling.text(when["zone"], "zone"),
            ),
            recorded=spelling.text(raw["recorded"], "recorded"),
            digests={
                name: spelling.text(value, "digest")
                for name, value in spelling.mapping(raw["digests"], "digests").items()
            },
            exhibits=tuple(spelling.text(item, "exhibit") for item in spelling.listing(raw["exhibits"], "exhibits")),
            links=tuple(_read_link(item) for item in spelling.listing(raw["links"], "links")),
            outcome=spelling.mapping(raw["outcome"], "outcome"),
            fields={name: _read_mark(name, mark) for name, mark in spelling.mapping(raw["fields"], "fields").items()},
        )
        _check_head(skeleton.log, skeleton.stream, skeleton.kind, skeleton.index, skeleton.prev)
        _check_act(skeleton.procedure, skeleton.step, skeleton.role, skeleton.occurred)
        spelling.check_moment(skeleton.recorded, "recorded")
        _check_lists(skeleton.digests, skeleton.exhibits, skeleton.links)
        return skeleton


_KEYS: Final = frozenset(Skeleton.__slots__) | {"v"}
_OCCURRED_KEYS: Final = frozenset({"date", "time", "zone"})
_LINK_KEYS: Final = frozenset({"kind", "stream"})
_MARK_KEYS: Final = frozenset({"class", "digest"})


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as its bytes, with what follows from them. Raises Invalid when read and not a skeleton."""

    skeleton_bytes: bytes

    @property
    def skeleton(self) -> Skeleton:
        """The skeleton, parsed."""
        return Skeleton.decode(self.skeleton_bytes)

    @property
    def commitment(self) -> bytes:
        """The 32-byte commitment."""
        return commitment(self.skeleton_bytes)


def check_field(skeleton: Skeleton, field: Field) -> None:
    """Raise Invalid unless `field` is the one the skeleton committed to: same class, same digest.

    Codes: field_unknown (the entry has no such field), field_class, field_digest.
    """
    mark = skeleton.fields.get(field.name)
    if mark is None:
        raise Invalid("field_unknown", name=field.name)
    if mark.class_ != field.class_:
        raise Invalid("field_class", name=field.name, expected=mark.class_, got=field.class_)
    if field_digest(field.name, field.salt, field.value).hex() != mark.digest:
        raise Invalid("field_digest", name=field.name)


def _check_head(log: str, stream: str, kind: str, index: int, prev: str | None) -> None:
    spelling.check_origin(log)
    spelling.check_uuid(stream, "stream")
    if kind not in KINDS:
        raise Invalid("stream_kind", got=kind)
    if not 0 <= index <= canonical.MAX_INTEGER:
        raise Invalid("entry_index", got=index)
    if (prev is None) != (index == 0):
        raise Invalid("entry_prev_missing" if index else "entry_prev_unexpected", index=index)
    if prev is not None:
        spelling.check_hex(prev, "prev")


def _check_act(procedure: str | None, step: str, role: str, occurred: Occurred) -> None:
    if procedure is not None:
        spelling.check_token(procedure, "procedure")
    spelling.check_token(step, "step")
    spelling.check_token(role, "role")
    spelling.check_date(occurred.date, "occurred")
    if occurred.time is not None:
        spelling.check_time(occurred.time)
    spelling.check_zone(occurred.zone)


def _unique(names: Sequence[str]) -> None:
    for before, name in itertools.pairwise(names):
        if before == name:
            raise Invalid("field_twice", name=name)


def _marks(named: Sequence[Field]) -> str:
    return ",".join(
        f'"{field.name}":{{"class":"{field.class_}",'
        f'"digest":"{field_digest_of(field.name, field.salt, field.encoded()).hex()}"}}'
        for field in named
    )


def _check_lists(digests: Mapping[str, str], exhibits: Sequence[str], links: Sequence[Link]) -> None:
    for name, digest in digests.items():
        spelling.check_token(name, "digests")
        spelling.check_hex(digest, name)
    for digest in exhibits:
        spelling.check_hex(digest, "exhibits")
    for link in links:
        spelling.check_token(link.kind, "links")
        spelling.check_uuid(str(link.stream), "links")


def _digests(digests: Mapping[str, str]) -> str:
    return "{" + ",".join(f'"{name}":"{digests[name]}"' for name in sorted(digests)) + "}"


def _exhibits(exhibits: Sequence[str]) -> str:
    return "[" + ",".join(f'"{digest}"' for digest in exhibits) + "]"


def _links(links: Sequence[Link]) -> str:
    return "[" + ",".join(f'{{"kind":"{link.kind}","stream":"{link.stream}"}}' for link in links) + "]"


def _read_link(value: canonical.JSON) -> Link:
    raw = spelling.exactly(value, _LINK_KEYS, "link")
    return Link(spelling.text(raw["kind"], "kind"), spelling.text(raw["stream"], "stream"))


def _read_mark(name: str, value: canonical.JSON) -> FieldMark:
    raw = spelling.exactly(value, _MARK_KEYS, "field")
    mark = FieldMark(spelling.text(raw["class"], "class"), spelling.text(raw["digest"], "digest"))
    spelling.check_token(name, "field")
    spelling.check_token(mark.class_, "class")
    spelling.check_hex(mark.digest, name)
    return mark
