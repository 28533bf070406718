"""`duecourse town create`: a small office for a demo: an account a role of the rulebook, two certified case officers.

All share one random password, kept in secrets/demo and printed by `duecourse run`. Refused in production. Run again, it
adds what is missing and changes nothing. `duecourse town list` names them.

Not here: reports and cases (the tour makes them).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from duecourse.edge import clock, postgres
from duecourse.office.matters import rulebook
from duecourse.office.people import actions
from duecourse.office.people.models import Account

SYSTEM: Final = "system"
CERTIFIED: Final = "case-officer"
_FAMILY: Final = "甲乙"
_BEFORE: Final = timedelta(days=365)
_VALID: Final = timedelta(days=5 * 365)


@dataclass(frozen=True)
class Resident:
    """One demo account: its user name, its name on the screen, the role it holds."""

    username: str
    name: str
    role: str
    certified: bool


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="duecourse town", description="A small office for a demo.")
    parser.add_argument("command", choices=["create", "list"])
    asked = parser.parse_args(list(arguments))
    if settings.DUECOURSE_ENV == "production":
        print("town: demo accounts have no place in production", file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    lines = [f"made {username}" for username in create()] if asked.command == "create" else listing()
    print(*lines, sep="\n")  # noqa: T201 - a command speaks
    return 0


def residents(roles: Mapping[str, Mapping[str, str]]) -> list[Resident]:
    """Who lives in the town: a person a role (id to its title), two where certified officers must act in pairs."""
    return [
        Resident(
            username=role if not place else f"{role}-{place + 1}",
            name=f"演示{title['zh-Hans']}{_FAMILY[place] if role == CERTIFIED else ''}",
            role=role,
            certified=role == CERTIFIED,
        )
        for role, title in roles.items()
        if role != SYSTEM
        for place in range(2 if role == CERTIFIED else 1)
    ]


def create() -> list[str]:
    """Make the accounts that are missing; returns their user names."""
    roles = {name: role.title for name, role in rulebook.current().roles.items()}
    known = set(Account.objects.values_list("username", flat=True))
    missing = [resident for resident in residents(roles) if resident.username not in known]
    word, today = password(), clock.today(settings.DUECOURSE_ZONE)
    for resident in missing:
        _settle(resident, word, today)
    return [resident.username for resident in missing]


def listing() -> list[str]:
    """A line for each demo account: user name, name, role in English."""
    roles = rulebook.current().roles
    lives = residents({name: role.title for name, role in roles.items()})
    return [f"  {one.username:<20} {one.name}  {roles[one.role].title['en']}" for one in lives]


def password() -> str:
    """The one password of the demo accounts, made at first use."""
    return postgres.ensure_password(Path(settings.DUECOURSE_HOME) / "secrets", "demo")


@transaction.atomic
def _settle(resident: Resident, word: str, today: date) -> None:
    account, _ = actions.create_account(username=resident.username, name=resident.name, password=word)
    actions.appoint(account, resident.role, from_on=today - _BEFORE)
    if resident.certified:
        number = f"DEMO-{resident.username}"
        actions.certify(account, number, valid_from_on=today - _BEFORE, valid_until_on=today + _VALID)
