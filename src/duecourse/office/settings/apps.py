"""The Django app of the office's settings."""

from django.apps import AppConfig


class SettingsConfig(AppConfig):
    """Tables of what the office lays down, and the audit's questions about them."""

    name = "duecourse.office.settings"
    label = "office_settings"

    def ready(self) -> None:
        """Add the questions to the audit."""
        from duecourse.office.settings import checks

        checks.register_all()
