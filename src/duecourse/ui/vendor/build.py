"""Builds the committed files of govuk-frontend and htmx anew: `make vendor`. Needs npm, as nothing else does.

Responsible for the four files in `static/ui` that others wrote, their compressed twins and `manifest.json` (versions,
SHA-256). Not here: our own style sheet (`ui/stylesheet.py`), when to update (a person decides and changes VERSIONS).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from duecourse.ui.stylesheet import compressed

HERE: Final = Path(__file__).resolve().parent
STATIC: Final = HERE.parent / "static" / "ui"
VERSIONS: Final = {"govuk-frontend": "6.6.0", "htmx.org": "2.0.11", "sass": "1.108.2", "esbuild": "0.28.2"}
LICENCES: Final = {"govuk-frontend": "MIT", "htmx.org": "0BSD"}
FILES: Final = {"govuk.css": "govuk-frontend", "govuk.min.js": "govuk-frontend", "htmx.min.js": "htmx.org"}
SASS: Final = ("--style=compressed", "--no-source-map", "--no-charset", "--quiet-deps", "--load-path=node_modules")
BUNDLE: Final = ("--bundle", "--format=esm", "--minify", "--target=es2020", "--legal-comments=none")
NOTICE: Final = "/* govuk-frontend {} (MIT), licence: ui/vendor/LICENCES.txt */\n"


def main() -> None:
    """Fetch the packages, build in a temporary folder, write files and manifest."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _fetch(folder)
        made = _made(folder)
    for name, content in made.items():
        (STATIC / name).write_bytes(content)
        (STATIC / f"{name}.gz").write_bytes(compressed(content))
    (HERE / "manifest.json").write_text(json.dumps(manifest(), indent=2) + "\n", "utf-8")


def manifest() -> dict[str, object]:
    """Return what the committed files are: package, version, licence, size in bytes, SHA-256."""
    files = {name: _described(name, package) for name, package in FILES.items()}
    return {
        "rebuild": "make vendor",
        "tools": {"sass": VERSIONS["sass"], "esbuild": VERSIONS["esbuild"]},
        "files": files,
    }


def _described(name: str, package: str) -> dict[str, object]:
    content = (STATIC / name).read_bytes()
    return {
        "package": package,
        "version": VERSIONS[package],
        "licence": LICENCES[package],
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _fetch(folder: Path) -> None:
    (folder / "package.json").write_text("{}", "ascii")
    wanted = [f"{package}@{version}" for package, version in VERSIONS.items()]
    subprocess.run(["npm", "install", "--silent", "--no-save", *wanted], cwd=folder, check=True)
    for name in ("govuk.scss", "govuk.mjs"):
        shutil.copy(HERE / name, folder)


def _made(folder: Path) -> dict[str, bytes]:
    tools = folder / "node_modules" / ".bin"
    sass = [tools / "sass", *SASS, "govuk.scss"]
    bundle = [tools / "esbuild", "govuk.mjs", *BUNDLE]
    notice = NOTICE.format(VERSIONS["govuk-frontend"]).encode()
    return {
        "govuk.css": notice + _output(sass, folder),
        "govuk.min.js": notice + _output(bundle, folder),
        "htmx.min.js": (folder / "node_modules" / "htmx.org" / "dist" / "htmx.min.js").read_bytes(),
    }


def _output(command: list[object], folder: Path) -> bytes:
    return subprocess.run([str(word) for word in command], cwd=folder, check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    main()
