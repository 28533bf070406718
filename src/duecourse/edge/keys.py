"""The office's keys: files named by purpose and key id. Rotation adds a key; old ones stay and open what they locked.

    <purpose>-<id>.pub    public half, one line: duecourse-public-v1 <kind> <purpose> <id> <name or -> <base64>
    <purpose>-<id>.key    secret half, the same with duecourse-secret-v1; mode 0600
    <purpose>-<id>.escrow the secret half sealed to the recovery key (docs/running/keys.md)
    current.json          {"intake": "<id>", …}: the key in use for each purpose; "retiring": log keys that sign along

Kinds: `x25519` (sealing; intake, recovery, custodian, matter) and `ed25519` (signed notes; log, witness). The id of an
Ed25519 key is the 4-byte key id of C2SP signed-note in hexadecimal, so its files carry what its signatures carry.

Not here: the format of what is sealed or signed (`sealing`, `core/ledger/note`), the command line (`keys_command`).
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain
from pathlib import Path
from typing import Final, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl import utils

from duecourse.core.errors import Invalid
from duecourse.edge import sealing
from duecourse.edge.objects import sync_folder
from duecourse.edge.sealing import PublicKey, SecretKey

SEALING: Final = ("recovery", "intake", "custodian", "matter")
SIGNING: Final = ("log", "witness")
PURPOSES: Final = SEALING + SIGNING
_Key = TypeVar("_Key", PublicKey, SecretKey)


class NoteAlgorithm(Enum):
    """The algorithm byte of C2SP signed-note: a log signs checkpoints, a witness signs cosignature/v1."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True)
class NoteKey:
    """An Ed25519 key for signed notes: its name, its secret seed, and what its signatures are."""

    name: str
    seed: bytes = field(repr=False)
    algorithm: NoteAlgorithm = NoteAlgorithm.ED25519

    @property
    def public_raw(self) -> bytes:
        """The 32 public bytes."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return public.public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def key_id(self) -> bytes:
        """SHA-256(name ‖ 0x0A ‖ algorithm ‖ public key)[:4] (C2SP signed-note)."""
        return note_key_id(self.name, self.algorithm, self.public_raw)

    @property
    def vkey(self) -> str:
        """What a verifier needs: `<name>+<hex key id>+<base64(algorithm ‖ public key)>`."""
        return vkey_text(self.name, self.algorithm, self.public_raw)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature (RFC 8032) of `message`."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def note_key_id(name: str, algorithm: NoteAlgorithm, public_raw: bytes) -> bytes:
    """SHA-256(name ‖ 0x0A ‖ algorithm ‖ public key)[:4] (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm.value]) + public_raw).digest()[:4]


def vkey_text(name: str, algorithm: NoteAlgorithm, public_raw: bytes) -> str:
    """The verifier key text of C2SP signed-note."""
    key = base64.b64encode(bytes([algorithm.value]) + public_raw).decode("ascii")
    return f"{name}+{note_key_id(name, algorithm, public_raw).hex()}+{key}"


class KeyRing:
    """The keys in one folder. Reading never creates; `create` and `rotate` write."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    # --- reading ---

    def current(self, purpose: str) -> str:
        """The id of the key in use. Raises Invalid("key_missing")."""
        name = self._state().get(_known(purpose))
        if not isinstance(name, str):
            raise Invalid("key_missing", purpose=purpose)
        return name

    def has(self, purpose: str) -> bool:
        """Whether a key of this purpose was ever made here."""
        return _known(purpose) in self._state()

    def public(self, purpose: str, name: str | None = None) -> PublicKey:
        """The sealing key in use, or the one named. Raises Invalid("key_missing" | "key_malformed")."""
        assert purpose in SEALING
        name = name or self.current(purpose)
        key = PublicKey.of(_read(self.folder / f"{purpose}-{name}.pub", "public", purpose).raw)
        return _same(key, name)

    def secret(self, purpose: str, name: str | None = None) -> SecretKey:
        """The secret half of the key in use, or of the one named (an id in a sealed header). Raises as `public`."""
        assert purpose in SEALING
        name = name or self.current(purpose)
        key = SecretKey.of(_read(self.folder / f"{purpose}-{name}.key", "secret", purpose).raw)
        return _same(key, name)

    def has_secret(self, purpose: str) -> bool:
        """Whether the secret half of the key in use lies in this folder (the recovery key's should not)."""
        return self.has(purpose) and (self.folder / f"{purpose}-{self.current(purpose)}.key").is_file()

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """Unseal with whichever key of `purpose` it was sealed to, also one rotated out.

        Raises Invalid("sealed_for_another") when none is here, else as `sealing.unseal`.
        """
        for name in sealing.recipients_of(sealed):
            if (self.folder / f"{_known(purpose)}-{name}.key").is_file():
                return sealing.unseal(sealed, self.secret(purpose, name))
        raise Invalid("sealed_for_another", purpose=purpose)

    def open_stream(self, purpose: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Unseal a stream as `open` does; only a clean end says that it is whole. Raises as `open`."""
        first, incoming = b"", iter(chunks)
        while b"\n" not in first and (chunk := next(incoming, b"")):
            first += chunk
        for name in sealing.recipients_of(first):
            if (self.folder / f"{_known(purpose)}-{name}.key").is_file():
                return sealing.unseal_stream(chain([first], incoming), self.secret(purpose, name))
        raise Invalid("sealed_for_another", purpose=purpose)

    def signer(self, purpose: str, name: str | None = None) -> NoteKey:
        """The note key in use, or the one named. Raises Invalid("key_missing" | "key_malformed")."""
        assert purpose in SIGNING
        name = name or self.current(purpose)
        found = _read(self.folder / f"{purpose}-{name}.key", "secret", purpose)
        key = NoteKey(found.name, found.raw, _algorithm(purpose))
        if key.key_id.hex() != name:
            raise Invalid("key_malformed", key=name)
        return key

    def log_signer(self) -> NoteKey:
        """The key that signs checkpoints."""
        return self.signer("log")

    def log_signers(self) -> list[NoteKey]:
        """The key in use first, then those being retired, which sign along until `retire`."""
        return [self.log_signer(), *(self.signer("log", name) for name in self._retiring())]

    def vkey(self, purpose: str) -> str:
        """The verifier key text of a signing key, read from its public file alone."""
        assert purpose in SIGNING
        found = _read(self.folder / f"{purpose}-{self.current(purpose)}.pub", "public", purpose)
        return vkey_text(found.name, _algorithm(purpose), found.raw)

    # --- writing ---

    def create(self, purpose: str, *, name: str = "-") -> str:
        """Make a key and put it in use; returns its id. `name` is the note name of a signing key (the log's origin)."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key_id = self._create_signing(purpose, name) if purpose in SIGNING else self._create_sealing(_known(purpose))
        self._write_state(self._state() | {purpose: key_id})
        return key_id

    def rotate(self, purpose: str) -> str:
        """A new key takes over; returns its id. A log key's successor is announced by a note that both keys sign."""
        old = self.current(purpose)
        if purpose not in SIGNING:
            return self.create(purpose)
        before = self.signer(purpose)
        after = self.create(purpose, name=before.name)
        if purpose == "log":
            self._write_state(self._state() | {"retiring": [old, *self._retiring()]})
            write_file(self.folder / f"log-{after}.rollover", rollover(before, self.signer("log")).encode(), mode=0o644)
        return after

    def retire(self) -> list[str]:
        """Old log keys stop signing along; returns their ids."""
        retired = self._retiring()
        self._write_state({key: value for key, value in self._state().items() if key != "retiring"})
        return retired

    def remove_secret(self, purpose: str) -> None:
        """Delete the secret half of the key in use; done only after its shares were proved."""
        path = self.folder / f"{purpose}-{self.current(purpose)}.key"
        path.unlink()
        sync_folder(self.folder)

    def escrow(self, purpose: str) -> Path:
        """Seal the secret half of the key in use to the recovery key, beside it."""
        stem = f"{_known(purpose)}-{self.current(purpose)}"
        sealed = sealing.seal((self.folder / f"{stem}.key").read_bytes(), [self.public("recovery")])
        return write_file(self.folder / f"{stem}.escrow", sealed, mode=0o600)

    def _create_sealing(self, purpose: str) -> str:
        key = SecretKey.new()
        _write(self.folder, _KeyFile("secret", "x25519", purpose, key.id, "-", key.raw))
        _write(self.folder, _KeyFile("public", "x25519", purpose, key.id, "-", key.public().raw))
        return key.id

    def _create_signing(self, purpose: str, name: str) -> str:
        assert name != "-", "a signing key has a name"
        key = NoteKey(name, utils.random(32), _algorithm(purpose))
        key_id = key.key_id.hex()
        _write(self.folder, _KeyFile("secret", "ed25519", purpose, key_id, name, key.seed))
        _write(self.folder, _KeyFile("public", "ed25519", purpose, key_id, name, key.public_raw))
        return key_id

    def _retiring(self) -> list[str]:
        found = self._state().get("retiring", [])
        return [str(name) for name in found] if isinstance(found, list) else []

    def _state(self) -> dict[str, object]:
        try:
            state = json.loads((self.folder / "current.json").read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            raise Invalid("key_malformed", key="current.json") from None
        if not isinstance(state, dict):
            raise Invalid("key_malformed", key="current.json")
        return state

    def _write_state(self, state: dict[str, object]) -> None:
        text = json.dumps(state, sort_keys=True, indent=1) + "\n"
        write_file(self.folder / "current.json", text.encode(), mode=0o644)


def rollover(before: NoteKey, after: NoteKey) -> str:
    """The signed note by which a log key hands over: both vkeys, signed by both keys (C2SP signed-note)."""
    text = f"duecourse/key-rollover/v1\n{before.vkey}\n{after.vkey}\n"
    lines = [
        f"— {key.name} {base64.b64encode(key.key_id + key.sign(text.encode())).decode('ascii')}\n"
        for key in (before, after)
    ]
    return text + "\n" + "".join(lines)


def write_file(path: Path, content: bytes, *, mode: int) -> Path:
    """Write a small file whole or not at all, with its mode from the first moment."""
    _write_beside(path, content, mode=mode).replace(path)
    sync_folder(path.parent)
    return path


def write_once(path: Path, content: bytes, *, mode: int) -> None:
    """The same, but what stands there already stays, also when two processes come at once."""
    waiting = _write_beside(path, content, mode=mode)
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(waiting)
    waiting.unlink()
    sync_folder(path.parent)


def _write_beside(path: Path, content: bytes, *, mode: int) -> Path:
    waiting = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return waiting


@dataclass(frozen=True)
class _KeyFile:
    half: str
    kind: str
    purpose: str
    id: str
    name: str
    raw: bytes = field(repr=False)


def _read(path: Path, half: str, purpose: str) -> _KeyFile:
    try:
        words = path.read_text("utf-8").split(" ")
    except FileNotFoundError:
        raise Invalid("key_missing", key=path.name) from None
    try:
        word, kind, of, name, title, text = words
        found = _KeyFile(half, kind, of, name, title, base64.b64decode(text.rstrip("\n"), validate=True))
    except (ValueError, binascii.Error):
        raise Invalid("key_malformed", key=path.name) from None
    if word != f"duecourse-{half}-v1" or of != purpose or len(found.raw) != 32:  # noqa: PLR2004 - bytes of a key
        raise Invalid("key_malformed", key=path.name)
    return found


def _write(folder: Path, key: _KeyFile) -> None:
    suffix, mode = ("key", 0o600) if key.half == "secret" else ("pub", 0o644)
    text = base64.b64encode(key.raw).decode("ascii")
    line = f"duecourse-{key.half}-v1 {key.kind} {key.purpose} {key.id} {key.name} {text}\n"
    write_file(folder / f"{key.purpose}-{key.id}.{suffix}", line.encode(), mode=mode)


def _same(key: _Key, name: str) -> _Key:
    if key.id != name:
        raise Invalid("key_malformed", key=name)
    return key


def _known(purpose: str) -> str:
    if purpose not in PURPOSES:
        raise Invalid("key_purpose_unknown", purpose=purpose)
    return purpose


def _algorithm(purpose: str) -> NoteAlgorithm:
    return NoteAlgorithm.COSIGNATURE if purpose == "witness" else NoteAlgorithm.ED25519
