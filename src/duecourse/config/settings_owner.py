"""The office's apps as the role that owns the tables: migrations, grants, audit, backup. No site runs on it."""

from __future__ import annotations

from duecourse.config import home
from duecourse.config.settings_office import *  # noqa: F403 - Django's way to share settings
from duecourse.edge import postgres

DATABASES = {"default": home.django_database(postgres.OWNER)}
