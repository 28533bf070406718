"""The papers that the office sealed to a party, opened with the party's code; and how each right stands today.

Responsible for opening the newest list (docs/formats/party.md) and its files, and for saying of each right, on a day,
whether it is open, past, over, or counted only from service. The last days come from the office as it counted them;
nothing is counted here. Not here: what the party sends (`sending`).
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.edge import clock, sealing
from duecourse.edge.objects import ObjectStore
from duecourse.public import front
from duecourse.public.rulebook import current as rulebook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION: Final = "duecourse/party-papers/v1"
FOLDER: Final = "party"
_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Paper:
    """One file: its name, what it is (original, copy, proof, exhibit), its size, and where it stands in the list."""

    place: int
    name: str
    what: str
    size: int
    sha256: str
    object: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A right on a day. `state`: open, past (its last day is over), over (closed), waiting (counted from service)."""

    right: Mapping[str, Any]
    state: str
    last: dt.date | None
    days_left: int | None

    @property
    def usable(self) -> bool:
        """Whether it can still be sent: a late act is taken in and marked, never refused here."""
        return self.right["act"] is not None and self.state != "over"


@dataclass(frozen=True)
class Papers:
    """Everything that is open to a party, as plain data, and the key that opens the files."""

    held: Mapping[str, Any]
    keys: sealing.ReporterKeys
    today: dt.date

    @property
    def access(self) -> str:
        """The id that an act names, so that the office knows where it belongs."""
        return str(self.held["access"])

    @property
    def files(self) -> list[Paper]:
        """Every file in the order of the page."""
        found = [one for document in self.held["documents"] for one in document["files"]]
        found += [one["file"] for one in self.held["exhibits"] if one["file"]]
        return [_paper(place, one) for place, one in enumerate(found)]

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The documents, each with its files as they stand in `files`."""
        return [{**one, "papers": self._those(one["files"])} for one in self.held["documents"]]

    @property
    def exhibits(self) -> list[dict[str, Any]]:
        """The evidence, each with its file when it is open."""
        return [
            {**one, "paper": self._those([one["file"]])[0] if one["file"] else None} for one in self.held["exhibits"]
        ]

    @property
    def rights(self) -> list[Standing]:
        """Every right as it stands today."""
        return [_standing(right, self.today) for right in self.held["rights"]]

    def right_of(self, act: str) -> Standing | None:
        """The right that is used by an act of this kind, if there is one."""
        return next((one for one in self.rights if one.right["act"] == act), None)

    def chunks(self, paper: Paper) -> Iterator[bytes]:
        """Unseal a file as it is read. Raises Invalid when it is not whole or not ours."""
        path = ObjectStore(Path(settings.DUECOURSE_PUBLISHED) / FOLDER / self.access).path(paper.object)
        with path.open("rb") as stream:
            yield from sealing.unseal_stream(iter(lambda: stream.read(_CHUNK), b""), self.keys.secret)

    def _those(self, files: list[Mapping[str, Any]]) -> list[Paper]:
        named = {paper.object: paper for paper in self.files}
        return [named[one["object"]] for one in files]


def read(keys: sealing.ReporterKeys) -> Papers | None:
    """Return what a code opens, or None: an unknown code and one whose access was ended are the same.

    Raises Invalid when the newest papers do not open or have another version.
    """
    for letter in reversed(front.letters(keys.lookup_id)):
        if letter.sealed:
            held = json.loads(sealing.unseal(bytes(letter.sealed), keys.secret))
            if held.get("v") != VERSION:
                raise Invalid("papers_version", v=str(held.get("v"))[:40])
            return Papers(held, keys, rulebook().local_date(clock.now()))
    return None


def _paper(place: int, one: Mapping[str, Any]) -> Paper:
    return Paper(place, one["name"], one["what"], one["size"], one["sha256"], one["object"])


def _standing(right: Mapping[str, Any], today: dt.date) -> Standing:
    last = dt.date.fromisoformat(right["last"]) if right["last"] else None
    left = (last - today).days if last else None
    if right["closed"]:
        return Standing(right, "over", last, left)
    if left is not None:
        return Standing(right, "open" if left >= 0 else "past", last, left)
    return Standing(right, "waiting" if right["length"] else "open", None, None)
