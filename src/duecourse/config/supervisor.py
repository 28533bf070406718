"""Keeps the processes of one installation running, and ends all of them together.

Each child leads a process group of its own and dies with the supervisor even when that is killed (PR_SET_PDEATHSIG); a
child that ends by itself is started again, after a pause that grows while it keeps ending. It writes to run/<name>.log.

Not here: which processes there are (`run`), Django.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, Self

_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_GRACE_SECONDS: Final = 15
_LONGEST_PAUSE: Final = 10.0
_STEADY_SECONDS: Final = 30


class AlreadyRunning(Exception):  # noqa: N818 - what happened
    """Somebody else works on this data folder."""


@dataclass(frozen=True)
class Process:
    """What one child runs, and in which surroundings."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Child:
    process: Process
    log: IO[bytes]
    running: subprocess.Popen[bytes]
    started: float
    pause: float = 0.5
    again_at: float = 0.0


class Supervisor:
    """Runs `processes` in `folder`. Use as a context: leaving it ends every child."""

    def __init__(self, processes: Sequence[Process], folder: Path) -> None:
        self._processes = processes
        self._folder = folder
        self._children: list[_Child] = []

    def __enter__(self) -> Self:
        """Start all of them."""
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            for process in self._processes:
                log = (self._folder / f"{process.name}.log").open("ab")
                self._children.append(_Child(process, log, _start(process, log), time.monotonic()))
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End all of them, first politely."""
        self._end()

    def pid(self, name: str) -> int:
        """The process id of a child (tests kill it)."""
        return next(child.running.pid for child in self._children if child.process.name == name)

    def revive(self) -> list[str]:
        """Start again whatever has ended; returns the names of what was found dead just now."""
        now, found = time.monotonic(), []
        for child in self._children:
            if child.running.poll() is None:
                continue
            if not child.again_at:
                _end_group(child.running.pid, signal.SIGKILL)
                steady = now - child.started > _STEADY_SECONDS
                child.pause = 0.5 if steady else min(child.pause * 2, _LONGEST_PAUSE)
                child.again_at = now + child.pause
                found.append(child.process.name)
            elif now >= child.again_at:
                child.running, child.started, child.again_at = _start(child.process, child.log), now, 0.0
        return found

    def _end(self) -> None:
        for child in self._children:
            _end_group(child.running.pid, signal.SIGTERM)
        give_up = time.monotonic() + _GRACE_SECONDS
        for child in self._children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.running.wait(max(0.1, give_up - time.monotonic()))
            _end_group(child.running.pid, signal.SIGKILL)
            child.running.wait()
            child.log.close()
        self._children.clear()


def _start(process: Process, log: IO[bytes]) -> subprocess.Popen[bytes]:
    parent = os.getpid()
    return subprocess.Popen(
        list(process.command),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=dict(process.environment),
        start_new_session=True,
        preexec_fn=lambda: _die_with(parent),  # noqa: PLW1509 - the supervisor has one thread
    )


def _die_with(parent: int) -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def _end_group(group: int, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, how)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the data folder. Raises AlreadyRunning."""
    (folder / "run").mkdir(parents=True, exist_ok=True)
    with (folder / "run" / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"`duecourse run` is at work in {folder}; stop it first") from None
        yield


def port_is_free(port: int) -> bool:
    """Whether we could listen on a port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_for(ready: Callable[[], bool], *, seconds: float, pause: float = 0.1) -> bool:
    """Ask until it is so, or the time is over; returns which."""
    give_up = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > give_up:
            return False
        time.sleep(pause)
    return True


def answers(port: int) -> bool:
    """Whether a site answers on a port of the loopback address, with anything but a failure of its own."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asking.request("GET", "/")
        return asking.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


def python(*arguments: str) -> list[str]:
    """A command run by this very Python."""
    return [sys.executable, *arguments]
