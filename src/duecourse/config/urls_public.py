"""The addresses of the public site: all of them are its own."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("duecourse.public.urls"))]
