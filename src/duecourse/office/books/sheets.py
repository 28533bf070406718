"""A ledger book as a file: XLSX, CSV or JSON, written row by row into a file on disk.

Nothing that a person typed can act as a formula: text stays text in XLSX, and in CSV a cell that a spreadsheet would
read as one gets an apostrophe before it. Not responsible for what the rows hold (`ledgers`).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

if TYPE_CHECKING:
    from duecourse.office.books.ledgers import Cell

DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST: Final = 32_000
MEDIA: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def write(kind: str, out: IO[bytes], title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write the book into `out`; give how many rows. `kind` is one of `MEDIA`."""
    return {"xlsx": _xlsx, "csv": _csv, "json": _json}[kind](out, title, headings, rows)


def _xlsx(out: IO[bytes], title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number in range(len(headings)):
        sheet.column_dimensions[chr(ord("A") + number)].width = 18
    sheet.append([_heading(sheet, text) for text in headings])
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    book.save(out)
    return count


def _heading(sheet: Any, text: str) -> Any:
    cell = _cell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Cell) -> Any:
    """A number or a day as such, everything else as text, whatever it begins with."""
    if value is None or value == "":
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, dt.date):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST]
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    if text.startswith(DANGEROUS):
        cell.quotePrefix = True
    return cell


def _csv(out: IO[bytes], _title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(headings)
    count = 0
    for row in rows:
        writer.writerow([_plain(value) for value in row])
        count += 1
    text.detach()
    return count


def _plain(value: Cell) -> str | int:
    if value is None:
        return ""
    if isinstance(value, int):
        return value
    text = value.isoformat() if isinstance(value, dt.date) else value
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _json(out: IO[bytes], title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """`{"book": …, "columns": […], "rows": [[…], …]}`, a row a line."""
    out.write(f'{{"book": {_spelled(title)}, "columns": {_spelled(list(headings))}, "rows": ['.encode())
    count = 0
    for row in rows:
        values = [value.isoformat() if isinstance(value, dt.date) else value for value in row]
        out.write(((",\n" if count else "\n") + _spelled(values)).encode())
        count += 1
    out.write(b"\n]}\n")
    return count


def _spelled(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
