"""A process killed at any point of a step leaves the whole step or nothing of it, and the post can be repeated."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[2]
POINTS = {
    "after the lock": "tables, 'lock', after",
    "before the entry": "store, 'append', before",
    "after the entry and its rows": "store, 'append', after",
    "before the documents": "documents, 'project', before",
    "before the follow-up": "actions, '_must_open', before",
}
CHILD = """
import os, signal, sys
from uuid import UUID
sys.path.insert(0, {tests!r})
import django
django.setup()
from django.db import connections
connections["default"].settings_dict.update({place!r})
from duecourse.office.documents import tables as documents
from duecourse.office.ledger import store
from duecourse.office.matters import actions, tables
from duecourse.office.people.models import Account

def before(): os.kill(os.getpid(), signal.SIGKILL)
after = before

def kill(module, name, when):
    real = getattr(module, name)
    def broken(*args, **named):
        if "{when}" == "before": before()
        found = real(*args, **named)
        after()
        return found
    setattr(module, name, broken)

kill({point})
form = {{"lead_head": "fraud", "summary": "冒充客服", "operator": "某平台"}}
actions.take_step(UUID({matter!r}), "to-lead", by=Account.objects.get(username="officer"), form=form, key="page")
"""


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS.keys())
def test_nothing_is_half_written_when_it_is_killed(point, office):
    from django.db import connections

    from duecourse.office.ledger import sql, store
    from duecourse.office.matters import checks, rulebook

    report = office.report()
    office.step(report, "claim", office.officer)
    office.step(report, "accept", office.officer, {"reason": "有具体损害"})
    before = _counts(sql)
    place = {
        key: connections["default"].settings_dict[key]
        for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    }
    code = CHILD.format(
        tests=str(TESTS), place=place, point=point, when=point.rsplit(", ", 1)[1], matter=str(report.stream)
    )
    run = subprocess.run([sys.executable, "-c", code], env=os.environ, capture_output=True, timeout=60, check=False)
    assert run.returncode == -signal.SIGKILL, run.stderr.decode()[-2000:]
    assert _counts(sql) == before
    form = {"lead_head": "fraud", "summary": "冒充客服", "operator": "某平台"}
    entry = office.step(report, "to-lead", office.officer, form, key="page")
    assert entry.index == 3
    assert len(store.read(report.stream)) == 4
    assert list(checks.matter(rulebook.current(), report.stream, rejudge=True)) == []
    assert list(checks.numbers()) == []


def _counts(sql):
    tables = ("entry", "entry_field", "matter", "matter_clock", "matter_link", "number_counter", "document",
              "procrastinate_jobs")  # fmt: skip
    return {table: sql.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}
