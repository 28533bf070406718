"""docs/formats/submission.md says what the front door does."""

import json
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("django_ready")
PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "submission.md").read_text("utf-8")


def examples():
    return [json.loads(text) for text in re.findall(r"```json\n(.*?)\n```", PAGE, re.DOTALL)]


def test_the_page_names_every_key_of_the_content_and_no_other():
    from duecourse.public.reporting.form import Report
    from duecourse.public.reporting.submission import _fields

    content, channel, identity = _fields(Report("fraud", "x", "", "", "self", False, "me"), [], "en")
    table = PAGE.partition("`content` has exactly these keys:")[2].partition("`identity` is")[0]
    named = set(re.findall(r"`([a-z_]+)`", " ".join(line.split("|")[1] for line in table.splitlines() if "|" in line)))
    assert named == set(content.value)
    assert (channel.value, set(identity.value)) == ("web", {"contact"})


def test_the_examples_have_the_shape_that_is_written():
    from duecourse.core.ledger.entry import Field
    from duecourse.edge import sealing
    from duecourse.public.reporting import receipt
    from duecourse.public.reporting.submission import plain

    sealed, letter = examples()
    made = [Field("channel", "case", "web", b"s" * 32), Field("content", "report", {}, b"s" * 32)]
    held = json.loads(plain([(field, field.encoded()) for field in made]))
    assert set(held) == set(sealed)
    assert held["v"] == sealed["v"]
    assert {name: set(one) for name, one in held["fields"].items()} == {
        name: set(one) for name, one in sealed["fields"].items()
    }
    key = sealing.SecretKey.new()
    words = {"zh-Hans": "告知", "en": "letter"}
    opened = json.loads(sealing.unseal(receipt.seal_letter(words, words, key.public().raw), key))
    assert set(opened) == set(letter)
    assert opened["v"] == letter["v"]
