"""A time-stamp (RFC 3161) on one published checkpoint a day: somebody else's word on when the log stood there.

Responsible for asking the configured authorities in turn, for believing a token only when both rfc3161-client and
OpenSSL do, for keeping the whole response, and for trying again. The state is in the tables: the last stamped
checkpoint, and every attempt with its error.

Authorities: the setting TIMESTAMP_URL, addresses separated by commas. Their root (and intermediate) certificates:
`$DUECOURSE_HOME/keys/timestamp-roots.pem`. Not responsible for clocks.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import httpx
import rfc3161_client as rfc3161
from cryptography import x509
from django.conf import settings
from django.db import transaction

from duecourse.core.errors import Invalid
from duecourse.edge import clock
from duecourse.edge.keys import write_file
from duecourse.office.ledger import export, sql

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)

AGAIN: Final = timedelta(minutes=10)
SECONDS: Final = 20.0
MAX_RESPONSE: Final = 1 << 20

_LAST_STAMPED = "SELECT max(published_at) FROM checkpoint WHERE timestamp IS NOT NULL"
_NEWEST = "SELECT size, note FROM checkpoint WHERE published_at IS NOT NULL ORDER BY size DESC LIMIT 1"
_LAST_TRY = "SELECT tried_at, authority, error FROM timestamp_attempt ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True)
class State:
    """How it stands: configured at all, when a checkpoint was stamped last, the last attempt's error if it failed."""

    configured: bool
    stamped_at: datetime | None
    failing: str


def authorities() -> list[str]:
    """The addresses to ask, in order."""
    return [address.strip() for address in settings.TIMESTAMP_URL.split(",") if address.strip()]


def roots_path() -> Path:
    """The certificates an authority's chain must end in."""
    path: Path = settings.DUECOURSE_KEYS / "timestamp-roots.pem"
    return path


def state() -> State:
    """For `doctor` and the proofs page."""
    tried = sql.row(_LAST_TRY)
    stamped = sql.rows(_LAST_STAMPED)[0][0]
    return State(bool(authorities()), stamped, f"{tried[1]}: {tried[2]}" if tried and tried[2] else "")


def stamp_due() -> int | None:
    """Stamp the newest published checkpoint unless one of today's is; returns its size, or None.

    After a failure the next try waits ten minutes. A failure is written down, never raised: the log goes on.
    """
    newest = sql.row(_NEWEST) if authorities() else None
    if newest is None or _stamped_today() or _tried_just_now():
        return None
    size, note = newest
    for address in authorities():
        try:
            response = request(address, note.encode())
        except (Invalid, httpx.HTTPError) as error:
            log.warning("No time-stamp from %s: %s", address, error)
            _note_attempt(size, address, str(error) or type(error).__name__)
            continue
        with transaction.atomic():
            sql.rows("UPDATE checkpoint SET timestamp = %s WHERE size = %s AND timestamp IS NULL", (response, size))
            _note_attempt(size, address, "")
        publish(size, note, response)
        return int(size)
    return None


def publish(size: int, note: str, response: bytes) -> None:
    """Put the stamped text and the response beside the log, for `openssl ts -verify -data`."""
    folder = export.folder() / "timestamp"
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / f"{size}.checkpoint", note.encode(), mode=0o644)
    write_file(folder / f"{size}.tsr", response, mode=0o644)


def request(address: str, data: bytes) -> bytes:
    """Ask one authority to stamp `data`; the response (DER), verified. Raises Invalid, httpx.HTTPError."""
    asked = (
        rfc3161.TimestampRequestBuilder().data(data).hash_algorithm(rfc3161.base.HashAlgorithm.SHA256)
        .nonce(nonce=True).cert_request(cert_request=True).build()
    )  # fmt: skip
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    with httpx.Client(timeout=SECONDS, trust_env=False) as client:
        reply = client.post(address, content=asked.as_bytes(), headers=headers)
    if reply.status_code != httpx.codes.OK:
        raise Invalid("timestamp_status", status=reply.status_code)
    if len(reply.content) > MAX_RESPONSE:
        raise Invalid("timestamp_too_long", length=len(reply.content))
    verify(reply.content, data, roots=roots_path().read_bytes() if roots_path().is_file() else b"", query=asked)
    return reply.content


def verify(response: bytes, data: bytes, *, roots: bytes, query: rfc3161.TimeStampRequest | None = None) -> None:
    """Believe a response only when two implementations do.

    1. OpenSSL: signature, chain to `roots` (PEM), purpose, imprint of `data`, and the query's nonce when given
    2. rfc3161-client: the same, unless it cannot read the response because its certificate set is unsorted (DER demands
       an order that real authorities break); then 1 stands alone

    Raises Invalid("timestamp_roots_missing" | "timestamp_openssl" | "timestamp_client").
    """
    if not roots.strip():
        raise Invalid("timestamp_roots_missing")
    _verify_with_openssl(response, data, roots, query)
    try:
        decoded = rfc3161.decode_timestamp_response(response)
    except ValueError as error:
        if "SetOrdering" in str(error):
            return
        raise Invalid("timestamp_client", problem=str(error)) from None
    certificates = x509.load_pem_x509_certificates(roots)
    try:
        _verifier(certificates, query).verify_message(decoded, data)
    except (rfc3161.VerificationError, ValueError) as error:
        raise Invalid("timestamp_client", problem=str(error)) from None


def _verifier(certificates: Sequence[x509.Certificate], query: rfc3161.TimeStampRequest | None) -> rfc3161.Verifier:
    builder = rfc3161.VerifierBuilder.from_request(query) if query else rfc3161.VerifierBuilder()
    for certificate in certificates:
        self_issued = certificate.issuer == certificate.subject
        builder = (builder.add_root_certificate if self_issued else builder.add_intermediate_certificate)(certificate)
    return builder.build()


def _verify_with_openssl(response: bytes, data: bytes, roots: bytes, query: rfc3161.TimeStampRequest | None) -> None:
    program = shutil.which("openssl")
    if program is None:
        raise Invalid("timestamp_openssl", problem="the program openssl is not installed")
    with tempfile.TemporaryDirectory(prefix="duecourse-ts-") as name:
        folder = Path(name)
        for file, content in (("r.tsr", response), ("data", data), ("roots.pem", roots)):
            (folder / file).write_bytes(content)
        checks = [["-data", str(folder / "data")]]
        if query is not None:
            (folder / "q.tsq").write_bytes(query.as_bytes())
            checks.append(["-queryfile", str(folder / "q.tsq")])
        for check in checks:
            command = [
                program,
                "ts",
                "-verify",
                *check,
                "-in",
                str(folder / "r.tsr"),
                "-CAfile",
                str(folder / "roots.pem"),
            ]
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
            if done.returncode or "Verification: OK" not in done.stdout + done.stderr:
                raise Invalid("timestamp_openssl", problem=(done.stderr or done.stdout).strip()[-300:])


def _stamped_today() -> bool:
    last = sql.rows(_LAST_STAMPED)[0][0]
    zone = ZoneInfo(settings.DUECOURSE_ZONE)
    return last is not None and last.astimezone(zone).date() >= clock.today(settings.DUECOURSE_ZONE)


def _tried_just_now() -> bool:
    tried = sql.row(_LAST_TRY)
    return tried is not None and bool(tried[2]) and clock.now() - tried[0] < AGAIN


def _note_attempt(size: int, address: str, error: str) -> None:
    sql.rows(
        "INSERT INTO timestamp_attempt (size, authority, tried_at, error) VALUES (%s, %s, %s, %s)",
        (size, address, clock.now(), error[:500]),
    )
