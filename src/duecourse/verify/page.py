"""The verifier as one HTML file that a stranger downloads and opens offline, and the digest that is published of it.

verify.html is self-contained. Its words are those of words.json; `python -m duecourse.verify.page` writes them into it
after words.json has changed, and a test fails until that is done. Not responsible for serving the file.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Final

from duecourse.verify.checks import catalogue

_WORDS: Final = re.compile(r'(<script type="application/json" id="words">\n).*?(\n</script>)', re.DOTALL)
_NEEDED: Final = ("result.", "verdict.", "receipt.", "reason.")


def html() -> bytes:
    """Return verify.html, byte for byte as it is published."""
    return (files(__package__) / "verify.html").read_bytes()


def html_digest() -> str:
    """Return the SHA-256 of verify.html, in hex, as it stands on the public site and in the README."""
    return sha256(html()).hexdigest()


def with_words(page: str) -> str:
    """Return the page with the words of words.json written into it."""
    needed = {key: value for key, value in catalogue().items() if key.startswith(_NEEDED)}
    spelt = json.dumps(needed, ensure_ascii=False, indent=0, sort_keys=True).replace("</", "<\\/")
    return _WORDS.sub(lambda found: found[1] + spelt + found[2], page)


if __name__ == "__main__":
    target = Path(__file__).with_name("verify.html")
    target.write_text(with_words(target.read_text(encoding="utf-8")), encoding="utf-8")
