"""What a report leaves behind at the front door: nothing that can be read."""

import contextlib
import secrets
import subprocess
import tempfile

import pytest
from browsing import filled

# Made anew each time, so that no source file holds them.
MARKER = f"marker-{secrets.token_hex(8)}-郁金香"
FILE_MARKER = f"attachment-{secrets.token_hex(8)}".encode()
CONTACT_MARKER = f"contact-{secrets.token_hex(8)}"


def holds(folder, *needles):
    """Files below `folder` that hold one of the needles."""
    patterns = [part for needle in needles for part in ("-e", needle)]
    found = subprocess.run(["grep", "-rlaF", *patterns, str(folder)], capture_output=True, check=False)
    return found.stdout.decode().split("\n")[:-1]


@pytest.fixture(scope="module", autouse=True)
def _the_office_is_closed(sites):
    """Behind the door the office opens reports; here only what the front door itself leaves is looked at."""
    with contextlib.suppress(ProcessLookupError):
        sites.kill("worker")


def test_a_marker_in_a_report_is_found_in_no_file_log_or_temporary_file(visitor, sites):
    form = filled(visitor.get("/report/"), what_happened=MARKER, contact=CONTACT_MARKER, address=MARKER)
    assert visitor.send(form, [("note.txt", FILE_MARKER * 20_000, "text/plain")]).status == 303
    visitor.get("/report/receipt/")
    # also on the ways that go wrong: a refused form, a cut-off one, an unknown address, a wrong code
    note = [("note.txt", FILE_MARKER, "text/plain")]
    visitor.send(filled(visitor.get("/report/"), head="", what_happened=MARKER), note)
    visitor.send(filled(visitor.get("/report/"), what_happened=MARKER), note, close=False)
    visitor.get(f"/nothing/?q={form['code']}")
    visitor.post("/report/follow-up/", {"code": form["code"][:-1] + "*"})
    needles = [MARKER, FILE_MARKER.decode(), CONTACT_MARKER, form["code"], form["code"].replace("-", "")]
    front = [sites.home / name for name in ("sealed", "published", "keys", "secrets")]
    logs = sorted((sites.home / "run").glob("public*"))
    assert logs
    assert not [found for place in (*front, *logs) for found in holds(place, *needles)]
    assert not [path for path in holds(tempfile.gettempdir(), FILE_MARKER.decode(), form["code"]) if "/pg" not in path]


def test_a_marker_in_a_report_is_found_in_no_table_as_the_front_door_left_it(stored, visitor, sites):
    form = filled(visitor.get("/report/"), what_happened=MARKER + "-tables", contact=CONTACT_MARKER)
    visitor.send(form)
    for table in ("submission", "attachment", "letter"):
        rows = stored(f"SELECT t::text FROM {table} AS t")
        for needle in (MARKER, CONTACT_MARKER, form["code"]):
            spelled = needle.encode().hex()
            assert not [row for (row,) in rows if needle in row or spelled in row]


def test_the_address_of_a_reader_stands_in_no_log(sites, visitor):
    visitor.get("/report/")
    visitor.get("/nothing/")
    for log in (sites.home / "run").glob("public*"):
        assert "127.0.0.1" not in log.read_text("utf-8", "replace")
