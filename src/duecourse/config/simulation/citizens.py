"""People at the front door, in a process of its own with the settings and the database role of the public site.

    python -m duecourse.config.simulation.citizens '{"seed": …, "size": …, "days": …}'

reads lines `[number, …]` from standard input, hands these items in, each at its moment and as its form would be read,
and answers each line with `[[number, lookup id in hex], …]`. It imports nothing of the office, as the public site.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from duecourse.config.simulation.plan import Item


def main() -> None:
    """Hand in what is asked for until the input ends."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_public"
    import django

    django.setup()
    from duecourse.config.simulation import plan
    from duecourse.config.simulation.habits import Size
    from duecourse.config.simulation.hand_clock import HandClock

    asked = json.loads(sys.argv[1])
    zone = ZoneInfo(asked["zone"])
    first, last = dt.date.fromisoformat(asked["first"]), dt.date.fromisoformat(asked["last"])
    days = plan.Days(first, last, dt.datetime.fromisoformat(asked["until"]).astimezone(zone), zone)
    items = {item.number: item for item in plan.items(asked["seed"], Size(**asked["size"]), days)}
    clock = HandClock(Path(asked["folder"]))
    for line in sys.stdin:
        said = [[number, _hand_in(items[number], clock)] for number in json.loads(line)]
        print(json.dumps(said), flush=True)  # noqa: T201 - the answer


def _hand_in(item: Item, clock: object) -> str:
    """Send the form as a browser posts it; returns the lookup id."""
    from duecourse.config.simulation.hand_clock import HandClock
    from duecourse.edge import ids, sealing
    from duecourse.public.reporting import form, submission
    from duecourse.public.rulebook import current as rulebook

    assert isinstance(clock, HandClock)
    clock.to(item.arrives)
    posted = {
        "head": item.head,
        "urgent": "yes" if item.urgent else "no",
        "harmed": "self" if item.self_ else "other",
        "what_happened": item.what_happened,
        "happened_on": item.happened_on,
        "address": item.address,
        "contact": item.contact,
    }
    report, problems = form.read(posted, rulebook().heads.keys())
    assert not problems, [(problem.field, problem.code) for problem in problems]
    code = ids.code()
    submission.hand_in(report, [], code=code, language="zh-Hans")
    return sealing.reporter_keys(code).lookup_id.hex()


if __name__ == "__main__":
    main()
