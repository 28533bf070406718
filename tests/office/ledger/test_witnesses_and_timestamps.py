"""Others vouch: witnesses for the history, a time-stamp authority for the time. Both real, on this machine."""

from __future__ import annotations

import http.server
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import time

import pytest
from django.test import override_settings

from duecourse.core.errors import Invalid
from duecourse.core.ledger.policy import Policy
from duecourse.edge.keys import KeyRing

CONFIG = """
[tsa]
default_tsa = here
[here]
dir = .
serial = ./serial
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ordering = yes
ess_cert_id_chain = no
{certs}
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[usage]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[req]
distinguished_name = name
[name]
"""


@pytest.fixture
def witness(log, tmp_path):
    """`duecourse witness` as a process; gives (policy line's url, its folder, start, stop)."""
    folder = tmp_path / "witness"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "duecourse.cli", "witness"]
    vkey = KeyRing(log.home / "keys").vkey("log")
    subprocess.run(
        [*command, "init", "--folder", str(folder), "--name", "witness.example/court", "--log", vkey],
        check=True, capture_output=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    policy = f"log {vkey}\nwitness court {(folder / 'witness.vkey').read_text().strip()} {url}\nquorum court\n"
    (log.home / "keys" / "policy").write_text(policy)
    running = []

    def start():
        running.append(
            subprocess.Popen([*command, "serve", "--folder", str(folder), "--listen", f"127.0.0.1:{port}"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )  # fmt: skip
        give_up = time.monotonic() + 30
        while time.monotonic() < give_up:
            with socket.socket() as try_it:
                if try_it.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)

    def stop():
        running[-1].terminate()
        running[-1].wait()

    start()
    yield start, stop
    if running[-1].poll() is None:
        stop()


def test_a_published_checkpoint_carries_the_cosignature_and_meets_the_policy(log, witness):
    log.write(2)
    done = log.publish()
    assert [(answer.witness, answer.code) for answer in done.witnesses] == [("court", "")]
    verdict = Policy.parse((log.home / "keys" / "policy").read_bytes()).judge(log.checkpoint())
    assert verdict.met
    assert log.codes() == set()


def test_a_silent_witness_delays_nothing_and_is_asked_again_from_where_it_stood(log, witness):
    start, stop = witness
    log.write(1)
    log.publish()
    stop()
    log.write(1)
    done = log.publish()
    assert done.witnesses[0].code.startswith("unreachable")
    start()
    log.write(1)
    done = log.publish()
    assert done.witnesses[0].code == ""
    assert done.size == 192


def test_a_witness_that_is_ahead_stops_every_signature(log, witness, admin_connection):
    log.write(1)
    log.publish()
    log.write(1)
    log.publish()
    admin_connection.execute("SET session_replication_role = replica")
    for table, column, least in (("position", "number", 64), ("checkpoint", "size", 65), ("entry", "id", 2)):
        admin_connection.execute(f"DELETE FROM {table} WHERE {column} >= {least}")
    admin_connection.execute("UPDATE tile SET hashes = substr(hashes, 1, 2048)")
    shutil.rmtree(log.home / "signed")
    public = log.home / "published"
    public.rename(log.home / "mirror")
    log.write(1)
    with pytest.raises(Invalid, match="witness_ahead"):
        log.number()
    (log.home / "mirror").rename(public)
    assert log.number() is not None
    log.publish()
    assert "public-checkpoint-unknown" not in log.codes()


def test_without_public_files_and_with_every_witness_silent_nothing_is_signed(log, witness):
    _, stop = witness
    log.write(1)
    log.publish()
    stop()
    shutil.rmtree(log.home / "published")
    shutil.rmtree(log.home / "signed")
    log.write(1)
    with pytest.raises(Invalid, match="nobody_to_compare"):
        log.number()


class Authority:
    """A time-stamp authority made with openssl, behind a small HTTP server."""

    def __init__(self, folder, *, sorted_certificates=True):
        self.folder = folder
        folder.mkdir()
        certs = "" if sorted_certificates else "certs = ./ca.pem"
        (folder / "tsa.cnf").write_text(CONFIG.format(certs=certs))
        (folder / "serial").write_text("01\n")
        self._openssl(*shlex.split("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30"),
                      *shlex.split("-subj /CN=Root -config tsa.cnf -extensions ca"))  # fmt: skip
        self._openssl(
            *shlex.split("req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=TSA -config tsa.cnf")
        )
        self._openssl(
            *shlex.split("x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tsa.pem"),
            *shlex.split("-days 30 -extfile tsa.cnf -extensions usage"),
        )
        self.roots = (folder / "ca.pem").read_bytes()
        self.answer = self.stamp
        authority = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def stamp(self, query):
        (self.folder / "q.tsq").write_bytes(query)
        self._openssl(*shlex.split("ts -reply -config tsa.cnf -queryfile q.tsq -out r.tsr"))
        return (self.folder / "r.tsr").read_bytes()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def authority(tmp_path):
    one = Authority(tmp_path / "tsa")
    yield one
    one.close()


def test_the_daily_checkpoint_is_stamped_once_and_verifies_by_itself(log, authority, clock):
    from duecourse.office.ledger import sql, timestamp

    (log.home / "keys" / "timestamp-roots.pem").write_bytes(authority.roots)
    with override_settings(TIMESTAMP_URL=authority.url):
        assert timestamp.stamp_due() is None
        log.write(1)
        log.publish()
        assert timestamp.stamp_due() == 64
        log.publish()
        assert timestamp.stamp_due() is None
        clock.forward(days=1)
        log.publish()
        assert timestamp.stamp_due() == 192
        assert timestamp.state().failing == ""
    folder = log.home / "published" / "timestamp"
    note, response = (folder / "64.checkpoint").read_bytes(), (folder / "64.tsr").read_bytes()
    assert sql.rows("SELECT note, timestamp FROM checkpoint WHERE size = 64") == [(note.decode(), response)]
    timestamp.verify(response, note, roots=authority.roots)
    with pytest.raises(Invalid, match="timestamp_openssl"):
        timestamp.verify(response, note + b"x", roots=authority.roots)


def test_an_authority_that_fails_is_written_down_and_asked_again_later(log, authority, clock):
    from duecourse.office.ledger import timestamp

    (log.home / "keys" / "timestamp-roots.pem").write_bytes(authority.roots)
    log.write(1)
    log.publish()
    asked = []

    def earlier(query):
        asked.append(query)
        return authority.stamp(asked[0])

    with override_settings(TIMESTAMP_URL=authority.url):
        authority.answer = lambda _: b"nonsense"
        assert timestamp.stamp_due() is None
        assert "timestamp_openssl" in timestamp.state().failing
        authority.answer = authority.stamp
        assert timestamp.stamp_due() is None
        clock.forward(seconds=601)
        assert timestamp.stamp_due() == 64
    with override_settings(TIMESTAMP_URL="http://127.0.0.1:1"):
        clock.forward(days=3)
        log.publish()
        assert timestamp.stamp_due() is None
        assert timestamp.state().failing
    authority.answer = earlier
    timestamp.request(authority.url, b"one")
    with pytest.raises(Invalid, match="timestamp_openssl"):
        timestamp.request(authority.url, b"one")  # the same imprint, the nonce of the first query


def test_an_answer_of_another_authority_is_not_believed(log, authority, tmp_path):
    from duecourse.office.ledger import timestamp

    other = Authority(tmp_path / "other")
    try:
        (log.home / "keys" / "timestamp-roots.pem").write_bytes(authority.roots)
        with pytest.raises(Invalid, match="timestamp_openssl"):
            timestamp.request(other.url, b"x")
        (log.home / "keys" / "timestamp-roots.pem").unlink()
        with pytest.raises(Invalid, match="timestamp_roots_missing"):
            timestamp.request(other.url, b"x")
    finally:
        other.close()


def test_an_authority_with_an_unsorted_certificate_set_stands_on_openssl_alone(log, tmp_path):
    import rfc3161_client

    from duecourse.office.ledger import timestamp

    other = Authority(tmp_path / "unsorted", sorted_certificates=False)
    try:
        (log.home / "keys" / "timestamp-roots.pem").write_bytes(other.roots)
        response = timestamp.request(other.url, b"x")
        with pytest.raises(ValueError, match="SetOrdering"):
            rfc3161_client.decode_timestamp_response(response)
    finally:
        other.close()
