"""A log of its own for each test: a fresh database, fresh keys, its own public folder."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

MOMENT = dt.datetime(2026, 3, 2, 1, 30, tzinfo=dt.UTC)
HERE = Path(__file__).parent
FOLDERS = {
    "DUECOURSE_PUBLISHED": "published",
    "DUECOURSE_KEYS": "keys",
    "DUECOURSE_OBJECTS": "objects",
    "DUECOURSE_SEALED": "sealed",
}


class Log:
    """The log of the test, and what one does with it."""

    def __init__(self, home: Path, database: str) -> None:
        self.home, self.database = home, database

    def write(self, count=1, *, stream=None, kind="matter", fields=None):
        """Entries to one stream, each in its own transaction; returns them."""
        from django.db import transaction

        from duecourse.core.ledger.entry import Field, Occurred
        from duecourse.edge import ids
        from duecourse.office.ledger import store

        stream, head, written = stream or uuid.uuid4(), store.head(stream) if stream else store.EMPTY, []
        for number in range(count):
            held = fields or {"grounds": f"第 {number} 件"}
            with transaction.atomic():
                one = store.append(
                    stream=stream, kind=kind, procedure="report", step="register", role="handler",
                    occurred=Occurred.on(MOMENT.date(), "Asia/Shanghai"), recorded=MOMENT, digests={}, exhibits=(),
                    links=(), outcome={"engine": 1}, key=None, head=head,
                    fields=[Field(name, "case", value, ids.salt()) for name, value in held.items()],
                )  # fmt: skip
            head = one.head
            written.append(one)
        return written

    def number(self, **options):
        from duecourse.office.ledger import nofork, sequencer, signing

        with sequencer.hold(wait=False):
            nofork.settle()
            return sequencer.number(signing.signers(), **options)

    def publish(self):
        from duecourse.office.ledger import nofork, publication, sequencer, signing

        with sequencer.hold(wait=False):
            nofork.settle()
            return publication.publish(signing.signers())

    def audit(self, **options):
        from duecourse.office.ledger import audit

        return list(audit.run(**options))

    def codes(self):
        return {finding.code for finding in self.audit()}

    def checkpoint(self):
        return (self.home / "published" / "checkpoint").read_text()

    def run(self, script, **given):
        """Start `driver.py SCRIPT` on the same database and folders."""
        from django.db import connection

        place = {name: connection.settings_dict[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
        plan = {"place": place, "home": str(self.home), **given}
        return subprocess.Popen(
            [sys.executable, str(HERE / "driver.py"), script, json.dumps(plan)],
            env={**os.environ}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip


@pytest.fixture
def log(database, tmp_path, monkeypatch):
    from django.test import override_settings

    from duecourse.edge.keys import KeyRing
    from duecourse.office.ledger import finding, sequencer, system

    # The entries here are no steps of any procedure; what other apps registered has its own tests.
    monkeypatch.setattr(finding, "_registered", {})
    folders = {setting: tmp_path / name for setting, name in FOLDERS.items()}
    with override_settings(DUECOURSE_HOME=tmp_path, **folders, PADDING_STEP=64, TIMESTAMP_URL="", WITNESSES=[]):
        from django.conf import settings

        KeyRing(tmp_path / "keys").create("log", name=settings.LOG_ORIGIN)
        sequencer.forget_compared()
        system.install()
        yield Log(tmp_path, database)
