"""The documents that the public may fetch: a folder of its own, in which nothing else ever stands.

The front door reads this folder and cannot read the office's files. It is a function of the register: what the register
shows is copied in, what it does not show (any more) is taken out.
Not responsible for what the register shows (`register`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.conf import settings

from duecourse.edge.objects import ObjectStore
from duecourse.office.ledger import sql
from duecourse.office.matters import exhibits

FOLDER: Final = "documents"
_SHOWN: Final = (
    "SELECT DISTINCT document_sha256 FROM register_item WHERE withdrawn_on IS NULL AND document_sha256 IS NOT NULL"
)


def folder() -> Path:
    """Where the published documents lie."""
    return Path(settings.DUECOURSE_PUBLISHED) / FOLDER


def settle() -> tuple[int, int]:
    """Copy in what the register shows, take out what it does not; return both counts. Raises OSError, Invalid."""
    store, wanted = ObjectStore(folder()), {row[0] for row in sql.rows(_SHOWN)}
    held = {path.parent.name + path.name: path for path in folder().glob("??/*")}
    for digest in sorted(wanted - held.keys()):
        store.put(exhibits.objects().get(digest))
    for digest in held.keys() - wanted:
        held[digest].unlink(missing_ok=True)
    return len(wanted - held.keys()), len(held.keys() - wanted)
