"""The addresses of the settings, all behind the door."""

from __future__ import annotations

from django.urls import path

from duecourse.office.pages.access import behind_the_door as inside
from duecourse.office.settings import calendar_views, import_views, views

urlpatterns = [
    path("", inside(views.settings_page), name="settings"),
    path("seal.png", inside(views.seal), name="settings-seal"),
    path("calendar/", inside(calendar_views.years), name="calendars"),
    path("calendar/<int:year>/", inside(calendar_views.year_page), name="calendar-year"),
    path("import/", inside(import_views.import_page), name="import-cases"),
    path("import/template.xlsx", inside(import_views.template), name="import-template"),
    path("<slug:name>/", inside(views.setting), name="setting"),
    path("<slug:name>/confirm/", inside(views.confirm), name="setting-confirm"),
    path("<slug:name>/changes/<uuid:change>/", inside(views.decide), name="setting-decide"),
]
