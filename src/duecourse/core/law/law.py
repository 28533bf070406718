"""All instruments of a rulebook, and the article that a citation means on a day.

Procedure follows the law in force on the day of the step, substance the law on the day of the act: so every question
here names its day, and an article that was renumbered answers only to the number it had then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duecourse.core.errors import Invalid
from duecourse.core.law.citation import Citation
from duecourse.core.law.instrument import Kind

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from duecourse.core.deadlines.length import Unit
    from duecourse.core.law.instrument import Article, Instrument, Version


@dataclass(frozen=True, slots=True)
class Law:
    """The instruments by id."""

    instruments: Mapping[str, Instrument]

    def instrument(self, citation: Citation | str) -> Instrument:
        """Give the instrument cited. Raises Invalid("instrument_unknown")."""
        cited = _parsed(citation)
        if cited.instrument not in self.instruments:
            raise Invalid(
                "instrument_unknown",
                citation=str(cited),
                advice=f"add law/{cited.instrument}.yaml, or cite one of: {', '.join(sorted(self.instruments))}",
            )
        return self.instruments[cited.instrument]

    def resolve(self, citation: Citation | str, on: dt.date) -> Article:
        """Give the article that `citation` means on the day `on`.

        Raises Invalid, each with an `advice`: "citation_malformed", "instrument_unknown", "instrument_not_in_force",
        "article_not_on_file", "article_renumbered".
        """
        cited = _parsed(citation)
        instrument = self.instrument(cited)
        version = instrument.version(on)
        if version is None:
            raise Invalid("instrument_not_in_force", citation=str(cited), on=str(on), advice=_intervals(instrument))
        for article in instrument.articles:
            if article.numbers.get(version.id) == cited.place:
                return replace(article, number=cited.place)
        raise _not_found(instrument, version, cited)

    def words(self, citation: Citation | str) -> dict[str, str]:
        """Say the citation to a person: 《行政处罚法》第四十一条; Administrative Penalty Law, article 41."""
        cited = _parsed(citation)
        instrument = self.instrument(cited)
        short = instrument.short
        title = short["zh-Hans"] if instrument.kind is Kind.NORMATIVE_DOCUMENT else f"《{short['zh-Hans']}》"
        article, *parts = cited.place.split(".") if cited.place else [""]
        if not article:
            return {"zh-Hans": title, "en": short["en"]}
        number, _, inserted = article.partition("-")
        chinese = f"第{chinese_number(int(number))}条" + (f"之{chinese_number(int(inserted))}" if inserted else "")
        english = f", article {article}"
        for mark, name, part in zip(("款", "项"), ("paragraph", "item"), parts, strict=False):
            chinese += f"第{chinese_number(int(part))}{mark}"
            english += f", {name} {part}"
        return {"zh-Hans": f"{title}{chinese}", "en": f"{short['en']}{english}"}

    def unit_for(self, instrument: str, number: int) -> Unit:
        """Say what `instrument` means by "`number` days". Raises Invalid("instrument_unknown")."""
        return self.instrument(Citation(instrument, "")).unit_for(number)

    def rolls(self, instrument: str) -> bool:
        """Whether a last day that is a rest day moves in `instrument`. Raises Invalid("instrument_unknown")."""
        return self.instrument(Citation(instrument, "")).counting.rolls


def _parsed(citation: Citation | str) -> Citation:
    return Citation.parse(citation) if isinstance(citation, str) else citation


def _not_found(instrument: Instrument, version: Version, cited: Citation) -> Invalid:
    """Tell a renumbered article from one that nobody has entered yet."""
    for article in instrument.articles:
        then = article.numbers.get(version.id)
        if then and cited.place in article.numbers.values():
            return Invalid(
                "article_renumbered",
                citation=str(cited),
                advice=f"in the version in force from {version.from_} it is {instrument.id}#{then}",
            )
    for article in instrument.articles:
        if cited.place in article.numbers.values():
            first = ", ".join(f"{of}: {number}" for of, number in article.numbers.items())
            advice = f"that number belongs to another version ({first}); cite the article that stood on that day"
            return Invalid("article_not_on_file", citation=str(cited), advice=advice)
    advice = f"add article {cited.place!r} with its gist to law/{instrument.id}.yaml, or cite one that is there"
    return Invalid("article_not_on_file", citation=str(cited), advice=advice)


def _intervals(instrument: Instrument) -> str:
    known = "; ".join(f"{version.id}: {version.from_} to {version.until or 'now'}" for version in instrument.versions)
    return f"in force on file: {known}"


_DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """Spell 1 to 9999 as the numbers of articles are spelled: 10 十, 41 四十一, 105 一百零五, 1019 一千零一十九."""
    spelled, pending_zero = "", False
    for place, mark in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            spelled += ("零" if pending_zero else "") + _DIGITS[digit] + mark
        pending_zero = bool(spelled) and not digit
    return spelled.removeprefix("一") if spelled.startswith("一十") else spelled
