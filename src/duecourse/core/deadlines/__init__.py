"""Periods of law: how long, from when, over which calendar, and therefore which last day.

`length` spells a period, `calendar` knows which days are working days and how sure that is, `counting` counts as the
law does. Not here: which article sets which period (`core.law`), and when a clock starts or stops (`core.procedure`).
"""

from duecourse.core.deadlines.calendar import Calendar, Day, load_calendar
from duecourse.core.deadlines.counting import Counted, Skipped, count, count_hours, latest_before
from duecourse.core.deadlines.length import Extension, Length, Unit

__all__ = [
    "Calendar",
    "Counted",
    "Day",
    "Extension",
    "Length",
    "Skipped",
    "Unit",
    "count",
    "count_hours",
    "latest_before",
    "load_calendar",
]
