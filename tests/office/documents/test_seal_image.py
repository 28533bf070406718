"""A document sealed with the office's own image carries it, and one without carries none."""

from __future__ import annotations

import io
import struct
import zlib

import pypdf


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + b"\xb3\x26\x1e" * 8 for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def images(pdf):
    return sum(len(page.images) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_the_image_of_the_seal_is_printed_on_the_document(renderer, filled):
    payload = filled("decision")
    assert images(renderer.render("decision", payload)) == 0
    assert images(renderer.render("decision", payload | {"seal": None, "seal_image": list(png())})) == 1
