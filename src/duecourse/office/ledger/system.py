"""The one system stream: what the office says of itself (keys, rulebooks loaded, calendars, settings, restores).

Responsible for the row that names this installation's log and for entries to its system stream. Not responsible for
what those entries mean to their readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.core.ledger.entry import Field, Occurred
from duecourse.edge import clock, ids
from duecourse.office.ledger import sql, store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from duecourse.core.ledger.canonical import JSON

ROLE = "system"


@dataclass(frozen=True)
class Installation:
    """Which log this is: its origin (never changes), its system stream, the zone of its legal dates."""

    origin: str
    system_stream: UUID
    zone: str


def install() -> Installation:
    """Name this installation once; later calls return what stands. Raises Invalid("log_origin_changed")."""
    sql.rows(
        "INSERT INTO installation VALUES (true, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (settings.LOG_ORIGIN, ids.new_uuid(), settings.DUECOURSE_ZONE, clock.now()),
    )
    return installation()


def installation() -> Installation:
    """The row. Raises Invalid("not_installed"), or Invalid("log_origin_changed") when the setting says another log."""
    found = sql.row("SELECT origin, system_stream, zone FROM installation")
    if found is None:
        raise Invalid("not_installed")
    if found[0] != settings.LOG_ORIGIN:
        raise Invalid("log_origin_changed", stands=found[0], setting=settings.LOG_ORIGIN)
    return Installation(*found)


def record(
    step: str,
    fields: Sequence[Field] = (),
    outcome: Mapping[str, JSON] | None = None,
    *,
    role: str = ROLE,
    key: str | None = None,
) -> store.StoredEntry:
    """Append an entry to the system stream, in the caller's transaction.

    Raises Invalid("not_installed"), Invalid("key_used"), and as `store.append`.
    """
    here, moment = installation(), clock.now()
    return store.append(
        stream=here.system_stream, kind="system", procedure=None, step=step, role=role,
        occurred=Occurred.on(clock.today(here.zone), here.zone), recorded=moment, digests={}, exhibits=(), links=(),
        outcome=outcome or {}, fields=fields, key=key, head=None,
    )  # fmt: skip
