"""Go's sumdb, which nobody here wrote, reads our published files: signature, inclusion, consistency."""

from __future__ import annotations

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from duecourse.core.ledger import checkpoint, merkle, note, tiles

HERE = Path(__file__).parent
V1 = HERE.parent / "formats" / "v1"
GOPATH = Path("/usr/share/gocode")
"""Where Debian's golang-golang-x-mod-dev puts its sources."""
LOG = note.Ed25519Signer("log.example/wide", sha256(b"wide").digest())

pytestmark = pytest.mark.wide


@pytest.fixture(scope="module")
def checklog(tmp_path_factory):
    here = shutil.which("go") and (GOPATH / "src/golang.org/x/mod/sumdb").is_dir()
    assert here, "Go's verifier is missing: apt-get install golang-go golang-golang-x-mod-dev"
    made = tmp_path_factory.mktemp("go") / "checklog"
    environment = os.environ | {
        "GO111MODULE": "off",
        "GOPATH": str(GOPATH),
        "GOFLAGS": "",
        "GOCACHE": str(made.parent / "cache"),
        "GOTOOLCHAIN": "local",
    }
    subprocess.run(
        ["go", "build", "-o", str(made), str(HERE / "go" / "main.go")], check=True, env=environment, timeout=300
    )

    def run(folder: Path, vkey: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(made), str(folder), vkey], capture_output=True, text=True, check=False, timeout=300)

    return run


def publish(folder: Path, size: int) -> str:
    """A log of `size` leaves as its public files; returns the log's vkey."""
    leaves = [sha256(b"%d" % number).digest() for number in range(size)]
    hashes = merkle.leaf_hashes(leaves)
    made = {tile.path: tile.hashes for tile in tiles.new_tiles(0, hashes, lambda *_: b"")}
    for start in range(0, size, 256):
        part = leaves[start : start + 256]
        made[tiles.tile_path(tiles.ENTRIES, start // 256, len(part))] = tiles.bundle(part)
    tree = merkle.Frontier()
    tree.extend_hashes(hashes)
    made["checkpoint"] = checkpoint.Checkpoint(LOG.name, size, tree.root()).sign([LOG]).encode().encode()
    for path, data in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return LOG.verifier.vkey()


def test_go_verifies_the_frozen_log(checklog):
    done = checklog(V1, (V1 / "vkey").read_text().strip())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "300 leaves, 300 inclusion and 299 consistency proofs\n"


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 513, 1200, 65_537])
def test_go_verifies_a_log_of_any_size(checklog, tmp_path, size):
    done = checklog(tmp_path, publish(tmp_path, size))
    assert (done.returncode, done.stderr) == (0, "")
    step = 61 if size > 5000 else 1
    inclusions, consistencies = len(range(0, size, step)), len(range(1, size, step))
    assert done.stdout == f"{size} leaves, {inclusions} inclusion and {consistencies} consistency proofs\n"


def flip_last(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize(
    ("path", "change", "words"),
    [
        pytest.param("checkpoint", lambda data: data.replace(b"257", b"256"), "invalid signature", id="the size"),
        pytest.param("tile/0/000", flip_last, "downloaded inconsistent tile", id="a leaf hash"),
        pytest.param("tile/entries/001.p/1", flip_last, "record 256", id="an entry"),
    ],
)
def test_go_refuses_a_changed_file(checklog, tmp_path, path, change, words):
    vkey = publish(tmp_path, 257)
    (tmp_path / path).write_bytes(change((tmp_path / path).read_bytes()))
    done = checklog(tmp_path, vkey)
    assert done.returncode == 1
    assert words in done.stderr
