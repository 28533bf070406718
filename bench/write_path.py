"""take_step (a form, one clock, one document queued) against a bare one-row transaction, in one run.

Prints both rates and their ratio; the aim is 0.25. A server of its own, synced to disk, in a temporary folder.
    .venv/bin/python bench/write_path.py [steps]
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import town
from figures import Figure, told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from duecourse.office.people.models import Account

ROUNDS = 8
LEAST_RATIO = 0.25
BARE = "CREATE TABLE bare (id bigserial PRIMARY KEY, body text NOT NULL)"
BODY = "一" * 340  # 1 KB in UTF-8


class Durable(town.Server):
    """The town's server with the settings of a real installation: every commit is synced to disk."""

    def __init__(self, home: Path) -> None:
        from duecourse.edge import postgres

        self.home, self.postgres = home, postgres
        self._embedded = postgres.EmbeddedServer(home)
        self._embedded.start()
        postgres.prepare(self.url(postgres.ADMIN, "postgres"), self._embedded.secrets, database=town.TEMPLATE)


def main(steps: int) -> float:
    home = Path(tempfile.mkdtemp(prefix="duecourse-bench-"))
    home.chmod(0o755)
    town.prepare_environment(home)
    os.environ.pop("DUECOURSE_CLOCK")  # an office has no hand-moved clock to read
    import django

    django.setup()
    server = Durable(home)
    try:
        from django.conf import settings
        from django.db import connections

        from duecourse.config import home as surroundings

        settings.DATABASES["default"].update(surroundings.django_database("duecourse_office"))
        connections["default"].settings_dict.update(settings.DATABASES["default"])
        town.migrate(server)
        name = server.clone()
        with town.django_on(server, name, "duecourse_owner") as owner:
            owner.cursor().execute(BARE)
            owner.cursor().execute(
                "GRANT INSERT ON bare TO duecourse_office; GRANT USAGE ON bare_id_seq TO duecourse_office"
            )
        with town.django_on(server, name):
            return measure(steps)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def measure(steps: int) -> float:
    from django.conf import settings

    from duecourse.edge.keys import KeyRing
    from duecourse.office.ledger import system

    for purpose in ("intake", "recovery", "custodian"):
        KeyRing(settings.DUECOURSE_KEYS).create(purpose)
    system.install()
    without_letter()
    officer = person()
    matters = [prepared(officer, number) for number in range(steps + 20)]
    for matter in matters[steps:]:
        accept(matter, officer)
        bare()
    each = steps // ROUNDS
    ours, theirs = [], []
    for number in range(ROUNDS):
        batch = matters[number * each : (number + 1) * each]
        theirs.append(rate(bare, each))
        ours.append(rate_of(batch, officer))
    ratio = statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))
    print(f"take_step {statistics.median(ours):8.0f}/s   bare one-row transaction {statistics.median(theirs):8.0f}/s")
    print(f"ratio     {ratio:8.2f}     (aim {LEAST_RATIO}, {steps} steps in {ROUNDS} rounds)")
    return ratio


def measured(steps: int = 800) -> list[Figure]:
    """The ratio of the rates."""
    return [Figure("take_step, against a bare one-row transaction", main(steps), LEAST_RATIO)]


def person() -> Account:
    from duecourse.office.people.models import Account, Appointment, Certificate

    account = Account(username="officer", name="王办", password="!")
    account.save(force_insert=True)
    for role in ("case-officer", "intake-officer"):
        Appointment.objects.create(account=account, role=role, from_on=date(2020, 1, 1))
    Certificate.objects.create(
        account=account, number="1", valid_from_on=date(2020, 1, 1), valid_until_on=date(2099, 1, 1)
    )
    return account


def without_letter() -> None:
    """The step measured is `accept` of the procedure `report`, without the letter that it also writes."""
    from dataclasses import replace

    from duecourse.office.matters import rulebook

    book = rulebook.current()
    procedure = book.procedures["report"][-1]
    step = procedure.steps["accept"]
    plain = replace(step, effects=replace(step.effects, letters=()))
    procedure = replace(procedure, steps={**procedure.steps, "accept": plain})
    book = replace(book, procedures={**book.procedures, "report": (procedure,)})
    rulebook.current = lambda: book


def prepared(officer: Account, number: int) -> UUID:
    from duecourse.office.matters.actions import open_matter, take_step

    form = {"head": "fraud", "what_happened": "有人冒充客服骗走三千元", "harmed": "self", "channel": "phone"}
    report = open_matter("report", by=officer, form=form, key=f"open-{number}")
    take_step(report.stream, "claim", by=officer, form={}, key="claim")
    return report.stream


def accept(matter: UUID, officer: Account) -> None:
    from duecourse.office.matters.actions import take_step

    take_step(matter, "accept", by=officer, form={"reason": "有具体损害，属于本机关职责"}, key="accept", seen=2)


def bare() -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bare (body) VALUES (%s)", [BODY])


def rate(work: Callable[[], None], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return times / (time.perf_counter() - began)


def rate_of(batch: Sequence[UUID], officer: Account) -> float:
    began = time.perf_counter()
    for matter in batch:
        accept(matter, officer)
    return len(batch) / (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(told(measured(*(int(steps) for steps in sys.argv[1:2]))))
