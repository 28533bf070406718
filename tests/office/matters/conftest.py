"""The small office, for the tests of the write path."""

from __future__ import annotations

from small_office import office

__all__ = ["office"]
