"""Changing a setting of the office, and noting that a lawyer confirmed one.

A change of what weighs (a period, a threshold, a rule) waits for a second person; any other is in force at once. Each
act is an entry of the system stream; what comes into force gives a new rulebook in the same transaction.
Not responsible for who may (`access`), for the rulebook itself (`laying_down`), for what a value may be
(`core.procedure.setting_values`).
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import transaction

from duecourse.core.errors import Invalid
from duecourse.core.ledger.entry import Field
from duecourse.core.procedure import setting_values
from duecourse.core.reading import RulebookError
from duecourse.edge import clock, ids
from duecourse.office.ledger import system
from duecourse.office.matters import rulebook
from duecourse.office.settings import forms_of_numbers, laying_down, standing
from duecourse.office.settings.models import IN_FORCE, OPEN, REFUSED, WITHDRAWN, SettingChange, SettingConfirmation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.core.procedure.lists import Setting
    from duecourse.office.people.models import Account

FARTHEST: Final = timedelta(days=366)
LONGEST: Final = 1000


@transaction.atomic
def propose(setting: str, text: str, *, by: Account, from_on: date | None = None, reason: str = "") -> SettingChange:
    """Change a setting from a day on (default: today): in force at once, or once a second person agrees.

    Raises Invalid: "setting_unknown", "setting_not_changeable" (nothing follows it), "setting_stands" (it is so
    already), "setting_from_past", "setting_from_far", "setting_reason_missing", "setting_waits" (another change is
    open), "setting_breaks_rulebook", and as `core.procedure.setting_values.read`.
    """
    known = _setting(setting)
    value = _read(known, text)
    today = clock.today(rulebook.base().zone)
    day = from_on or today
    _check_day(day, today)
    _check_reason(known, reason)
    laying_down.hold()
    if SettingChange.objects.filter(setting=setting, state=OPEN).exists():
        raise Invalid("setting_waits", setting=setting, title=dict(known.title))
    if _spelled(standing.value_on(setting, day)) == _spelled(value):
        raise Invalid("setting_stands", setting=setting, title=dict(known.title))
    _try(setting, value, day)
    change = SettingChange.objects.create(
        setting=setting, value=_json(value), from_on=day, reason=reason, state=OPEN, proposed_by=by.id,
        proposed_at=clock.now(),
    )  # fmt: skip
    _enter("setting-proposed", change, {"account": str(by.id), "value": _json(value), "reason": reason})
    if not setting_values.weighs(known):
        _in_force(change, by)
    return change


@transaction.atomic
def decide(change: UUID, *, by: Account, agree: bool, reason: str = "") -> SettingChange:
    """A second person agrees to a change, or not; whoever proposed it may only withdraw it.

    A day that has passed meanwhile becomes today. Raises Invalid: "change_unknown", "change_decided",
    "change_same_person", "setting_breaks_rulebook".
    """
    laying_down.hold()
    found = SettingChange.objects.filter(id=change).first()
    if found is None:
        raise Invalid("change_unknown")
    if found.state != OPEN:
        raise Invalid("change_decided")
    own = found.proposed_by == by.id
    if own and agree:
        raise Invalid("change_same_person")
    if agree:
        found.from_on = max(found.from_on, clock.today(rulebook.base().zone))
        _try(found.setting, found.value, found.from_on)
        _in_force(found, by)
        return found
    found.state, found.decided_by, found.decided_at = WITHDRAWN if own else REFUSED, by.id, clock.now()
    found.save(update_fields=["state", "decided_by", "decided_at"])
    _enter(f"setting-{found.state}", found, {"account": str(by.id), "reason": reason[:LONGEST]})
    return found


@transaction.atomic
def confirm(setting: str, *, by: Account, lawyer: str, on: date, note: str) -> SettingConfirmation:
    """Note that a lawyer of the office confirmed the value in force: who, on which day, on which text.

    Raises Invalid: "setting_unknown", "setting_needs_no_lawyer", "lawyer_missing", "note_missing", "confirmed_later".
    """
    known = _setting(setting)
    if not known.confirm:
        raise Invalid("setting_needs_no_lawyer", setting=setting, title=dict(known.title))
    if not 0 < len(lawyer.strip()) <= 100:  # noqa: PLR2004 - a name
        raise Invalid("lawyer_missing")
    if not 0 < len(note.strip()) <= LONGEST:
        raise Invalid("note_missing")
    if on > clock.today(rulebook.base().zone):
        raise Invalid("confirmed_later")
    value = _json(rulebook.current().settings[setting].value)
    kept = SettingConfirmation.objects.create(
        setting=setting, value=value, lawyer=lawyer.strip(), confirmed_on=on, note=note.strip(), entered_by=by.id,
        entered_at=clock.now(),
    )  # fmt: skip
    said = {"account": str(by.id), "lawyer": lawyer.strip(), "on": on.isoformat(), "note": note.strip(), "value": value}
    fields = [Field(name, "office", item, ids.salt()) for name, item in said.items()]
    system.record("setting-confirmed", fields, {"setting": setting})
    return kept


def _in_force(change: SettingChange, by: Account) -> None:
    change.state, change.decided_by, change.decided_at = IN_FORCE, by.id, clock.now()
    change.save(update_fields=["state", "decided_by", "decided_at", "from_on"])
    _enter("setting-changed", change, {"account": str(by.id), "value": change.value})
    laying_down.lay_down(clock.today(rulebook.base().zone))


def _setting(name: str) -> Setting:
    known = rulebook.current().settings.get(name)
    if known is None:
        raise Invalid("setting_unknown", setting=name[:80])
    return known


def _read(known: Setting, text: str) -> Any:
    if not standing.changeable(known.id):
        raise Invalid("setting_not_changeable", setting=known.id, title=dict(known.title))
    value = setting_values.read(known, text)
    if known.id == forms_of_numbers.SETTING:
        forms_of_numbers.check(str(value))
    return value


def _check_day(day: date, today: date) -> None:
    if day < today:
        raise Invalid("setting_from_past", day=day)
    if day > today + FARTHEST:
        raise Invalid("setting_from_far", day=day)


def _check_reason(known: Setting, reason: str) -> None:
    if len(reason) > LONGEST or (setting_values.weighs(known) and not reason.strip()):
        raise Invalid("setting_reason_missing", most=LONGEST)


def _try(setting: str, value: Any, day: date) -> None:
    """The rulebook as a whole must hold with the new value."""
    laid = laying_down.on(day)
    try:
        laying_down.rulebook_with(laying_down.Laid({**laid.values, setting: _json(value)}, laid.calendars))
    except RulebookError as wrong:
        raise Invalid("setting_breaks_rulebook", setting=setting, why=str(wrong.problems[0].message)) from wrong


def _json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _spelled(value: Any) -> str:
    return json.dumps(_json(value), ensure_ascii=False)


def _enter(step: str, change: SettingChange, said: Mapping[str, Any]) -> None:
    outcome = {"setting": change.setting, "from": change.from_on.isoformat(), "change": str(change.id)}
    system.record(step, [Field(name, "office", value, ids.salt()) for name, value in said.items()], outcome)
