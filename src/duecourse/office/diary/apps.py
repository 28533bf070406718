"""The app `diary`."""

from __future__ import annotations

from django.apps import AppConfig


class DiaryConfig(AppConfig):
    """Django's name for the pages of the day."""

    name = "duecourse.office.diary"
    label = "diary"
