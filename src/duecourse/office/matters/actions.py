"""The one write path: two actions, and nothing else changes a matter.

Responsible for the order in which a step is taken:

1. lock the matters touched, in the order of their ids; a repeated post gets its first entry back;
2. enter what time has done since (lapses and automatic effects), as the system;
3. refuse a page that is no longer true, and say what changed on it;
4. ask the core; a lawful "no" to a person is an entry too, at most `REFUSALS_AN_HOUR` a person and matter;
5. in the same transaction: the entry with its outcome, the tables, the documents, the jobs, the matters it opens.

Everything commits together or not at all. Not responsible for what is allowed (`core.procedure`), what the tables hold
(`projection`), how an entry is stored (`office.ledger.store`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from psycopg.errors import UniqueViolation

from duecourse.core.errors import Invalid, Refused
from duecourse.core.ledger.entry import Field, Link, Occurred
from duecourse.core.procedure import correcting, engine
from duecourse.core.procedure.attempt import Attempt, PersonFacts
from duecourse.core.procedure.built_in import VOID
from duecourse.core.procedure.definition import SYSTEM as SYSTEM_ROLE
from duecourse.core.procedure.definition import Rulebook, Step
from duecourse.core.procedure.effects import OPENED_BY
from duecourse.core.procedure.outcome import Outcome
from duecourse.core.procedure.refusal import Refusal
from duecourse.core.procedure.state import MatterState, apply
from duecourse.core.procedure.timing import TITLES
from duecourse.edge import clock, ids
from duecourse.office.documents import tables as documents
from duecourse.office.ledger import store
from duecourse.office.ledger.store import StoredEntry
from duecourse.office.matters import actors, exhibits, fields, files, projection, recorded, register, rulebook, tables
from duecourse.office.matters.actors import SYSTEM, Actor, Known
from duecourse.office.matters.exhibits import Received

REFUSALS_AN_HOUR: Final = 5
KEY_LENGTH: Final = 200
NO_ROLE: Final = "none"
WITHOUT_FORM: Final = frozenset({"refused", "lapsed"})


class StalePage(Invalid):
    """The page on which a step was taken no longer shows the matter as it is. `changed` lists what happened since."""

    def __init__(self, changed: Sequence[Mapping[str, str | None]]) -> None:
        super().__init__("page_stale", changed=list(changed))
        self.changed = changed


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody wants to do: one step, with everything that belongs to it."""

    step: str
    by: Actor
    occurred: date
    form: Mapping[str, Any]
    key: str | None
    exhibits: tuple[str, ...] = ()
    links: tuple[tuple[str, UUID], ...] = ()
    received: Mapping[str, Received] = field(default_factory=dict)
    sealed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    phase: str | None = None
    role: str | None = None
    seen: int | str | None = None


@dataclass(slots=True)
class File:
    """A matter inside the transaction that changes it: its state, and the head of its stream."""

    id: UUID
    state: MatterState
    head: store.Head

    @property
    def entries(self) -> int:
        """How many entries the stream has."""
        return self.head[0] + 1


def open_matter(
    procedure: str,
    *,
    by: Actor,
    occurred: date | None = None,
    form: Mapping[str, Any],
    links: Sequence[tuple[str, UUID]] = (),
    key: str | None,
    step: str | None = None,
    received: Sequence[Received] = (),
    sealed: Mapping[str, Mapping[str, str]] | None = None,
) -> StoredEntry:
    """Open a matter of `procedure` by its opening step, and return the matter's first entry.

    `key` (of the page, unique for this person) makes a repeated post return that first entry. `links` name other
    streams: (kind, stream). `received` are files already in the object store, entered as exhibits. `sealed` are
    identity values that came sealed to the custodian; the form says only that they are there.
    Raises Refused when the law says no (written to the person's account stream), Invalid when the input is wrong.
    """
    book = rulebook.current()
    day = occurred or book.local_date(clock.now())
    if procedure not in book.procedures:
        raise Invalid("procedure_unknown", procedure=procedure[:80])
    ruled = book.procedure(procedure, day)
    chosen = step or next(name for name, item in ruled.steps.items() if item.opens_matter)
    act = Act(
        step=chosen, by=by, occurred=day, form=form, key=_key(key), exhibits=tuple(file.sha256 for file in received),
        links=tuple(links), received={file.sha256: file for file in received}, sealed=sealed or {},
    )  # fmt: skip
    try:
        with transaction.atomic():
            answer = _open_or_first(book, procedure, act)
    except UniqueViolation:  # another post with the same key opened it while this one was judged
        answer = _opened_before(act)
        if answer is None:
            raise
    return _answered(answer)


def take_step(
    matter: UUID,
    step: str,
    *,
    by: Actor,
    occurred: date | None = None,
    form: Mapping[str, Any],
    exhibits: Sequence[str] = (),
    links: Sequence[tuple[str, UUID]] = (),
    key: str | None,
    seen: int | str | None = None,
    phase: str | None = None,
    role: str | None = None,
    received: Sequence[Received] = (),
) -> StoredEntry:
    """Take `step` in `matter` and return its entry; a step posted twice with one `key` returns the first entry.

    `occurred` is the legal day (default: today in the rulebook's zone). `seen` is what the page showed: the number of
    entries, or the head's commitment (hex). `phase` is None, `agree` or `return` in an approval chain.
    Raises Refused when the law says no (and enters that), StalePage when the page was no longer true, Invalid when the
    input is wrong or there is no such matter ("matter_unknown").
    """
    book = rulebook.current()
    act = Act(
        step=step, by=by, occurred=occurred or book.local_date(clock.now()), form=form, key=_key(key),
        exhibits=(*exhibits, *(file.sha256 for file in received)), links=tuple(links), phase=phase, role=role,
        seen=seen, received={file.sha256: file for file in received},
    )  # fmt: skip
    with transaction.atomic():
        answer = _take(book, matter, act)
    return _answered(answer)


def apply_due(matter: UUID) -> int:
    """Enter what time has done to `matter` since its last entry; return how many entries that made."""
    book = rulebook.current()
    moment = clock.now()
    with transaction.atomic():
        held, _ = _locked(matter, Act("", SYSTEM, book.local_date(moment), {}, None))
        return _enter_due(book, held, moment)


def _answered(answer: StoredEntry | Refusal | StalePage) -> StoredEntry:
    """Turn the transaction's answer, which is committed by now, into what the caller sees."""
    if isinstance(answer, Refusal):
        raise Refused(answer)
    if isinstance(answer, StalePage):
        raise answer
    return answer


def _first_answer(first: StoredEntry, step: str) -> StoredEntry | Refusal:
    """What a post that came again is told: the first entry, or the refusal that it was."""
    if first.skeleton.step != step:
        raise Invalid("key_reused", step=first.skeleton.step)
    outcome = Outcome.from_json(dict(first.skeleton.outcome))
    return Refusal(outcome.reasons) if outcome.phase == "refused" else first


def _key(key: str | None) -> str | None:
    if key is not None and not 0 < len(key) <= KEY_LENGTH:
        raise Invalid("key_malformed", most=KEY_LENGTH)
    return key


# 1. Lock.


def _locked(matter: UUID, act: Act) -> tuple[File, Known]:
    touched = [matter, *(stream for _, stream in act.links)]
    accounts = {str(act.by.id)} if act.by.id else set()
    accounts |= _named(act.form.values())
    rows, answer = tables.lock(touched, actors.question(matter, accounts, key=act.key, on=act.occurred))
    found = {row[0]: row for row in rows}
    if matter not in found:
        raise Invalid("matter_unknown", matter=str(matter))
    _, state, entries, head = found[matter]
    return File(matter, MatterState.from_json(state), (entries - 1, bytes(head))), actors.known(answer)


def _take(book: Rulebook, matter: UUID, act: Act) -> StoredEntry | Refusal | StalePage:
    held, known = _locked(matter, act)
    if known.repeated and (first := store.by_key(matter, act.key or "")) is not None:
        return _first_answer(first, act.step)
    moment = clock.now()
    _enter_due(book, held, moment)
    if changed := _changed(book, held, act.seen):
        return StalePage(changed)
    return _judge(book, held, _with_record(book, held, act), _with_proposed(held, act, known), moment)


def _with_record(book: Rulebook, held: File, act: Act) -> Act:
    """What the record fills of the form stands over what was typed; a decision on a proposal has no form of its own."""
    ruled = book.ruling(held.state.procedure, version=held.state.version, on=act.occurred)
    step = book.step(ruled, act.step) if act.phase is None else None
    return act if step is None else replace(act, form=recorded.over(step, held.state, act.form))


def _with_proposed(held: File, act: Act, known: Known) -> Mapping[str, PersonFacts]:
    """The facts of persons, with those whom the proposal that is being decided names."""
    proposal = held.state.proposals.get(act.step)
    missing = _named(proposal.values.values()) - known.people.keys() if proposal else set()
    if not missing:
        return known.people
    return {**known.people, **actors.facts(held.id, missing, key=None, on=act.occurred).people}


def _named(values: Iterable[object]) -> set[str]:
    """Every value that is spelled like an account; one that is no account is left out by the answer."""
    named: set[str] = set()
    for value in values:
        items = value if isinstance(value, list | tuple) else (value,)
        named.update(item for item in items if actors.is_account(item))
    return named


# 2. What time has done.


def _enter_due(book: Rulebook, held: File, moment: datetime) -> int:
    outcomes = engine.due(book, held.state, moment)
    for outcome in outcomes:
        act = Act(step=outcome.step, by=SYSTEM, occurred=outcome.on, form={}, key=None)
        _enter(book, held, act, outcome, moment)
    return len(outcomes)


# 3. The page.


def _changed(book: Rulebook, held: File, seen: int | str | None) -> list[dict[str, str | None]]:
    """What happened since the page was made that a reader of it must know: not refusals, not rendered documents."""
    if seen is None or seen == held.entries or seen == held.head[1].hex():
        return []
    count = seen if isinstance(seen, int) else _count_at(held, seen)
    ruled = book.ruling(held.state.procedure, version=held.state.version, on=book.local_date(clock.now()))
    changed: list[dict[str, str | None]] = []
    for index, item in enumerate(held.state.history[count:], count):
        if item.phase == "refused" or (item.role == SYSTEM_ROLE and item.step in book.built_in):
            continue
        step = book.step(ruled, item.step)
        known = step.title if step else TITLES.get(item.step, {})
        titles = {lang: known.get(lang, item.step) for lang in ("zh-Hans", "en")}
        changed.append({"index": str(index), "step": item.step, "phase": item.phase, "actor": item.actor, **titles})
    return changed


def _count_at(held: File, head: str) -> int:
    try:
        found = store.by_commitment(bytes.fromhex(head))
    except ValueError:
        found = None
    if found is None or found.stream != held.id:
        raise Invalid("seen_unknown", seen=head)
    return found.index + 1


# 4. The core's answer.


def _judge(
    book: Rulebook, held: File, act: Act, people: Mapping[str, PersonFacts], moment: datetime
) -> StoredEntry | Refusal:
    attempt = _attempt(act, people, moment)
    answer = engine.take(book, held.state, attempt)
    if isinstance(answer, Outcome):
        return _enter(book, held, act, answer, moment)
    if act.by.id is not None and _goes_on_file(book, held, act, act.by.id, moment):
        _enter_refused(book, held, act, engine.refused(held.state, attempt, answer), moment)
    return answer


def _attempt(act: Act, people: Mapping[str, PersonFacts], moment: datetime) -> Attempt:
    return Attempt(
        step=act.step,
        actor=actors.of(act.by, people),
        role=SYSTEM_ROLE if act.by.id is None else act.role,
        occurred=act.occurred,
        moment=moment,
        form=act.form,
        exhibits=act.exhibits,
        phase=act.phase,
        people=people,
        ids=iter(lambda: str(ids.new_uuid()), ""),
        links=tuple((kind, str(stream)) for kind, stream in act.links),
    )


def _goes_on_file(book: Rulebook, held: File, act: Act, person: UUID, moment: datetime) -> bool:
    """A "no" to a person about a step that exists goes on file, up to the cap; a name that is no step does not."""
    ruled = book.ruling(held.state.procedure, version=held.state.version, on=act.occurred)
    if book.step(ruled, act.step) is None:
        return False
    return tables.refusals_since(held.id, person, moment - timedelta(hours=1)) < REFUSALS_AN_HOUR


def _enter_refused(book: Rulebook, held: File, act: Act, outcome: Outcome, moment: datetime) -> None:
    bare = replace(act, form={}, exhibits=(), links=())
    _enter(book, held, bare, replace(outcome, role=outcome.role or NO_ROLE), moment)


# 5. The entry, the tables, and what follows.


def _enter(book: Rulebook, held: File, act: Act, outcome: Outcome, moment: datetime) -> StoredEntry:
    form = _whole_form(held, act, outcome)
    own = _fields(book, held, act, outcome)
    held.state, spelled = apply(held.state, outcome), outcome.to_json()

    def beside(entry: StoredEntry) -> store.Beside:
        written = projection.Written(
            stream=str(held.id), index=entry.index, commitment=entry.commitment, procedure=held.state.procedure,
            occurred_on=outcome.on, recorded_at=entry.recorded_at, outcome=spelled, key=act.key,
            links=tuple((kind, str(stream)) for kind, stream in act.links), values=fields.values(own),
        )  # fmt: skip
        changes = projection.changes(written, held.state.to_json())
        jobs = files.jobs(held.id, entry.index, outcome)
        return tables.beside(changes, jobs, documents.queue(held.id, entry.index, outcome))

    entry = store.append(
        stream=held.id, kind="matter", procedure=held.state.procedure, step=outcome.step, role=outcome.role,
        occurred=Occurred.on(outcome.on, book.zone), recorded=moment, digests=_digests(book), exhibits=outcome.exhibits,
        links=[Link(kind, str(stream)) for kind, stream in act.links], outcome=spelled, fields=own,
        key=act.key, head=held.head, beside=beside,
    )  # fmt: skip
    held.head = entry.head
    documents.project(held.id, entry.index, outcome, form)
    for opened, filled in zip(outcome.opens, outcome.opened_forms(form), strict=True):
        follow = _follow_up(held, opened.step, outcome, filled)
        _must_open(_open(book, opened.procedure, follow, matter=UUID(opened.matter)), opened.procedure)
    if outcome.publish is not None:
        tables.publish(register.item(store.read(held.id), store.read(UUID(outcome.publish.of))))
    return entry


def _fields(book: Rulebook, held: File, act: Act, outcome: Outcome) -> list[Field]:
    """The form under its classes; the number of a new file; what is known of the exhibits that come in."""
    if outcome.phase in WITHOUT_FORM:
        return []
    found = fields.of_form(_step(book, held, act, outcome), {**act.form, **act.sealed})
    if held.entries == 0:
        series, year = held.state.procedure, outcome.on.year
        number = {"series": series, "year": year, "number": tables.next_number(series, year)}
        found.append(fields.field(projection.FILE_NUMBER, fields.OFFICE, number))
    if outcome.step == VOID and outcome.phase == "done":
        found.append(fields.field(projection.FILE_NUMBER, fields.OFFICE, tables.number_of(held.id) | {"voided": True}))
    new = [digest for digest in outcome.exhibits if digest not in held.state.exhibits]
    if new:
        records, names = exhibits.records(new, act.received)
        found.append(fields.field(projection.EXHIBITS, fields.OFFICE, records))
        if any(names):
            found.append(fields.field(projection.EXHIBIT_NAMES, "report", names))
    return found


def _step(book: Rulebook, held: File, act: Act, outcome: Outcome) -> Step:
    ruled = book.ruling(held.state.procedure, version=held.state.version, on=outcome.on)
    step = book.step(ruled, act.step)
    assert step is not None, f"the engine took {act.step}, which the rulebook does not have"
    if outcome.corrects is not None:
        return correcting.correction(step, ruled, held.state, outcome.corrects.entry)
    return step


def _whole_form(held: File, act: Act, outcome: Outcome) -> dict[str, Any]:
    """This step's form over that of the proposal it decides; where it opens a matter, over all that the matter says."""
    proposal = held.state.proposals.get(outcome.step)
    form: dict[str, Any] = {"occurred": outcome.on.isoformat()}
    if outcome.opens:
        for entry in store.read(held.id):
            form |= {name.removeprefix(correcting.PREFIX): value for name, value in fields.readable(entry).items()}
    if proposal is not None and (outcome.opens or outcome.files):
        form |= fields.readable(store.read(held.id)[proposal.entry])
    return form | dict(act.form)


def _digests(book: Rulebook) -> dict[str, str]:
    return {"rulebook": book.digest, "calendar": book.calendar_digest}


# Opening.


def _open_or_first(book: Rulebook, procedure: str, act: Act) -> StoredEntry | Refusal:
    if (first := _opened_before(act)) is not None:
        return first
    return _open(book, procedure, replace(act, key=_open_key(act)), matter=ids.new_uuid())


def _open(book: Rulebook, procedure: str, act: Act, *, matter: UUID) -> StoredEntry | Refusal:
    moment = clock.now()
    version = book.procedure(procedure, act.occurred).version
    held = File(matter, MatterState.new(str(matter), procedure, version), store.EMPTY)
    accounts = {str(act.by.id)} if act.by.id else set()
    known = actors.facts(matter, accounts | _named(act.form.values()), key=None, on=act.occurred)
    attempt = _attempt(act, known.people, moment)
    answer = engine.take(book, held.state, attempt)
    if isinstance(answer, Outcome):
        return _enter(book, held, act, answer, moment)
    if act.by.id is not None:
        _enter_refused_opening(book, procedure, act, engine.refused(held.state, attempt, answer), moment)
    return answer


def _open_key(act: Act) -> str | None:
    """A key belongs to the person whose page it was on."""
    return None if act.key is None else f"{act.by.id or SYSTEM_ROLE}:{act.key}"


def _opened_before(act: Act) -> StoredEntry | None:
    key = _open_key(act)
    matter = None if key is None else tables.opened_by(key)
    return None if matter is None or key is None else store.by_key(matter, key)


def _follow_up(parent: File, step: str, outcome: Outcome, form: Mapping[str, Any]) -> Act:
    """The opening step of a matter that a step opens: the system takes it, on the same day, linked to its parent."""
    return Act(step=step, by=SYSTEM, occurred=outcome.on, form=form, key=None, links=((OPENED_BY, parent.id),))


def _must_open(answer: StoredEntry | Refusal, procedure: str) -> None:
    """A step that opens another matter does so or is not taken at all: the whole transaction goes."""
    if isinstance(answer, Refusal):
        raise Invalid("follow_up_refused", procedure=procedure, reasons=list(answer.codes))


def _enter_refused_opening(book: Rulebook, procedure: str, act: Act, outcome: Outcome, moment: datetime) -> None:
    """There is no matter yet, so a refusal to open one stands in the person's account stream."""
    assert act.by.id is not None
    if tables.refused_openings_since(act.by.id, moment - timedelta(hours=1)) >= REFUSALS_AN_HOUR:
        return
    store.append(
        stream=act.by.id, kind="account", procedure=procedure, step=act.step, role=outcome.role or NO_ROLE,
        occurred=Occurred.on(outcome.on, book.zone), recorded=moment, digests=_digests(book), exhibits=(), links=(),
        outcome=outcome.to_json(), fields=(), key=None, head=None,
    )  # fmt: skip
