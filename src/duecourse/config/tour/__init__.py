"""`duecourse tour`: the whole road, once, over HTTP, with the forms that a person would see.

    road        what each person does at each stop
    visitor     a person with a browser: pages, forms, files
    guide       plays the road, prints each stop with its law and its proof, ends with the receipt

Not responsible for starting anything: `duecourse run` must be running.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Play the road; returns 0 when every stop and every proof held, else 1."""
    import httpx

    from duecourse.config.tour.guide import Guide
    from duecourse.config.tour.visitor import Lost
    from duecourse.core.errors import Invalid

    asked = parser().parse_args(list(arguments))
    try:
        Guide(asked.lang, as_json=asked.json).play()
    except Lost as lost:
        print(f"\ntour: {lost}", file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    except Invalid as wrong:
        print(f"\ntour: {wrong}; is `make run` running here?", file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    except httpx.HTTPError as broken:
        print(f"\ntour: {broken.request.url} does not answer ({broken}); is `make run` running?", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    """What may be written after `duecourse tour`."""
    found = argparse.ArgumentParser(prog="duecourse tour", description="The whole road, once, over HTTP.")
    found.add_argument("--lang", choices=("en", "zh-hans"), default="en", help="language of pages and output")
    found.add_argument("--json", action="store_true", help="each stop as one line of JSON")
    return found
