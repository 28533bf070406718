"""Files that come with a step: for a field of type `exhibits`, or because the step needs evidence on file.

Nobody has to enter such a file before. Responsible for reading it from the post, storing it, and putting its digest
into the form. The step's own entry then brings it in as an exhibit. A file of a page that comes back is not asked for
again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.utils.translation import gettext

from duecourse.core.errors import Invalid
from duecourse.core.procedure.guards import Exhibits
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
EVIDENCE = "with-step"
"""The place for evidence of a step whose form names none; no field of a rulebook is spelled so."""


@dataclass(frozen=True, slots=True)
class FileField:
    """The place for a file on the page of a step; `kept` is what was uploaded before the page came back."""

    name: str
    label: str
    kept: Kept | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Brought:
    """What a post brought: a stored file for each field."""

    files: Mapping[str, Kept]
    received: tuple[Received, ...]

    def into(self, form: dict[str, Any]) -> dict[str, Any]:
        """Return the form with the digests of the files beside those that were ticked."""
        fields = {name: kept for name, kept in self.files.items() if name != EVIDENCE}
        named = {name: [*(form.get(name) or []), kept.sha256] for name, kept in fields.items()}
        return {**form, **{name: list(dict.fromkeys(digests)) for name, digests in named.items()}}


def brought(request: HttpRequest, taken: Step) -> Brought:
    """Return the files of a post. Raises Invalid: upload_cut, or media_… when the bytes are not what the name says."""
    if was_cut(request):
        raise Invalid("upload_cut")
    files = {name: kept for name in _places(taken) if (kept := _file(request, name)) is not None}
    return Brought(files, tuple(exhibits.receive(kept.content, name=kept.name) for kept in files.values()))


def fields(taken: Step, found: Brought | None, on_file: int) -> list[FileField]:
    """Return the places for files on the page of a step of a matter with so many exhibits on file."""
    kept = found.files if found else {}
    return [FileField(PREFIX + name, label, kept.get(name), name == EVIDENCE and on_file < _wanted(taken))
            for name, label in _places(taken).items()]  # fmt: skip


def _places(taken: Step) -> dict[str, str]:
    """The places for files, with their titles: fields of exhibits, or one where the step needs evidence on file."""
    asked = {item.name: language.pick(item.title) for item in taken.form.values() if item.type == "exhibits"}
    return asked or ({EVIDENCE: gettext("Evidence")} if _wanted(taken) else {})


def _wanted(taken: Step) -> int:
    """How many exhibits the step needs on file, its own counted."""
    return max((guard.at_least for guard in taken.needs if isinstance(guard, Exhibits)), default=0)


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
