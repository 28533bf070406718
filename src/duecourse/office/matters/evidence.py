"""Adding evidence by upload: the bytes first, then the step that enters their digest.

Responsible for the order (a digest is entered only when its bytes are safe) and for the built-in step's form. Not
responsible for judging bytes (`media`), storing them (`exhibits`), or captures.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from duecourse.office.ledger.store import StoredEntry
from duecourse.office.matters import exhibits
from duecourse.office.matters.actions import take_step
from duecourse.office.matters.actors import Actor


def add_exhibit(
    matter: UUID,
    content: bytes,
    *,
    name: str,
    title: str,
    kind: str,
    how: str,
    by: Actor,
    occurred: date | None = None,
    key: str | None,
    seen: int | str | None = None,
) -> StoredEntry:
    """Store a file as received and enter it as evidence of `kind` (apl#46), with how it was obtained.

    Raises Invalid when the bytes are not what the name claims (`media_mismatch`, `media_broken`, `media_empty`), else
    as `take_step`.
    """
    file = exhibits.receive(content, name=name)
    form = {"digests": [file.sha256], "title": title, "kind": kind, "how": how}
    return take_step(matter, "exhibit", by=by, occurred=occurred, form=form, received=[file], key=key, seen=seen)
