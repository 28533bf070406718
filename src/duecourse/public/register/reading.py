"""What the register holds: one row, a search, and every row of a search, read from the schema `published`.

Responsible for the queries and for what a row shows. What may be published, in which words, was decided by a person in
the procedure; nothing is left out or added here. A withdrawn item keeps its number, its dates and the reason.
Not here: pages (`views`), feeds and files (`open_data`).
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, LiteralString

from django.db import connection
from django.utils.http import urlencode

from duecourse.public.rulebook import current as rulebook
from duecourse.ui.templatetags.duecourse import day

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator, Mapping, Sequence

    from django.http import QueryDict

    from duecourse.core.procedure.definition import FormField

LONGEST_QUERY: Final = 100
MOST_PAGES: Final = 10_000
STANDINGS: Final = ("in-force", "withdrawn")
PARTY: Final = "public_party"
HEAD: Final = "decided_head"
ABOVE: Final = "decided_on"
"""Shown at the top of the page already, from its own column."""
COLUMNS: LiteralString = (
    "id, number, decided_on, published_on, withdrawn_on, withdrawn_reason, fields, document, document_sha256"
)
# Constants are set into the text here; what a reader types is always a parameter.
WHERE: LiteralString = f"""
FROM published.register
WHERE (%(words)s = '' OR number ILIKE %(like)s
  OR EXISTS (SELECT FROM jsonb_each_text(coalesce(fields, '{{}}'::jsonb)) AS f WHERE f.value ILIKE %(like)s)
  OR fields ->> '{HEAD}' = ANY (%(heads)s))
  AND (%(head)s = '' OR fields ->> '{HEAD}' = %(head)s)
  AND (%(year)s = 0 OR extract(year FROM decided_on) = %(year)s)
  AND (%(standing)s = '' OR (withdrawn_on IS NULL) = (%(standing)s = 'in-force'))
"""  # noqa: S608 - constants only
LIST: LiteralString = f"""
SELECT {COLUMNS} {WHERE} ORDER BY published_on DESC, number DESC, id LIMIT %(limit)s OFFSET %(offset)s
"""
COUNT: LiteralString = f"SELECT count(*) {WHERE}"
YEARS: LiteralString = (
    "SELECT DISTINCT extract(year FROM decided_on)::int FROM published.register WHERE decided_on IS NOT NULL"
    " ORDER BY 1 DESC"
)
ONE: LiteralString = f"SELECT {COLUMNS} FROM published.register WHERE id = %s"  # noqa: S608 - constants only


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader looks for. "" and 0 stand for anything; what is not understood counts as not asked."""

    words: str = ""
    head: str = ""
    year: int = 0
    standing: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        """Read the query of an address."""
        head, standing = query.get("head", ""), query.get("standing", "")
        return cls(
            words=query.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY],
            head=head if head in rulebook().heads else "",
            year=number(query.get("year", ""), otherwise=0),
            standing=standing if standing in STANDINGS else "",
        )

    @property
    def query(self) -> str:
        """The same as the query of an address, without what is not asked."""
        said = {"q": self.words, "head": self.head, "year": self.year or "", "standing": self.standing}
        return urlencode({name: value for name, value in said.items() if value})

    def parameters(self) -> dict[str, Any]:
        """What the queries take."""
        literal = self.words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        named = [name for name, one in rulebook().heads.items() if self.words and _names(one.title, self.words)]
        return {
            "words": self.words, "like": f"%{literal}%", "heads": named, "head": self.head, "year": self.year,
            "standing": self.standing,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the register. A withdrawn item keeps its number, dates and the reason; its fields are gone."""

    id: uuid.UUID
    number: str
    decided_on: dt.date | None
    published_on: dt.date
    withdrawn_on: dt.date | None
    withdrawn_reason: str | None
    fields: Mapping[str, Any]
    document: uuid.UUID | None
    document_sha256: str | None

    @property
    def party(self) -> str:
        """The party as published."""
        return str(self.fields.get(PARTY, ""))

    @property
    def head(self) -> Any:
        """The head as the rulebook names it, or None."""
        return rulebook().heads.get(str(self.fields.get(HEAD, "")))

    def shown(self) -> list[tuple[Any, Any]]:
        """Title and value of every published field, in the order of the form."""
        titles = _form_fields()
        order = {name: place for place, name in enumerate(titles)}
        names = sorted(self.fields.keys() - {ABOVE}, key=lambda name: (order.get(name, len(order)), name))
        return [(titles[name].title if name in titles else name, _value(self.fields[name], name)) for name in names]


def search(asked: Asked, *, limit: int, offset: int = 0) -> Sequence[Item]:
    """Give the items that are asked for, newest first."""
    return [_item(row) for row in rows(LIST, {**asked.parameters(), "limit": limit, "offset": offset})]


def count(asked: Asked) -> int:
    """How many items there are of what is asked for."""
    return int(rows(COUNT, asked.parameters())[0][0])


def every(asked: Asked, *, at_once: int = 500) -> Iterator[Item]:
    """Every item asked for, newest first, a part at a time, so that a long register needs no memory."""
    offset = 0
    while part := search(asked, limit=at_once, offset=offset):
        yield from part
        offset += len(part)


def years() -> list[int]:
    """The years in which published decisions were made, the latest first."""
    return [year for (year,) in rows(YEARS, [])]


def one(item: uuid.UUID) -> Item | None:
    """Give one item, or None."""
    found = rows(ONE, [item])
    return _item(found[0]) if found else None


def rows(query: LiteralString, params: Any) -> list[tuple[Any, ...]]:
    """Ask the database."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def plain(value: str | Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Read a jsonb column: Django's driver gives its text."""
    return json.loads(value) if isinstance(value, str) else value or {}


def number(text: str, *, otherwise: int) -> int:
    """Read a small whole number above zero that somebody may have typed."""
    fits = text.isascii() and text.isdecimal() and 0 < len(text) < 6 and int(text)  # noqa: PLR2004 - digits
    return min(int(text), MOST_PAGES) if fits else otherwise


def _names(title: Mapping[str, str], words: str) -> bool:
    return any(words.casefold() in text.casefold() for text in title.values())


def _item(row: tuple[Any, ...]) -> Item:
    *before, fields, document, digest = row
    return Item(*before, fields=plain(fields), document=document, document_sha256=digest)


def _form_fields() -> dict[str, FormField]:
    """Give the fields of the procedures that publish, by name: the same name may mean something else elsewhere."""
    ruled = [versions[-1] for versions in rulebook().procedures.values()]
    publishing = [one for one in ruled if any(step.effects.publish for step in one.steps.values())]
    steps = [step for one in publishing for step in one.steps.values()]
    shown = [step for step in steps if step.opens_matter or step.effects.publish == "publish"]
    return {name: field for step in shown for name, field in step.form.items()}


def _value(value: Any, name: str) -> Any:
    if name == HEAD:
        head = rulebook().heads.get(str(value))
        return head.title if head else value
    field = _form_fields().get(name)
    if field is None or not isinstance(value, str):
        return value
    return day(value) if field.type == "date" else field.choices.get(value, value)
