"""docs/formats/party.md says what the party's door does."""

import json
import re
from pathlib import Path

from duecourse.edge import sealing

PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "party.md").read_text("utf-8")
KEYS, ACT = (json.loads(text) for text in re.findall(r"```json\n(.*?)\n```", PAGE, re.DOTALL))


def test_the_example_code_gives_the_ids_and_the_key_on_the_page():
    keys = sealing.party_keys(KEYS["code"])
    assert (keys.lookup_id.hex(), keys.public.raw.hex()) == (KEYS["lookup"], KEYS["public"])
    assert [sealing.party_act_id(KEYS["code"], n).hex() for n in (0, 1)] == [KEYS["act_0"], KEYS["act_1"]]


def test_a_partys_ids_and_key_are_never_a_reporters():
    party, reporter = sealing.party_keys(KEYS["code"]), sealing.reporter_keys(KEYS["code"])
    ids = {party.lookup_id, reporter.lookup_id, *(sealing.party_act_id(KEYS["code"], n) for n in range(50))}
    assert len(ids) == 52
    assert party.secret.raw != reporter.secret.raw


def test_the_versions_and_the_acts_on_the_page_are_those_of_the_code(django_ready):
    from duecourse.core.procedure.party import KINDS
    from duecourse.office.party import acts as office_acts
    from duecourse.office.party import papers as office_papers
    from duecourse.public.party import forms, papers, sending

    assert ACT["v"] == sending.VERSION == office_acts.VERSION
    assert papers.VERSION == office_papers.VERSION
    assert f'`"{papers.VERSION}"`' in PAGE
    assert set(forms.KINDS) == set(KINDS) == set(re.findall(r"`(\w+)`", PAGE.partition("`act` is ")[2].split(";")[0]))


def test_every_key_of_the_papers_stands_on_the_page(django_ready):
    import inspect

    from duecourse.office.party import papers

    table = PAGE.partition("Exactly these keys:")[2].partition("A file is")[0]
    named = set(re.findall(r"`(\w+)`", " ".join(line.split("|")[1] for line in table.splitlines() if "|" in line)))
    written = set(re.findall(r'^        "(\w+)":', inspect.getsource(papers.compose), re.MULTILINE))
    assert named == written
