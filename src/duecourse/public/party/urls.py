"""The addresses of the party's pages. None of them ever holds a code or a word that a party wrote."""

from __future__ import annotations

from django.urls import path

from duecourse.public.party import entrance, forms, views

urlpatterns = [
    path("party/", entrance.door, name="party"),
    path("party/papers/", views.overview, name="party-papers"),
    path("party/papers/<int:index>/", views.file, name="party-file"),
    *(path(f"party/{kind}/", views.act, {"kind": kind}, name=f"party-{kind}") for kind in forms.KINDS),
    path("party/sent/<int:index>/", views.sent, name="party-sent"),
    path("party/sent/<int:index>/receipt.json", views.receipt, name="party-receipt"),
    path("party/leave/", entrance.leave, name="party-leave"),
]
