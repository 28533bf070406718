"""`duecourse doctor`: which of its promises this installation really holds, one sentence each, good or bad.

Responsible for looking, never for mending. It runs as the owner of the tables. Each check is a function that yields
`Statement`s: `good`, `warn` (a promise is weaker than it could be) or `bad` (a promise does not hold; exit status 1).
Not responsible for whether the record is sound (`audit`).
"""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.edge import clock
from duecourse.edge.keys import PURPOSES, KeyRing
from duecourse.edge.postgres import OFFICE, PUBLIC
from duecourse.office.ledger import backup, sequencer, sql, timestamp, witnesses, words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPEND_ONLY: Final = ("entry", "position", "entry_field", "tile", "checkpoint", "refused_entry")
TRIGGERS: Final = (
    "checkpoint_signed", "checkpoint_stays", "checkpoint_stays_whole", "entry_field_opened_or_erased",
    "entry_field_stays", "entry_field_stays_whole", "entry_stays", "entry_stays_whole", "entry_waits_for_its_number",
    "position_stays", "position_stays_whole", "refused_entry_stays", "tile_grows", "tile_stays", "tile_stays_whole",
)  # fmt: skip
_DAY: Final = timedelta(days=1)
_GIGABYTE: Final = 10**9
_MARKS: Final = {"good": "✓", "warn": "!", "bad": "✗"}

_STRONG: Final = """
SELECT r.rolname, CASE WHEN r.rolsuper THEN 'superuser' WHEN r.rolcreaterole THEN 'createrole' ELSE 'bypassrls' END
FROM pg_roles r WHERE r.rolname = ANY(%s) AND (r.rolsuper OR r.rolcreaterole OR r.rolbypassrls)
UNION ALL
SELECT %s, privilege || ' ' || t.name
FROM unnest(%s::text[]) AS t(name), unnest('{DELETE,TRUNCATE}'::text[]) AS privilege
WHERE has_table_privilege(%s, 'public.' || t.name, privilege)
UNION ALL
SELECT %s, 'UPDATE ' || t.name FROM unnest('{entry,position}'::text[]) AS t(name)
WHERE has_any_column_privilege(%s, 'public.' || t.name, 'UPDATE')
UNION ALL
SELECT %s, 'read ' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'm', 'p') AND has_any_column_privilege(%s, c.oid, 'SELECT')
"""
_OFF: Final = """
SELECT name FROM unnest(%s::text[]) AS t(name)
WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = t.name AND tgenabled IN ('O', 'A'))
"""
_QUEUE: Final = """
SELECT count(*), coalesce(extract(epoch FROM max(%s::timestamptz - e.recorded_at)), 0)::bigint
FROM unnumbered u JOIN entry e ON e.id = u.entry_id
"""
_HELD: Final = """
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = %s AND objid::bigint = %s
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
_PUBLISHED: Final = (
    "SELECT size, published_at, cosigned FROM checkpoint WHERE published_at IS NOT NULL ORDER BY 1 DESC LIMIT 1"
)
_BACKUP: Final = """
SELECT max(e.recorded_at) FROM entry e JOIN installation i ON e.stream = i.system_stream
WHERE convert_from(e.skeleton, 'UTF8')::jsonb ->> 'step' = %s
"""


@dataclass(frozen=True)
class Statement:
    """One sentence on one promise."""

    state: str
    code: str
    params: dict[str, str | int] = field(default_factory=dict)

    def text(self) -> str:
        """The mark, then both languages."""
        return f"{_MARKS[self.state]} {words.line(self.code, **self.params)}"

    def to_json(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "state": self.state,
            "code": self.code,
            "params": self.params,
            "text": words.both(self.code, **self.params),
        }


def examine() -> list[Statement]:
    """Every statement, in the order of the list in docs/running/doctor.md. Raises psycopg.Error."""
    checks = (
        _environment, _roles, _triggers, _durability, _users, _keys, _sequencer, _publication, _witnesses, _timestamps,
        _backups, _disk, _fonts, _clock,
    )  # fmt: skip
    return [statement for check in checks for statement in check()]


def _environment() -> Iterator[Statement]:
    if settings.DUECOURSE_ENV == "production":
        yield Statement("good", "environment-production")
    else:
        yield Statement("warn", "environment-demo", {"environment": settings.DUECOURSE_ENV})


def _roles() -> Iterator[Statement]:
    found = sql.rows(_STRONG, ([OFFICE, PUBLIC], OFFICE, list(APPEND_ONLY), OFFICE, OFFICE, OFFICE, PUBLIC, PUBLIC))
    for role, grant in found:
        yield Statement("bad", "role-too-strong", {"role": role, "grant": grant})
    if not found:
        yield Statement("good", "roles-apart")


def _triggers() -> Iterator[Statement]:
    off = sql.rows(_OFF, (list(TRIGGERS),))
    for (name,) in off:
        yield Statement("bad", "trigger-off", {"trigger": name})
    if not off:
        yield Statement("good", "triggers-on")


def _durability() -> Iterator[Statement]:
    off = [name for name in ("fsync", "synchronous_commit", "full_page_writes") if _setting(name) == "off"]
    for name in off:
        yield Statement("bad", "not-durable", {"setting": name})
    if not off:
        yield Statement("good", "durable")


def _setting(name: str) -> str:
    return str(sql.rows("SELECT current_setting(%s)", (name,))[0][0])


def _users() -> Iterator[Statement]:
    if os.getuid() == 0:
        yield Statement("warn", "runs-as-root")
    else:
        yield Statement("good", "runs-unprivileged", {"uid": os.getuid()})


def _keys() -> Iterator[Statement]:
    ring = KeyRing(settings.DUECOURSE_KEYS)
    before = 0
    for purpose in PURPOSES:
        if purpose != "witness" and not ring.has(purpose):
            before += 1
            yield Statement("bad", "key-absent", {"purpose": purpose})
    for path in sorted(settings.DUECOURSE_KEYS.glob("*.key")):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            before += 1
            yield Statement("bad", "key-readable", {"file": path.name})
    if ring.has_secret("recovery"):
        before += 1
        yield Statement("warn", "recovery-key-here")
    if not before:
        yield Statement("good", "keys-complete")


def _sequencer() -> Iterator[Statement]:
    held = sql.rows(_HELD, (sequencer.LOCK >> 32, sequencer.LOCK & 0xFFFF_FFFF))[0][0]
    waiting, seconds = sql.rows(_QUEUE, (clock.now(),))[0]
    if not held:
        yield Statement("bad", "sequencer-absent")
    elif seconds > 10 * settings.SEQUENCER_SECONDS + 2:
        yield Statement("bad", "sequencer-behind", {"count": waiting, "seconds": seconds})
    else:
        yield Statement("good", "sequencer-works")
    refused = sql.rows("SELECT count(*) FROM refused_entry")[0][0]
    if refused:
        yield Statement("bad", "entries-refused", {"count": refused})


def _publication() -> Iterator[Statement]:
    last = sql.row(_PUBLISHED)
    if last is None:
        yield Statement("bad", "publication-none")
        return
    seconds = int((clock.now() - last[1]).total_seconds())
    if seconds > 3 * settings.PUBLICATION_SECONDS + 10:
        yield Statement("bad", "publication-late", {"seconds": seconds, "every": int(settings.PUBLICATION_SECONDS)})
    else:
        yield Statement("good", "publication-fresh", {"seconds": seconds, "size": last[0]})


def _witnesses() -> Iterator[Statement]:
    for address in witnesses.unknown_addresses():
        yield Statement("bad", "witness-unknown", {"address": address})
    last, stands = sql.row(_PUBLISHED), witnesses.policy()
    try:
        verdict = stands.judge(last[2]) if stands and last else None
    except Invalid as error:
        yield Statement("bad", "cosignature-false", {"problem": str(error)})
        return
    count = len(verdict.cosigned) if verdict else 0
    if verdict and verdict.met and count:
        yield Statement("good", "witnessed", {"count": count})
    else:
        yield Statement("warn", "not-witnessed", {"count": count})


def _timestamps() -> Iterator[Statement]:
    state = timestamp.state()
    at = _spell(state.stamped_at)
    if not state.configured:
        yield Statement("warn", "timestamp-none")
    elif state.stamped_at is None or clock.now() - state.stamped_at > 2 * _DAY:
        yield Statement("bad", "timestamp-late", {"at": at, "error": state.failing or "-"})
    else:
        yield Statement("good", "timestamped", {"at": at})


def _backups() -> Iterator[Statement]:
    last = sql.rows(_BACKUP, (backup.STEP,))[0][0]
    if last is None:
        yield Statement("warn", "backup-none")
    elif clock.now() - last > _DAY:
        yield Statement("warn", "backup-old", {"at": _spell(last)})
    else:
        yield Statement("good", "backup-fresh", {"at": _spell(last)})


def _disk() -> Iterator[Statement]:
    home: Path = settings.DUECOURSE_HOME
    usage = shutil.disk_usage(home)
    percent = usage.free * 100 // usage.total
    values: dict[str, str | int] = {"free": round(usage.free / _GIGABYTE), "percent": percent}
    roomy = usage.free > 2 * _GIGABYTE and percent >= 5  # noqa: PLR2004 - a day's work of a busy city, and a margin
    yield Statement("good" if roomy else "bad", "disk-room" if roomy else "disk-full", values)


def _fonts() -> Iterator[Statement]:
    if find_spec("manimgx_fonts_cjk") is None:
        yield Statement("bad", "fonts-missing", {"problem": "manimgx_fonts_cjk"})
    else:
        yield Statement("good", "fonts-here")


def _clock() -> Iterator[Statement]:
    there = sql.rows("SELECT clock_timestamp()")[0][0]
    seconds = round(abs((clock.now() - there).total_seconds()))
    if seconds > 2:  # noqa: PLR2004 - what a healthy pair of clocks never reaches
        yield Statement(
            "bad" if settings.DUECOURSE_ENV == "production" else "warn", "clock-moved", {"seconds": seconds}
        )
    else:
        yield Statement("good", "clock-true")


def _spell(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else "-"
