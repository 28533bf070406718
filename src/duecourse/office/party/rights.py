"""How each right of the party stands in one matter: its last day, its article, where else it leads.

Computed from the matter's state and the rulebook alone, so that no page and no letter can show a remedy that the law
does not give at this stage, or a day that nobody counted. A day is given; whether it is past is asked when it is read.
Not responsible for the words around it (`party.yaml`), nor for sealing it (`papers`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from duecourse.office.documents.content import setting
from duecourse.office.party import rules

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Procedure, Rulebook
    from duecourse.core.procedure.state import MatterState
    from duecourse.core.reading import Words

LANGUAGES: Final = ("zh-Hans", "en")
ORGAN, COURT, CHANNEL = "reconsideration-organ", "court", "reconsideration-online"


def of(
    book: Rulebook, procedure: Procedure, state: MatterState, *, documents: Collection[str], online: bool
) -> list[dict[str, Any]]:
    """Every right that the party has or had in this matter, in the rulebook's order, as plain data.

    `documents`: the kinds of document that are open to the party. `online`: the decision was served electronically.

    `last` is the last day as counted (ISO) or None; `length` the period in words while service has not started it;
    `provisional` whether a calendar not announced yet could move it (then `earliest` and `latest` bound it).
    """
    held = rules.of(procedure.id)
    return (
        []
        if held is None
        else [
            _right(book, procedure, state, right, online=online)
            for right in held.rights.values()
            if right.shown.holds(state.has) and (right.document is None or right.document in documents)
        ]
    )


def _right(
    book: Rulebook, procedure: Procedure, state: MatterState, right: rules.Right, *, online: bool
) -> dict[str, Any]:
    return {
        "id": right.id,
        "title": dict(right.title),
        "says": filled(book, right.says),
        "on": [dict(book.cite(citation)) for citation in right.on],
        "act": right.act,
        "closed": right.closed is not None and right.closed.holds(state.has),
        "remains": filled(book, right.remains) if right.remains else None,
        "place": _setting(book, right.place) if right.place else None,
        "online": _channel(book, right) if online and right.online else None,
        **_period(procedure, state, right),
    }


def _period(procedure: Procedure, state: MatterState, right: rules.Right) -> dict[str, Any]:
    nothing = {"last": None, "earliest": None, "latest": None, "provisional": False, "length": None}
    if right.clock is None:
        return nothing
    clock = state.clocks.get(right.clock)
    if clock is None or not right.counts.holds(state.has):
        return nothing | {"length": dict(procedure.clocks[right.clock].length.words())}
    return nothing | {
        "last": clock.last.isoformat(), "earliest": clock.earliest.isoformat(), "latest": clock.latest.isoformat(),
        "provisional": clock.provisional,
    }  # fmt: skip


def _channel(book: Rulebook, right: rules.Right) -> dict[str, Any]:
    return {"where": _setting(book, CHANNEL), "on": [dict(book.cite(citation)) for citation in right.online]}


def filled(book: Rulebook, words: Words) -> dict[str, str]:
    """A sentence with the names of the organ and the court, in both languages."""
    return {
        lang: words[lang].format(organ=setting(book, ORGAN, lang), court=setting(book, COURT, lang))
        for lang in LANGUAGES
    }


def _setting(book: Rulebook, name: str) -> Mapping[str, str]:
    return {lang: setting(book, name, lang) or "" for lang in LANGUAGES}
