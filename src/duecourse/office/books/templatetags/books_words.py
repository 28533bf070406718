"""A cell of a book on a page."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django import template

from duecourse.ui.templatetags import duecourse as ui

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from duecourse.office.books.ledgers import Cell

register = template.Library()


@register.filter
def cell_words(value: Cell) -> SafeString | str | int:
    """A day as it is written, nothing as nothing, the rest as it is."""
    if value is None:
        return ""
    return ui.day(value) if isinstance(value, dt.date) else value
