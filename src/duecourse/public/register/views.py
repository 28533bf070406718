"""The register of published decisions: search, one decision with its document, its reasons and its proof, withdrawals.

Responsible for reading the schema `published` and nothing else of the database. What may be published, in which words,
was decided by a person in the procedure; this page adds the titles of fields and leaves nothing out.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, LiteralString

from django.conf import settings
from django.db import connection
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical
from duecourse.edge.objects import ObjectStore
from duecourse.public.proofs import published
from duecourse.public.rulebook import current as rulebook
from duecourse.ui.templatetags.duecourse import day

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence

    from django.http import HttpRequest

    from duecourse.core.procedure.definition import FormField

ON_A_PAGE: Final = 25
LONGEST_QUERY: Final = 100
MOST_PAGES: Final = 10_000
RECEIPT: Final = "duecourse/receipt/v1"
PARTY: Final = "public_party"
HEAD: Final = "decided_head"
ABOVE: Final = "decided_on"
"""Shown at the top of the page already, from its own column."""
COLUMNS: LiteralString = (
    "id, number, decided_on, published_on, withdrawn_on, withdrawn_reason, fields, document, document_sha256"
)
# Constants are set into the text here; what a reader types is always a parameter.
LIST: LiteralString = f"""
SELECT {COLUMNS} FROM published.register
WHERE (%(words)s = '' OR number ILIKE %(like)s
  OR EXISTS (SELECT FROM jsonb_each_text(coalesce(fields, '{{}}'::jsonb)) AS f WHERE f.value ILIKE %(like)s)
  OR fields ->> '{HEAD}' = ANY (%(heads)s))
  AND (%(head)s = '' OR fields ->> '{HEAD}' = %(head)s)
ORDER BY published_on DESC, number DESC, id LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 - constants only
ONE: LiteralString = f"SELECT {COLUMNS} FROM published.register WHERE id = %s"  # noqa: S608 - constants only
ENTRIES: LiteralString = "SELECT stream, index, position FROM published.register_proof WHERE id = %s ORDER BY 1, 2"
PROOF: LiteralString = (
    "SELECT fields, skeleton, position FROM published.register_proof WHERE id = %s AND stream = %s AND index = %s"
)


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


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List and search what is published."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]
    head = request.GET.get("head", "")
    head = head if head in rulebook().heads else ""
    page = _page_number(request.GET.get("page", "1"))
    items = _search(words, head, page)
    context = {
        "items": items[:ON_A_PAGE],
        "words": words,
        "head": head,
        "heads": rulebook().heads,
        "page": page,
        "earlier": page - 1,
        "later": page + 1 if len(items) > ON_A_PAGE else 0,
    }
    return render(request, "public/register.html", context)


@require_safe
def item(request: HttpRequest, item: uuid.UUID) -> HttpResponse:
    """Show one decision with the entries it rests on, or that it was withdrawn and why."""
    found = _one(item)
    entries = [
        {"stream": stream, "index": index, "number": number, "of_decision": stream != item}
        for stream, index, number in _rows(ENTRIES, [item])
    ]
    return render(request, "public/register_item.html", {"item": found, "entries": entries})


@require_safe
def document(request: HttpRequest, item: uuid.UUID) -> FileResponse:  # noqa: ARG001 - a view takes the request
    """Give the published document, whose bytes have the digest on the page."""
    found = _one(item)
    if found.document_sha256 is None:
        raise Http404
    store = ObjectStore(Path(settings.DUECOURSE_PUBLISHED) / "documents")
    path = store.path(found.document_sha256)
    if not path.is_file() or not store.verify(found.document_sha256):
        raise Http404
    name = f"decision-{found.document_sha256[:12]}.pdf"
    return FileResponse(path.open("rb"), content_type="application/pdf", as_attachment=True, filename=name)


@require_safe
def proof(request: HttpRequest, item: uuid.UUID, stream: uuid.UUID, index: int) -> HttpResponse:
    """Give an entry, those of its fields that are published, and the proof that it stands in the log, for `verify`."""
    rows = _rows(PROOF, [item, stream, index])
    if not rows:
        raise Http404
    fields, skeleton, position = rows[0]
    text = _proven(position)
    if text is None:
        return render(request, "public/register_unproven.html", status=409)
    content = canonical.spell({"v": RECEIPT, "skeleton": skeleton, "fields": _json(fields), "proof": text})
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="entry-{stream}-{index}.json"'
    return response


def _proven(position: int | None) -> str | None:
    """Return the proof against the published log; None while the entry is not in it."""
    if position is None:
        return None
    try:
        return published.proof(position)
    except (FileNotFoundError, Invalid):
        return None


def _search(words: str, head: str, page: int) -> Sequence[Item]:
    literal = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    named = [name for name, one in rulebook().heads.items() if words and _names(one.title, words)]
    params = {
        "words": words,
        "like": f"%{literal}%",
        "heads": named,
        "head": head,
        "limit": ON_A_PAGE + 1,
        "offset": (page - 1) * ON_A_PAGE,
    }
    return [_item(row) for row in _rows(LIST, params)]


def _names(title: Mapping[str, str], words: str) -> bool:
    return any(words.casefold() in text.casefold() for text in title.values())


def _one(item: uuid.UUID) -> Item:
    rows = _rows(ONE, [item])
    if not rows:
        raise Http404
    return _item(rows[0])


def _item(row: tuple[Any, ...]) -> Item:
    *before, fields, document, digest = row
    return Item(*before, fields=_json(fields), document=document, document_sha256=digest)


def _json(value: str | Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Read a jsonb column: Django's driver gives its text."""
    return json.loads(value) if isinstance(value, str) else value or {}


def _rows(query: LiteralString, params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def _page_number(text: str) -> int:
    return min(int(text), MOST_PAGES) if text.isascii() and text.isdecimal() and 0 < len(text) < 6 and int(text) else 1  # noqa: PLR2004 - digits


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
