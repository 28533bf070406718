"""The clock of a simulation: a file of this process's own with seconds that `edge.clock` adds to the world's time."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path


class HandClock:
    """Moves this process's clock; it runs on from there as clocks do."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"clock-{os.getpid()}"
        os.environ["DUECOURSE_CLOCK"] = str(self._path)

    def to(self, moment: dt.datetime) -> None:
        """Set it to this moment (aware)."""
        waiting = self._path.with_suffix(".new")
        waiting.write_text(str((moment - dt.datetime.now(dt.UTC)).total_seconds()), "ascii")
        waiting.replace(self._path)
