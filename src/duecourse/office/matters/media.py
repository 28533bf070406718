"""What a file is, judged by its bytes: the name and the browser's word are claims.

Responsible for a closed list of media types that evidence comes in, each with the bytes that prove it, and for saying
so when a claim does not hold. Not responsible for reading content, for safety of the content, or for storing it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from duecourse.core.errors import Invalid

UNKNOWN: Final = "application/octet-stream"
TEXT: Final = "text/plain"
_HEAD: Final = 1024
_TAIL: Final = 2048


@dataclass(frozen=True, slots=True)
class Kind:
    """A media type: its extensions, the bytes at an offset, and what must stand near the end of a whole file."""

    media_type: str
    extensions: tuple[str, ...]
    magic: tuple[tuple[int, bytes], ...]
    ending: bytes = b""


KINDS: Final = (
    Kind("application/pdf", ("pdf",), ((0, b"%PDF-"),), b"%%EOF"),
    Kind("image/png", ("png",), ((0, b"\x89PNG\r\n\x1a\n"),), b"IEND"),
    Kind("image/jpeg", ("jpg", "jpeg"), ((0, b"\xff\xd8\xff"),), b"\xff\xd9"),
    Kind("image/gif", ("gif",), ((0, b"GIF8"),)),
    Kind("image/webp", ("webp",), ((0, b"RIFF"), (8, b"WEBP"))),
    Kind("image/heic", ("heic", "heif"), ((4, b"ftyphei"),)),
    Kind("video/mp4", ("mp4", "m4v", "mov"), ((4, b"ftyp"),)),
    Kind("audio/wav", ("wav",), ((0, b"RIFF"), (8, b"WAVE"))),
    Kind("audio/mpeg", ("mp3",), ((0, b"ID3"),)),
    Kind("audio/amr", ("amr",), ((0, b"#!AMR"),)),
    Kind("application/zip", ("zip", "docx", "xlsx", "pptx", "wacz"), ((0, b"PK\x03\x04"),), b"PK\x05\x06"),
    Kind("application/gzip", ("gz", "warc.gz"), ((0, b"\x1f\x8b"),)),
)
_TEXTS: Final = frozenset({"txt", "eml", "html", "htm", "csv", "json", "md"})


def judge(content: bytes, *, name: str = "") -> str:
    """The media type of `content`, by its bytes. `name` is what the sender called it.

    Raises Invalid("media_empty"), or Invalid("media_mismatch", claimed, found) when the name claims a type that the
    bytes are not, or Invalid("media_broken", claimed) when the file is cut off.
    """
    if not content:
        raise Invalid("media_empty", name=name)
    found = recognise(content)
    claimed = next((kind for kind in KINDS if _extension(name) in kind.extensions), None)
    if claimed is None:
        return found
    if found != claimed.media_type:
        raise Invalid("media_mismatch", claimed=claimed.media_type, found=found, name=name)
    if claimed.ending and claimed.ending not in content[-_TAIL:]:
        raise Invalid("media_broken", claimed=claimed.media_type, name=name)
    return found


def recognise(content: bytes) -> str:
    """The media type the bytes prove, `text/plain` for readable text, else `application/octet-stream`."""
    for kind in KINDS:
        if all(content[offset : offset + len(magic)] == magic for offset, magic in kind.magic):
            return kind.media_type
    try:
        text = content[:_HEAD].decode("utf-8", errors="strict" if len(content) <= _HEAD else "ignore")
    except UnicodeDecodeError:
        return UNKNOWN
    return UNKNOWN if "\x00" in text or not text else TEXT


def _extension(name: str) -> str:
    return PurePath(name).suffix.lstrip(".").lower()
