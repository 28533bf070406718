"""docs/formats/sealed.md: frozen. What was sealed once opens for ever, and the page's example is true."""

import re
from pathlib import Path

import pytest

from duecourse.edge import sealing
from duecourse.edge.sealing import SecretKey

FROZEN = Path(__file__).resolve().parents[1] / "formats" / "sealed"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats" / "sealed.md"


@pytest.mark.parametrize("byte", [7, 8])
def test_what_was_sealed_when_the_format_was_frozen_still_opens(byte):
    sealed = (FROZEN / "v1.sealed").read_bytes()
    assert sealing.unseal(sealed, SecretKey.of(bytes([byte]) * 32)) == (FROZEN / "v1.plain").read_bytes()


def test_the_keys_in_the_pages_example_are_what_the_code_gives():
    text = PAGE.read_text("utf-8")
    code = re.search(r"the code `([0-9A-Z-]+)`", text).group(1)
    lookup, public = re.findall(r"`([0-9a-f]{64})`", text)
    keys = sealing.reporter_keys(code)
    assert (keys.lookup_id.hex(), keys.public.raw.hex()) == (lookup, public)


def test_the_header_on_the_page_is_the_headers_one_spelling():
    line = re.search(r'^    (\{"alg":.*\})$', PAGE.read_text("utf-8"), re.MULTILINE).group(1)
    filled = line.replace("<id>", "00" * 8).replace("<base64>", "AAAA").encode() + b"\n"
    assert sealing._read_header(filled) == {"00" * 8: b"\x00\x00\x00"}
