"""Who may see what behind the door: deny by default, one table.

    page                          who
    every page                    a signed-in account that is open; everybody else is sent to the sign-in page
    desk, matters, reports        any account; they list only matters that the account may see
    matter, record, proofs,       who holds a capacity in the matter, or a role that its procedure names (takes a step,
    step forms, links             owns a stage, answers for a clock), or a role that oversees the whole office
    a field of an entry           the roles that the rulebook gives its class (classes.yaml)
    bytes of an exhibit           the roles of class `case`
    bytes of a document           the roles of the class of its reader: reporter → report, party → party, office → case
    opening a matter              the form: roles that the opening step names; the engine decides on the post

Seeing a form is not being allowed to take the step: the engine judges every post, and its refusal is the answer.
Test: tests/office/pages/test_access.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied

from duecourse.edge import clock
from duecourse.office.matters import rulebook
from duecourse.office.matters.models import Matter, MatterPerson
from duecourse.office.matters.record import may_see
from duecourse.office.people.facts import facts_of

from .limits import signed_out

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import Procedure

OVERSEES: Final = frozenset({"office-head", "main-head", "superior-head", "supervisor"})
CLASS_OF_AUDIENCE: Final = {"reporter": "report", "party": "party", "office": "case"}

View = Callable[..., "HttpResponse"]


class NotYours(PermissionDenied):
    """The account may not see this. `roles` are those that may, as ids of the rulebook."""

    def __init__(self, roles: frozenset[str]) -> None:
        super().__init__("not yours")
        self.roles = roles


def behind_the_door(view: View) -> View:
    """Let only a signed-in account in, and give the view the person's facts of today as `request.person`."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        today = rulebook.current().local_date(clock.now())
        request.person = facts_of(request.user, today)  # type: ignore[attr-defined, arg-type]
        return view(request, *args, **kwargs)

    asked = login_required(guarded)

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            return signed_out(request)
        return asked(request, *args, **kwargs)

    return entered


def roles_of(procedure: Procedure) -> frozenset[str]:
    """Return every role that a procedure names."""
    steps = procedure.steps.values()
    taking = {role for step in steps for role in step.by}
    approving = {role for step in steps for chain in step.approval for role in chain}
    owning = {stage.owner for stage in procedure.stages.values() if stage.owner}
    answering = {item.answers for item in procedure.clocks.values() if item.answers}
    return frozenset(taking | approving | owning | answering) - {"system"}


def seen_procedures(person: PersonFacts) -> list[str]:
    """Return the procedures whose matters the person may see by a role."""
    book = rulebook.current()
    return [name for name, versions in book.procedures.items() if person.roles & (roles_of(versions[-1]) | OVERSEES)]


def matter_for(person: PersonFacts, matter: UUID) -> Matter | None:
    """Return the matter, or None when there is none. Raises NotYours when the person may not see it."""
    row = Matter.objects.filter(id=matter).first()
    if row is None:
        return None
    allowed = roles_of(rulebook.current().procedures[row.procedure][-1]) | OVERSEES
    if person.roles & allowed or MatterPerson.objects.filter(matter=matter, account=person.account).exists():
        return row
    raise NotYours(allowed)


def sees_class(person: PersonFacts, class_: str) -> bool:
    """Say whether the rulebook lets the person see fields of this class; a class it does not name is seen by nobody."""
    return may_see(class_, person.roles)


def require_class(person: PersonFacts, class_: str) -> None:
    """Raise NotYours unless the person may see fields of this class."""
    if not sees_class(person, class_):
        raise NotYours(frozenset(rulebook.classes().get(class_, ())))
