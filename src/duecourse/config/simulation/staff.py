"""The people of the office: those a demo has anyway, and as many more as a town of this size needs.

Each new account is made by `office.people.actions`, as the page of accounts does, with the demo's one password. Nobody
has a person's name: they are called by their office and a letter. Not responsible for what they do (`desk`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from duecourse.config.simulation import habits

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable
    from uuid import UUID

_LETTERS: Final = "甲乙丙丁戊己庚辛壬癸子丑寅卯"
_CERTIFIED: Final = "case-officer"
_BEFORE: Final = dt.timedelta(days=365)
_VALID: Final = dt.timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True)
class Person:
    """An account as the write path wants to see it."""

    id: UUID
    username: str
    role: str


class Staff:
    """Who works here, by role."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.of: dict[str, list[Person]] = {}
        for person in people:
            self.of.setdefault(person.role, []).append(person)

    def one(self, die: random.Random, *roles: str, but: Iterable[str] = ()) -> Person | None:
        """Somebody with one of these roles who is not among `but` (ids); None when there is nobody."""
        away = set(but)
        found = [one for role in roles for one in self.of.get(role, []) if str(one.id) not in away]
        return die.choice(found) if found else None

    def by_id(self, account: str) -> Person | None:
        """The person with this id."""
        return next((one for people in self.of.values() for one in people if str(one.id) == account), None)


def settle(on: dt.date, *, small: bool) -> Staff:
    """Make the accounts that a town of this size still lacks, and return everybody."""
    from duecourse.office.matters import rulebook
    from duecourse.office.people import town
    from duecourse.office.people.models import Account

    roles, word = rulebook.current().roles, town.password()
    known = set(Account.objects.values_list("username", flat=True))
    for role, full in habits.STAFF.items():
        wanted = -(-full // 2) if small else full
        for place in range(wanted):
            username = role if not place else f"{role}-{place + 1}"
            if username not in known:
                _hire(username, f"演示{roles[role].title['zh-Hans']}{_LETTERS[place]}", role, word, on)
    return everybody(on)


def everybody(on: dt.date) -> Staff:
    """All who hold a role on this day, by the order of their user names."""
    from duecourse.office.people.facts import roles_on

    held = roles_on(on).values_list("account_id", "account__username", "role").order_by("account__username", "role")
    return Staff(Person(*row) for row in held)


def _hire(username: str, name: str, role: str, word: str, on: dt.date) -> None:
    from django.db import transaction

    from duecourse.office.people import actions

    with transaction.atomic():
        account, _ = actions.create_account(username=username, name=name, password=word)
        actions.appoint(account, role, from_on=on - _BEFORE)
        if role == _CERTIFIED:
            number = f"DEMO-{username}"
            actions.certify(account, number, valid_from_on=on - _BEFORE, valid_until_on=on + _VALID)
