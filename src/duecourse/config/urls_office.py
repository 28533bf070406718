"""The addresses of the office site: signing in, and the office's own."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("duecourse.office.people.urls")),
    path("settings/", include("duecourse.office.settings.urls")),
    path("books/", include("duecourse.office.books.urls")),
    path("", include("duecourse.office.urls")),
]
handler403 = "duecourse.office.pages.doors.not_yours"
handler404 = "duecourse.office.pages.doors.not_there"
