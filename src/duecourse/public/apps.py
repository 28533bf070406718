"""Registers the public site with Django. It has no tables: it calls four functions and reads what is published."""

from __future__ import annotations

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """The front door and the public register."""

    name = "duecourse.public"
    label = "public"
