"""The small office, and a citizen at the front door: the form's own code, as the public role."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from small_office import office

__all__ = ["office"]


@dataclass
class Citizen:
    """Somebody who hands in reports and reads what comes back."""

    server: object
    database: str

    def hand_in(self, *, files=(), code=None, **said):
        """Send a report, with files given as (name, bytes); returns the code."""
        import town
        from duecourse.edge import ids
        from duecourse.public.reporting.form import Report
        from duecourse.public.reporting.submission import hand_in

        words = {
            "head": "fraud", "what_happened": "网店收款后不发货", "happened_on": "上周", "address": "https://shop.example/7",
            "harmed": "self", "urgent": False, "contact": "",
        }  # fmt: skip
        code = code or ids.code()
        sealed = [self._sealed(name, content) for name, content in files]
        with town.django_on(self.server, self.database, "duecourse_public"):
            hand_in(Report(**{**words, **said}), sealed, code=code, language="zh-Hans")
        return code

    def letters(self, code):
        """The letters that this code opens, oldest first."""
        import town
        from duecourse.edge.sealing import reporter_keys
        from duecourse.public.reporting.receipt import letters

        with town.django_on(self.server, self.database, "duecourse_public"):
            return list(letters(reporter_keys(code)))

    def _sealed(self, name, content):
        import hashlib

        from duecourse.edge import sealing
        from duecourse.office.reports.intake import sealed_files
        from duecourse.public import recipients
        from duecourse.public.reporting.attachments import Attachment

        locked = sealing.seal(content, recipients.current().content)
        digest = sealed_files().put(locked)
        return Attachment(name, len(content), hashlib.sha256(content).hexdigest(), digest, len(locked), Path(digest))


@pytest.fixture
def citizen(office, server, database):
    return Citizen(server, database)
