"""The command `duecourse witness`: a small C2SP tlog-witness for a court, a university, an ombudsman.

    duecourse witness init  --folder F --name witness.example/court --log VKEY [--log VKEY …]
    duecourse witness trust --folder F --log VKEY
    duecourse witness serve --folder F --listen 127.0.0.1:PORT

    F/witness.key         the Ed25519 seed, base64; mode 0600
    F/witness.vkey        what logs and policies name it by
    F/policy              `log <vkey>` lines: whom it watches (C2SP tlog-policy)
    F/latest/<hex>        the whole checkpoint cosigned last, by SHA-256 of its origin
    F/suspect/<hex>       requests signed by a trusted log whose tree contradicts what was cosigned, at most 100

POST /add-checkpoint answers as core.ledger.witness decides; GET /vkey and GET /latest/<hex> show what is public. A
checkpoint is on disk (temporary file, fsync, rename, fsync of the folder) before its cosignature leaves. One process a
folder: it holds a lock. Not responsible for TLS (put a proxy in front) or for who may connect.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import secrets
import sys
import threading
import time
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Final

from duecourse.core.errors import Invalid
from duecourse.core.ledger import note, witness
from duecourse.core.ledger.policy import Log, Policy
from duecourse.verify import checks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_BODY: Final = note.MAX_NOTE + 8_192
MAX_SUSPECTS: Final = 100
READ_SECONDS: Final = 30
_HEX_LENGTH: Final = 64


class WitnessFolder:
    """The witness's memory: one folder, one writer. Raises Invalid when it is not a witness's or is in use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._one_at_a_time = threading.Lock()
        vkey = note.Verifier.parse(_read(folder / "witness.vkey").decode().strip())
        seed = note.decode64(_read(folder / "witness.key").decode().strip())
        self.signer = note.Ed25519Signer(vkey.name, seed, note.COSIGNATURE)
        if self.signer.verifier != vkey:
            raise Invalid("witness_key_differs", folder=str(folder))
        self._lock = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise Invalid("witness_in_use", folder=str(folder)) from None

    @classmethod
    def create(cls, folder: Path, *, name: str, logs: Sequence[str]) -> str:
        """Make a new witness and return its vkey. Raises Invalid when the folder holds one already."""
        trusted = Policy(tuple(Log(note.Verifier.parse(vkey)) for vkey in logs))
        signer = note.Ed25519Signer(name, secrets.token_bytes(note.KEY_SIZE), note.COSIGNATURE)
        vkey = signer.verifier.vkey()
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "witness.key").exists():
            raise Invalid("witness_exists", folder=str(folder))
        for part in ("latest", "suspect"):
            (folder / part).mkdir(exist_ok=True)
        write_durably(folder / "policy", trusted.encode())
        write_durably(folder / "witness.vkey", f"{vkey}\n".encode())
        write_durably(folder / "witness.key", f"{note.encode64(signer.seed)}\n".encode(), mode=0o600)
        return vkey

    def close(self) -> None:
        """Let another process have the folder."""
        self._lock.close()

    def answer(self, body: bytes, *, seconds: int) -> witness.Answer:
        """Decide on one add-checkpoint request; what must be remembered is on disk before this returns."""
        with self._one_at_a_time:
            logs = self._logs()
            latest = {origin: text for origin in logs if (text := self.latest(_origin_hex(origin))) is not None}
            answer = witness.add_checkpoint(body, logs=logs, latest=latest, seconds=seconds, signer=self.signer)
            if answer.store is not None:
                origin, signed = answer.store
                write_durably(self._folder / "latest" / _origin_hex(origin), signed.encode())
            elif answer.suspect:
                self._keep(body)
        return answer

    def latest(self, origin_hex: str) -> str | None:
        """Return the whole checkpoint cosigned last for the origin with this SHA-256, if any."""
        path = self._folder / "latest" / origin_hex
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def _logs(self) -> dict[str, list[note.Verifier]]:
        logs: dict[str, list[note.Verifier]] = {}
        for log in Policy.parse(_read(self._folder / "policy")).logs:
            logs.setdefault(log.verifier.name, []).append(log.verifier)
        return logs

    def _keep(self, body: bytes) -> None:
        folder = self._folder / "suspect"
        if len(list(folder.iterdir())) < MAX_SUSPECTS:
            write_durably(folder / sha256(body).hexdigest(), body)


class WitnessServer(ThreadingHTTPServer):
    """The HTTP face of a witness folder. `now` gives seconds since the Unix epoch."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], memory: WitnessFolder, now: Callable[[], float] = time.time) -> None:
        self.memory = memory
        self.now = now
        super().__init__(address, _Request)


class _Request(BaseHTTPRequestHandler):
    """One connection. Anything but the paths named in the module's docstring is 404."""

    protocol_version = "HTTP/1.1"
    timeout = READ_SECONDS
    server: WitnessServer

    def do_POST(self) -> None:
        """Answer add-checkpoint."""
        body = self._body()
        if body is None:
            self.close_connection = True
            self._send(HTTPStatus.BAD_REQUEST, "a Content-Length of at most 1 MB is needed\n", witness.TEXT_TYPE)
        elif self.path != "/add-checkpoint":
            self._send(HTTPStatus.NOT_FOUND, "not here\n", witness.TEXT_TYPE)
        else:
            answer = self.server.memory.answer(body, seconds=int(self.server.now()))
            self._send(answer.status, answer.body, answer.media_type)

    def do_GET(self) -> None:
        """Show the vkey or the checkpoint cosigned last."""
        text = None
        if self.path == "/vkey":
            text = f"{self.server.memory.signer.verifier.vkey()}\n"
        elif self.path.startswith("/latest/") and _is_hex(self.path.removeprefix("/latest/")):
            text = self.server.memory.latest(self.path.removeprefix("/latest/"))
        if text is None:
            self._send(HTTPStatus.NOT_FOUND, "not here\n", witness.TEXT_TYPE)
        else:
            self._send(HTTPStatus.OK, text, witness.TEXT_TYPE)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing about who asked; the answers themselves are what a witness keeps."""

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or len(length) > len(str(MAX_BODY)) or int(length) > MAX_BODY:
            return None
        body = self.rfile.read(int(length))
        return body if len(body) == int(length) else None

    def _send(self, status: int, text: str, media_type: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def write_durably(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Replace `path` so that after a crash it holds the old bytes or the new, and after return the new."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `duecourse witness` with these arguments (default: the process's); return the exit code."""
    return run(parser().parse_args(arguments))


def parser() -> argparse.ArgumentParser:
    """What may be written after `duecourse witness`."""
    found = argparse.ArgumentParser(prog="duecourse witness", description="a C2SP tlog-witness of your own")
    configure(found)
    return found


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands to a parser, so that the command `duecourse` can hang them under `witness`."""
    what = parser.add_subparsers(dest="witness_what", required=True)
    init = what.add_parser("init", help="make a witness: its key, and the logs it watches")
    init.add_argument("--name", required=True, help="the key's name, a scheme-less URL of yours")
    init.add_argument("--log", action="append", default=[], metavar="VKEY", help="a log to watch; may be repeated")
    init.set_defaults(witness=_init)
    trust = what.add_parser("trust", help="watch one more log, or one more key of a log")
    trust.add_argument("--log", required=True, metavar="VKEY")
    trust.set_defaults(witness=_trust)
    serve = what.add_parser("serve", help="answer POST /add-checkpoint")
    serve.add_argument("--listen", default="127.0.0.1:8085", metavar="ADDRESS:PORT")
    serve.set_defaults(witness=_serve)
    for sub in (init, trust, serve):
        sub.add_argument("--folder", type=Path, required=True)


def run(parsed: argparse.Namespace) -> int:
    """Run what `configure`'s parser has parsed; return the exit code."""
    command: Callable[[argparse.Namespace], int] = parsed.witness
    try:
        return command(parsed)
    except Invalid as error:
        spelt = checks.reason(error.code, error.params)
        sys.stderr.write("\n".join(spelt.values()) + "\n")
        return 1


def _init(parsed: argparse.Namespace) -> int:
    sys.stdout.write(WitnessFolder.create(parsed.folder, name=parsed.name, logs=parsed.log) + "\n")
    return 0


def _trust(parsed: argparse.Namespace) -> int:
    path = parsed.folder / "policy"
    known = Policy.parse(_read(path))
    added = Log(note.Verifier.parse(parsed.log))
    write_durably(path, Policy((*known.logs, added)).encode())
    sys.stdout.write(f"{added.verifier.name}\n")
    return 0


def _serve(parsed: argparse.Namespace) -> int:
    host, _, port = parsed.listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > 0xFFFF:  # noqa: PLR2004 - TCP ports
        raise Invalid("listen_address", got=parsed.listen)
    memory = WitnessFolder(parsed.folder)
    with WitnessServer((host.strip("[]"), int(port)), memory) as server:
        address = f"http://{host}:{server.server_address[1]}"
        sys.stdout.write(f"{memory.signer.verifier.vkey()}\n{address}\n")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            sys.stdout.write("\n")
        finally:
            memory.close()
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Invalid("file_missing", path=str(path)) from None


def _origin_hex(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()


def _is_hex(text: str) -> bool:
    return len(text) == _HEX_LENGTH and not set(text) - set("0123456789abcdef")
