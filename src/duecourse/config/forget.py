"""`make clean-data`: stop the embedded server of the data folder and delete both, wherever its files lie.

Refuses while `duecourse run` works on the folder.
"""

from __future__ import annotations

import shutil
import sys

from duecourse.config import home, supervisor
from duecourse.edge import postgres


def main() -> int:
    """Delete the data folder; returns the exit status."""
    folder = home.folder()
    if not folder.is_dir():
        return 0
    try:
        with supervisor.alone(folder):
            postgres.EmbeddedServer(folder).forget()
            shutil.rmtree(folder)
    except supervisor.AlreadyRunning as refused:
        print(refused, file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    print(f"forgotten: {folder}")  # noqa: T201 - a command speaks
    return 0


if __name__ == "__main__":
    sys.exit(main())
