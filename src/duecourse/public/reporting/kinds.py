"""What a file is, by its first bytes: whether it is what its name claims, and whether it is a recording.

A telephone names files as it likes, so the claim is kept within a family: a picture may be any picture, a recording any
recording. A PDF that is a program is refused. Not here: what becomes of a file (`attachments`), what the office makes
of its bytes later.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

Sign = tuple[int, bytes]
HEAD: Final = 1_024

PICTURES: Final[tuple[tuple[Sign, ...], ...]] = (
    ((0, b"\x89PNG\r\n\x1a\n"),),
    ((0, b"\xff\xd8\xff"),),
    ((0, b"GIF87a"),),
    ((0, b"GIF89a"),),
    ((0, b"RIFF"), (8, b"WEBP")),
    ((0, b"BM"),),
)
HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"})
"""Major brands of ISO base media files that hold pictures (ISO/IEC 23008-12, annex B; AVIF)."""
RECORDINGS: Final[tuple[tuple[Sign, ...], ...]] = (
    ((0, b"ID3"),),
    ((0, b"\xff\xfb"),),
    ((0, b"\xff\xf3"),),
    ((0, b"\xff\xf2"),),
    ((0, b"\xff\xf1"),),
    ((0, b"\xff\xf9"),),
    ((0, b"RIFF"), (8, b"WAVE")),
    ((0, b"RIFF"), (8, b"AVI ")),
    ((0, b"#!AMR"),),
    ((0, b"OggS"),),
    ((0, b"fLaC"),),
    ((0, b"\x1a\x45\xdf\xa3"),),
    ((0, b"FLV\x01"),),
    ((0, b"\x00\x00\x01\xba"),),
    ((0, b"#!SILK_V3"),),
    ((0, b"\x02#!SILK_V3"),),
    ((4, b"moov"),),
    ((4, b"mdat"),),
    ((4, b"wide"),),
)
PDF: Final = "PDF"
ZIP: Final = ("ZIP", "Word", "Excel")
CLAIMS: Final[dict[str, str]] = {
    ".pdf": PDF, ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".gif": "GIF", ".webp": "WebP", ".bmp": "BMP",
    ".heic": "HEIC", ".heif": "HEIC", ".mp4": "MP4", ".m4v": "MP4", ".mov": "QuickTime", ".3gp": "3GP", ".m4a": "M4A",
    ".mp3": "MP3", ".aac": "AAC", ".wav": "WAV", ".amr": "AMR", ".ogg": "Ogg", ".opus": "Ogg", ".flac": "FLAC",
    ".webm": "WebM", ".mkv": "Matroska", ".avi": "AVI", ".flv": "FLV", ".zip": "ZIP", ".docx": "Word", ".xlsx": "Excel",
}  # fmt: skip
"""Endings that claim something, and how the claim is called."""
_PICTURE_NAMES: Final = frozenset({"PNG", "JPEG", "GIF", "WebP", "BMP", "HEIC"})


def is_picture(head: bytes) -> bool:
    """Whether these first bytes begin a picture."""
    return _fits(head, PICTURES) or (head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS)


def is_recording(head: bytes) -> bool:
    """Whether these first bytes begin a recording, of sound or of pictures that move."""
    return _fits(head, RECORDINGS) or (head[4:8] == b"ftyp" and head[8:12] not in HEIF_BRANDS)


def false_claim(name: str, head: bytes) -> str | None:
    """What a file's name claims and its first bytes are not; None where they agree or nothing is claimed."""
    claim = CLAIMS.get(Path(name).suffix.lower())
    if claim is None:
        return None
    if claim == PDF:  # a PDF may begin anywhere in its first 1,024 bytes
        right = b"%PDF-" in head[:HEAD]
    elif claim in ZIP:
        right = head[:4] in {b"PK\x03\x04", b"PK\x05\x06"}
    else:
        right = is_picture(head) if claim in _PICTURE_NAMES else is_recording(head)
    return None if right else claim


def _fits(head: bytes, kinds: tuple[tuple[Sign, ...], ...]) -> bool:
    return any(all(head[at : at + len(sign)] == sign for at, sign in kind) for kind in kinds)
