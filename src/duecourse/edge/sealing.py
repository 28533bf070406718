"""Sealing: the front door can lock, it cannot unlock. Format `duecourse/sealed/v1` (docs/formats/sealed.md).

A sealed thing is one header line, then chunks of libsodium's XChaCha20-Poly1305 secretstream:

    {"alg":"xchacha20poly1305-secretstream","recipients":[{"alg":"x25519-sealedbox","key":"<id>",
     "wrapped":"<base64>"},…],"v":"duecourse/sealed/v1"} newline
    24 bytes stream header ‖ chunk ‖ chunk ‖ … ‖ final chunk

Each recipient's `wrapped` is the 32-byte content key in an anonymous X25519 box. Every chunk but the last holds 65,536
bytes and costs 17 more; the last carries the tag FINAL, so a cut-off file is noticed. SHA-256 of the header line is the
associated data of each chunk, so no recipient can be added, removed or renamed afterwards.

Not here: where keys live (`keys`), who may open what (the office).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from nacl import bindings, public, utils
from nacl.exceptions import CryptoError

from duecourse.core.errors import Invalid

VERSION: Final = "duecourse/sealed/v1"
CHUNK: Final = 65_536
_STREAM: Final = "xchacha20poly1305-secretstream"
_WRAP: Final = "x25519-sealedbox"
_OVERHEAD: Final = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_STREAM_HEADER: Final = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_FINAL: Final = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_MESSAGE: Final = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_LONGEST_HEADER: Final = 16_384
_RAW: Final = 32


def key_id(raw: bytes) -> str:
    """The name of an X25519 public key: SHA-256("duecourse/key/v1", a newline, raw), first 8 bytes in hexadecimal."""
    return hashlib.sha256(b"duecourse/key/v1\n" + raw).hexdigest()[:16]


@dataclass(frozen=True)
class PublicKey:
    """An X25519 public key: may be copied anywhere, can only lock."""

    id: str
    raw: bytes

    @classmethod
    def of(cls, raw: bytes) -> PublicKey:
        """The key of 32 raw bytes, with its id. Raises Invalid("key_malformed")."""
        if len(raw) != _RAW:
            raise Invalid("key_malformed")
        return cls(key_id(raw), raw)


@dataclass(frozen=True)
class SecretKey:
    """An X25519 secret key; `id` is that of its public key."""

    id: str
    raw: bytes = field(repr=False)

    @classmethod
    def of(cls, raw: bytes) -> SecretKey:
        """The key of 32 raw bytes, with the id of its public key. Raises Invalid("key_malformed")."""
        if len(raw) != _RAW:
            raise Invalid("key_malformed")
        return cls(key_id(bytes(public.PrivateKey(raw).public_key)), raw)

    @classmethod
    def new(cls) -> SecretKey:
        """A fresh random key."""
        return cls.of(utils.random(_RAW))

    def public(self) -> PublicKey:
        """The half that may be shown."""
        return PublicKey(self.id, bytes(public.PrivateKey(self.raw).public_key))


@dataclass(frozen=True)
class ReporterKeys:
    """What a code gives: the id under which what is written to its holder is found, and the keys that open it."""

    lookup_id: bytes
    public: PublicKey
    secret: SecretKey


def reporter_keys(code: str) -> ReporterKeys:
    """Derive from a canonical code (`ids.read_code`) with HKDF-SHA256 (RFC 5869), no salt, one info for each use."""
    raw = _derive(code, b"duecourse/letters/v1")
    shown = PublicKey.of(bytes(public.PrivateKey(raw).public_key))
    return ReporterKeys(_derive(code, b"duecourse/lookup/v1"), shown, SecretKey(shown.id, raw))


def party_keys(code: str) -> ReporterKeys:
    """The same for the code of a party (docs/formats/party.md): other infos, so no id is ever that of a reporter."""
    raw = _derive(code, b"duecourse/party/papers/v1")
    shown = PublicKey.of(bytes(public.PrivateKey(raw).public_key))
    return ReporterKeys(_derive(code, b"duecourse/party/lookup/v1"), shown, SecretKey(shown.id, raw))


def party_act_id(code: str, number: int) -> bytes:
    """The lookup id of the act `number` (from 0) that is sent with a party's code."""
    assert number >= 0, "acts are counted from 0"
    return _derive(code, b"duecourse/party/act/v1/%d" % number)


def message_lookup(code: str, number: int) -> bytes:
    """The id under which the reporter's own `number`th message (from 1) is found: docs/formats/message.md."""
    assert number >= 1
    return _derive(code, b"duecourse/message/v1/%d" % number)


def _derive(code: str, info: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869) for one block: T(1) = HMAC(HMAC(32 zero bytes, code), info ‖ 0x01)."""
    extracted = hmac.digest(bytes(_RAW), code.encode("ascii"), "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


class Sealer:
    """Seals a stream as it passes: write `header`, then what each `push` returns, then what `finish` returns."""

    def __init__(self, recipients: Sequence[PublicKey]) -> None:
        assert recipients, "sealing to nobody loses the text"
        content_key = bindings.crypto_secretstream_xchacha20poly1305_keygen()
        line = _header_line(content_key, recipients)
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        start = bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, content_key)
        self._bound = hashlib.sha256(line).digest()
        self._waiting = bytearray()
        self._finished = False
        self.header: bytes = line + start

    def push(self, plain: bytes) -> bytes:
        """Take more plain bytes; returns the sealed chunks that are now full (often none)."""
        assert not self._finished
        self._waiting += plain
        sealed = bytearray()
        while len(self._waiting) > CHUNK:
            sealed += self._lock(bytes(self._waiting[:CHUNK]), _MESSAGE)
            del self._waiting[:CHUNK]
        return bytes(sealed)

    def finish(self) -> bytes:
        """The last chunk. Nothing can be pushed after it."""
        assert not self._finished
        self._finished = True
        return self._lock(bytes(self._waiting), _FINAL)

    def _lock(self, plain: bytes, tag: int) -> bytes:
        return bytes(bindings.crypto_secretstream_xchacha20poly1305_push(self._state, plain, self._bound, tag))


def seal(plain: bytes, recipients: Sequence[PublicKey]) -> bytes:
    """Seal bytes to one or more keys; any one of them opens it."""
    sealer = Sealer(recipients)
    return sealer.header + sealer.push(plain) + sealer.finish()


def recipients_of(sealed: bytes) -> tuple[str, ...]:
    """The ids of the keys that open it. Raises Invalid("sealed_malformed")."""
    header, _ = _split(sealed)
    return tuple(_read_header(header))


def unseal(sealed: bytes, secret: SecretKey) -> bytes:
    """The plain bytes.

    Raises Invalid("sealed_malformed") for bytes that are not ours, Invalid("sealed_for_another") when this key is not
    among the recipients, Invalid("sealed_damaged") when anything was changed or cut off.
    """
    return b"".join(unseal_stream([sealed], secret))


def unseal_stream(chunks: Iterable[bytes], secret: SecretKey) -> Iterator[bytes]:
    """The same for a stream. What was yielded is authentic, but only a clean end says that it is whole."""
    incoming = iter(chunks)
    buffer = _gather(b"", incoming, _LONGEST_HEADER + 1 + _STREAM_HEADER)
    header, body = _split(buffer)
    content_key = _unwrap(header, secret)
    buffer = _gather(body, incoming, _STREAM_HEADER)
    if len(buffer) < _STREAM_HEADER:
        raise Invalid("sealed_damaged")
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, buffer[:_STREAM_HEADER], content_key)
    yield from _open_chunks(buffer[_STREAM_HEADER:], incoming, state, hashlib.sha256(header).digest())


def _open_chunks(
    buffer: bytes, incoming: Iterator[bytes], state: bindings.crypto_secretstream_xchacha20poly1305_state, bound: bytes
) -> Iterator[bytes]:
    whole = CHUNK + _OVERHEAD
    while True:
        buffer = _gather(buffer, incoming, whole + 1)
        piece, buffer = buffer[:whole], buffer[whole:]
        plain, tag = _open(piece, state, bound)
        last = not buffer
        if last != (tag == _FINAL) or tag not in {_FINAL, _MESSAGE} or (not last and len(plain) != CHUNK):
            raise Invalid("sealed_damaged")
        yield plain
        if last:
            return


def _open(piece: bytes, state: bindings.crypto_secretstream_xchacha20poly1305_state, bound: bytes) -> tuple[bytes, int]:
    if len(piece) < _OVERHEAD:
        raise Invalid("sealed_damaged")
    try:
        plain, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, piece, bound)
    except (CryptoError, RuntimeError):
        raise Invalid("sealed_damaged") from None
    return bytes(plain), int(tag)


def _gather(buffer: bytes, incoming: Iterator[bytes], least: int) -> bytes:
    parts, size = [buffer], len(buffer)
    while size < least:
        part = next(incoming, None)
        if part is None:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _split(sealed: bytes) -> tuple[bytes, bytes]:
    end = sealed.find(b"\n", 0, _LONGEST_HEADER)
    if end < 0:
        raise Invalid("sealed_malformed")
    return sealed[: end + 1], sealed[end + 1 :]


def _header_line(content_key: bytes, recipients: Sequence[PublicKey]) -> bytes:
    wrapped = {key.id: bindings.crypto_box_seal(content_key, key.raw) for key in recipients}
    assert len(wrapped) == len(recipients), "a recipient stands twice"
    return _print_header(wrapped)


def _print_header(wrapped: dict[str, bytes]) -> bytes:
    rows = [
        {"alg": _WRAP, "key": name, "wrapped": base64.b64encode(box).decode("ascii")} for name, box in wrapped.items()
    ]
    header = {"alg": _STREAM, "recipients": rows, "v": VERSION}
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n"


def _read_header(line: bytes) -> dict[str, bytes]:
    """Key id to wrapped content key. Takes exactly the spelling that `_print_header` gives."""
    try:
        header = json.loads(line)
        wrapped = {row["key"]: base64.b64decode(row["wrapped"], validate=True) for row in header["recipients"]}
        same = wrapped != {} and all(isinstance(name, str) for name in wrapped) and _print_header(wrapped) == line
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error):
        raise Invalid("sealed_malformed") from None
    if not same:
        raise Invalid("sealed_malformed")
    return wrapped


def _unwrap(header: bytes, secret: SecretKey) -> bytes:
    box = _read_header(header).get(secret.id)
    if box is None:
        raise Invalid("sealed_for_another", key=secret.id)
    try:
        content_key = bindings.crypto_box_seal_open(box, secret.public().raw, secret.raw)
    except (CryptoError, ValueError, TypeError):
        raise Invalid("sealed_damaged") from None
    if len(content_key) != _RAW:
        raise Invalid("sealed_damaged")
    return bytes(content_key)
