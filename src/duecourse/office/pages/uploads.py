"""Files that come with a step: a field of type `exhibits` may bring its file along instead of naming one on file.

Responsible for reading such a file from the post, storing it, and putting its digest into the form. The step's own
entry then brings it in as an exhibit. A file of a page that comes back is not asked for again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core import signing

from duecourse.core.errors import Invalid
from duecourse.office.matters import exhibits
from duecourse.ui import language

from .files import KEPT_SALT, Kept
from .limits import was_cut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from duecourse.core.procedure.definition import Step
    from duecourse.office.matters.exhibits import Received

PREFIX = "file."


@dataclass(frozen=True, slots=True)
class FileField:
    """The place for a file on the page of a step; `kept` is what was uploaded before the page came back."""

    name: str
    label: str
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What a post brought: a stored file for each field."""

    files: Mapping[str, Kept]
    received: tuple[Received, ...]

    def into(self, form: dict[str, Any]) -> dict[str, Any]:
        """Return the form with the digests of the files beside those that were ticked."""
        named = {name: [*(form.get(name) or []), kept.sha256] for name, kept in self.files.items()}
        return {**form, **{name: list(dict.fromkeys(digests)) for name, digests in named.items()}}


def brought(request: HttpRequest, taken: Step) -> Brought:
    """Return the files of a post. Raises Invalid: upload_cut, or media_… when the bytes are not what the name says."""
    if was_cut(request):
        raise Invalid("upload_cut")
    names = [item.name for item in taken.form.values() if item.type == "exhibits"]
    files = {name: kept for name in names if (kept := _file(request, name)) is not None}
    return Brought(files, tuple(exhibits.receive(kept.content, name=kept.name) for kept in files.values()))


def fields(taken: Step, found: Brought | None) -> list[FileField]:
    """Return the places for files on the page of a step."""
    kept = found.files if found else {}
    return [FileField(PREFIX + item.name, language.pick(item.title), kept.get(item.name))
            for item in taken.form.values() if item.type == "exhibits"]  # fmt: skip


def _file(request: HttpRequest, name: str) -> Kept | None:
    upload = request.FILES.get(PREFIX + name)
    if upload is not None:
        return Kept(upload.read(), upload.name or "")
    ticket = request.POST.get(f"kept.{name}", "")
    if not ticket:
        return None
    try:
        digest, title = signing.loads(ticket, salt=KEPT_SALT, max_age=8 * 3600)
    except signing.BadSignature as wrong:
        raise Invalid("file_missing") from wrong
    return Kept(exhibits.objects().get(digest), title)
