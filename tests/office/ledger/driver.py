"""A process of its own that works on a test's log, and may be told to kill itself at a chosen point.

driver.py sequence '{"place": {…database…}, "home": "…", "kill": ["module", "function", call number, "before"|"after"]}'
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path


def main(script: str, plan: dict) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    connections["default"].settings_dict.update(plan["place"])
    home = Path(plan["home"])
    settings.DUECOURSE_HOME, settings.DUECOURSE_PUBLISHED = home, home / "published"
    settings.DUECOURSE_KEYS, settings.DUECOURSE_OBJECTS = home / "keys", home / "objects"
    settings.DUECOURSE_SEALED = home / "sealed"
    settings.PADDING_STEP, settings.SEQUENCER_SECONDS = 64, 0.05
    settings.PUBLICATION_SECONDS = plan.get("publication_seconds", 3600)
    if "kill" in plan:
        arm(*plan["kill"])
    {"sequence": sequence, "publish": publish, "loop": loop, "append": append}[script](plan)


def arm(module: str, function: str, call: int, when: str) -> None:
    """Let the process die by SIGKILL before or after the given call of a function."""
    import importlib

    owner = importlib.import_module(module)
    original, count = getattr(owner, function), 0

    def deadly(*arguments, **named):
        nonlocal count
        count += 1
        if count == call and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **named)
        if count == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, function, deadly)


def sequence(plan: dict) -> None:
    from duecourse.office.ledger import nofork, sequencer, signing

    with sequencer.hold(wait=False):
        nofork.settle()
        while sequencer.number(signing.signers(), limit=plan.get("limit", 50)):
            pass


def publish(plan: dict) -> None:
    from duecourse.office.ledger import nofork, publication, sequencer, signing

    with sequencer.hold(wait=False):
        nofork.settle()
        publication.publish(signing.signers())


def loop(plan: dict) -> None:
    from duecourse.office.ledger import loops

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    print("started", flush=True)  # noqa: T201 - the test waits for this line
    loops.run_sequencer(stop)


def append(plan: dict) -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    from django.db import connection

    from conftest import Log

    def write() -> None:
        for _ in range(plan["count"]):
            Log(Path(plan["home"]), "").write()
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(plan["threads"])]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


if __name__ == "__main__":
    sys.path[:] = [name for name in sys.path if Path(name or ".").resolve() != Path(__file__).parent]
    main(sys.argv[1], json.loads(sys.argv[2]))
