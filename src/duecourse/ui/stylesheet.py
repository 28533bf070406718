"""Our own style sheet, `static/ui/duecourse.css`: every component's file in one, so that a page loads one file.

`make css` writes it; a test holds the committed file against the parts. Layers are named in `vendor/govuk.scss` and
again on top of what is built here: a later layer wins over an earlier one, whatever the selector. Not here: other
people's style sheet (`vendor/build.py`).
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
STATIC: Final = HERE / "static" / "ui"
LAYERS: Final = "@layer govuk, type, page, parts, states, print;"
SCRIPTS: Final = ("begin.js", "start.js")


def parts() -> list[Path]:
    """Return the files it is made of, in order: the shell of every page first, then each component by name."""
    return [*sorted((HERE / "styles").glob("*.css")), *sorted((HERE / "components").glob("*/*.css"))]


def built() -> str:
    """Return the whole style sheet."""
    whole = [f"/* Built by `make css` from ui/styles and ui/components: change it there. */\n{LAYERS}\n"]
    whole += [f"\n/* {part.parent.name}/{part.name} */\n{part.read_text('utf-8').strip()}\n" for part in parts()]
    return "".join(whole)


def compressed(content: bytes) -> bytes:
    """Return the bytes as gzip, the same for the same content: no time, no name."""
    return gzip.compress(content, 9, mtime=0)


def main() -> None:
    """Write the style sheet, and the compressed twins of it and of our scripts."""
    (STATIC / "duecourse.css").write_text(built(), "utf-8")
    for name in ("duecourse.css", *SCRIPTS):
        (STATIC / f"{name}.gz").write_bytes(compressed((STATIC / name).read_bytes()))


if __name__ == "__main__":
    main()
