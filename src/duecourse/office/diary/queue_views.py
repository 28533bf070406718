"""队列 The queue: its page with filters, taking a matter on in one click, and one answer for several at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duecourse.core.errors import Invalid, Refused
from duecourse.core.procedure import form as checked
from duecourse.core.procedure.refusal import Refusal
from duecourse.edge import ids
from duecourse.office.diary import bulk, queue, turns
from duecourse.office.diary.views import page_number, paged
from duecourse.office.matters import rulebook
from duecourse.office.matters.actions import take_step
from duecourse.office.matters.models import Matter
from duecourse.office.pages import access, answers, forms, reading, sentences
from duecourse.office.pages.standing import Standing, cite, today
from duecourse.ui import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import Procedure, Step
    from duecourse.office.diary.bulk import Chosen

PER_PAGE: Final = 25
CAPACITY: Final = "capacity"


@require_safe
def queue_page(request: HttpRequest) -> HttpResponse:
    """Show one page of a queue. Raises NotYours for a person who may see none."""
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    ruled = _procedure(person, request.GET.get("procedure", ""))
    asked, number, on = _asked(request, ruled), page_number(request), today()
    found = queue.page(person, on, asked, most=PER_PAGE, skip=(number - 1) * PER_PAGE)
    if not found.lines and number > 1:
        number, found = 1, queue.page(person, on, asked, most=PER_PAGE, skip=0)
    waiting = queue.waiting(person, on)
    shown = {
        "asked": asked,
        "lines": found.lines,
        "page": paged(found.total, PER_PAGE, number),
        "query": _query(request),
        "queues": [(one.id, language.pick(one.title), *waiting.get(one.id, (0, 0))) for one in _seen(person)],
        "heads": _choices(ruled, queue.HEADS),
        "channels": _choices(ruled, (queue.CHANNEL,)),
        "steps": [(step.id, language.pick(step.title)) for step in bulk.steps(ruled, person)],
        "open_step": _open_step(person, ruled),
        "key": str(ids.new_uuid()),
        "most": bulk.MOST,
    }
    return render(request, "diary/queue.html", shown)


@require_POST
def claim(request: HttpRequest) -> HttpResponse:
    """Take a matter on by the step that its procedure names; go to it, or back to the queue with the reason why not."""
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    picked = bulk.chosen([request.POST.get("matter", "")])
    if not picked:
        raise Http404
    one = picked[0]
    row = access.matter_for(person, one.matter)
    if row is None:
        raise Http404
    standing = Standing.of(row)
    step = turns.claim_in(standing.procedure, standing.state.stage) or next(
        iter(turns.claims(standing.procedure)), None
    )
    if step is None:
        raise Http404
    try:
        key = request.POST.get("key", "")[: bulk.MOST] or str(ids.new_uuid())
        take_step(one.matter, step.id, by=request.user, form={}, seen=one.seen, key=f"{key}:{one.matter}")  # type: ignore[arg-type]
    except Refused as no:
        said = " ".join(no.refusal.words(language.tag()))
    except Invalid as wrong:
        said = sentences.of(wrong)
    else:
        messages.success(request, gettext("You have taken on %(matter)s.") % {"matter": standing.label})
        return HttpResponseRedirect(reverse("matter", args=[one.matter]))
    messages.error(request, gettext("%(matter)s was not taken on: %(why)s") % {"matter": standing.label, "why": said})
    return HttpResponseRedirect(f"{reverse('queue')}?{QueryDict(request.POST.get('back', '')).urlencode()}")


@dataclass
class _Answering:
    """One answer for several, on its way through its pages: the form, the preview, the result."""

    request: HttpRequest
    person: PersonFacts
    ruled: Procedure
    step: Step
    standings: Sequence[Standing]
    picked: dict[Any, Chosen]


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """GET: the step's form for what was chosen. POST: a preview of each; with `act=confirm`, take it in each."""
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    given = request.POST if request.method == "POST" else request.GET
    ruled = _procedure(person, given.get("procedure", ""))
    step = next((one for one in bulk.steps(ruled, person) if one.id == given.get("step")), None)
    picked = {one.matter: one for one in bulk.chosen([*given.getlist("chosen"), *given.getlist("left")])}
    if step is None or not picked:
        messages.error(request, gettext("Choose at least one matter, and a step for them."))
        return HttpResponseRedirect(f"{reverse('queue')}?procedure={ruled.id}")
    rows = Matter.objects.filter(id__in=picked, procedure=ruled.id)
    ordered = sorted(rows, key=lambda row: list(picked).index(row.id))
    asked = _Answering(request, person, ruled, step, [Standing.of(row) for row in ordered], picked)
    if request.method != "POST":
        return _form(asked, answers.Answer(_controls(asked)))
    try:
        wish = _wish(asked)
    except Invalid as wrong:
        return _form(asked, answers.answered(_controls(asked), wrong))
    return _result(asked, wish) if given.get("act") == "confirm" else _preview(asked, wish)


def _form(asked: _Answering, answer_: answers.Answer) -> HttpResponse:
    shown = answers.answer_words(asked.request, answer_) | _words(asked)
    shown["lines"] = [(str(asked.picked[one.row.id]), one.label, one.stage_title) for one in asked.standings]
    return render(asked.request, "diary/answer.html", shown, status=answer_.status)


def _preview(asked: _Answering, wish: bulk.Wish) -> HttpResponse:
    judged = bulk.preview(wish, asked.standings, asked.picked)
    if not any(not one.refused for one in judged) and (problems := _in_form(asked, wish)):
        return _form(asked, problems)
    hidden = [
        (name, value)
        for name, values in asked.request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "key", "act", "chosen", "left")
        for value in values
    ]
    shown = _words(asked) | {
        "taken": [one for one in judged if not one.refused],
        "left": [one for one in judged if one.refused],
        "hidden": hidden,
        "key": str(ids.new_uuid()),
    }
    return render(asked.request, "diary/preview.html", shown)


def _in_form(asked: _Answering, wish: bulk.Wish) -> answers.Answer | None:
    """When nothing can be taken and the form is not well made, go back to it with the problems beside the fields."""
    known = checked.Known(rulebook.current(), {wish.person.account: wish.person}, frozenset())
    wrong = checked.check(asked.step.form, wish.form, known)
    listed = [reason for name, reason in wrong.items() if asked.step.form[name].type not in ("account", "accounts")]
    return answers.answered(_controls(asked), Refused(Refusal(tuple(listed)))) if listed else None


def _result(asked: _Answering, wish: bulk.Wish) -> HttpResponse:
    left = {one.matter for one in bulk.chosen(asked.request.POST.getlist("left"))}
    going = [one for one in asked.picked.values() if one.matter not in left]
    known = {one.row.id for one in asked.standings}
    done = bulk.take(
        wish, [one for one in going if one.matter in known], asked.request.POST.get("key", "")[:100] or "-"
    )
    staying = [one for one in asked.standings if one.row.id in left]
    taken = [one for one in done if not one.refused]
    shown = _words(asked) | {
        "taken": taken,
        "refused": [one for one in done if one.refused],
        "left": [one for one in bulk.preview(wish, staying, asked.picked) if one.refused],
        "count": ngettext("Entered in %(n)s matter", "Entered in %(n)s matters", len(taken)) % {"n": len(taken)},
    }
    return render(asked.request, "diary/result.html", shown)


def _wish(asked: _Answering) -> bulk.Wish:
    """Read the form and the day. Raises Invalid("date_malformed")."""
    occurred = answers.posted(asked.request)["occurred"] or today()
    form = forms.values(asked.step.form.values(), asked.request.POST)
    return bulk.Wish(asked.step, form, occurred, asked.request.user, asked.person)  # type: ignore[arg-type]


def _controls(asked: _Answering) -> list[forms.Control]:
    fields = asked.step.form.values()
    post = asked.request.POST if asked.request.method == "POST" else asked.request.GET
    lists = forms.Lists(accounts=reading.accounts()) if any("account" in one.type for one in fields) else forms.Lists()
    found = forms.controls(rulebook.current(), fields, lists, forms.typed(fields, post))
    return [_capacity(asked.ruled, control) for control in found]


def _capacity(ruled: Procedure, control: forms.Control) -> forms.Control:
    """Turn the field that names a capacity of the procedure into a choice."""
    if control.name != CAPACITY or control.kind != "line":
        return control
    known = rulebook.current().capacities
    options = tuple(
        forms.Option(name, language.pick(known.get(name, name)), chosen=name == (control.value or turns.HANDLER))
        for name in ruled.capacities
    )
    return replace(control, kind="select", options=options)


def _words(asked: _Answering) -> dict[str, Any]:
    return {
        "procedure": asked.ruled.id,
        "step": asked.step,
        "title": language.pick(asked.step.title),
        "help": language.pick(asked.step.help),
        "on": cite(asked.step.on),
    }


def _seen(person: PersonFacts) -> list[Procedure]:
    return queue.procedures(person, today())


def _procedure(person: PersonFacts, name: str) -> Procedure:
    """Return the queue's procedure that was asked for, else the first. Raises NotYours when the person may see none."""
    found = _seen(person)
    if not found:
        book = rulebook.current()
        raise access.NotYours(
            frozenset(role for one in turns.queues(today()) for role in access.roles_of(book.procedures[one][-1]))
        )
    return next((one for one in found if one.id == name), found[0])


def _asked(request: HttpRequest, ruled: Procedure) -> queue.Asked:
    given = request.GET
    which = given.get("which", "")
    return queue.Asked(
        procedure=ruled.id,
        which=which if which in queue.SHOWN else queue.SHOWN[0],
        head=_among(given.get("head", ""), _choices(ruled, queue.HEADS)),
        channel=_among(given.get("channel", ""), _choices(ruled, (queue.CHANNEL,))),
        sent_by=given.get("sent_by", ""),
        urgent=given.get("urgent") == "true",
    )


def _among(asked: str, choices: Sequence[tuple[str, str]]) -> str:
    return asked if asked in dict(choices) else ""


def _choices(ruled: Procedure, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the choices of the first of these fields that the opening step has."""
    opening = next(step for step in ruled.steps.values() if step.opens_matter)
    field = next((opening.form[name] for name in names if name in opening.form), None)
    if field is None:
        return []
    if field.type == "head":
        return [(name, language.pick(head.title)) for name, head in rulebook.current().heads.items()]
    return [(name, language.pick(words)) for name, words in field.choices.items()]


def _open_step(person: PersonFacts, ruled: Procedure) -> str:
    """The procedure's id when this person may open a matter of it by hand, else nothing."""
    opening = next((step for step in ruled.steps.values() if step.opens_matter), None)
    return ruled.id if opening and person.roles & set((opening.approval or (opening.by,))[0]) else ""


def _query(request: HttpRequest) -> str:
    kept = request.GET.copy()
    kept.pop("page", None)
    return f"{kept.urlencode()}&" if kept else ""
