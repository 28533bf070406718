"""`duecourse account`: the first account of a new office, and a way in for a keeper of accounts who lost theirs.

    account create USERNAME NAME [--role ROLE]   an account with a one-time code; appointed from today on
    account invite USERNAME                      a new one-time code for an open account

Everything else is done on the pages, by a person who answers for it. What is done here is entered as the machine's.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction

from duecourse.edge import clock
from duecourse.office.matters import rulebook
from duecourse.office.people import actions
from duecourse.office.people.models import Account

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="duecourse account", description="Accounts from the machine itself.")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("create", help="an account with a one-time code")
    make.add_argument("username")
    make.add_argument("name")
    make.add_argument("--role", default=actions.ADMINISTRATOR, help="appointed to from today on (default: %(default)s)")
    again = commands.add_parser("invite", help="a new one-time code for an open account")
    again.add_argument("username")
    asked = parser.parse_args(list(arguments))
    try:
        code = _create(asked.username, asked.name, asked.role) if asked.command == "create" else _invite(asked.username)
    except (LookupError, IntegrityError) as wrong:
        print(f"account: {wrong}", file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    print(f"{code}\nTyped at {settings.OFFICE_URL}/invitation/ ; works once, for seven days.")  # noqa: T201 - a command speaks
    return 0


@transaction.atomic
def _create(username: str, name: str, role: str) -> str:
    if role not in rulebook.current().roles or role == actions.SYSTEM_ROLE:
        raise LookupError(f"the rulebook has no role {role!r} that a person can hold")
    if Account.objects.filter(username__iexact=username).exists():
        raise LookupError(f"there is an account {username!r} already; `duecourse account invite` lets it in")
    account, _ = actions.create_account(username=username, name=name)
    actions.appoint(account, role, from_on=clock.today(settings.DUECOURSE_ZONE))
    return actions.invite(account)[0]


@transaction.atomic
def _invite(username: str) -> str:
    account = Account.objects.filter(username__iexact=username, is_active=True).first()
    if account is None:
        raise LookupError(f"there is no open account {username!r}")
    return actions.invite(account)[0]
