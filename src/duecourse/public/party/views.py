"""What a party reads and does behind the door: the papers, the acts, their receipts, the files.

One post is one call of `sending.hand_in`. Whatever goes wrong, the form comes back with everything typed in it, the
files already sent still there, and sentences that say what to do. No page here decides anything: a late act is taken in
and marked. Not here: the door (`entrance`), rules about fields (`forms`), how a right stands (`papers`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duecourse.core.procedure.party import KINDS as NAMES
from duecourse.edge import ids
from duecourse.public.party import entrance, forms, papers, sending, visit
from duecourse.public.party.entrance import private
from duecourse.public.reporting import attachments
from duecourse.ui import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from duecourse.public.party.papers import Papers, Standing
    from duecourse.public.party.sending import Act
    from duecourse.public.party.visit import Visit

MEDIA: Final = {".pdf": "application/pdf", ".json": "application/json"}
RECEIPT: Final = "duecourse-party-receipt.json"


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show everything that is open: documents, evidence, rights, what was sent and what was answered."""
    held, found = _inside(request)
    if held is None or found is None:
        return _outside()
    sent = sending.acts(held)
    context = {
        "papers": found,
        "rights": [_used(one, sent) for one in found.rights],
        "sent": [_line(act, found) for act in sent],
        "others_on_file": _others(found, sent),
        "others": [(kind, forms.FORMS[kind].title) for kind in ("rectification", "address")],
        "acts": sent,
    }
    return _again(private(render(request, "public/party/papers.html", context)), held)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the form of an act, or take it in."""
    held, found = _inside(request)
    if request.method != "POST":
        if held is None or found is None:
            return _outside()
        return _again(_form(request, kind, found, []), held)
    problems: list[forms.Problem] = []
    if held is None:
        held, found, problems = _let_in(request)
    if request.POST.get("go", "").startswith(("language", attachments.DROP)):  # asked for in the middle of writing
        _drop(request)
        return _form(request, kind, found, problems)
    return _take(request, kind, held, found, problems)


@require_safe
def sent(request: HttpRequest, index: int) -> HttpResponse:
    """Show one act with its receipt."""
    held, found = _inside(request)
    if held is None or found is None:
        return _outside()
    one = _act(held, index)
    context = {"act": one, "line": _line(one, found), "papers": found, "answers": _said(one)}
    return _again(private(render(request, "public/party/sent.html", context)), held)


@require_POST
def receipt(request: HttpRequest, index: int) -> HttpResponse:
    """Give the receipt of an act as a file."""
    held, found = _inside(request)
    if held is None or found is None:
        return _outside()
    one = _act(held, index)
    if one.sent.proof is None:
        context = {"act": one, "line": _line(one, found), "papers": found, "answers": _said(one)}
        return private(render(request, "public/party/sent.html", context, status=409))
    response = HttpResponse(one.sent.receipt(), content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{RECEIPT}"'
    return private(response)


@require_safe
def file(request: HttpRequest, index: int) -> HttpResponse | StreamingHttpResponse:
    """Hand out one file of the papers, unsealed on its way."""
    held, found = _inside(request)
    if held is None or found is None:
        return _outside()
    files = found.files
    if index >= len(files):
        raise Http404
    one = files[index]
    media = next((kind for ending, kind in MEDIA.items() if one.name.endswith(ending)), "application/octet-stream")
    response = StreamingHttpResponse(found.chunks(one), content_type=media)
    response.headers["Content-Length"] = str(one.size)
    response.headers["Content-Disposition"] = f'attachment; filename="{_plain_name(one)}"'
    private(response)  # type: ignore[arg-type]
    return response


def _take(
    request: HttpRequest, kind: str, held: Visit | None, found: Papers | None, problems: list[forms.Problem]
) -> HttpResponse:
    """Take a form in; the same form sent again leads to the receipt that it had."""
    uploads = attachments.of(request)
    officers = found.held["officers"] if found else _officers_of(request)
    answers, wrong = forms.read(kind, request.POST, officers)
    problems += wrong + list(uploads.problems)  # type: ignore[arg-type]
    if uploads.interrupted:
        problems.append(forms.Problem("attachments", "cut"))
    if kind == "statement" and not answers["text"] and not uploads.files and not problems:
        problems.append(forms.Problem("text", "nothing"))
    if problems or held is None or found is None:
        return _form(request, kind, found, problems, status=422)
    try:
        uploads.settle()
        number = sending.hand_in(
            held, found, kind, answers, uploads.files, form=_form_id(request), language=language.tag()
        )
    except (OperationalError, InterfaceError, OSError):
        return _form(request, kind, found, [forms.Problem("", "store")], status=503)
    response = HttpResponseRedirect(reverse("party-sent", args=[number]))
    response.status_code = 303
    visit.begin(response, held.code)
    return response


def _form(
    request: HttpRequest, kind: str, found: Papers | None, problems: Sequence[Any], *, status: int = 200
) -> HttpResponse:
    form = forms.FORMS[kind]
    posted = request.method == "POST"
    typed = forms.shown(kind, request.POST) if posted else {}
    wrong = {problem.field: problem.sentence for problem in reversed(problems) if problem.field}
    officers = found.held["officers"] if found else _officers_of(request)
    context = {
        "kind": kind,
        "form": form,
        "here": reverse(f"party-{kind}"),
        "papers": found,
        "standing": found.right_of(kind) if found else None,
        "controls": [
            {"field": one, "typed": typed.get(one.name, ""), "wrong": wrong.get(one.name, ""),
             "choices": forms.choices(one, officers)}
            for one in form.fields
        ],
        "officers": officers if kind == "recusal" else [],
        "problems": problems,
        "wrong": wrong,
        "form_id": _form_id(request),
        "kept": attachments.of(request).keep() if posted else [],
        "limits": attachments.limits(),
        "posted": posted,
    }  # fmt: skip
    return private(render(request, "public/party/act.html", context, status=status))


def _inside(request: HttpRequest) -> tuple[Visit | None, Papers | None]:
    held = visit.of(request)
    return held, papers.read(held.keys) if held else None


def _let_in(request: HttpRequest) -> tuple[Visit | None, Papers | None, list[forms.Problem]]:
    """The visit ran out while somebody wrote: the code may come with the form."""
    typed = request.POST.get("code", "")
    code = entrance.recognised(typed) if typed else None
    if code is None:
        return None, None, [forms.Problem("code", "code_wrong" if typed else "code")]
    held = visit.Visit(code)
    return held, papers.read(held.keys), []


def _outside() -> HttpResponse:
    response = redirect(f"{reverse('party')}?again=1")
    visit.end(response)
    return response


def _again(response: HttpResponse, held: Visit) -> HttpResponse:
    """Each page begins the hour anew."""
    visit.begin(response, held.code)
    return response


def _act(held: Visit, number: int) -> Act:
    found = next((one for one in sending.acts(held) if one.number == number), None)
    if found is None:
        raise Http404
    return found


def _line(one: Act, found: Papers) -> dict[str, Any]:
    chinese, english = NAMES[one.kind]
    return {"act": one, "title": {"zh-Hans": chinese, "en": english}, "entered": sending.answered(one, found)}


def _used(one: Standing, sent: Sequence[Act]) -> dict[str, Any]:
    """A right with what was sent to use it, so that nobody is frightened by a last day that they kept."""
    acts = [act for act in sent if act.kind == one.right["act"]]
    return {
        "right": one.right, "state": one.state, "last": one.last, "days_left": one.days_left, "usable": one.usable,
        "used": acts, "used_in_time": any(act.last is not None and not act.late for act in acts),
    }  # fmt: skip


def _others(found: Papers, sent: Sequence[Act]) -> list[Any]:
    """What is on file of this party besides: on paper, or sent with a code that was replaced since."""
    own = {str(one.sent.status.stream) for one in sent}
    return [one for one in found.held["acts"] if one["submission"] not in own]


def _said(one: Act) -> list[tuple[Any, str]]:
    """What was filled in, question by question, as it was sent."""
    given = one.sent.content["answers"]
    found = []
    for field in forms.FORMS[one.kind].fields:
        if given.get(field.name):
            spoken = dict(field.choices).get(given[field.name], given[field.name])
            found.append((field.label, str(spoken)))
    return found


def _form_id(request: HttpRequest) -> str:
    try:
        return str(UUID(request.POST.get("form", "")))
    except ValueError:
        return str(ids.new_uuid())


def _officers_of(request: HttpRequest) -> list[str]:
    """While nobody is let in the page knows no officer but those that the form brought along, to show them again."""
    return [name[: forms.SHORT] for name in request.POST.getlist("officers")[:20]]


def _drop(request: HttpRequest) -> None:
    go = request.POST.get("go", "")
    if go.startswith(attachments.DROP):
        attachments.of(request).drop(go.removeprefix(attachments.DROP))


def _plain_name(one: papers.Paper) -> str:
    """A name that every system can store: letters of ASCII; the page says what it is."""
    ascii_ = "".join(letter for letter in one.name if letter.isascii() and (letter.isalnum() or letter in "-._"))
    return ascii_ or f"file-{one.place}"
