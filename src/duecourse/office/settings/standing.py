"""Where each setting stands: its value in force, the cautious default, what rests on it, whether a lawyer confirmed it.

Read only. Not responsible for changing (`actions`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import yaml

from duecourse.core.procedure import setting_values
from duecourse.office.matters import rulebook
from duecourse.office.settings import forms_of_numbers, laying_down, profile
from duecourse.office.settings.models import IN_FORCE, OPEN, SettingChange, SettingConfirmation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duecourse.core.procedure.definition import Procedure, Rulebook
    from duecourse.core.procedure.lists import Setting
    from duecourse.core.reading import Words

EVERYWHERE: Final = {"zh-Hans": "全部文书和公众网站", "en": "every document and the public site"}
_NAMED: Final = re.compile(r"\{setting:([a-z0-9-]+)\}")


@dataclass(frozen=True, slots=True)
class Use:
    """Something that rests on a setting: a procedure's clock or step, the documents, or the office's own name."""

    kind: str
    title: Words
    procedure: Words | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One setting as it stands today."""

    setting: Setting
    came: Any
    kind: str
    weighs: bool
    uses: tuple[Use, ...]
    confirmation: SettingConfirmation | None
    waiting: SettingChange | None
    coming: tuple[SettingChange, ...]

    @property
    def changed(self) -> bool:
        """Whether the office has a value of its own."""
        return bool(self.setting.value != self.came)

    @property
    def confirmed(self) -> bool:
        """Whether a lawyer confirmed the value that is in force, or none needs to."""
        if not self.setting.confirm:
            return True
        value = self.setting.value
        spelled = list(value) if isinstance(value, tuple) else value
        return self.confirmation is not None and bool(self.confirmation.value == spelled)

    @property
    def changeable(self) -> bool:
        """Whether a change would have any effect."""
        return bool(self.uses)


def all_of_them() -> list[Standing]:
    """Every setting of the rulebook in force, in its order; a handful of questions for all."""
    book, came, today = rulebook.current(), rulebook.base(), _today()
    confirmed: dict[str, SettingConfirmation] = {}
    for one in SettingConfirmation.objects.order_by("entered_at"):
        confirmed[one.setting] = one
    waiting = {one.setting: one for one in SettingChange.objects.filter(state=OPEN)}
    coming: dict[str, list[SettingChange]] = {}
    for one in SettingChange.objects.filter(state=IN_FORCE, from_on__gt=today).order_by("from_on", "decided_at"):
        coming.setdefault(one.setting, []).append(one)
    used = uses(came.digest)
    return [
        Standing(
            setting, came.settings[name].value, setting_values.kind(setting), setting_values.weighs(setting),
            used.get(name, ()), confirmed.get(name), waiting.get(name), tuple(coming.get(name, ())),
        )
        for name, setting in book.settings.items()
        if name in came.settings
    ]  # fmt: skip


def one(name: str) -> Standing | None:
    """One setting, or None when there is none of that name."""
    return next((found for found in all_of_them() if found.setting.id == name), None)


def unconfirmed(standings: Sequence[Standing]) -> list[Standing]:
    """Those whose value in force no lawyer has confirmed."""
    return [found for found in standings if not found.confirmed]


def value_on(name: str, day: date) -> Any:
    """The value that is laid down for a day."""
    return laying_down.on(day).values.get(name, rulebook.base().settings[name].value)


def history(name: str) -> list[SettingChange]:
    """Every change of a setting that was ever proposed, newest first."""
    return list(SettingChange.objects.filter(setting=name).order_by("-proposed_at"))


def changeable(name: str) -> bool:
    """Whether anything rests on a setting; a value that nothing reads is not changed here."""
    return bool(uses(rulebook.base().digest).get(name))


@lru_cache(maxsize=4)
def uses(digest: str) -> Mapping[str, tuple[Use, ...]]:
    """What rests on each setting of the rulebook that came (named by its digest, for the memory's sake)."""
    book = rulebook.base()
    assert book.digest == digest
    found: dict[str, list[Use]] = {}
    for name, use in _uses(book):
        found.setdefault(name, []).append(use)
    return {name: tuple(dict.fromkeys(items)) for name, items in found.items()}


def _uses(book: Rulebook) -> Iterator[tuple[str, Use]]:
    for versions in book.procedures.values():
        yield from _of_procedure(book, versions[-1])
    for path in sorted((rulebook.folder() / "procedures").glob("*.yaml")):
        yield from _of_chains(book, yaml.safe_load(path.read_text("utf-8")))
    for path in sorted((rulebook.folder() / "documents").glob("*.yaml")):
        title = book.documents[path.stem].title if path.stem in book.documents else None
        for name in _NAMED.findall(path.read_text("utf-8")) if title else ():
            for spelled in (name, f"{name}-en"):
                yield spelled, _use("document", title or {}, None)
    for name in sorted(profile.shown_settings() | {forms_of_numbers.SETTING}):
        yield name, _use("office", EVERYWHERE, None)


def _of_procedure(book: Rulebook, procedure: Procedure) -> Iterator[tuple[str, Use]]:
    for rule in procedure.clocks.values():
        if rule.setting:
            yield rule.setting, _use("clock", rule.title, procedure.title)
    for step in procedure.steps.values():
        for name in _texts(step.written):
            if name in book.settings:
                yield name, _use("step", step.title, procedure.title)


def _of_chains(book: Rulebook, written: Mapping[str, Any]) -> Iterator[tuple[str, Use]]:
    """A link of an approval that a setting names is resolved when the rulebook is read: it stands in the file alone."""
    procedure = book.procedures[written["procedure"]][-1]
    for name, step in written["steps"].items():
        for link in step.get("approval") or ():
            if isinstance(link, dict) and "setting" in link and name in procedure.steps:
                yield str(link["setting"]), _use("step", procedure.steps[name].title, procedure.title)


def _use(kind: str, title: Words, procedure: Words | None) -> Use:
    return Use(kind, _Frozen(title), _Frozen(procedure) if procedure else None)


class _Frozen(dict[str, str]):
    """Words that can stand in a set."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _today() -> date:
    from duecourse.edge import clock

    return clock.today(rulebook.base().zone)
