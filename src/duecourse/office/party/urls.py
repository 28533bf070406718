"""The addresses of the office's pages for the party of a matter."""

from __future__ import annotations

from django.urls import path

from duecourse.office.pages.access import behind_the_door as inside
from duecourse.office.party import pages

_PARTY = "matters/<uuid:matter>/party/"

urlpatterns = [
    path(_PARTY, inside(pages.overview), name="party-of"),
    path(_PARTY + "give/", inside(pages.give), name="party-give"),
    path(_PARTY + "<uuid:access_id>/replace/", inside(pages.replace), name="party-replace"),
    path(_PARTY + "<uuid:access_id>/end/", inside(pages.end), name="party-end"),
    path(_PARTY + "acts/add/", inside(pages.paper), name="party-paper"),
    path(_PARTY + "acts/<int:index>/answer/", inside(pages.answer), name="party-answer"),
]
