"""From what the office has decided to the rulebook in force: the folder that came, with its own values and calendars.

Responsible for making that folder, for checking it as a whole (a value that breaks the rulebook is refused before it is
written), and for recording each that comes into force: an entry `rulebook-loaded`, the bundle as an object, a row of
`rulebook_version`. A change from a later day gives a rulebook of its own for that day, made again when an earlier
change comes in between.
Not responsible for who may change what (`actions`, `calendars`).
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from django.conf import settings
from django.db import transaction

from duecourse.core.procedure.loading import load
from duecourse.edge import clock
from duecourse.edge.objects import ObjectStore
from duecourse.office.ledger import sql, system
from duecourse.office.matters import bundles, rulebook
from duecourse.office.settings.models import IN_FORCE, RulebookVersion, SettingChange

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Rulebook

LOADED: Final = "rulebook-loaded"
Calendars = Mapping[int, Mapping[str, Any]]
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('duecourse/settings', 0))"


@dataclass(frozen=True, slots=True)
class Laid:
    """What the office has laid down for a day: values by setting, calendars by year."""

    values: Mapping[str, Any]
    calendars: Calendars


def hold() -> None:
    """Hold all settings until the transaction ends: one change at a time."""
    sql.rows(_LOCK)


def on(day: date) -> Laid:
    """What is laid down for a day, by the rows. Of two changes of a setting that from the later day holds."""
    values: dict[str, Any] = {}
    for change in SettingChange.objects.filter(state=IN_FORCE, from_on__lte=day).order_by("from_on", "decided_at"):
        values[change.setting] = change.value
    return Laid(values, _calendars())


def lay_down(today: date) -> list[RulebookVersion]:
    """Make and record the rulebook of today and of each later day on which a change begins; give those that are new.

    In the caller's transaction, under `hold`. Raises core.reading.RulebookError when a value breaks the rulebook.
    """
    later = SettingChange.objects.filter(state=IN_FORCE, from_on__gt=today).values_list("from_on", flat=True)
    made = [found for day in (today, *sorted(set(later))) if (found := _record(day)) is not None]
    if made:
        transaction.on_commit(_noticed)
    return made


def rulebook_with(laid: Laid) -> tuple[Rulebook, bytes]:
    """The rulebook that came with these changes, and its bundle. Raises core.reading.RulebookError."""
    place = Path(tempfile.mkdtemp())
    try:
        folder = place / "rulebook"
        shutil.copytree(rulebook.folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
        _write_values(folder / "settings.yaml", laid.values)
        for year, content in laid.calendars.items():
            (folder / "calendars" / f"{year}.yaml").write_text(_yaml(content), "utf-8")
        return load(folder), bundles.pack(folder)
    finally:
        shutil.rmtree(place)


def _record(day: date) -> RulebookVersion | None:
    book, packed = rulebook_with(on(day))
    here = settings.DUECOURSE_RULEBOOK
    stands = RulebookVersion.objects.filter(name=here, from_on__lte=day).order_by("-from_on", "-seq").first()
    if stands is not None and stands.digest == book.digest:
        return None
    bundle = ObjectStore(settings.DUECOURSE_OBJECTS).put(packed)
    outcome = {"rulebook": book.digest, "calendar": book.calendar_digest, "bundle": bundle, "from": day.isoformat()}
    system.record(LOADED, outcome=outcome)
    return RulebookVersion.objects.create(
        name=here, base=rulebook.base().digest, from_on=day, digest=book.digest, calendar=book.calendar_digest,
        bundle=bundle, recorded_at=clock.now(),
    )  # fmt: skip


def _noticed() -> None:
    """Once it is committed: this process at once, the others with their next request; the public site by its file."""
    from duecourse.office.settings import profile

    rulebook.look_again()
    profile.publish()


def _calendars() -> Calendars:
    from duecourse.office.settings.calendars import agreed

    return agreed()


def _write_values(path: Path, values: Mapping[str, Any]) -> None:
    """Put the office's values in place of those that came; a setting that the rulebook no longer has is left out."""
    if not values:
        return
    content = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - a safe loader
    known = content["settings"]
    changed = {name: value for name, value in values.items() if name in known and known[name]["value"] != value}
    for name, value in changed.items():
        known[name] = {**known[name], "value": value}
    if changed:
        path.write_text(_yaml(content), "utf-8")


class _Loader(yaml.SafeLoader):
    """Reads as the rulebook is read: `on` and `yes` are words, `true` and `false` alone are truth."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


def _yaml(content: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False, width=1000)
