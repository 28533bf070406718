"""How many report forms the front door takes in a second, against a bare view that inserts one row.

Both are served by the same two granian workers with the same middleware and get the same 1 KB multipart form from 32
clients that keep their connection. Short rounds alternate, so that a noisy machine disturbs both alike. The figure is
the median of the rounds' ratios; the tail is the ratio of the 99th percentiles of all answers.

    python bench/front_door.py [--seconds 2] [--rounds 9]

It makes its own data folder and database below the temporary folder and removes them. Exit 1 when a figure is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from figures import Figure, told

CLIENTS = 32
WORKERS = 2
THREADS = 4
LEAST_RATIO = 0.45
MOST_TAIL = 2.5
BOUNDARY = "duecourse-bench-7f1c"
TOKEN = "b" * 32
HERE = Path(__file__).resolve().parent
SENTENCE = "A shop took my money and sent nothing; the account was closed the next day. "
BARE_TABLE = """
CREATE SCHEMA bench;
CREATE TABLE bench.bare (id bigserial PRIMARY KEY, body text NOT NULL);
GRANT USAGE ON SCHEMA bench TO duecourse_public;
GRANT INSERT ON bench.bare TO duecourse_public;
GRANT USAGE ON SEQUENCE bench.bare_id_seq TO duecourse_public;
"""


@dataclass
class Round:
    """What one round measured: answers a second, and the seconds each answer took."""

    rate: float
    times: list[float] = field(default_factory=list)


def multipart(fields: dict[str, str]) -> bytes:
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()


def request(path: str, body: bytes, port: int) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: duecourse_form={TOKEN}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def report_form(now: float) -> dict[str, str]:
    from duecourse.edge import ids
    from duecourse.public.reporting import stamp

    code = ids.code()
    return {
        "csrfmiddlewaretoken": TOKEN,
        "code": code,
        "stamp": stamp.make(code, now),
        "head": "fraud",
        "urgent": "no",
        "what_happened": SENTENCE * 5,
        "happened_on": "last week",
        "address": "https://shop.example/item/7",
        "harmed": "self",
        "contact": "",
    }


async def client(port: int, waiting: deque[bytes], until: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until and waiting:
        began = time.perf_counter()
        writer.write(waiting.popleft())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 303"):
            raise RuntimeError(f"not taken: {head[:200]!r} {await reader.read(3000)!r}")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        if length:
            await reader.readexactly(length)
        times.append(time.perf_counter() - began)
    writer.close()


async def play(port: int, bodies: list[bytes], seconds: float) -> Round:
    times: list[float] = []
    waiting = deque(bodies)
    began = time.perf_counter()
    await asyncio.gather(*(client(port, waiting, began + seconds, times) for _ in range(CLIENTS)))
    assert waiting, "the round ran out of forms: prepare more"
    return Round(len(times) / (time.perf_counter() - began), times)


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def prepare(home: Path) -> object:
    """A data folder with server, tables, keys and the one row that names the log."""
    import psycopg

    from duecourse.edge import postgres
    from duecourse.edge.keys import KeyRing

    server = postgres.EmbeddedServer(home)
    server.start()
    postgres.prepare(server.url(postgres.ADMIN, "postgres"), home / "secrets")
    ring = KeyRing(home / "keys")
    for purpose in ("recovery", "intake", "custodian"):
        ring.create(purpose)
    migrate = "import duecourse.config.migrate as m; m.migrate()"
    subprocess.run([sys.executable, "-W", "ignore", "-c", migrate], check=True)
    with psycopg.connect(server.url(postgres.OWNER), autocommit=True) as owner:
        owner.execute(BARE_TABLE)
        owner.execute(
            "INSERT INTO installation (singleton, origin, system_stream, zone, created_at)"
            " VALUES (true, 'duecourse.example/demo', gen_random_uuid(), 'Asia/Shanghai', now())"
        )
    return server


def serve(port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--host", "127.0.0.1"),
            *("--port", str(port), "--workers", str(WORKERS), "--blocking-threads", str(THREADS)),
            *("--no-access-log", "--log-level", "warning", "front_door_site:application"),
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])},
    )


def wait_for(port: int) -> None:
    from urllib.request import urlopen

    for _ in range(300):
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                answer.read()
                break
        except OSError:
            time.sleep(0.1)
    else:
        raise SystemExit("the site did not start")
    with urlopen(f"http://127.0.0.1:{port}/report/", timeout=20) as answer:
        answer.read()


def free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def measure(port: int, *, seconds: float, rounds: int) -> tuple[list[Round], list[Round]]:
    many = int(2500 * seconds)
    ours, bare = [], []
    for number in range(-1, rounds):
        now = time.time()
        length = seconds if number >= 0 else 2.0  # the first round warms both up
        forms = [request("/report/", multipart(report_form(now)), port) for _ in range(many)]
        plain = [request("/bare/", multipart(report_form(now)), port) for _ in range(many * 2)]
        taken = (asyncio.run(play(port, forms, length)), asyncio.run(play(port, plain, length)))
        if number >= 0:
            ours.append(taken[0])
            bare.append(taken[1])
    return ours, bare


def count(server: object) -> int:
    import psycopg

    from duecourse.edge import postgres

    with psycopg.connect(server.url(postgres.OWNER)) as owner:  # type: ignore[attr-defined]
        row = owner.execute("SELECT count(*) FROM submission").fetchone()
    return int(row[0]) if row else 0


def figures(ours: list[Round], bare: list[Round]) -> tuple[float, float]:
    ratio = statistics.median(one.rate / other.rate for one, other in zip(ours, bare, strict=True))
    tails = [percentile([t for one in side for t in one.times], 0.99) for side in (ours, bare)]
    rates = [statistics.median(one.rate for one in side) for side in (ours, bare)]
    print(f"front door: {rates[0]:.0f}/s against {rates[1]:.0f}/s,", end=" ")
    print(f"p99 {tails[0] * 1000:.1f} ms against {tails[1] * 1000:.1f} ms")
    return ratio, tails[0] / tails[1]


def measured(*, seconds: float = 2.0, rounds: int = 9) -> list[Figure]:
    """The ratio of the rates, and that of the tails."""
    home = Path(tempfile.mkdtemp(prefix="duecourse-bench-"))
    home.chmod(0o755)
    os.environ.update(DUECOURSE_HOME=str(home), DUECOURSE_ENV="test")
    os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_public"
    os.environ.pop("DATABASE_URL", None)
    server, site = prepare(home), None
    try:
        import django

        django.setup()
        port = free_port()
        site = serve(port)
        wait_for(port)
        ours, bare = measure(port, seconds=seconds, rounds=rounds)
        stored = count(server)
    finally:
        if site:
            site.terminate()
            site.wait(20)
        server.stop()  # type: ignore[attr-defined]
        shutil.rmtree(home, ignore_errors=True)
    ratio, tail = figures(ours, bare)
    return [
        Figure("public form accepted per second, against the bare view", ratio, LEAST_RATIO, note=f"{stored} stored"),
        Figure("public form, p99 against the bare view's", tail, MOST_TAIL, "×", most=True),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    return told(measured(seconds=asked.seconds, rounds=asked.rounds))


if __name__ == "__main__":
    raise SystemExit(main())
