"""How a command speaks: colour and a progress bar on a terminal, plain lines everywhere else.

`NO_COLOR` (any value) and `TERM=dumb` take colour and bars away. What a command answers goes to standard output; a bar
goes to standard error, so that an answer can be piped while the bar is seen. Not responsible for what is said, nor for
`--json`, which every command that answers with results offers and which nothing here touches.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_COLOURS: Final = {"✓": 32, "✗": 31, "!": 33, "–": 90}
_EVERY_SECONDS: Final = 0.2
_LINE_EVERY_SECONDS: Final = 10.0


def is_rich(stream: TextIO) -> bool:
    """Tell whether `stream` is a terminal that a person looks at and that takes colour."""
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def painted(text: str, stream: TextIO) -> str:
    """Colour the mark that a line begins with (✓ green, ✗ red, ! yellow, – grey); on no terminal, `text` as it is."""
    if not is_rich(stream):
        return text
    return "\n".join(_painted(line) for line in text.split("\n"))


def say(text: str, *, error: bool = False) -> None:
    """Print to standard output, or to standard error, its marks in colour on a terminal."""
    stream = sys.stderr if error else sys.stdout
    print(painted(text, stream), file=stream, flush=True)


@contextmanager
def progress(title: str, total: int, done: Callable[[], int]) -> Iterator[None]:
    """Show how far the work in this block is: `done()` of `total`, asked again and again from another thread.

    On a terminal a bar on standard error; elsewhere a line there every ten seconds, so that short work says nothing.
    """
    stop = threading.Event()
    show = _bar if is_rich(sys.stderr) else _lines
    watcher = threading.Thread(target=show, args=(title, total, done, stop), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()


def _bar(title: str, total: int, done: Callable[[], int], stop: threading.Event) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task(title, total=total)
        while not stop.wait(_EVERY_SECONDS):
            bar.update(task, completed=min(done(), total), refresh=True)


def _lines(title: str, total: int, done: Callable[[], int], stop: threading.Event) -> None:
    while not stop.wait(_LINE_EVERY_SECONDS):
        print(f"{title}: {min(done(), total)} / {total}", file=sys.stderr, flush=True)  # noqa: T201


def _painted(line: str) -> str:
    mark = line.lstrip()[:1]
    colour = _COLOURS.get(mark)
    return line if colour is None else line.replace(mark, f"\x1b[{colour}m{mark}\x1b[0m", 1)
