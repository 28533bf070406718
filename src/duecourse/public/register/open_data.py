"""The register for programs: an RSS feed, JSON and CSV, each of what the list beside it shows, whole.

They read the same rows as the pages, at the moment they are asked: a withdrawal reaches them with the next request.
Not here: the queries (`reading`).
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from duecourse.public import office
from duecourse.public.register import reading
from duecourse.ui import language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from duecourse.public.register.reading import Item

VERSION: Final = "duecourse/register/v1"
IN_FEED: Final = 50
COLUMNS: Final = ("id", "url", "number", "decided_on", "published_on", "withdrawn_on", "withdrawn_reason",
                  "document_sha256")  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """RSS 2.0 of the newest items of a search; a withdrawn one says so and holds nothing of the decision."""
    asked = reading.Asked.of(request.GET)
    made = Rss201rev2Feed(
        title=gettext("Register of published decisions"),
        link=_absolute(reverse("register"), asked.query),
        description=language.pick(office.profile().name),
        language=language.tag(),
        feed_url=_absolute(request.path, asked.query),
    )
    for item in reading.search(asked, limit=IN_FEED):
        made.add_item(
            title=_title(item), link=_address(item), description=_said(item), unique_id=_address(item),
            pubdate=_moment(item.withdrawn_on or item.published_on),
        )  # fmt: skip
    return HttpResponse(made.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


@require_safe
def as_json(request: HttpRequest) -> StreamingHttpResponse:
    """Every item of a search as one JSON object, written as it is read (docs/formats/open-data.md)."""
    return _file(_json(reading.Asked.of(request.GET)), "register.json", "application/json")


@require_safe
def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every item of a search as CSV (RFC 4180), UTF-8 with a mark so that spreadsheets read Chinese."""
    return _file(_csv(reading.Asked.of(request.GET)), "register.csv", "text/csv")


def record(item: Item) -> dict[str, Any]:
    """One item as the files hold it: days as YYYY-MM-DD, published fields by the names of the rulebook."""
    days = {name: getattr(item, name) for name in ("decided_on", "published_on", "withdrawn_on")}
    return {
        "id": str(item.id), "url": _address(item), "number": item.number,
        **{name: on.isoformat() if on else None for name, on in days.items()},
        "withdrawn_reason": item.withdrawn_reason, "document_sha256": item.document_sha256, "fields": dict(item.fields),
    }  # fmt: skip


def cell(value: Any) -> str:
    """A cell that a spreadsheet takes for text: what looks like a formula gets an apostrophe in front."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _json(asked: reading.Asked) -> Iterator[str]:
    yield f'{{"v":"{VERSION}","items":['
    for place, item in enumerate(reading.every(asked)):
        yield ("," if place else "") + "\n" + json.dumps(record(item), ensure_ascii=False)
    yield "\n]}\n"


def _csv(asked: reading.Asked) -> Iterator[str]:
    names = (reading.PARTY, reading.HEAD)
    line = csv.writer(_Echo())
    yield "\ufeff" + line.writerow([*COLUMNS, *names])
    for item in reading.every(asked):
        said = record(item)
        yield line.writerow([cell(said[name]) for name in COLUMNS] + [cell(item.fields.get(name)) for name in names])


class _Echo:
    """What `csv` writes a line to, and gets it back."""

    def write(self, line: str) -> str:
        return line


def _file(parts: Iterator[str], name: str, kind: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(parts, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _title(item: Item) -> str:
    named = " · ".join(part for part in (item.number or str(item.id), item.party) if part)
    return gettext("Withdrawn: %(number)s") % {"number": named} if item.withdrawn_on else named


def _said(item: Item) -> str:
    if item.withdrawn_on:
        return item.withdrawn_reason or ""
    return "\n".join(f"{language.pick(title)}: {language.pick(value)}" for title, value in item.shown())


def _address(item: Item) -> str:
    return _absolute(reverse("register-item", args=[item.id]))


def _absolute(path: str, query: str = "") -> str:
    return f"{settings.PUBLIC_URL}{path}{f'?{query}' if query else ''}"


def _moment(on: dt.date) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(), tzinfo=dt.UTC)
