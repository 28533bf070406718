"""Registers the interface layer with Django: templates, static files, template tags, words. It has no tables."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """What both sites look like."""

    name = "duecourse.ui"
    label = "ui"
