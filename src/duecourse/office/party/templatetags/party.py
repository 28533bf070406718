"""The party's part of the page of a matter: what it did and what waits for an answer, with the ways to its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from duecourse.office.party import rules
from duecourse.office.party.models import PartyAccess
from duecourse.office.party.pages import lines

if TYPE_CHECKING:
    from duecourse.office.pages.standing import Standing

register = template.Library()


@register.inclusion_tag("party/_matter.html")
def party_of(standing: Standing) -> dict[str, Any]:
    """Show what the party of this matter did; nothing where the procedure has no party's pages."""
    if rules.of(standing.row.procedure) is None:
        return {"shown": False}
    open_ = PartyAccess.objects.filter(matter=standing.row.id, ended_at__isnull=True).count()
    return {"shown": True, "standing": standing, "acts": lines(standing), "open": open_}
