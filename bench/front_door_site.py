"""The public site and, beside it, the bare view it is measured against: same process, same middleware."""

from __future__ import annotations

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path
from django.views.decorators.http import require_POST

os.environ["DJANGO_SETTINGS_MODULE"] = "duecourse.config.settings_public"
settings.ROOT_URLCONF = __name__
django.setup()


@require_POST
def bare(request: HttpRequest) -> HttpResponse:
    """Insert one row and redirect, as plainly as Django does it."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench.bare (body) VALUES (%s)", ["\n".join(request.POST.values())])
    response = redirect("home")
    response.status_code = 303
    return response


urlpatterns = [path("bare/", bare), path("", include("duecourse.public.urls"))]
application = get_wsgi_application()
