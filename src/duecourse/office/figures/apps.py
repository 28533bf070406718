"""The app of the published figures; it has jobs and no tables."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """Jobs of the published figures."""

    name = "duecourse.office.figures"
    label = "figures"
