"""The page of a step: its form generated from the rulebook, its post the one action; the page of an opinion likewise.

On a refusal, a stale page or wrong input the same page comes back with the reasons, and nothing typed is lost. A post
that was taken is answered by a redirect to the matter.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from duecourse.core.errors import Invalid, Refused
from duecourse.core.procedure import correcting
from duecourse.core.procedure.aspects import NOTE
from duecourse.core.procedure.form import SHORT, clean
from duecourse.core.procedure.party import STEPS as PARTY
from duecourse.office.ledger import store
from duecourse.office.matters import recorded, rulebook
from duecourse.office.matters.actions import open_matter, take_step
from duecourse.office.party import acts
from duecourse.office.people.proving import recently
from duecourse.ui import language

from . import access, forms, onward, pending, preview, reading, rounds, uploads
from .answers import Answer, answer_words, answered, posted, shown_on
from .matters import find
from .standing import Standing, cite, role_title, today

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import Rulebook, Step
    from duecourse.office.ledger.store import StoredEntry

    from .uploads import Brought

OWN_PAGES: Final = frozenset({"exhibit", "seal", "scan-back", "document", *PARTY})
"""Built-in steps whose form brings a file (`files.py`, `documents.py`), or that are the system's."""


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, matter: UUID, step: str) -> HttpResponse:
    """GET: the step's form. POST: take the step, and go to the matter; or the same page with the reasons."""
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    standing = find(person, matter)
    taken = _here(standing, step, request.GET | request.POST.dict())
    again = _proposed_before(matter, taken) if request.method != "POST" else None
    controls = _controls(request, standing, taken, again)
    answer = Answer(controls)
    brought: Brought | None = None
    if request.method == "POST":
        try:
            brought = uploads.brought(request, taken)
            form = brought.into(_form(taken, request))
            entry = take_step(
                matter, step, by=request.user, form=form, role=request.POST.get("role") or None,
                received=brought.received, **posted(request)
            )  # type: ignore[arg-type]  # fmt: skip
        except (Refused, Invalid) as no:
            answer, standing = answered(controls, no), find(person, matter)
        else:
            messages.success(request, gettext("Entered: %(step)s") % {"step": language.pick(taken.title)})
            return HttpResponseRedirect(onward.after(person, entry, request.POST.get(onward.THEN, "")))
    shown = shown_on(request, standing, answer) | _step_words(standing.book, taken)
    shown |= _around(standing, person, taken, again)
    files = uploads.fields(taken, brought, len(standing.state.exhibits))
    shown |= {"files": files, "with_files": bool(files)}
    if request.method != "POST":
        shown["refusal"] = _refusal_before(standing, taken, person)
    return render(request, "office/step.html", shown, status=answer.status)


def _around(standing: Standing, person: PersonFacts, taken: Step, again: StoredEntry | None) -> dict[str, Any]:
    """Return what stands around the form: what will follow, what came back before, what the record fills."""
    entries = store.read(standing.row.id) if again or rounds.aspects_of(taken) else []
    back = pending.returned(person, entries, taken.id) if again else ()
    filled = recorded.filled(taken, standing.state)
    return {
        "next": preview.of(standing, taken),
        "onward": onward.following(standing, person, taken),
        "back": back[-1] if back else None,
        "rounds": rounds.of(standing, person, entries) if rounds.aspects_of(taken) else None,
        "recorded": [(language.pick(taken.form[name].title), value) for name, value in filled.items()],
    }


def _proposed_before(matter: UUID, taken: Step) -> StoredEntry | None:
    """Return the proposal that came back, which the form of the next one starts from."""
    return pending.last_returned(store.read(matter), taken.id) if len(taken.approval) > 1 else None


@require_http_methods(["GET", "HEAD", "POST"])
@recently()
def opinion(request: HttpRequest, matter: UUID, step: str) -> HttpResponse:
    """GET: the proposal with what was said so far. POST: agree or return, with an opinion."""
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    standing = find(person, matter)
    answer = Answer([])
    if request.method == "POST":
        try:
            phase, words = _spoken(request)
            take_step(matter, step, by=request.user, form=words, phase=phase, **posted(request))  # type: ignore[arg-type]
        except (Refused, Invalid) as no:
            answer, standing = answered([], no), find(person, matter)
        else:
            messages.success(request, gettext("Your opinion is entered."))
            return HttpResponseRedirect(reverse("matter", args=[matter]))
    found = [item for item in pending.pending(standing, person, store.read(matter)) if item.step == step]
    if not found and request.method != "POST":
        raise Http404
    shown = shown_on(request, standing, answer) | {"proposal": found[0] if found else None, "next": []}
    if found:
        taken, values = standing.procedure.steps[step], standing.state.proposals[step].values
        chosen = values.get(taken.choose or "")
        following = preview.of(standing, taken, values)
        shown["next"] = [one for one, name in zip(following, _answers(taken), strict=False) if name in (None, chosen)]
    return render(request, "office/opinion.html", shown, status=answer.status)


@require_http_methods(["GET", "HEAD", "POST"])
def opening(request: HttpRequest, procedure: str) -> HttpResponse:
    """GET: the form of the step that opens a matter by hand. POST: open it and go there."""
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    book = rulebook.current()
    if procedure not in book.procedures:
        raise Http404
    if procedure not in access.seen_procedures(person):
        raise access.NotYours(access.roles_of(book.procedures[procedure][-1]))
    ruled = book.procedure(procedure, today())
    taken = next(item for item in ruled.steps.values() if item.opens_matter)
    fields = list(taken.form.values())
    controls = forms.controls(book, fields, forms.Lists(accounts=reading.accounts()), _typed(request, taken))
    answer = Answer(controls)
    if request.method == "POST":
        brought = {name: value for name, value in posted(request).items() if name != "seen"}
        try:
            entry = open_matter(procedure, by=request.user, form=forms.values(fields, request.POST), **brought)  # type: ignore[arg-type]
        except (Refused, Invalid) as no:
            answer = answered(controls, no)
        else:
            return HttpResponseRedirect(reverse("matter", args=[entry.stream]))
    shown = answer_words(request, answer) | _step_words(book, taken) | {"procedure": language.pick(ruled.title)}
    return render(request, "office/step.html", shown, status=answer.status)


def _here(standing: Standing, name: str, given: Mapping[str, Any]) -> Step:
    """Return the step as it is in this matter; a correction has the fields of the entry that it names."""
    found = standing.step(name)
    if found is None or name in OWN_PAGES or found.opens_matter:
        raise Http404
    if name != "correct":
        return found
    entry = given.get("entry")
    index = correcting.index_of({"entry": entry[0] if isinstance(entry, list) else entry})
    return correcting.correction(found, standing.procedure, standing.state, index)


def _controls(
    request: HttpRequest, standing: Standing, taken: Step, again: StoredEntry | None = None
) -> list[forms.Control]:
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    known = recorded.filled(taken, standing.state)
    fields = [item for item in taken.form.values() if item.name not in known]
    typed = _typed(request, taken) if again is None else forms.kept(fields, _readable(again, person))
    found = forms.controls(standing.book, fields, reading.lists(standing), typed)
    if request.method != "POST" and again is None:
        found = onward.ticked(standing, person, taken, found)
    guard = rounds.aspects_of(taken)
    points = () if guard is None else guard.of
    return [_small(_named(standing, control), points) for control in found]


def _small(control: forms.Control, points: Sequence[str]) -> forms.Control:
    """Set the findings of a review side by side, and their notes low: eight of each stand on one page."""
    if control.name in points:
        return replace(control, inline=True)
    noted = control.name.removesuffix(NOTE) in points and control.name not in points
    return replace(control, rows=2) if noted else control


def _readable(entry: StoredEntry, person: PersonFacts) -> dict[str, Any]:
    """Return the values of an entry's form that this person may see."""
    return {name: held.value for name, held in entry.fields.items()
            if held.state == "held" and access.sees_class(person, held.class_)}  # fmt: skip


def _typed(request: HttpRequest, taken: Step) -> forms.Typed:
    """Return what stands in the controls: the post, or what the address of the page brings along."""
    if request.method == "POST":
        return forms.typed(taken.form.values(), request.POST)
    given = request.GET.copy()
    if (act := given.get("party", "")).isdecimal():  # the form begins with what the party sent
        given.update(acts.prefill(request.resolver_match.kwargs["matter"], int(act), taken.id))  # type: ignore[union-attr]
    return forms.typed(taken.form.values(), given)


def _answers(taken: Step) -> list[str | None]:
    """Return the answers in the order in which `preview` gives them."""
    return [*taken.form[taken.choose].choices] if taken.choose else [None]


def _form(taken: Step, request: HttpRequest) -> dict[str, Any]:
    """Return the values of a post; in a correction only what was filled, since an empty field corrects nothing."""
    found = forms.values(taken.form.values(), request.POST)
    return {
        name: value
        for name, value in found.items()
        if not name.startswith(correcting.PREFIX) or value not in (None, False)
    }


def _named(standing: Standing, control: forms.Control) -> forms.Control:
    """Turn the two fields of built-in steps that name something of this matter into choices."""
    choices = {
        "capacity": [(name, str(reading.CAPACITIES.get(name, name))) for name in standing.procedure.capacities],
        "clock": [(name, language.pick(standing.procedure.clocks[name].title)) for name in standing.state.clocks],
    }
    if control.name not in choices or control.kind != "line":
        return control
    options = tuple(forms.Option(name, said, chosen=name == control.value) for name, said in choices[control.name])
    return replace(control, kind="select", options=options)


def _spoken(request: HttpRequest) -> tuple[str, dict[str, str]]:
    phase = "return" if request.POST.get("phase") == "return" else "agree"
    words = clean(request.POST.get("opinion", ""))
    if len(words) > SHORT:
        raise Invalid("text_too_long", most=SHORT)
    return phase, {"opinion": words} if words else {}


def _refusal_before(standing: Standing, taken: Step, person: PersonFacts) -> tuple[str, ...]:
    """Say on the empty form already why the step cannot be taken, when it cannot."""
    if taken.built_in:
        return next((line.sentences for line in reading.offers(standing, person) if line.step == taken.id), ())
    return reading.refusal_of(standing, person, taken)


def _step_words(book: Rulebook, taken: Step) -> dict[str, Any]:
    chain = taken.approval or (taken.by,)
    return {
        "title": language.pick(taken.title),
        "help": language.pick(taken.help),
        "on": cite(taken.on),
        "confirm": language.pick(book.settings[taken.confirm].title) if taken.confirm else "",
        "chain": [" / ".join(role_title(role) for role in roles) for roles in chain],
    }
