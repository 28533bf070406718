"""`duecourse restore DIR`: a backup takes the place of the database, and the log goes on without a fork.

    1. the manifest fits its files, and is of this log         2. nobody else numbers meanwhile
    3. pg_restore, in one transaction                          4. objects that are missing here are copied back
    5. `nofork.settle`: what was published after the backup is read back from the public files, as `lost-in-restore`

The public folder is *not* put back: it must be the latest there is, from this machine or from a mirror of the site.
Restore with the same version of Duecourse that made the backup, then migrate. Not responsible for keys.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from duecourse.core.errors import Invalid
from duecourse.office.ledger import nofork, sequencer, sql
from duecourse.office.ledger.backup import DUMP, LIST, MANIFEST, VERSION, digest_of, run_program, stores

if TYPE_CHECKING:
    from duecourse.office.ledger.nofork import Recovered


def restore(folder: Path, *, replace: bool = False) -> list[Recovered]:
    """Put the backup in place; returns what was read back from elsewhere.

    Raises Invalid("backup_damaged" | "backup_of_another_log" | "restore_would_replace" | "sequencer_elsewhere" |
    "backup_program" | "objects_missing"), and as `nofork.settle`: then the database is restored but must not be signed.
    """
    folder = Path(folder)
    _check(folder)
    with sequencer.hold(wait=False):
        if not replace and (entries := _entries()):
            raise Invalid("restore_would_replace", entries=entries)
        run_program(
            "pg_restore", "--clean", "--if-exists", "--single-transaction", "--exit-on-error", "--no-password",
            f"--dbname={connection.settings_dict['NAME']}", str(folder / DUMP),
        )  # fmt: skip
        recovered = nofork.settle()
    _restore_objects(folder)
    return recovered


def _check(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        files = {name: str(one["sha256"]) for name, one in manifest["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Invalid("backup_damaged", file=MANIFEST) from None
    if manifest.get("v") != VERSION or set(files) != {DUMP, LIST}:
        raise Invalid("backup_damaged", file=MANIFEST)
    if manifest["origin"] != settings.LOG_ORIGIN:
        raise Invalid("backup_of_another_log", origin=manifest["origin"])
    for name, digest in files.items():
        if not (folder / name).is_file() or digest_of(folder / name) != digest:
            raise Invalid("backup_damaged", file=name)
    return manifest


def _entries() -> int:
    if sql.rows("SELECT to_regclass('public.entry') IS NULL")[0][0]:
        return 0
    return int(sql.rows("SELECT count(*) FROM entry")[0][0])


def _restore_objects(folder: Path) -> None:
    """Copy back what is missing here; every listed object must be there then. Raises Invalid("objects_missing")."""
    places, missing = stores(), []
    for line in (folder / LIST).read_text("ascii").splitlines():
        digest, _, place = line.split("  ")
        store = places[place]
        if store.verify(digest):
            continue
        source = folder / place / digest[:2] / digest[2:]
        if not source.is_file() or hashlib.sha256(source.read_bytes()).hexdigest() != digest:
            missing.append(digest)
            continue
        target = store.path(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    if missing:
        raise Invalid("objects_missing", count=len(missing), first=missing[0])
