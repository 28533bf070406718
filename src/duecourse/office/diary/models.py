"""The one table of the diary: who has which matter open just now.

Responsible for its shape. It is no record: nothing of it is an entry, and every row is gone after `presence.MEMORY`.
Not responsible for writing it (`presence.py`).
"""

from __future__ import annotations

from django.db import models


class Presence(models.Model):
    """An account had a matter's page open at `seen_at`. There are no foreign keys, as everywhere."""

    pk = models.CompositePrimaryKey("matter", "account")
    matter = models.UUIDField()
    account = models.UUIDField()
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "presence"

    def __str__(self) -> str:
        return f"{self.account} {self.matter}"
