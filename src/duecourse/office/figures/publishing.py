"""Writes the figures where the public site reads them: `published/figures.json`, whole or not at all.

Not responsible for what is counted (`counting`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from django.conf import settings

from duecourse.edge import clock
from duecourse.edge.keys import write_file
from duecourse.office.figures import counting

FILE: Final = "figures.json"


def publish() -> bool:
    """Count and write when something differs; return whether it did. Raises psycopg.Error, OSError."""
    place = Path(settings.DUECOURSE_PUBLISHED) / FILE
    found = counting.count(clock.today(settings.DUECOURSE_ZONE))
    text = (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()
    if place.is_file() and place.read_bytes() == text:
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    write_file(place, text, mode=0o644)
    return True
