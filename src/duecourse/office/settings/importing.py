"""Running cases brought along from the office's old books: each row of a list becomes a matter.

Every case is opened by the step `take-over` through the one write path, on the day it was filed, with its old number,
the digest of the file it came in, and its scan when there is one. A dry run plays the same in a transaction that is
taken back, so its errors are those of the import. All rows or none; a row whose old number was imported is passed over,
so the same file twice adds nothing. Not responsible for reading the workbook (`workbooks`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils.translation import gettext

from duecourse.core.errors import Invalid, Refused
from duecourse.core.ledger.entry import Field
from duecourse.edge import clock, ids
from duecourse.office.ledger import system
from duecourse.office.matters import exhibits, rulebook
from duecourse.office.matters.actions import open_matter
from duecourse.office.people.models import Account
from duecourse.office.settings import laying_down, workbooks
from duecourse.office.settings.models import ImportedCase
from duecourse.office.settings.workbooks import Row, RowError
from duecourse.ui import language

if TYPE_CHECKING:
    from uuid import UUID

    from duecourse.core.procedure.definition import Rulebook
    from duecourse.office.matters.exhibits import Received

PROCEDURE: Final = "penalty-ordinary"
STEP: Final = "take-over"
KINDS: Final = {"单位": "organisation", "organisation": "organisation", "个人": "person", "person": "person"}
_BETWEEN: Final = re.compile(r"[\s,，、;；]+")
Scans = Callable[[str], bytes | None]


@dataclass(slots=True)
class Report:
    """What an import did, or would do: rows that become cases, rows passed over, errors by row."""

    cases: list[tuple[str, UUID]] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def template() -> bytes:
    """The workbook to fill in, with the heads and breaches of the rulebook in force."""
    book = rulebook.current()
    heads = {name: " / ".join(head.title.values()) for name, head in book.heads.items()}
    breaches = {name: " / ".join(breach.title.values()) for name, breach in book.breaches.items()}
    return workbooks.template(heads, breaches)


def run(content: bytes, *, by: Account, dry: bool, scans: Scans | None = None) -> Report:
    """Import a workbook, or with `dry` say what would happen. With an error in any row nothing is written."""
    found = workbooks.read(content)
    report = Report(errors=list(found.errors))
    with transaction.atomic():
        laying_down.hold()
        digest = _digest(content) if dry else exhibits.objects().put(content)
        _rows(found.rows, report, digest, by, scans or (lambda _name: None))
        if dry or report.errors:
            transaction.set_rollback(True)
        elif report.cases:
            _enter(report, digest, by)
    report.errors.sort(key=lambda one: one.row)
    return report


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _rows(rows: Iterable[Row], report: Report, digest: str, by: Account, scans: Scans) -> None:
    book = rulebook.current()
    known = dict(ImportedCase.objects.values_list("old_number", "matter"))
    people = {account.username.lower(): str(account.id) for account in Account.objects.filter(is_active=True)}
    seen: dict[str, int] = {}
    for row in rows:
        number = row.cells["old_number"]
        if number in seen:
            sentence = gettext("The number %(number)s stands in row %(row)s already.") % {
                "number": number,
                "row": seen[number],
            }
            report.errors.append(RowError(row.number, sentence))
        elif number in known:
            report.passed_over.append(number)
        else:
            _one(row, report, digest, by, _Reading(book, people, scans))
        seen.setdefault(number, row.number)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a row is read against."""

    book: Rulebook
    people: Mapping[str, str]
    scans: Scans


def _one(row: Row, report: Report, digest: str, by: Account, reading: _Reading) -> None:
    """One row in a transaction of its own, so that what is wrong with it does not hide what is wrong with the next."""
    try:
        with transaction.atomic():
            form = _form(row, reading) | {"imported_from": digest}
            entry = open_matter(
                PROCEDURE, by=by, occurred=date.fromisoformat(row.cells["filed_on"]), form=form, step=STEP,
                key=f"import:{row.cells['old_number']}"[:150], received=_scan(row, reading),
            )  # fmt: skip
            ImportedCase.objects.create(
                old_number=row.cells["old_number"], matter=entry.stream, file_sha256=digest, imported_by=by.id,
                imported_at=clock.now(),
            )  # fmt: skip
    except Refused as refused:
        report.errors += [RowError(row.number, sentence) for sentence in refused.refusal.words(language.tag())]
    except Invalid as wrong:
        sentence = wrong.params.get("sentence")
        report.errors.append(RowError(row.number, str(sentence) if sentence else str(wrong)))
    else:
        report.cases.append((row.cells["old_number"], entry.stream))


def _form(row: Row, reading: _Reading) -> dict[str, Any]:
    """The form of the step. Raises Invalid("row", sentence)."""
    cells, book = row.cells, reading.book
    kind = KINDS.get(cells["party_kind"].lower())
    if kind is None:
        raise _no(gettext("The kind of party is “%(text)s”. Write 单位 or 个人."), text=cells["party_kind"])
    handlers = [name for name in _BETWEEN.split(cells["handlers"]) if name]
    unknown = [name for name in handlers if name.lower() not in reading.people]
    if unknown:
        raise _no(
            gettext("There is no account %(text)s. Make the account first, or correct the user name."),
            text="、".join(unknown),
        )
    form: dict[str, Any] = {
        "old_number": cells["old_number"], "party": cells["party"], "party_kind": kind, "summary": cells["summary"],
        "case_head": _named(cells["case_head"], {name: head.title for name, head in book.heads.items()}),
        "breach": _named(cells["breach"], {name: breach.title for name, breach in book.breaches.items()}),
        "registered_on": cells["registered_on"], "discovered_on": cells["discovered_on"],
        "handlers": [reading.people[name.lower()] for name in handlers],
    }  # fmt: skip
    return form | ({"act_ended": cells["act_ended"]} if cells["act_ended"] else {})


def _named(text: str, known: Mapping[str, Mapping[str, str]]) -> str:
    """The id of what was named by its id or by its title in either language."""
    for name, title in known.items():
        if text == name or text in title.values():
            return name
    raise _no(gettext("“%(text)s” is not on the list. See the sheet with the notes of the template."), text=text)


def _scan(row: Row, reading: _Reading) -> tuple[Received, ...]:
    name = row.cells["scan"]
    if not name:
        return ()
    content = reading.scans(name)
    if content is None:
        raise _no(gettext("The scan %(text)s was not found beside the list."), text=name)
    return (exhibits.receive(content, name=name),)


def _no(sentence: str, **params: str) -> Invalid:
    return Invalid("row", sentence=sentence % params)


def _enter(report: Report, digest: str, by: Account) -> None:
    said = {"account": str(by.id), "cases": {number: str(matter) for number, matter in report.cases}}
    fields = [Field(name, "office", value, ids.salt()) for name, value in said.items()]
    system.record("cases-imported", fields, {"file": digest, "count": len(report.cases)})
