"""Who works here today: names, roles, certificates. Appointing is a command until the office has a page for it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from . import reading


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts that hold a role today."""
    return render(request, "office/accounts.html", {"accounts": reading.accounts(), "here": "accounts"})
