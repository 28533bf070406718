"""Reads `law/*.yaml` of a rulebook; every mistake is a problem with file and line.

The format is described in docs/formats/law.md. Checked here: ids, intervals that overlap, a number that two articles
share in one version, citations of counting rules that lead nowhere, periods in the one spelling.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from duecourse.core.deadlines.length import Length
from duecourse.core.errors import Invalid
from duecourse.core.law.citation import Citation
from duecourse.core.law.instrument import Article, Counting, Grade, Instrument, Kind, Version
from duecourse.core.law.law import Law
from duecourse.core.reading import Node, Problems, read_yaml

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

_PLACE = re.compile(r"[1-9]\d*(-[1-9]\d*)?(\.[1-9]\d*){0,2}")
_WHOLE = "whole"


def load_law(folder: Path, problems: Problems) -> Law:
    """Read every instrument of `folder`. Use the result only after `problems.raise_if_any()`."""
    instruments: dict[str, Instrument] = {}
    roots: dict[str, Node] = {}
    for path in sorted(folder.glob("*.yaml")):
        root = read_yaml(path, problems)
        instrument = _read_instrument(root)
        if instrument.id != path.stem:
            root.problem(f"The instrument is {instrument.id!r}, the file {path.name!r}.", "Give both the same name.")
        instruments[instrument.id] = instrument
        roots[instrument.id] = root
    law = Law(instruments)
    for name, instrument in instruments.items():
        _check_counting(law, instrument, roots[name])
    return law


def _read_instrument(root: Node) -> Instrument:
    parts = root.mapping(
        required={"instrument", "title", "short", "kind", "issuer", "source", "versions", "articles"},
        optional={"counting"},
    )
    source = parts["source"].mapping(required={"grade", "note"})
    versions = _read_versions(parts["versions"])
    kind = parts["kind"].one_of([kind.value for kind in Kind])
    grade = source["grade"].one_of([grade.value for grade in Grade])
    return Instrument(
        id=parts["instrument"].identifier(),
        title=parts["title"].words(),
        short=parts["short"].words(),
        kind=Kind(kind or "law"),
        issuer=parts["issuer"].words(),
        grade=Grade(grade or "quoted"),
        source=source["note"].words(),
        versions=versions,
        counting=_read_counting(parts["counting"]) if "counting" in parts else Counting(),
        articles=_read_articles(parts["articles"], versions, parts["instrument"].identifier()),
    )


def _read_versions(node: Node) -> tuple[Version, ...]:
    versions: list[Version] = []
    for item in node.sequence():
        parts = item.mapping(required={"id", "from", "number"}, optional={"until"})
        until = parts["until"].date() if "until" in parts else None
        version = Version(parts["id"].text(), parts["from"].date(), until, parts["number"].text())
        if versions and (versions[-1].until is None or versions[-1].until >= version.from_):
            item.problem("This version begins before the one above ends.", "Give the one above an 'until' before it.")
        versions.append(version)
    if not versions:
        node.problem("An instrument has at least one version.", "Add the day from which it is in force.")
    return tuple(versions)


def _read_counting(node: Node) -> Counting:
    parts = node.mapping(optional={"working-days", "rolls", "note"})
    exactly: frozenset[int] = frozenset()
    up_to, working_by, rolls_by = 0, None, None
    if "working-days" in parts:
        working = parts["working-days"].mapping(required={"on"}, optional={"exactly", "up-to"})
        exactly = (
            frozenset(item.integer() for item in working["exactly"].sequence()) if "exactly" in working else exactly
        )
        up_to = working["up-to"].integer() if "up-to" in working else 0
        working_by = working["on"].parsed(Citation.parse, "Cite an article, such as apl#85.")
    if "rolls" in parts:
        rolls_by = parts["rolls"].mapping(required={"on"})["on"].parsed(Citation.parse, "Cite an article.")
    return Counting(
        exactly=exactly,
        up_to=up_to,
        working_days_by=working_by,
        rolls="rolls" in parts,
        rolls_by=rolls_by,
        note=parts["note"].words() if "note" in parts else None,
    )


def _read_articles(node: Node, versions: tuple[Version, ...], instrument: str) -> tuple[Article, ...]:
    articles = []
    taken: set[tuple[str, str]] = set()
    for place, value in node.pairs().items():
        key = value.at_key(node, place)
        if place != _WHOLE and not _PLACE.fullmatch(place):
            key.problem(f"{place!r} is not the number of an article.", "Write 48, 48.2, 48.2.1 or 287-1.")
        article = _read_article(value, "" if place == _WHOLE else place, versions, instrument)
        for version, number in article.numbers.items():
            if (version, number) in taken:
                key.problem(f"Two articles are number {number} in version {version}.", "Correct 'was'.")
            taken.add((version, number))
        articles.append(article)
    return tuple(articles)


def _read_article(node: Node, place: str, versions: tuple[Version, ...], instrument: str) -> Article:
    """Read one article. Its key is its number in the latest version; `was` gives the earlier numbers."""
    parts = node.mapping(required={"gist"}, optional={"was", "in", "periods", "rows"})
    known = [version.id for version in versions]
    numbers = {versions[-1].id: place} if versions else {}
    for version, number in (parts["was"].pairs() if "was" in parts else {}).items():
        if version not in known[:-1]:
            number.problem(f"There is no earlier version {version!r}.", f"Versions: {', '.join(known)}.")
        numbers[version] = number.text()
    if "in" in parts:
        listed = [item.text() for item in parts["in"].sequence()]
        for version in set(listed) - set(known):
            parts["in"].problem(f"There is no version {version!r}.", f"Versions: {', '.join(known)}.")
        numbers = dict.fromkeys(listed, place) | {v: n for v, n in numbers.items() if v in listed}
    periods = [item.parsed(Length.parse, "Write it as: 7 working_days.") for item in _list(parts, "periods")]
    return Article(
        instrument=instrument,
        number=place,
        gist=parts["gist"].words(),
        numbers=numbers,
        periods=tuple(period for period in periods if period),
        rows=tuple(item.text() for item in _list(parts, "rows")),
    )


def _list(parts: dict[str, Node], name: str) -> list[Node]:
    return parts[name].sequence() if name in parts else []


def _check_counting(law: Law, instrument: Instrument, root: Node) -> None:
    """The articles on which the counting rests must exist in the instrument's latest version."""
    for citation in (instrument.counting.working_days_by, instrument.counting.rolls_by):
        if citation is None or not instrument.versions:
            continue
        try:
            law.resolve(citation, max(instrument.versions[-1].from_, _latest_start(law, citation)))
        except Invalid as wrong:
            root.problem(
                f"The counting rule cites {citation}, which leads nowhere.", str(wrong.params.get("advice", ""))
            )


def _latest_start(law: Law, citation: Citation) -> dt.date:
    return law.instrument(citation).versions[-1].from_
