"""A list of running cases as a workbook: the template to fill in, and reading one that came back.

Responsible for turning any file whatever into rows or into errors by row in plain words, never a crash: a workbook from
outside may be no workbook, hold formulas, wrong dates, a bomb of XML. Not responsible for what a row becomes
(`importing`).
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext, gettext_noop
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from duecourse.core.errors import Invalid
from duecourse.office.pages.forms import date_spelled

LARGEST: Final = 20_000_000
UNPACKED: Final = 200_000_000
MOST_ROWS: Final = 5_000
LONGEST: Final = 4_000
DATE, TEXT = "date", "text"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the list: its heading in both languages, what it holds, whether every row has it, a hint."""

    name: str
    heading: str
    kind: str
    required: bool
    hint: str


COLUMNS: Final = (
    Column("old_number", "原案号 Old number", TEXT, True, "如 某网信立〔2026〕12号 as in the old books"),
    Column("party", "当事人 Party", TEXT, True, "全称 full name"),
    Column("party_kind", "当事人类别 Kind of party", TEXT, True, "单位 organisation / 个人 person"),
    Column("case_head", "类型 Head", TEXT, True, "见“说明”页 see the sheet 说明"),
    Column("breach", "案由 Breach", TEXT, True, "见“说明”页 see the sheet 说明"),
    Column("summary", "涉嫌违法的事实 Facts suspected", TEXT, True, ""),
    Column("registered_on", "来源登记日期 Source registered", DATE, True, "2026-03-02"),
    Column("discovered_on", "发现日期 Discovered", DATE, True, "2026-03-02"),
    Column("act_ended", "行为终了日期 Conduct ended", DATE, False, "仍在继续则不填 empty while it continues"),
    Column("filed_on", "立案日期 Filed", DATE, True, "2026-03-04"),
    Column(
        "handlers", "承办人用户名 Handlers (user names)", TEXT, True, "两名以上，以逗号分开 two or more, with commas"
    ),
    Column("scan", "扫描件文件名 Scan (file name)", TEXT, False, "可不填 may be empty"),
)
NOT_A_WORKBOOK: Final = gettext_noop(
    "The file is no XLSX workbook that can be read. Save it again as .xlsx and try once more."
)


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one row (counted as the workbook counts), in a sentence."""

    row: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row that can be read: its number in the workbook, its cells by column; days as ISO text."""

    number: int
    cells: Mapping[str, str]


@dataclass(slots=True)
class Read:
    """A workbook as read."""

    rows: list[Row] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def template(heads: Mapping[str, str], breaches: Mapping[str, str]) -> bytes:
    """The workbook to fill in: headings, hints, and a sheet that names every head and breach by its id."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("案件 Cases")
    sheet.freeze_panes = "A3"
    for number in range(len(COLUMNS)):
        sheet.column_dimensions[chr(ord("A") + number)].width = 26
    sheet.append([_styled(sheet, column.heading + ("*" if column.required else ""), bold=True) for column in COLUMNS])
    sheet.append([_styled(sheet, column.hint, bold=False) for column in COLUMNS])
    notes = book.create_sheet("说明 Notes")
    notes.column_dimensions["A"].width = 34
    notes.column_dimensions["B"].width = 60
    for line in (("类型 Heads", ""), *heads.items(), ("案由 Breaches", ""), *breaches.items()):
        notes.append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content: bytes) -> Read:
    """Read the first sheet: row 1 holds headings, row 2 may hold the hints. Never raises for what a file holds."""
    try:
        return _read(content)
    except Invalid as wrong:
        return Read(
            errors=[RowError(0, gettext(NOT_A_WORKBOOK) if wrong.code == "workbook" else str(wrong.params["sentence"]))]
        )


def _read(content: bytes) -> Read:
    lines = list(_lines(content))
    found = Read()
    if not lines:
        raise Invalid("workbook")
    headings = {_spelled(cell).rstrip("*").strip(): place for place, cell in enumerate(lines[0])}
    missing = [column.heading for column in COLUMNS if column.heading not in headings and column.required]
    if missing:
        sentence = gettext("Columns are missing: %(columns)s. Take the template and fill it in.") % {
            "columns": "、".join(missing)
        }
        return Read(errors=[RowError(1, sentence)])
    for number, line in enumerate(lines[1:], 2):
        _take(found, number, line, headings)
    return found


def _take(found: Read, number: int, line: Sequence[Any], headings: Mapping[str, int]) -> None:
    cells: dict[str, str] = {}
    problems: list[str] = []
    values = {
        c.name: line[headings[c.heading]] if headings.get(c.heading, len(line)) < len(line) else None for c in COLUMNS
    }
    if not any(_spelled(value) for value in values.values()) or _is_hint(values):
        return
    for column in COLUMNS:
        try:
            cells[column.name] = _cell(column, values[column.name])
        except Invalid as wrong:
            problems.append(str(wrong.params["sentence"]))
    found.errors += [RowError(number, sentence) for sentence in problems]
    if not problems:
        found.rows.append(Row(number, cells))


def _is_hint(values: Mapping[str, Any]) -> bool:
    return all(_spelled(values[column.name]) == column.hint for column in COLUMNS[:5])


def _cell(column: Column, value: Any) -> str:
    text = _spelled(value)
    if not text:
        if column.required:
            raise _wrong(gettext("%(column)s is empty."), column)
        return ""
    if text.startswith("=") or len(text) > LONGEST:
        raise _wrong(gettext("%(column)s holds a formula or too much text. Write the value itself."), column)
    if column.kind == TEXT:
        return text
    try:
        return dt.date.fromisoformat(date_spelled(text)).isoformat()
    except ValueError as wrong:
        raise _wrong(
            gettext("%(column)s is no day: “%(text)s”. Write it as 2026-03-02."), column, text=text[:40]
        ) from wrong


def _wrong(sentence: str, column: Column, **more: str) -> Invalid:
    return Invalid("row", sentence=sentence % {"column": column.heading, **more})


def _spelled(value: Any) -> str:
    """A cell as text: a day without its midnight, a whole number without .0, no control signs."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "".join(sign for sign in str(value) if sign.isprintable() or sign == "\n").strip()


def _lines(content: bytes) -> Iterator[list[Any]]:
    if len(content) > LARGEST:
        raise Invalid("row", sentence=gettext("The file is too large: 20 MB at most."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _small_enough(sum(item.file_size for item in packed.infolist()))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for number, line in enumerate(sheet.iter_rows(values_only=True, max_col=50), 1):
            _short_enough(number)
            yield list(line)
    except Invalid:
        raise
    except Exception as wrong:
        raise Invalid("workbook") from wrong


def _small_enough(unpacked: int) -> None:
    if unpacked > UNPACKED:
        raise Invalid("workbook")


def _short_enough(rows: int) -> None:
    if rows > MOST_ROWS + 2:
        sentence = gettext("The list is too long: %(most)s rows at most. Split it.") % {"most": MOST_ROWS}
        raise Invalid("row", sentence=sentence)


def _styled(sheet: Any, text: str, *, bold: bool) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=bold, color=None if bold else "FF505A5F")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
