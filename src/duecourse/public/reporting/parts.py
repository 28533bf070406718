"""Files that come in parts, for a weak line: each part is sealed as it comes and may be sent again without harm.

    begin   name, size                 → a ticket, and which parts are here already
    part    ticket, index, the bytes   → here (a part that was here before is written over: the same bytes)
    done    ticket                     → the file, carried by the form as any other (`attachments.Attachment.carried`)

The browser holds the ticket: the name, the size, and a random key, locked by the site's key. Each part lies sealed with
a key made from that one and its index, so what waits on the disk opens only with the ticket, and a part that lies in a
wrong place does not open at all. `done` opens part by part and seals the whole to the office (docs/formats/sealed.md):
a file that came in parts is, from then on, no different from one that came whole. What is not done in a day is swept.

Not here: what may be attached (`attachments`), the script that sends (`static/public/upload.js`).
"""

from __future__ import annotations

import base64
import hmac
import os
import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.http import JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext
from django.views.decorators.http import require_POST
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random

from duecourse.core.errors import Invalid
from duecourse.edge import ids
from duecourse.public.reporting import attachments, kinds, stamp, ticket
from duecourse.public.reporting.form import problem

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PURPOSE: Final = "parts"
PART_BYTES: Final = attachments.LONGEST_PART
FREE_BYTES: Final = 2_000_000_000
"""What must stay free on the disk: below it no file is begun in parts."""
DONE: Final = "done"
_INDEX: Final = re.compile(r"\d{1,3}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sending:
    """One file on its way in parts."""

    id: str
    key: bytes
    name: str
    size: int

    @property
    def count(self) -> int:
        """How many parts it has."""
        return -(-self.size // PART_BYTES)

    def length(self, index: int) -> int:
        """How many bytes a part has: all but the last are full."""
        return PART_BYTES if index < self.count - 1 else self.size - PART_BYTES * (self.count - 1)

    def place(self, part: int | str) -> Path:
        """Where a part waits."""
        return attachments.incoming() / f"part-{self.id}-{part}"

    def box(self, part: int | str) -> SecretBox:
        """The box of a part: HMAC-SHA256(key, its index)."""
        return SecretBox(hmac.digest(self.key, str(part).encode(), "sha256"))

    def write(self, part: int | str, plain: bytes) -> None:
        """Seal a part to its place; whole or not at all."""
        handle, name = tempfile.mkstemp(dir=attachments.incoming(), prefix="part-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(self.box(part).encrypt(plain))
        Path(name).replace(self.place(part))

    def read(self, part: int | str) -> bytes:
        """Open a part. Raises Invalid("part_missing"), also for one that does not open."""
        try:
            return self.box(part).decrypt(self.place(part).read_bytes())
        except (FileNotFoundError, CryptoError, ValueError):
            raise Invalid("part_missing", index=part) from None

    def carried(self) -> str:
        """Lock all of it into the ticket that the browser holds."""
        value = {"id": self.id, "key": base64.b64encode(self.key).decode("ascii"), "name": self.name, "size": self.size}
        return ticket.lock(PURPOSE, value, until=time.time() + attachments.KEPT_SECONDS)  # type: ignore[arg-type]


@require_POST
def part(request: HttpRequest) -> HttpResponse:
    """Begin a file, take a part of it, or close it; which, the field `do` says."""
    acts = {"begin": _begin, "part": _part, "done": _done}
    act = acts.get(request.POST.get("do", ""))
    if act is None:
        return _answer({"problem": gettext("This was not understood. Use the form on the page.")}, 400)
    try:
        return act(request)
    except Invalid:
        return _answer({"again": True, "problem": gettext("The sending must begin anew. Choose the file again.")}, 409)
    except OSError:
        return _answer({"problem": gettext("The file could not be stored just now. Try again in a minute.")}, 503)


def _begin(request: HttpRequest) -> HttpResponse:
    """A new ticket for who holds a form of ours, or the state of one begun before."""
    try:
        sending = _sending(request)
    except Invalid:
        sending = _new(request)
    if not 0 < sending.size <= attachments.RECORDING:
        return _refused("recording_large" if sending.size else "file_empty", sending.name)
    if shutil.disk_usage(attachments.incoming()).free < FREE_BYTES + sending.size:
        raise OSError
    attachments.sweep_sometimes(time.time())
    if sending.place(DONE).is_file():
        return _closed(sending)
    have = [index for index in range(sending.count) if sending.place(index).is_file()]
    return _answer({"ticket": sending.carried(), "have": have, "bytes": PART_BYTES}, 200)


def _part(request: HttpRequest) -> HttpResponse:
    sending, index = _sending(request), request.POST.get("index", "")
    plain = attachments.of(request).part
    if not _INDEX.match(index) or int(index) >= sending.count or len(plain) != sending.length(int(index)):
        return _answer({"problem": gettext("This part did not come whole.")}, 422)
    if index == "0":
        wrong = attachments.refusal(sending.name, plain[: kinds.HEAD], sending.size)
        if wrong is not None:
            return _answer({"problem": wrong.sentence}, 422)
    sending.write(int(index), plain)
    return _answer({"index": int(index)}, 200)


def _done(request: HttpRequest) -> HttpResponse:
    """Open the parts in their order and seal the whole. Asked again, the same answer."""
    sending = _sending(request)
    if not sending.place(DONE).is_file():
        sending.write(DONE, _sealed(sending).encode("ascii"))
        for index in range(sending.count):
            sending.place(index).unlink(missing_ok=True)
    return _closed(sending)


def _closed(sending: Sending) -> HttpResponse:
    carried = sending.read(DONE).decode("ascii")
    return _answer({"kept": carried, "name": sending.name, "size": sending.size}, 200)


def _sealed(sending: Sending) -> str:
    whole = attachments.Incoming(sending.name)
    try:
        for index in range(sending.count):
            whole.push(sending.read(index))
    except Invalid:
        whole.remove()
        raise
    return whole.finish().carried()


def _new(request: HttpRequest) -> Sending:
    """Raises Invalid where the form is none of ours, or the size is no number."""
    code = ids.read_code(request.POST.get("code", ""))
    if stamp.judge(code, request.POST.get("stamp", ""), time.time()) is not stamp.Verdict.GOOD:
        raise Invalid("form_foreign")
    name, size = request.POST.get("name", "")[-attachments.LONGEST_NAME :], request.POST.get("size", "")
    if not (size.isascii() and size.isdecimal() and len(size) <= 12):  # noqa: PLR2004 - far above any limit
        raise Invalid("part_size")
    return Sending(random(16).hex(), random(32), name.replace("\0", "") or "file", int(size))


def _sending(request: HttpRequest) -> Sending:
    held: Any = ticket.unlock(PURPOSE, request.POST.get("ticket"), now=time.time())
    return Sending(held["id"], base64.b64decode(held["key"]), held["name"], held["size"])


def _refused(code: str, name: str) -> HttpResponse:
    most = attachments.megabytes(attachments.RECORDING)
    found = problem(code, attachments.FIELD, name=name, most=most)
    return _answer({"problem": found.sentence}, 422)


def _answer(value: dict[str, object], status: int) -> HttpResponse:
    response = JsonResponse(value, status=status)
    patch_cache_control(response, no_store=True, private=True)
    return response
