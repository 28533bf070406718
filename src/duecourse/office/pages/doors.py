"""The pages that say no: not yours to see, not there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .access import NotYours
from .standing import role_title


def not_yours(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403: say that this is not for the person's role, and whose it is."""
    roles = sorted(exception.roles) if isinstance(exception, NotYours) else []
    shown = {"roles": [role_title(role) for role in roles], "here": ""}
    return render(request, "office/not_yours.html", shown, status=403)


def not_there(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404: say that there is nothing here."""
    del exception
    return render(request, "office/not_there.html", {"here": ""}, status=404)
