"""The entry point of the public site for a WSGI server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_public"
application = get_wsgi_application()
