"""Signed notes (C2SP signed-note): a text and, below a blank line, the lines of those who signed it.

    example.org/log
    1024
    K1s5mBM8q7hWVsVJlYI6Lqmp2Zyb7bO0b3s9eL2yQ2o=

    — example.org/log Pbn7XhGy…

A signature line is an em dash, the key's name, and base64(4-byte key id || signature), where

    key id = SHA-256(name || 0x0A || algorithm || public key)[:4]

Parsers take one spelling. A signature of a known key that fails spoils the whole note; unknown keys are ignored. Not
responsible for what the text says (`checkpoint`) or for keeping secret keys (`edge.keys`).
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from duecourse.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
"""Signature type bytes assigned by C2SP signed-note."""

KEY_SIZE: Final = 32
SIGNATURE_SIZE: Final = 64
MAX_NOTE: Final = 1_000_000
MAX_SIGNATURES: Final = 100
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_VKEY = re.compile(r"(?P<name>[^+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+={0,2})")


class Signer(Protocol):
    """Whoever can sign for one key; the secret may live elsewhere."""

    @property
    def name(self) -> str:
        """The key's name, for a log its origin."""

    @property
    def key_id(self) -> bytes:
        """The key's 4-byte id."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature of `message` (for Ed25519: 64 bytes)."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under a name, for one signature type; what a vkey text spells."""

    name: str
    public: bytes
    algorithm: int = ED25519

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.algorithm not in (ED25519, COSIGNATURE):
            raise Invalid("vkey_algorithm", algorithm=self.algorithm)
        if len(self.public) != KEY_SIZE:
            raise Invalid("vkey_length", length=len(self.public))

    @property
    def key_id(self) -> bytes:
        """The 4-byte key id."""
        return key_id(self.name, self.algorithm, self.public)

    def vkey(self) -> str:
        """Spell it `<name>+<key id in hex>+<base64(algorithm || public key)>`."""
        return f"{self.name}+{self.key_id.hex()}+{encode64(bytes([self.algorithm]) + self.public)}"

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        """Read a vkey text. Raises Invalid when malformed, of another type, or when the id is not the key's."""
        match = _VKEY.fullmatch(vkey)
        if match is None:
            raise Invalid("vkey_malformed")
        try:
            raw = decode64(match["key"])
        except Invalid:
            raise Invalid("vkey_malformed") from None
        verifier = cls(match["name"], raw[1:], raw[0])
        if verifier.vkey() != vkey:
            raise Invalid("vkey_id", expected=verifier.key_id.hex(), got=match["id"])
        return verifier

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Tell whether `signature` is this key's over `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Ed25519Signer:
    """A signer from a 32-byte Ed25519 seed. `algorithm` is ED25519 for a log, COSIGNATURE for a witness."""

    name: str
    seed: bytes = field(repr=False)
    algorithm: int = ED25519

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self._private().public_key().public_bytes_raw(), self.algorithm)

    @property
    def key_id(self) -> bytes:
        """The 4-byte key id."""
        return self.verifier.key_id

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature (RFC 8032) of `message`."""
        return self._private().sign(message)

    def _private(self) -> Ed25519PrivateKey:
        if len(self.seed) != KEY_SIZE:
            raise Invalid("seed_length", length=len(self.seed))
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name, its 4-byte id, and the signature's bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Spell the line, with its newline."""
        return f"— {self.name} {encode64(self.key_id + self.signature)}\n"

    @classmethod
    def parse(cls, line: str) -> Signature:
        """Read one line (with its newline). Raises Invalid for any other spelling."""
        parts = line.removesuffix("\n").split(" ")
        if not line.endswith("\n") or len(parts) != 3 or parts[0] != "—":  # noqa: PLR2004 - dash, name, base64
            raise Invalid("note_signature_line")
        check_name(parts[1])
        raw = decode64(parts[2])
        if len(raw) <= 4:  # noqa: PLR2004 - a key id and at least one byte
            raise Invalid("note_signature_short")
        return cls(parts[1], raw[:4], raw[4:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures in order."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> str:
        """Spell the whole note."""
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)

    @classmethod
    def parse(cls, data: bytes | str) -> Note:
        """Read a note. Raises Invalid for bad UTF-8, control characters, no signature, or another spelling."""
        whole = _note_text(data)
        text, blank, lines = whole.rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise Invalid("note_malformed")
        signatures = parse_signatures(lines)
        return cls(text + "\n", signatures)

    def with_signatures(self, *more: Signature) -> Note:
        """Add signatures at the end; one that already stands there is not doubled."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *more))))


def sign(text: str, signers: Iterable[Signer]) -> Note:
    """Sign `text`, which must end in a newline, with each signer in order."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise Invalid("note_text")
    message = text.encode()
    return Note(text, tuple(Signature(signer.name, signer.key_id, signer.sign(message)) for signer in signers))


def verify(note: Note, verifiers: Sequence[Verifier]) -> tuple[Verifier, ...]:
    """Return the plain Ed25519 keys among `verifiers` that signed the note's text (cosignatures: see `cosignature`).

    Raises Invalid("note_signature_false") when a known key's signature fails, Invalid("note_unsigned") when no known
    key signed (C2SP signed-note, Signatures).
    """
    known = {(key.name, key.key_id): key for key in verifiers if key.algorithm == ED25519}
    message = note.text.encode()
    signed: dict[Verifier, None] = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not key.holds(message, signature.signature):
            raise Invalid("note_signature_false", name=key.name)
        signed[key] = None
    if not signed:
        raise Invalid("note_unsigned", known=[key.name for key in verifiers if key.algorithm == ED25519])
    return tuple(signed)


def parse_signatures(lines: str) -> tuple[Signature, ...]:
    """Read one or more signature lines, each with its newline. Raises Invalid."""
    parts = lines.split("\n")
    if parts.pop() or not parts or len(parts) > MAX_SIGNATURES:
        raise Invalid("note_signatures", count=len(parts))
    return tuple(Signature.parse(part + "\n") for part in parts)


def key_id(name: str, algorithm: int, public: bytes) -> bytes:
    """SHA-256(name || 0x0A || algorithm || public key)[:4]."""
    return sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:4]


def check_name(name: str) -> None:
    """Raise Invalid unless `name` may name a key: not empty, no Unicode space, no plus, no control character."""
    if not name or "+" in name or _CONTROL.search(name) or any(letter.isspace() for letter in name):
        raise Invalid("key_name", got=name)
    try:
        name.encode()
    except UnicodeEncodeError:
        raise Invalid("key_name", got=ascii(name)) from None


def encode64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648 section 4)."""
    return base64.b64encode(data).decode()


def decode64(text: str) -> bytes:
    """Read standard base64; only the one canonical spelling is accepted, else Invalid("base64")."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("base64") from None
    if encode64(raw) != text:
        raise Invalid("base64")
    return raw


def _note_text(data: bytes | str) -> str:
    if len(data) > MAX_NOTE:
        raise Invalid("note_too_long", most=MAX_NOTE)
    try:
        text = data.decode() if isinstance(data, bytes) else data
        text.encode()
    except UnicodeError:
        raise Invalid("note_not_utf8") from None
    if _CONTROL.search(text):
        raise Invalid("note_control_character")
    return text
