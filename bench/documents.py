"""How long one warm document takes, against two empty ones: a blank Typst page, and the office's own empty sheet.

Same compiler, fonts, PDF standard and fresh inputs for all. The blank page holds nothing; the empty sheet is the layout
that every document shares (name of the office, title, number, rule, footer with the page's number) and no text.

The payload changes each time, as every document differs, so nothing is answered from a cache. Rounds alternate, so that
a noisy machine disturbs all alike. A round's figure is the best of its runs; the figure is the median of the ratios.

    python bench/documents.py [--rounds 9] [--runs 12]

Exit 1 when a document takes more than five times either.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from figures import Figure, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_RATIO = 5.0
FOLDER = Path(__file__).resolve().parent.parent / "rulebook" / "cn-city" / "documents"
BLANK = "#let data = json(bytes(sys.inputs.payload))\n#set document(title: data.title, date: datetime(..data.day))\n"
SHEET = '#import "official.typ": *\n#show: official\n'
KINDS = ("acceptance-letter", "notice-of-proposed-penalty", "decision", "receipt-of-service")


def payload(kind: str, number: int) -> dict[str, object]:
    """A filled document with the lengths of a plain case."""
    from duecourse.office.documents.paper import read_paper

    paper = read_paper(FOLDER, kind)
    text = {
        "facts": "经查，当事人未采取防范计算机病毒和网络攻击等危害网络安全行为的技术措施。",
        "grounds": "上述行为违反了网络安全法的规定。",
    }
    return {
        "lang": "zh-Hans",
        "title": "行政处罚决定书",
        "office": "本市网信部门（示例）",
        "number": f"示网信罚决〔2026〕{number}号",
        "date": "2026年3月2日",
        "day": {"year": 2026, "month": 3, "day": 2},
        "slots": {
            name: {"title": slot.title["zh-Hans"], "text": text.get(name, "示例网络科技有限公司")}
            for name, slot in paper.slots.items()
        },
        "words": {name: words["zh-Hans"].replace("{", "").replace("}", "") for name, words in paper.words.items()},
        "remedies": ["不服本决定的，可以自知道本决定之日起60日内申请行政复议（《行政复议法》第二十条）。"] * 2,
        "exhibits": [{"number": "1", "title": "网页截图", "sha256": "ab" * 32}],
        "opinions": [],
        "banner": None,
        "seal": None,
        "footer": {"document": f"文书编号 {number:032x}", "record": "全过程记录 第17条　" + "ef" * 32},
    }


def best(render: Callable[[int], bytes], runs: int, numbers: Iterator[int]) -> float:
    """Seconds of the quickest of `runs` documents, each with another number."""
    found = []
    for number in itertools.islice(numbers, runs):
        started = time.perf_counter()
        render(number)
        found.append(time.perf_counter() - started)
    return min(found)


def measure(folder: Path, kind: str, given: argparse.Namespace, numbers: Iterator[int]) -> tuple[float, float]:
    """Print one document's figures; return its ratios to the empty sheet and to a blank page."""
    from duecourse.office.documents.rendering import Renderer

    renderer = Renderer(folder)
    sides = [
        lambda number, name=name: renderer.render(name, payload(kind, number)) for name in (kind, "blank", "sheet")
    ]
    for side in sides:
        best(side, 5, numbers)
    rounds = [[best(side, given.runs, numbers) for side in sides] for _ in range(given.rounds)]
    made, blank, sheet = (statistics.median(column) * 1000 for column in zip(*rounds, strict=True))
    to_blank = statistics.median(row[0] / row[1] for row in rounds)
    to_sheet = statistics.median(row[0] / row[2] for row in rounds)
    print(
        f"{kind}: {made:.1f} ms; {to_sheet:.1f} times the empty sheet ({sheet:.1f} ms, at most {MOST_RATIO:.0f}); "
        f"{to_blank:.1f} times a blank page ({blank:.1f} ms)"
    )
    return to_sheet, to_blank


def measured(*, rounds: int = 9, runs: int = 12) -> list[Figure]:
    """Two figures a kind of document: against the empty sheet, and against a blank page."""
    given = argparse.Namespace(rounds=rounds, runs=runs)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "documents"
        shutil.copytree(FOLDER, folder)
        (folder / "blank.typ").write_text(BLANK)
        (folder / "sheet.typ").write_text(SHEET)
        ratios = {kind: measure(folder, kind, given, itertools.count(1)) for kind in KINDS}
    return [
        Figure(f"{kind}, warm, against {against}", ratio[place], MOST_RATIO, "×", most=True)
        for place, against in enumerate(("the office's empty sheet", "a blank page"))
        for kind, ratio in ratios.items()
    ]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=9)
    asked.add_argument("--runs", type=int, default=12)
    given = asked.parse_args()
    return told(measured(rounds=given.rounds, runs=given.runs))


if __name__ == "__main__":
    sys.exit(main())
