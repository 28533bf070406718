"""The four functions, called as the front door calls them, and as a front door in the wrong hands would."""

import hashlib
import json
import threading
import uuid

import psycopg
import pytest

from duecourse.core.ledger import entry
from duecourse.edge import ids, sealing
from duecourse.edge.sealing import SecretKey

ORIGIN = "duecourse.example/demo"
SUBMIT = (
    "SELECT stream, fresh FROM front.submit(%(skeleton)s, %(lookup)s, %(letters_key)s, %(sealed)s, %(copy)s,"
    " %(identity)s, %(channel_salt)s, %(channel)s, %(sizes)s)"
)


@pytest.fixture
def installed(owner_connection):
    owner_connection.execute(
        "INSERT INTO installation (singleton, origin, system_stream, zone, created_at)"
        " VALUES (true, %s, %s, 'Asia/Shanghai', now()) ON CONFLICT DO NOTHING",
        (ORIGIN, uuid.uuid4()),
    )


def submission(**changes):
    """The arguments of `submit`, right unless `changes` says otherwise; `skeleton_` changes keys of the skeleton."""
    from datetime import UTC, datetime

    reworked = changes.pop("skeleton_", {})
    keys = sealing.reporter_keys(ids.code())
    content = entry.Field("content", "report", {"what_happened": "x"}, ids.salt())
    channel = entry.Field("channel", "case", "web", ids.salt())
    objects = changes.pop("objects", [])
    skeleton = entry.build_skeleton(
        log=ORIGIN, stream=uuid.uuid4(), kind="submission", index=0, prev=None, procedure=None, step="submit",
        role="reporter", occurred=entry.Occurred("2026-11-23", None, "Asia/Shanghai"), recorded=datetime.now(UTC),
        digests={}, exhibits=objects, links=(), outcome={}, fields=[content, channel],
    )  # fmt: skip
    if reworked:
        skeleton = json.dumps({**json.loads(skeleton), **reworked}, sort_keys=True, separators=(",", ":")).encode()
    return {
        "skeleton": skeleton,
        "lookup": keys.lookup_id,
        "letters_key": keys.public.raw,
        "sealed": sealing.seal(b"sealed", [SecretKey.new().public()]),
        "copy": sealing.seal(b"copy", [keys.public]),
        "identity": None,
        "channel_salt": channel.salt,
        "channel": channel.encoded(),
        "sizes": json.dumps([10] * len(objects)).encode(),
        **changes,
    }


def counts(connection):
    return connection.execute(
        "SELECT (SELECT count(*) FROM submission), (SELECT count(*) FROM entry WHERE kind = 'submission'),"
        " (SELECT count(*) FROM entry_field), (SELECT count(*) FROM attachment), (SELECT count(*) FROM unnumbered)"
    ).fetchone()


def test_a_report_is_an_entry_with_its_fields_that_waits_for_its_number(installed, public_connection, owner_connection):
    given = submission(objects=["ab" * 32])
    stream, fresh = public_connection.execute(SUBMIT, given).fetchone()
    assert fresh
    held = owner_connection.execute(
        "SELECT s.stream, e.commitment, e.kind, s.state FROM submission s JOIN entry e ON e.id = s.entry_id"
    ).fetchall()
    assert held == [(stream, entry.commitment(given["skeleton"]), "submission", "waiting")]
    fields = owner_connection.execute("SELECT name, class, salt, value FROM entry_field ORDER BY name").fetchall()
    assert fields == [("channel", "case", given["channel_salt"], b'"web"'), ("content", "report", None, None)]
    assert counts(owner_connection)[3:] == (1, 1)


def test_a_repeated_code_gives_the_first_report_unchanged(installed, public_connection, owner_connection):
    first = submission()
    again = submission(lookup=first["lookup"])
    before = public_connection.execute(SUBMIT, first).fetchone()
    after = public_connection.execute(SUBMIT, again).fetchone()
    assert (before[1], after[1]) == (True, False)
    assert before[0] == after[0]
    assert counts(owner_connection)[:2] == (1, 1)


def test_the_same_code_sent_at_the_same_moment_makes_one_report(installed, server, database, owner_connection):
    first = submission()
    given = [first, *(submission(lookup=first["lookup"]) for _ in range(7))]
    streams, gate = [], threading.Barrier(len(given))

    def send(one):
        with psycopg.connect(server.url("duecourse_public", database), autocommit=True) as connection:
            gate.wait()
            streams.append(connection.execute(SUBMIT, one).fetchone())

    threads = [threading.Thread(target=send, args=(one,)) for one in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({stream for stream, _ in streams}) == 1
    assert sorted(fresh for _, fresh in streams) == [False] * 7 + [True]
    assert counts(owner_connection)[:2] == (1, 1)


FORGED = {
    "of a matter": {"skeleton_": {"kind": "matter"}},
    "that is not the first": {"skeleton_": {"index": 1}},
    "that has a predecessor": {"skeleton_": {"prev": "ab" * 32}},
    "of another log": {"skeleton_": {"log": "elsewhere.example/log"}},
    "by another role": {"skeleton_": {"role": "office-head"}},
    "of another step": {"skeleton_": {"step": "decide"}},
    "that links to a matter": {"skeleton_": {"links": [{"kind": "from", "stream": str(uuid.uuid4())}]}},
    "with an outcome": {"skeleton_": {"outcome": {"engine": 1}}},
    "that names an attachment without a size": {"skeleton_": {"exhibits": ["ab" * 32]}},
    "that names an attachment by no digest": {"skeleton_": {"exhibits": ["../x"]}, "sizes": b"[1]"},
    "that brings a size without an attachment": {"sizes": b"[1]"},
    "without its fields": {"skeleton_": {"fields": {}}},
    "without its exhibits": {"skeleton_": {"exhibits": None}},
    "with another field": {"skeleton_": {"fields": {"channel": {}, "content": {}, "secret": {}}}},
    "whose open field is not what its digest names": {"channel": b'"fax"'},
    "whose open field has no salt": {"channel_salt": None},
    "whose open field has no value": {"channel": None},
    "with an identity that the entry does not name": {"identity": b"x"},
    "that is too large": {"sealed": b"x" * 262_145},
    "that is empty": {"sealed": b""},
    "without a copy": {"copy": None},
    "without a skeleton": {"skeleton": None},
    "with a short lookup id": {"lookup": b"x" * 31},
    "with too many attachments": {"objects": [f"{n:064x}" for n in range(11)]},
    "with too large attachments": {"objects": ["ab" * 32], "sizes": b"[303000001]"},
    "with an attachment of no size": {"objects": ["ab" * 32], "sizes": b"[0]"},
    "without sizes": {"sizes": None},
    "without a lookup id": {"lookup": None},
}


@pytest.mark.parametrize("changes", FORGED.values(), ids=FORGED.keys())
def test_a_front_door_in_the_wrong_hands_cannot_add_an_entry(installed, public_connection, owner_connection, changes):
    given = submission(**{name: dict(value) if isinstance(value, dict) else value for name, value in changes.items()})
    with pytest.raises((psycopg.errors.IntegrityError, psycopg.errors.DataError)):
        public_connection.execute(SUBMIT, given)
    assert counts(owner_connection) == (0, 0, 0, 0, 0)


def test_a_stream_that_exists_cannot_be_written_to(installed, public_connection, owner_connection):
    first = submission()
    public_connection.execute(SUBMIT, first)
    taken = json.loads(first["skeleton"])["stream"]
    with pytest.raises(psycopg.errors.UniqueViolation):
        public_connection.execute(SUBMIT, submission(skeleton_={"stream": taken}))


def test_status_and_letters_know_nothing_of_another_code(installed, public_connection):
    public_connection.execute(SUBMIT, submission())
    other = sealing.reporter_keys(ids.code()).lookup_id
    assert public_connection.execute("SELECT * FROM front.status(%s)", (other,)).fetchall() == []
    assert public_connection.execute("SELECT * FROM front.letters(%s)", (other,)).fetchall() == []


def test_an_agency_is_known_by_its_tokens_digest_until_it_ends(public_connection, owner_connection):
    digest = hashlib.sha256(b"token").digest()
    owner_connection.execute(
        "INSERT INTO agency (id, name, token_hash, created_at) VALUES (%s, '演示热线', %s, now())",
        (uuid.uuid4(), digest),
    )
    ask = "SELECT name FROM front.agency(%s)"
    assert public_connection.execute(ask, (digest,)).fetchall() == [("演示热线",)]
    owner_connection.execute("UPDATE agency SET ended_at = now()")
    assert public_connection.execute(ask, (digest,)).fetchall() == []
