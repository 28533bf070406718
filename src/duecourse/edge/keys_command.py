"""`duecourse keys`: make the office's keys, rotate one, split the recovery key among its holders, prove that it works.

    duecourse keys init                          every key that is missing (rerun: changes nothing)
    duecourse keys rotate PURPOSE                a new key takes over; the old one stays to open what it locked
    duecourse keys retire                        log keys rotated out stop signing along
    duecourse keys split --to FOLDER             the recovery key in three shares, of which two restore it
    duecourse keys drill [--share FILE …]        proves that a sealed sample opens, with the shares alone

When every pair of shares was proved, `split` deletes the secret half from this machine (not with --keep).

Not here: where backups go, what to do when a key was stolen (docs/running/keys.md).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Final

from duecourse.core.errors import Invalid
from duecourse.edge import sealing, shares
from duecourse.edge.keys import PURPOSES, SEALING, KeyRing, write_file
from duecourse.edge.sealing import SecretKey

NEED: Final = 2
TOTAL: Final = 3
_SAMPLE: Final = "正程: a sample that only the recovery key opens".encode()
_ESCROWED: Final = ("intake", "custodian", "matter", "log")


def main(arguments: Sequence[str]) -> int:
    """Run one `duecourse keys` command; returns the exit status."""
    asked = parser().parse_args(list(arguments))
    ring = KeyRing(asked.keys)
    try:
        said, found = _COMMANDS[asked.command](ring, asked)
    except Invalid as problem:
        print(f"keys: {problem}", file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    lines = [json.dumps({"command": asked.command, **found})] if asked.json else said
    print(*lines, sep="\n")  # noqa: T201 - a command speaks
    return 0


def initialise(ring: KeyRing, *, origin: str) -> list[str]:
    """Make every key that is missing; returns the purposes made. `origin` is the log's name and never changes."""
    made = [purpose for purpose in (*SEALING, "log") if not ring.has(purpose)]
    for purpose in made:
        ring.create(purpose, name=origin)
        if purpose in _ESCROWED:
            ring.escrow(purpose)
    return made


def split(ring: KeyRing, folder: Path, *, keep: bool) -> list[Path]:
    """Write the recovery key's shares as files; deletes its secret half when every pair of them was proved.

    Raises Invalid("key_missing") when the secret half is not here, Invalid("share_exists") rather than overwrite one.
    """
    secret = ring.secret("recovery")
    held = shares.split(secret.raw, need=NEED, total=TOTAL)
    paths = [folder / f"recovery-{secret.id}.share-{share.point}" for share in held]
    if any(path.exists() for path in paths):
        raise Invalid("share_exists", folder=str(folder))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path, share in zip(paths, held, strict=True):
        write_file(path, (share.line() + "\n").encode(), mode=0o600)
    for pair in combinations(paths, NEED):
        drill(ring, pair)
    if not keep:
        ring.remove_secret("recovery")
    return paths


def drill(ring: KeyRing, share_files: Sequence[Path]) -> SecretKey:
    """Seal a sample to the public recovery key, open it, and open every escrowed key, with the shares alone.

    Without shares the secret half on this machine is tried. Returns the recovered key. Raises Invalid with what failed.
    """
    secret = recover(share_files) if share_files else ring.secret("recovery")
    sealed = sealing.seal(_SAMPLE, [ring.public("recovery")])
    if sealing.unseal(sealed, secret) != _SAMPLE:
        raise Invalid("drill_failed")
    for escrowed in sorted(ring.folder.glob("*.escrow")):
        if secret.id in sealing.recipients_of(escrowed.read_bytes()):
            sealing.unseal(escrowed.read_bytes(), secret)
    return secret


def recover(share_files: Sequence[Path]) -> SecretKey:
    """The recovery key from its shares. Raises Invalid("share_malformed" | "shares_too_few" | "shares_differ")."""
    return SecretKey.of(shares.join([shares.Share.read(path.read_text("ascii", "replace")) for path in share_files]))


_Said = tuple[list[str], dict[str, object]]
"""What a command tells a person, line by line, and the same for a program."""


def _init(ring: KeyRing, asked: argparse.Namespace) -> _Said:
    made = {purpose: ring.current(purpose) for purpose in initialise(ring, origin=asked.origin)}
    key = ring.vkey("log")
    return [*(f"made {purpose}: {name}" for purpose, name in made.items()), f"log key: {key}"], {
        "made": made,
        "log": key,
    }


def _rotate(ring: KeyRing, asked: argparse.Namespace) -> _Said:
    if asked.purpose == "recovery" and not ring.has_secret("recovery"):
        said = ["the old recovery key's shares still open what was sealed to it; keep them"]
    else:
        said = []
    after = ring.rotate(asked.purpose)
    if asked.purpose in _ESCROWED:
        ring.escrow(asked.purpose)
    if asked.purpose == "recovery":
        for purpose in filter(ring.has_secret, ("intake", "custodian", "matter")):
            ring.escrow(purpose)
        ring.escrow("log")
        said.append("split the new recovery key now: duecourse keys split --to FOLDER")
    return [f"{asked.purpose} is now {after}", *said], {"purpose": asked.purpose, "key": after, "remember": said}


def _retire(ring: KeyRing, _asked: argparse.Namespace) -> _Said:
    retired = list(ring.retire())
    said = [f"no longer signing: {name}" for name in retired] or ["no log key was signing along"]
    return said, {"retired": retired}


def _split(ring: KeyRing, asked: argparse.Namespace) -> _Said:
    paths = split(ring, asked.to, keep=asked.keep)
    gone = "still on this machine (--keep)" if asked.keep else "deleted from this machine"
    said = [*map(str, paths), f"any {NEED} of {TOTAL} restore the recovery key; its secret half is {gone}"]
    return said, {"shares": [str(path) for path in paths], "need": NEED, "secret kept": asked.keep}


def _drill(ring: KeyRing, asked: argparse.Namespace) -> _Said:
    secret = drill(ring, asked.share)
    how = f"{len(asked.share)} shares" if asked.share else "the key on this machine (split it: duecourse keys split)"
    said = f"recovery key {secret.id}: the sample and every escrowed key opened with {how}"
    return [said], {"recovery": secret.id, "shares": len(asked.share), "opened": True}


_COMMANDS: Final = {"init": _init, "rotate": _rotate, "retire": _retire, "split": _split, "drill": _drill}


def parser() -> argparse.ArgumentParser:
    """What may be written after `duecourse keys`."""
    parser = argparse.ArgumentParser(prog="duecourse keys", description="The office's keys.")
    home = Path(os.environ.get("DUECOURSE_HOME") or "./data").resolve()
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.add_argument("--keys", type=Path, default=home / "keys", help="the folder of keys")
    commands = parser.add_subparsers(dest="command", required=True)
    init = commands.add_parser("init", help="make every key that is missing")
    origin = os.environ.get("DUECOURSE_LOG_ORIGIN") or "duecourse.example/demo"
    init.add_argument("--origin", default=origin, help="the name of the log; it never changes")
    rotate = commands.add_parser("rotate", help="a new key takes over")
    rotate.add_argument("purpose", choices=PURPOSES)
    commands.add_parser("retire", help="log keys rotated out stop signing along")
    split_ = commands.add_parser("split", help="the recovery key in three shares, of which two restore it")
    split_.add_argument("--to", type=Path, required=True, help="the folder for the shares, best three media")
    split_.add_argument("--keep", action="store_true", help="leave the secret half on this machine")
    drill_ = commands.add_parser("drill", help="prove that what is sealed can be opened with the shares alone")
    drill_.add_argument("--share", type=Path, action="append", default=[], help="a share's file (repeat)")
    return parser
