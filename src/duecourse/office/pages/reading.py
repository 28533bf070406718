"""What the pages show, read from the tables and the ledger. It changes nothing.

Responsible for questions that a page asks: what may be done, which periods run, who stands in a matter, what it is
linked to. Not responsible for proposals (`pending.py`), the record (`record_lines.py`), for who may ask (`access.py`)
nor for how it looks (templates).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy

from duecourse.core.procedure import engine
from duecourse.edge import clock, ids
from duecourse.office.documents.models import Document
from duecourse.office.matters.models import Exhibit, Matter, MatterLink, MatterPerson, RegisterItem
from duecourse.office.people.facts import roles_on
from duecourse.office.people.models import Account, Certificate
from duecourse.ui import language

from . import access
from .forms import Lists, Option
from .standing import Standing, cite, label, names, role_title, today

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import ClockRule, Step
    from duecourse.core.procedure.marks import RunningClock

CAPACITIES: Final = {
    "handler": gettext_lazy("Case officer in charge"),
    "recused": gettext_lazy("Recused"),
    "recusal-asked": gettext_lazy("Recusal asked for"),
}
BROUGHT: Final = frozenset({"exhibits_too_few"})
"""What an empty form lacks and a filled one may bring: the page of a step takes its evidence along."""
CHAIN: Final = 2


@dataclass(frozen=True, slots=True)
class OfferLine:
    """A step on the matter's page: may it be taken, in which phase, and if not, the sentences that say why."""

    step: str
    title: str
    phase: str | None
    sentences: tuple[str, ...]
    on: str
    help: str
    built_in: bool
    key: str = ""
    """The key of its post, where it asks nothing and can be taken from the matter's own page."""


# -- what may be done --------------------------------------------------------------------------------------------------


def offers(standing: Standing, person: PersonFacts) -> list[OfferLine]:
    """Return every step that belongs to where the matter stands, possible ones first."""
    found = engine.available(standing.book, standing.state, person, clock.now())
    lines = [_offer(offer) for offer in found]
    return sorted(lines, key=lambda line: (bool(line.sentences), line.built_in))


def refusal_of(standing: Standing, person: PersonFacts, step: Step) -> tuple[str, ...]:
    """Say why a step cannot be taken now, wherever the matter stands; empty when it can."""
    return _against(engine.offered(standing.book, standing.state, step, person, clock.now()))


def possible(offer: engine.Offer) -> bool:
    """Whether a step can be taken from its own form. Evidence that it needs may come with that form."""
    return offer.refusal is None or (offer.phase is None and set(offer.refusal.codes) <= BROUGHT)


def _against(offer: engine.Offer) -> tuple[str, ...]:
    return () if offer.refusal is None or possible(offer) else tuple(offer.refusal.words(language.tag()))


def _offer(offer: engine.Offer) -> OfferLine:
    step = offer.step
    at_once = possible(offer) and not (step.form or step.built_in or step.confirm or offer.phase)
    return OfferLine(
        step=step.id,
        title=language.pick(step.title),
        phase=offer.phase,
        sentences=_against(offer),
        on=cite(step.on),
        help=language.pick(step.help),
        built_in=step.built_in,
        key=str(ids.new_uuid()) if at_once and len(step.approval) < CHAIN else "",
    )


def lists(standing: Standing) -> Lists:
    """Return the accounts (appointed today, with their certificate) and exhibits that a form may name."""
    exhibits = [
        Option(row.sha256, row.title or row.sha256[:12], row.media_type)
        for row in Exhibit.objects.filter(matter=standing.row.id).order_by("entry")
    ]
    return Lists(accounts=accounts(), exhibits=exhibits)


def accounts() -> list[Option]:
    """Return the accounts that hold a role today: name, and beneath it roles and whether a certificate is valid."""
    on = today()
    held: dict[UUID, list[str]] = {}
    for account, role in roles_on(on).values_list("account_id", "role"):
        held.setdefault(account, []).append(role_title(role))
    valid = Certificate.objects.filter(account__in=held, valid_from_on__lte=on, valid_until_on__gte=on)
    certified = set(valid.values_list("account_id", flat=True))
    rows = Account.objects.filter(id__in=held).order_by("name")
    return [Option(str(row.id), row.name, _capacity_line(held[row.id], row.id in certified)) for row in rows]


def _capacity_line(roles: Sequence[str], certified: bool) -> str:  # noqa: FBT001 - a fact of the person
    mark = "、" if language.tag() == "zh-Hans" else ", "
    certificate = gettext("certificate valid") if certified else gettext("no valid certificate")
    return f"{mark.join(sorted(roles))} · {certificate}"


# -- beside the record -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock on a page: its dates, the span while a calendar is not announced, and how it stands."""

    title: str
    held: RunningClock
    status: str
    days_left: int | None
    on: str
    answers: str = ""

    @property
    def overdue(self) -> bool:
        """Whether it runs past its last day."""
        return self.days_left is not None and self.days_left < 0

    @property
    def state(self) -> str:
        """How it looks: running, overdue, provisional, paused or met."""
        if self.held.status == "running":
            return "overdue" if self.overdue else "provisional" if self.held.provisional else "running"
        return "paused" if self.held.status == "paused" else "met" if self.held.status == "stopped" else "over"


def clocks(standing: Standing) -> list[ClockLine]:
    """Return the matter's clocks, running ones first, then by last day."""
    found = sorted(standing.state.clocks.items(), key=lambda item: (item[1].status != "running", item[1].last))
    return [_clock(standing.procedure.clocks.get(name), name, held) for name, held in found]


def _clock(rule: ClockRule | None, name: str, held: RunningClock) -> ClockLine:
    said = {
        "running": gettext("running"),
        "paused": gettext("paused"),
        "stopped": gettext("ended"),
        "lapsed": gettext("over"),
    }
    return ClockLine(
        title=language.pick(rule.title) if rule else name,
        held=held,
        status=said[held.status],
        days_left=(held.last - today()).days if held.status == "running" else None,
        on=cite(rule.on) if rule else "",
        answers=role_title(rule.answers) if rule and rule.answers else "",
    )


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody in a matter, and as what."""

    name: str
    capacity: str
    id: str = ""


def people(standing: Standing) -> list[PersonLine]:
    """Return who stands in the matter, and who once handled it."""
    rows = [
        (row.account, row.capacity) for row in MatterPerson.objects.filter(matter=standing.row.id).order_by("capacity")
    ]
    past = [(UUID(account), name) for name, accounts in standing.state.past.items() for account in accounts]
    known = names(account for account, _ in (*rows, *past))
    now = [PersonLine(known.get(str(account), ""), _capacity(name), name) for account, name in rows]
    return now + [
        PersonLine(known.get(str(account), ""), gettext("%(capacity)s before") % {"capacity": _capacity(name)}, "")
        for account, name in past
    ]


def _capacity(name: str) -> str:
    return str(CAPACITIES.get(name, name))


@dataclass(frozen=True, slots=True)
class LinkLine:
    """Another matter that this one is linked to; `matter` is None when the reader may not see it or it is no matter."""

    kind: str
    label: str
    matter: UUID | None


def links(matter: UUID, person: PersonFacts) -> list[LinkLine]:
    """Return the other matters linked to this one, in either direction of the link as it was entered."""
    kinds = {"opens": gettext("Led to"), "opened-by": gettext("Came from"), "submission": gettext("Came in as")}
    rows = list(MatterLink.objects.filter(matter=matter))
    others = {row.id: row for row in Matter.objects.filter(id__in=[row.stream for row in rows]).defer("state")}
    mine = set(MatterPerson.objects.filter(matter__in=others, account=person.account).values_list("matter", flat=True))
    seen = access.seen_procedures(person)
    found = []
    for row in rows:
        other = others.get(row.stream)
        visible = other is not None and (other.procedure in seen or other.id in mine)
        text = label(other) if other is not None and visible else gettext("a stream you may not open")
        found.append(LinkLine(kinds.get(row.kind, row.kind), text, row.stream if visible else None))
    return found


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One version of a document on the matter's page."""

    row: Document
    title: str
    state: str
    seal_needed: bool
    shown: bool = False

    @property
    def done(self) -> bool:
        """Whether nothing is left to do: it was served, or its signed scan is on file."""
        return self.row.state in ("served", "scanned")


def documents(standing: Standing) -> list[DocumentLine]:
    """Return the matter's documents, newest first."""
    said = {
        "queued": gettext("being drawn up"),
        "drafted": gettext("drawn up"),
        "sealed": gettext("sealed"),
        "served": gettext("served"),
        "scanned": gettext("signed scan on file"),
    }
    rows = Document.objects.filter(matter=standing.row.id).order_by("-asked_entry", "kind")
    rules = standing.book.documents
    shown = set(RegisterItem.objects.filter(of=standing.row.id, withdrawn_on=None).values_list("document", flat=True))
    return [
        DocumentLine(
            row,
            language.pick(rules[row.kind].title),
            said[row.state],
            rules[row.kind].seal and not row.sealed_object,
            row.id in shown,
        )
        for row in rows
        if row.kind in rules
    ]
