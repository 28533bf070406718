"""Rulebooks as bundles: every one that was ever in force is one object, named by its digest, and can be read again.

Responsible for packing a folder the same way everywhere, for unpacking a bundle under its digest where both sites can
read it, and for the rows of `rulebook_version` that say which was in force from which day.
Not responsible for what an office may change (`office.settings`), nor for what a rulebook means (`core.procedure`).
"""

from __future__ import annotations

import io
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from psycopg import OperationalError

from duecourse.core.procedure import loading
from duecourse.edge.objects import ObjectStore
from duecourse.office.ledger import sql

if TYPE_CHECKING:
    from datetime import date

FOLDER: Final = "rulebooks"
# Of the rows for days up to today: the latest day, and for that day the row written last.
_IN_FORCE: Final = """
SELECT digest, bundle FROM rulebook_version WHERE name = %s AND from_on <= %s
ORDER BY from_on DESC, seq DESC LIMIT 1
"""
_NAMED: Final = "SELECT bundle FROM rulebook_version WHERE digest = %s LIMIT 1"


@dataclass(frozen=True, slots=True)
class Version:
    """A rulebook that is in force: its digest, and the object that holds it."""

    digest: str
    bundle: str


def in_force(on: date) -> Version | None:
    """What was laid down for this day; None before anything was, and while the database is away."""
    try:
        found = sql.row(_IN_FORCE, (settings.DUECOURSE_RULEBOOK, on))
    except OperationalError:  # without the database no step is taken either
        return None
    return Version(*found) if found else None


def bundle_of(digest: str) -> str | None:
    """The object that holds the rulebook of this digest."""
    found = sql.row(_NAMED, (digest,))
    return found[0] if found else None


def pack(folder: Path) -> bytes:
    """All files of a folder as one tar archive that is the same wherever and whenever it is made."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
            member = tarfile.TarInfo(path.relative_to(folder).as_posix())
            member.size, member.mode = path.stat().st_size, 0o644
            with path.open("rb") as content:
                archive.addfile(member, content)
    return packed.getvalue()


def folder_of(digest: str, bundle: str) -> Path:
    """The folder with this rulebook's files, unpacked at first use where the public site reads it too.

    Raises Invalid("object_missing") or Invalid("object_damaged") when the bundle is not what was kept.
    """
    place = Path(settings.DUECOURSE_PUBLISHED) / FOLDER / digest
    if place.is_dir() and loading.digest(place) == digest:
        return place
    content = ObjectStore(settings.DUECOURSE_OBJECTS).get(bundle)
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=place.parent))
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            archive.extractall(fresh, filter="data")
        fresh.chmod(0o755)
        assert loading.digest(fresh) == digest, f"the bundle {bundle} is not the rulebook {digest}"
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        fresh.rename(place)
    except OSError:
        if not place.is_dir():  # another process was not first either
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return place
