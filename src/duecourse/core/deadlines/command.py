"""`duecourse deadlines count`: count one period on the command line, and explain it day by day.

The last line of the output is the last day of the period, alone. Not here: how it is counted (`counting`).
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from duecourse.core.deadlines.calendar import ONE_DAY, SATURDAY, Calendar, load_calendar
from duecourse.core.deadlines.counting import Counted, count, count_hours
from duecourse.core.deadlines.length import Extension, Length, Unit
from duecourse.core.errors import Invalid
from duecourse.core.law import load_law, rulebook_folder
from duecourse.core.reading import Problems, read_yaml

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh-Hans": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}
_SENTENCES = {
    "start": {
        "en": "{length} from {day}; that day itself is not counted.",
        "zh-Hans": "自{day}起{length}；开始当日不计入。",
    },
    "skipped": {
        "en": "{day} {weekday} does not count: {why}{source}.",
        "zh-Hans": "{day} {weekday} 不计：{why}{source}。",
    },
    "made-up": {"en": "{day} {weekday} counts: {why}{source}.", "zh-Hans": "{day} {weekday} 计入：{why}{source}。"},
    "provisional": {
        "en": "Provisional: an announcement to come may move it between {earliest} and {latest}.",
        "zh-Hans": "暂定：尚未公布的放假安排可能使其在{earliest}与{latest}之间变动。",
    },
    "alarm": {"en": "The alarm stands on {alarm}.", "zh-Hans": "本机关的提示日期为{alarm}。"},
    "paused": {
        "en": "The period stands still now; the date holds only if it went on today.",
        "zh-Hans": "期限现处于中止，本日期仅在恢复计算时成立。",
    },
}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `deadlines` with its subcommand `count`."""
    deadlines = subparsers.add_parser("deadlines", help="count a period as the law counts it")
    commands = deadlines.add_subparsers(title="commands", metavar="command", required=True)
    parser = commands.add_parser("count", help="print the last day of a period as the last line")
    parser.add_argument("--from", dest="start", required=True, help="2026-02-10, or 2026-02-10T09:30 for hours")
    parser.add_argument("--length", required=True, help='such as "7 working_days"')
    parser.add_argument("--rulebook", default="cn-city")
    parser.add_argument("--rolls", action="store_true", help="a last day that is a rest day moves on")
    parser.add_argument("--under", metavar="INSTRUMENT", help='read "days" and rolling as this statute means them: apl')
    parser.add_argument(
        "--pause", action="append", default=[], metavar="FROM..UNTIL", help="left out; UNTIL may be open"
    )
    parser.add_argument("--extend", action="append", default=[], metavar='"by 60 days"')
    parser.add_argument("--explain", action="store_true", help="name each day skipped and why")
    parser.add_argument("--json", action="store_true", help="print everything that was counted")
    parser.add_argument("--lang", choices=("en", "zh-Hans"), default="en")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Count and print. Raises Invalid or RulebookError, which the command line words."""
    problems = Problems()
    folder = rulebook_folder(arguments.rulebook)
    calendar = load_calendar(folder / "calendars", problems)
    length, rolls = _length(arguments, folder, problems)
    problems.raise_if_any()
    if length.unit is Unit.HOURS:
        _print(str(count_hours(_moment(arguments.start, folder), length.number).isoformat(timespec="minutes")))
        return 0
    counted = count(
        _date(arguments.start),
        length,
        calendar=calendar,
        rolls=rolls,
        pauses=[_pause(text) for text in arguments.pause],
        extensions=[Extension.parse(text) for text in arguments.extend],
    )
    if arguments.json:
        _print(json.dumps(_plain(counted, length), ensure_ascii=False, indent=2))
        return 0
    for sentence in _explained(counted, length, calendar, arguments):
        _print(sentence)
    _print(counted.last.isoformat())
    return 0


def _length(arguments: argparse.Namespace, folder: Path, problems: Problems) -> tuple[Length, bool]:
    length = Length.parse(arguments.length)
    if not arguments.under:
        return length, arguments.rolls
    law = load_law(folder / "law", problems)
    unit = law.unit_for(arguments.under, length.number) if length.unit is Unit.DAYS else length.unit
    return Length(length.number, unit), arguments.rolls or law.rolls(arguments.under)


def _explained(counted: Counted, length: Length, calendar: Calendar, arguments: argparse.Namespace) -> Iterator[str]:
    lang = arguments.lang

    def say(name: str, **values: object) -> str:
        return _SENTENCES[name][lang].format(**values)

    if arguments.explain:
        yield say("start", length=length.words()[lang], day=counted.start)
        lines = {one.day: ("skipped", one.why[lang], one.source) for one in counted.skipped}
        if length.unit is Unit.WORKING_DAYS:
            lines |= {day: ("made-up", why, source) for day, why, source in _made_up(counted, calendar, lang)}
        for day, (name, why, source) in sorted(lines.items()):
            weekday = _WEEKDAYS[lang][day.weekday()]
            mark = f" ({source})" if source and lang == "en" else f"（{source}）" if source else ""
            yield say(name, day=day, weekday=weekday, why=why, source=mark)
        yield say("alarm", alarm=counted.alarm)
    if counted.provisional:
        yield say("provisional", earliest=counted.earliest, latest=counted.latest)
    if counted.paused:
        yield say("paused")


def _made_up(counted: Counted, calendar: Calendar, lang: str) -> Iterator[tuple[dt.date, str, str]]:
    """Name the rest days of the week that were counted because they are worked."""
    skipped = {one.day for one in counted.skipped}
    day = counted.start + ONE_DAY
    while day <= counted.last:
        known = calendar.day(day)
        if day.weekday() >= SATURDAY and known.works and day not in skipped:
            yield day, known.why[lang], known.source
        day += ONE_DAY


def _plain(counted: Counted, length: Length) -> dict[str, object]:
    return {
        "start": str(counted.start),
        "length": str(length),
        "last": str(counted.last),
        "earliest": str(counted.earliest),
        "latest": str(counted.latest),
        "provisional": counted.provisional,
        "alarm": str(counted.alarm),
        "paused": counted.paused,
        "skipped": [{"day": str(one.day), "why": dict(one.why), "source": one.source} for one in counted.skipped],
    }


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Invalid("date_malformed", text=text, advice=f"write {text!r} as YYYY-MM-DD") from None


def _pause(text: str) -> tuple[dt.date, dt.date | None]:
    first, dots, until = text.partition("..")
    if not dots:
        raise Invalid("pause_malformed", text=text, advice="write a pause as 2026-03-02..2026-03-09, or 2026-03-02..")
    return _date(first), _date(until) if until else None


def _moment(text: str, folder: Path) -> dt.datetime:
    """Read a moment; without an offset it is in the rulebook's zone."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("moment_malformed", text=text, advice="hours need a moment: 2026-02-10T09:30") from None
    if "T" not in text:
        raise Invalid("moment_malformed", text=text, advice="hours need a moment: 2026-02-10T09:30")
    if moment.tzinfo is not None:
        return moment
    zone = read_yaml(folder / "rulebook.yaml").pairs()["zone"].text()
    return moment.replace(tzinfo=ZoneInfo(zone))


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
