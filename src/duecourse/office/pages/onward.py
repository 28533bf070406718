"""Where a person goes once a step is taken: the matter that it opened, the form of the next step, or the matter again.

Responsible for finding the way only. It takes no step, and leads nobody to a form that would refuse them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.urls import reverse

from duecourse.core.procedure.definition import SYSTEM
from duecourse.core.procedure.guards import Facts
from duecourse.ui import language

from . import access, reading
from .standing import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import Step
    from duecourse.office.ledger.store import StoredEntry

    from .forms import Control

THEN: Final = "then"
"""Name of the buttons that enter a step and go on to the next; the value is that step."""
MOST: Final = 2


def following(standing: Standing, person: PersonFacts, taken: Step) -> list[tuple[str, str]]:
    """Return the steps that this one makes possible for the same person: by what it establishes, or by where it leads.

    Empty where it needs approval, depends on an answer, or opens another matter: then nobody knows yet.
    """
    if taken.built_in or taken.choose or len(taken.approval) > 1 or taken.effects.opens:
        return []
    here, there = standing.state.stage or "", taken.effects.to or standing.state.stage or ""
    new = set(taken.effects.sets)
    steps = [
        step
        for step in standing.procedure.steps.values()
        if there in step.from_ and person.roles & set((step.approval or (step.by,))[0]) and step.by != (SYSTEM,)
        if (there != here and here not in step.from_) or new & _needed(step)
    ]
    return [(step.id, language.pick(step.title)) for step in steps[:MOST]]


def after(person: PersonFacts, entry: StoredEntry, then: str) -> str:
    """Return the address to go to after an entry. `then`: the step that the person asked to go on to ("" for none)."""
    opens: Any = entry.skeleton.outcome.get("opens") or ()
    for opened in opens:
        if _seen(person, UUID(str(opened["matter"]))):
            return reverse("matter", args=[opened["matter"]])
    row = access.matter_for(person, entry.stream) if then else None
    if row is not None:
        standing = Standing.of(row)
        step = standing.procedure.steps.get(then)
        if step is not None and not step.opens_matter and not reading.refusal_of(standing, person, step):
            return reverse("step", args=[entry.stream, then])
    return reverse("matter", args=[entry.stream])


def ticked(standing: Standing, person: PersonFacts, taken: Step, found: Sequence[Control]) -> list[Control]:
    """Tick, in a field that names who will handle the matter, those who do; where nobody does, who fills the form."""
    named = {name: capacity for capacity, name in taken.effects.assigns.items() if name in taken.form}
    people = {name: standing.state.people.get(capacity) or (person.account,) for name, capacity in named.items()}
    return [_tick(control, people[control.name]) if control.name in people else control for control in found]


def _tick(control: Control, accounts: Sequence[str]) -> Control:
    if control.kind != "ticks" or any(option.chosen for option in control.options):
        return control
    return replace(control, options=tuple(replace(one, chosen=one.value in accounts) for one in control.options))


def _needed(step: Step) -> set[str]:
    """The facts that a step needs to have been established."""
    return {fact for guard in step.needs if isinstance(guard, Facts) for fact in (*guard.rule.all, *guard.rule.any)}


def _seen(person: PersonFacts, matter: UUID) -> bool:
    """Whether the person may see a matter."""
    try:
        return access.matter_for(person, matter) is not None
    except access.NotYours:
        return False
