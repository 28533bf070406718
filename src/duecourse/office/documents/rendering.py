"""Sets a document in type: a template of the rulebook and a payload in, the bytes of a PDF/A out.

Responsible for: compiling with Typst, kept warm; the same bytes for the same payload on every machine (no system font,
no clock); refusing to print with a font that is not there. Not responsible for what the payload says (`content.py`),
nor for keeping the bytes (`jobs.py`).

Data reaches a template as one JSON string, never as markup, so nothing that a person typed can be a command.
A font that is missing makes Typst fall back in silence to one without Chinese; the warning is therefore an error here.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import typst

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCE_DOMAIN = b"duecourse/document-source/v1\n"
STANDARD = "a-2a"
"""PDF/A-2a: kept for ever (archives law, art. 37: reliable, regular, complete) and readable by a screen reader."""
LAYOUT = "official.typ"


@dataclass(frozen=True)
class Fonts:
    """The families a document is set in, in order of preference, and the folders they are found in."""

    folders: tuple[str, ...]
    text: tuple[str, ...]
    title: tuple[str, ...]


@cache
def house_fonts() -> Fonts:
    """Return the fonts that come with the installation; an office may name its own licensed ones instead."""
    return Fonts(folders=(str(files("manimgx_fonts_cjk")),), text=("Noto Sans CJK SC",), title=("Noto Sans CJK SC",))


class Renderer:
    """Typst, warm, over one folder of templates. Safe to share between threads: one compiles at a time."""

    def __init__(self, folder: Path, fonts: Fonts | None = None) -> None:
        self.folder = folder
        self.fonts = fonts or house_fonts()
        self._lock = threading.Lock()
        self._compilers: dict[str, typst.Compiler] = {}

    def source_digest(self, kind: str, payload: Mapping[str, object]) -> str:
        """Return what identifies the content: SHA-256(domain ‖ L(layout) ‖ L(template) ‖ L(canonical payload)).

        It is printed on every page (a file cannot hold its own digest); the PDF's own SHA-256 is in the ledger.
        """
        parts = ((self.folder / LAYOUT).read_bytes(), self._template(kind).read_bytes(), canonical.encode(payload))
        digest = hashlib.sha256(SOURCE_DOMAIN)
        for part in parts:
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()

    def render(self, kind: str, payload: Mapping[str, object]) -> bytes:
        """Return the PDF of `payload` by the template `kind`.

        Raises Invalid `document_unknown` (no such template), `font_missing` (a family is not there), or
        `document_unsettable` (Typst refused, e.g. a slot that the template needs is not in the payload).
        """
        printed = {**payload, "fonts": self._families(), "source": self.source_digest(kind, payload)}
        inputs = {"payload": json.dumps(printed, ensure_ascii=False)}
        with self._lock:
            try:
                pdf, warnings = self._compiler(kind).compile_with_warnings(sys_inputs=inputs, pdf_standards=STANDARD)
            except typst.TypstError as refusal:
                code = "font_missing" if "font" in refusal.message else "document_unsettable"
                raise Invalid(code, kind=kind, why=refusal.message) from refusal
        _refuse_warnings(kind, [warning.message for warning in warnings])
        return bytes(pdf)

    def _families(self) -> dict[str, list[str]]:
        return {"text": list(self.fonts.text), "title": list(self.fonts.title)}

    def _template(self, kind: str) -> Path:
        path = self.folder / f"{kind}.typ"
        if not path.is_file():
            raise Invalid("document_unknown", kind=kind)
        return path

    def _compiler(self, kind: str) -> typst.Compiler:
        if kind not in self._compilers:
            self._compilers[kind] = typst.Compiler(
                str(self._template(kind)),
                root=str(self.folder),
                font_paths=list(self.fonts.folders),
                ignore_system_fonts=True,
            )
        return self._compilers[kind]


def _refuse_warnings(kind: str, warnings: list[str]) -> None:
    for warning in warnings:
        if warning.startswith("unknown font family"):
            raise Invalid("font_missing", kind=kind, why=warning)
        raise Invalid("document_unsettable", kind=kind, why=warning)
