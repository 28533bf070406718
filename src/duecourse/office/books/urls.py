"""The addresses of the ledger books, all behind the door."""

from __future__ import annotations

from django.urls import path

from duecourse.office.books import views
from duecourse.office.pages.access import behind_the_door as inside

urlpatterns = [
    path("", inside(views.books), name="books"),
    path("<slug:name>/", inside(views.book), name="book"),
    path("<slug:name>/file/", inside(views.take_out), name="book-file"),
]
