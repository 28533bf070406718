"""The entry point of the office site for a WSGI server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_office"
application = get_wsgi_application()
