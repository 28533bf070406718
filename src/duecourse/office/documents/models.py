"""The table of documents (文书). Each row is a projection: a function of the entries of its matter's stream.

Responsible for the shape of a document's row and for what must hold whoever writes it. Not responsible for writing it:
`tables.py` does that, called inside the write path's transaction; nor for the bytes, which stand in the object store
under their SHA-256.

A document's life, each step an entry of the matter:
  queued   an outcome asks for it (the row is born in that step's transaction)
  drafted  rendered and numbered; `object` is the PDF's digest, `copy` that of the English reading copy
  sealed   stamped or signed before service; `sealed_object` is the digest of exactly what is served
  served   the procedure's own step of service named it
  scanned  the signed receipt or stamped original came back; `scan_object` is bound to this version and no other
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

STATES = ("queued", "drafted", "sealed", "served", "scanned")


def _pair(name: str, digest: str, entry: str) -> models.CheckConstraint:
    """Say that a digest and the entry that bound it stand together or not at all."""
    none = Q(**{f"{digest}__isnull": True, f"{entry}__isnull": True})
    both = Q(**{f"{digest}__isnull": False, f"{entry}__isnull": False})
    return models.CheckConstraint(name=name, condition=none | both)


class Document(models.Model):
    """One version of one document of a matter. `id` stands in the outcome that asked for it."""

    id = models.UUIDField(primary_key=True)
    matter = models.UUIDField(db_index=True)
    kind = models.TextField(help_text="The document's id in the rulebook, e.g. decision.")
    version = models.IntegerField(help_text="1 for the first of its kind in the matter; a later draft supersedes.")
    state = models.TextField(default="queued")
    number = models.TextField(null=True)  # noqa: DJ001 - not every kind of document is numbered
    asked_entry = models.IntegerField(help_text="Index of the entry whose outcome asks for it.")
    object = models.TextField(null=True)  # noqa: DJ001 - pairs with drafted_entry
    drafted_entry = models.IntegerField(null=True)
    copy = models.TextField(null=True)  # noqa: DJ001 - the reading copy, when there is one
    sealed_object = models.TextField(null=True)  # noqa: DJ001 - pairs with sealed_entry
    sealed_entry = models.IntegerField(null=True)
    served_entry = models.IntegerField(null=True)
    scan_object = models.TextField(null=True)  # noqa: DJ001 - pairs with scan_entry
    scan_entry = models.IntegerField(null=True)

    class Meta:
        """Table and constraints."""

        db_table = "document"
        constraints = (
            models.CheckConstraint(name="document_state_known", condition=Q(state__in=STATES)),
            models.CheckConstraint(
                name="document_drafted_has_bytes", condition=Q(state="queued") | Q(object__isnull=False)
            ),
            _pair("document_drafted_pair", "object", "drafted_entry"),
            _pair("document_sealed_pair", "sealed_object", "sealed_entry"),
            _pair("document_scan_pair", "scan_object", "scan_entry"),
            models.UniqueConstraint(name="document_version_once", fields=("matter", "kind", "version")),
            models.UniqueConstraint(name="document_number_once", fields=("kind", "number")),
        )

    def __str__(self) -> str:
        return f"{self.kind} v{self.version} ({self.state})"

    @property
    def served_bytes(self) -> str | None:
        """Digest of what leaves the house: the sealed file when there is one, else the rendered PDF."""
        return self.sealed_object or self.object


class DocumentCounter(models.Model):
    """The last number of a series in a year; taken inside the step that draws it up, so there is no gap."""

    pk = models.CompositePrimaryKey("series", "year")
    series = models.TextField()
    year = models.IntegerField()
    last = models.IntegerField()

    class Meta:
        """Table and constraints."""

        db_table = "document_counter"

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"
