"""The witness as a program: it answers over HTTP, remembers on disk before it answers, and never rolls back."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import stat
import subprocess
import sys
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, cosignature, merkle, note, tiles, witness
from duecourse.verify import witness_command
from duecourse.verify.witness_command import WitnessFolder, WitnessServer, main

LOG = note.Ed25519Signer("log.example/office", sha256(b"log").digest())
NEW_KEY = note.Ed25519Signer("log.example/office", sha256(b"new").digest())
HASHES = merkle.leaf_hashes(sha256(b"%d" % number).digest() for number in range(600))
TILES = {(t.level, t.n): t.hashes for t in tiles.new_tiles(0, HASHES, lambda *_: b"")}
READ = tiles.TileReader(lambda level, n: TILES[level, n])
ORIGIN_HEX = sha256(LOG.name.encode()).hexdigest()


def signed(size: int, signer=LOG) -> str:
    return checkpoint.Checkpoint(LOG.name, size, merkle.root(size, READ)).sign([signer]).encode()


def request(old: int, new: int, signer=LOG) -> bytes:
    return witness.Request(old, merkle.consistency_proof(old, new, READ), signed(new, signer)).encode()


@pytest.fixture
def folder(tmp_path):
    WitnessFolder.create(tmp_path / "w", name="witness.example/court", logs=[LOG.verifier.vkey()])
    return tmp_path / "w"


@contextlib.contextmanager
def serving(folder):
    memory = WitnessFolder(folder)
    server = WitnessServer(("127.0.0.1", 0), memory, now=lambda: 1_770_685_500.9)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        memory.close()


def ask(port: int, method: str, path: str, body: bytes | None = None, **headers: str):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read(), response.headers["Content-Type"]


def test_a_witness_is_made_once_with_its_secret_for_its_owner_only(folder, capsys):
    assert stat.S_IMODE((folder / "witness.key").stat().st_mode) == 0o600
    kept = (folder / "witness.key").read_bytes()
    arguments = ["init", "--folder", str(folder), "--name", "witness.example/again"]
    assert main(arguments) == 1
    assert "不会覆盖" in capsys.readouterr().err
    assert (folder / "witness.key").read_bytes() == kept
    assert note.Verifier.parse((folder / "witness.vkey").read_text().strip()).algorithm == note.COSIGNATURE


def test_over_http_it_cosigns_conflicts_and_shows_what_it_cosigned(folder):
    with serving(folder) as port:
        status, body, _ = ask(port, "POST", "/add-checkpoint", request(0, 200))
        vkey = note.Verifier.parse(ask(port, "GET", "/vkey")[1].decode().strip())
        head = note.Note.parse(signed(200))
        lines = witness.read_cosignatures(body, signed=head, verifiers=[vkey])
        assert (status, cosignature.verify(head.with_signatures(*lines), [vkey])[0].seconds) == (200, 1_770_685_500)
        assert ask(port, "POST", "/add-checkpoint", request(0, 300)) == (409, b"200\n", "text/x.tlog.size")
        assert ask(port, "POST", "/add-checkpoint", request(200, 300))[0] == 200
        assert ask(port, "GET", f"/latest/{ORIGIN_HEX}")[1] == (folder / "latest" / ORIGIN_HEX).read_bytes()
        assert ask(port, "GET", f"/latest/{'0' * 64}")[0] == 404


@pytest.mark.parametrize(
    "request_parts",
    [
        pytest.param(("POST", "/add-checkpoint", b"nonsense", "8", 400), id="nonsense"),
        pytest.param(("POST", "/add-checkpoint", b"", "99999999", 400), id="too much"),
        pytest.param(("POST", "/add-checkpoint", b"", "-1", 400), id="a negative length"),
        pytest.param(("POST", "/add-checkpoint", b"", "9" * 5000, 400), id="a length of 5,000 digits"),
        pytest.param(("POST", "/other", request(0, 200), str(len(request(0, 200))), 404), id="another path"),
        pytest.param(("GET", "/latest/../witness.key", None, "0", 404), id="a way out of the folder"),
        pytest.param(("GET", "/witness.key", None, "0", 404), id="the secret"),
        pytest.param(("GET", "/", None, "0", 404), id="the root"),
    ],
)
def test_it_does_nothing_else(folder, request_parts):
    method, path, body, length, status = request_parts
    with serving(folder) as port:
        assert ask(port, method, path, body, **{"Content-Length": length})[0] == status
        assert list((folder / "latest").iterdir()) == []


def test_after_a_restart_it_remembers_what_it_cosigned(folder):
    with serving(folder) as port:
        ask(port, "POST", "/add-checkpoint", request(0, 200))
    with serving(folder) as port:
        assert ask(port, "POST", "/add-checkpoint", request(0, 300))[:2] == (409, b"200\n")


def test_many_at_once_never_roll_it_back(folder):
    sizes = list(range(201, 231))
    answers = []
    with serving(folder) as port:
        ask(port, "POST", "/add-checkpoint", request(0, 200))

        def grow(size):
            answers.append((size, ask(port, "POST", "/add-checkpoint", request(200, size))[0]))

        threads = [threading.Thread(target=grow, args=(size,)) for size in sizes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        cosigned = [size for size, status in answers if status == 200]
        assert len(answers) == len(sizes)
        assert len(cosigned) == 1
        assert checkpoint.read((folder / "latest" / ORIGIN_HEX).read_bytes())[0].size == cosigned[0]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_when_the_disk_fails_nothing_is_cosigned(folder, monkeypatch, step):
    memory = WitnessFolder(folder)
    memory.answer(request(0, 200), seconds=1)
    before = (folder / "latest" / ORIGIN_HEX).read_bytes()

    def broken(*_arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), broken)
        with pytest.raises(OSError, match="No space"):
            memory.answer(request(200, 300), seconds=2)
    assert (folder / "latest" / ORIGIN_HEX).read_bytes() == before
    assert [path.name for path in (folder / "latest").iterdir()] == [ORIGIN_HEX]
    assert memory.answer(request(200, 300), seconds=3).status == 200
    memory.close()


def test_a_rewritten_history_is_kept_as_evidence_and_only_so_much_of_it(folder, monkeypatch):
    monkeypatch.setattr(witness_command, "MAX_SUSPECTS", 2)
    memory = WitnessFolder(folder)
    memory.answer(request(0, 200), seconds=1)
    for number in range(5):
        forged = checkpoint.Checkpoint(LOG.name, 200, sha256(b"%d" % number).digest()).sign([LOG]).encode()
        assert memory.answer(witness.Request(200, (), forged).encode(), seconds=2).status == 409
    kept = list((folder / "suspect").iterdir())
    assert len(kept) == 2
    assert all(witness.Request.parse(path.read_bytes()).old_size == 200 for path in kept)
    memory.close()


def test_two_processes_do_not_share_a_folder(folder):
    first = WitnessFolder(folder)
    with pytest.raises(Invalid) as refused:
        WitnessFolder(folder)
    assert refused.value.code == "witness_in_use"
    first.close()
    WitnessFolder(folder).close()


def test_a_key_that_is_not_its_vkeys_is_refused(folder):
    (folder / "witness.key").write_text(note.encode64(bytes(32)) + "\n")
    with pytest.raises(Invalid):
        WitnessFolder(folder)
    (folder / "witness.key").unlink()
    with pytest.raises(Invalid):
        WitnessFolder(folder)


def test_a_log_that_rolls_its_key_is_trusted_by_one_more_line(folder, capsys):
    memory = WitnessFolder(folder)
    assert memory.answer(request(0, 200, NEW_KEY), seconds=1).status == 403
    assert main(["trust", "--folder", str(folder), "--log", NEW_KEY.verifier.vkey()]) == 0
    assert capsys.readouterr().out == "log.example/office\n"
    assert memory.answer(request(0, 200, NEW_KEY), seconds=1).status == 200
    assert memory.answer(request(200, 201), seconds=1).status == 200
    memory.close()


def test_as_a_process_it_prints_its_vkey_and_address_and_survives_a_kill(folder):
    serve = ["witness", "serve", "--folder", str(folder), "--listen", "127.0.0.1:0"]
    command = [sys.executable, "-m", "duecourse.verify", *serve]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == (folder / "witness.vkey").read_text()
            port = int(process.stdout.readline().rpartition(":")[2])
            assert ask(port, "POST", "/add-checkpoint", request(0, 200))[0] == 200
        finally:
            process.send_signal(signal.SIGKILL)
    memory = WitnessFolder(folder)
    assert memory.answer(request(0, 300), seconds=1).body == "200\n"
    memory.close()


@pytest.mark.parametrize("listen", ["8085", ":8085", "127.0.0.1:x", "127.0.0.1:70000"])
def test_an_address_that_is_none_is_said_so(folder, capsys, listen):
    assert main(["serve", "--folder", str(folder), "--listen", listen]) == 1
    assert "127.0.0.1:8085" in capsys.readouterr().err
