"""Letters to reporters (告知): words of the rulebook in both languages, sealed so that only the code opens them.

Responsible for filling a letter's slots from the step that caused it, for sealing, and for sending nothing more once
the reporter ended the contact. Not responsible for when a letter is due (the procedure says so), nor for the page that
shows it. A report that came by phone has no code and gets no letter here; its acceptance letter is a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any, Final
from uuid import UUID, uuid5

from duecourse.core.errors import Invalid
from duecourse.edge import clock
from duecourse.office.ledger import sql, store
from duecourse.office.ledger.store import StoredEntry
from duecourse.office.matters import fields, personal, rulebook
from duecourse.public.reporting.receipt import seal_letter

WITHDRAWN: Final = "withdrawn"
SHOWN_CLASSES: Final = frozenset({"public", "report"})
LANGUAGES: Final = ("zh-Hans", "en")

_REPORTER = """
SELECT s.stream, s.lookup_id, s.letters_key, m.series, m.year, m.number
FROM matter AS m JOIN matter_link AS l ON l.matter = m.id AND l.kind = 'submission'
JOIN submission AS s ON s.stream = l.stream WHERE m.id = %s ORDER BY s.received_at LIMIT 1
"""
_INSERT = """
INSERT INTO letter (id, submission, lookup_id, matter, letter, sealed, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING
"""


def write(matter: UUID, entry: int, letter: str) -> UUID | None:
    """Write the letter that `entry` of `matter` causes; writing it twice leaves one.

    Returns its id, or None when there is nobody to send it to: no submission, or the contact was ended before.
    Raises Invalid("letter_unknown"), or Invalid("letter_slot") when the step did not give what the words need.
    """
    words = rulebook.letters().get(letter)
    if words is None:
        raise Invalid("letter_unknown", letter=letter)
    reporter = sql.row(_REPORTER, (matter,))
    stream = store.read(matter)
    if reporter is None or _ended_before(stream, entry):
        return None
    submission, lookup_id, letters_key, _, year, number = reporter
    slots = {lang: _slots(stream, entry, lang) | {"number": f"〔{year}〕{number}"} for lang in LANGUAGES}
    body = {lang: _filled(words.body[lang], slots[lang], letter) for lang in LANGUAGES}
    sealed = seal_letter(words.title, body, bytes(letters_key))
    id_ = uuid5(matter, f"letter/{entry}/{letter}")
    sql.rows(_INSERT, (id_, submission, lookup_id, matter, letter, sealed, clock.now()))
    return id_


def end_contact(matter: UUID) -> int:
    """Forget how to reach the reporter of `matter`; return how many places were emptied. The duty to act stays."""
    return personal.forget(matter, {fields.IDENTITY})


def slots_of(text: str) -> frozenset[str]:
    """The names of the slots in a letter's words."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def _ended_before(stream: list[StoredEntry], entry: int) -> bool:
    return any(WITHDRAWN in _letters(earlier) for earlier in stream[:entry])


def _letters(entry: StoredEntry) -> list[Any]:
    found = entry.skeleton.outcome.get("letters")
    return found if isinstance(found, list) else []


def _slots(stream: list[StoredEntry], index: int, lang: str) -> dict[str, str]:
    """What the step and the proposal it decided say, where the reporter may read it."""
    entry = stream[index]
    skeleton = entry.skeleton
    ruled = rulebook.current().procedure(skeleton.procedure or "", rulebook.current().local_date(entry.recorded_at))
    step = ruled.steps.get(skeleton.step)
    found = {"date": _date(skeleton.occurred.date, lang)}
    for earlier in (*(item for item in stream[:index] if item.skeleton.step == skeleton.step), entry):
        for name, held in earlier.fields.items():
            if held.class_ in SHOWN_CLASSES and held.state == "held" and isinstance(held.value, str):
                choices: Mapping[str, Any] = step.form[name].choices if step and name in step.form else {}
                found[name] = choices[held.value][lang] if held.value in choices else held.value
    return found


def _filled(text: str, slots: Mapping[str, str], letter: str) -> str:
    if missing := sorted(slots_of(text) - slots.keys()):
        raise Invalid("letter_slot", letter=letter, missing=missing)
    return text.format_map(slots)


def _date(iso: str, lang: str) -> str:
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日" if lang == "zh-Hans" else iso
