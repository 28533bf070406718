"""What the pages show, read from the tables and the ledger. It changes nothing.

Responsible for questions that a page asks: where a matter stands, what may be done, what the record says, what waits
for a person. Not responsible for who may ask (`access.py`) nor for how it looks (templates).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy

from duecourse.core.procedure import engine
from duecourse.edge import clock
from duecourse.office.documents.models import Document
from duecourse.office.matters.models import Exhibit, Matter, MatterLink, MatterPerson
from duecourse.office.people.facts import roles_on
from duecourse.office.people.models import Account, Certificate
from duecourse.ui import language

from . import access
from .forms import Lists, Option
from .record_lines import PHASES, FieldLine, fields_of
from .standing import Standing, accounts_in, cite, label, names, role_title, today

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import ClockRule, Step
    from duecourse.core.procedure.marks import RunningClock
    from duecourse.office.ledger.store import StoredEntry

CAPACITIES: Final = {
    "handler": gettext_lazy("Case officer in charge"),
    "recused": gettext_lazy("Recused"),
    "recusal-asked": gettext_lazy("Recusal asked for"),
}


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


@dataclass(frozen=True, slots=True)
class Pending:
    """A proposal that waits: its form so far, who has spoken, whose turn it is."""

    step: str
    title: str
    fields: tuple[FieldLine, ...]
    opinions: tuple[OpinionLine, ...]
    next_roles: tuple[str, ...]
    mine: bool
    returnable: bool


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """Who spoke to a proposal, as what, when, and the words."""

    who: str
    role: str
    on: str
    text: str


# -- what may be done --------------------------------------------------------------------------------------------------


def offers(standing: Standing, person: PersonFacts) -> list[OfferLine]:
    """Return every step that belongs to where the matter stands, possible ones first."""
    found = engine.available(standing.book, standing.state, person, clock.now())
    lines = [_offer(offer) for offer in found]
    return sorted(lines, key=lambda line: (bool(line.sentences), line.built_in))


def refusal_of(standing: Standing, person: PersonFacts, step: Step) -> tuple[str, ...]:
    """Say why a step cannot be taken now, wherever the matter stands; empty when it can."""
    found = engine.offered(standing.book, standing.state, step, person, clock.now())
    return tuple(found.refusal.words(language.tag())) if found.refusal else ()


def _offer(offer: engine.Offer) -> OfferLine:
    lang = language.tag()
    return OfferLine(
        step=offer.step.id,
        title=language.pick(offer.step.title),
        phase=offer.phase,
        sentences=tuple(offer.refusal.words(lang)) if offer.refusal else (),
        on=cite(offer.step.on),
        help=language.pick(offer.step.help),
        built_in=offer.step.built_in,
    )


def pending(standing: Standing, person: PersonFacts, entries: Sequence[StoredEntry]) -> list[Pending]:
    """Return the proposals that wait, with what was said of each so far."""
    return [_pending(standing, person, entries, name) for name in standing.state.proposals]


def _pending(standing: Standing, person: PersonFacts, entries: Sequence[StoredEntry], name: str) -> Pending:
    proposal, step = standing.state.proposals[name], standing.procedure.steps[name]
    turn = len(proposal.opinions)
    spoken = {opinion.account for opinion in proposal.opinions}
    roles = step.approval[turn] if turn < len(step.approval) else ()
    chain = [entry for entry in entries[proposal.entry :] if entry.skeleton.step == name]
    known = names(accounts_in(chain))
    later = {role for chain_roles in step.approval[turn:] for role in chain_roles}
    return Pending(
        step=name,
        title=language.pick(step.title),
        fields=fields_of(standing, person, chain[0]) if chain else (),
        opinions=tuple(_opinion(entry, person, known) for entry in chain if _phase(entry) in ("proposed", "opinion")),
        next_roles=tuple(role_title(role) for role in roles),
        mine=bool(person.roles & set(roles)) and person.account not in spoken,
        returnable=bool(person.roles & later)
        or (bool(proposal.opinions) and proposal.opinions[0].account == person.account),
    )


def _phase(entry: StoredEntry) -> str:
    return str(entry.skeleton.outcome.get("phase", ""))


def _opinion(entry: StoredEntry, person: PersonFacts, known: Mapping[str, str]) -> OpinionLine:
    actor = str(entry.skeleton.outcome.get("actor") or "")
    said = entry.fields.get("opinion")
    visible = said is not None and said.state == "held" and access.sees_class(person, said.class_)
    return OpinionLine(
        who=known.get(actor, actor),
        role=role_title(entry.skeleton.role),
        on=entry.skeleton.occurred.date,
        text=str(said.value) if said is not None and visible else str(PHASES[_phase(entry)]),
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

    @property
    def overdue(self) -> bool:
        """Whether it runs past its last day."""
        return self.days_left is not None and self.days_left < 0


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
    )


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody in a matter, and as what."""

    name: str
    capacity: str


def people(matter: UUID) -> list[PersonLine]:
    """Return who stands in the matter."""
    rows = list(MatterPerson.objects.filter(matter=matter).order_by("capacity"))
    known = names(row.account for row in rows)
    return [
        PersonLine(known.get(str(row.account), ""), str(CAPACITIES.get(row.capacity, row.capacity))) for row in rows
    ]


@dataclass(frozen=True, slots=True)
class LinkLine:
    """Another matter that this one is linked to; `matter` is None when the reader may not see it or it is no matter."""

    kind: str
    label: str
    matter: UUID | None


def links(matter: UUID, person: PersonFacts) -> list[LinkLine]:
    """Return the other matters linked to this one, in either direction of the link as it was entered."""
    kinds = {"opens": gettext("Led to"), "opened-by": gettext("Came from"), "submission": gettext("Came in as")}
    found = []
    for row in MatterLink.objects.filter(matter=matter):
        other = Matter.objects.filter(id=row.stream).first()
        visible = other is not None and _visible(person, other)
        text = label(other) if other is not None and visible else gettext("a stream you may not open")
        found.append(LinkLine(kinds.get(row.kind, row.kind), text, row.stream if visible else None))
    return found


def _visible(person: PersonFacts, row: Matter) -> bool:
    try:
        return access.matter_for(person, row.id) is not None
    except access.NotYours:
        return False


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One version of a document on the matter's page."""

    row: Document
    title: str
    state: str
    seal_needed: bool


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
    return [
        DocumentLine(
            row, language.pick(rules[row.kind].title), said[row.state], rules[row.kind].seal and not row.sealed_object
        )
        for row in rows
        if row.kind in rules
    ]
