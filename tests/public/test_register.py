"""The register of published decisions, the procedures and the proofs, as a stranger reads them."""

import csv
import hashlib
import io
import json
import re
import uuid
from xml.etree import ElementTree as ET

import pytest

ROWS = (
    ("演示网信罚〔2026〕1号", "演示云服务有限公司", "fraud", None),
    ("演示网信罚〔2026〕2号", "样例100%网络有限公司", "minors", None),
    ("演示网信罚〔2026〕3号", "示范信息有限公司", "fraud", "该决定已被撤销"),
)


@pytest.fixture(scope="module")
def items(sites):
    """Three published decisions, one of them withdrawn; each shows an entry of the installation's own record."""
    import psycopg

    from duecourse.edge import postgres

    secrets = sites.home / "secrets"
    url = postgres.role_url(sites.environment["DATABASE_URL"], secrets, postgres.OWNER, database=sites.database)
    made = []
    with psycopg.connect(url, autocommit=True) as owner:
        stream, index = owner.execute("SELECT stream, index FROM entry ORDER BY id LIMIT 1").fetchone()
        for number, party, head, reason in ROWS:
            item = uuid.uuid4()
            fields = {
                name: {"value": value, "salt": "AA==", "entry": 0}
                for name, value in {"public_number": number, "public_party": party, "decided_head": head}.items()
            }
            owner.execute(
                "INSERT INTO register_item (matter, of, number, decided_on, fields, entries, published_on,"
                " withdrawn_on, withdrawn_reason) VALUES (%s, %s, %s, '2026-03-01', %s, %s, '2026-03-05', %s, %s)",
                (
                    item,
                    stream,
                    number,
                    json.dumps(fields),
                    json.dumps([{"stream": str(stream), "index": index}]),
                    "2026-04-01" if reason else None,
                    reason,
                ),
            )
            made.append((item, stream, index))
    return made


def found(visitor, query):
    page = visitor.get(f"/register/?{query}")
    assert page.status == 200
    return [number for number, *_ in ROWS if number in page.text]


def numbers(*places):
    return [ROWS[place][0] for place in places]


def test_the_register_lists_what_is_published(visitor, items):
    assert found(visitor, "") == numbers(0, 1, 2)


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("1号", (0,)),
        ("演示云", (0,)),
        ("Fraud", (0,)),
        ("诈骗", (0,)),
        ("100%", (1,)),
        ("%", (1,)),
        ("_", ()),
        ("\\", ()),
        ("' OR 1=1 --", ()),
        ("\0", (0, 1, 2)),
    ],
)
def test_a_search_finds_number_party_and_head_and_takes_signs_literally(visitor, items, words, places):
    from urllib.parse import quote

    assert found(visitor, f"q={quote(words)}") == numbers(*places)


def test_a_year_and_a_standing_narrow_the_list_and_the_count_says_how_many(visitor, items):
    assert found(visitor, "year=2026") == numbers(0, 1, 2)
    assert found(visitor, "year=2025") == []
    assert found(visitor, "standing=withdrawn") == numbers(2)
    assert found(visitor, "standing=in-force&head=fraud") == numbers(0)
    assert found(visitor, "year=twenty&standing=liked") == numbers(0, 1, 2)
    assert "2 decisions" in visitor.get("/register/?standing=in-force").text


def test_a_program_reads_what_the_page_shows_in_three_forms(visitor, items):
    whole = json.loads(visitor.get("/register/register.json").text)["items"]
    assert {one["number"] for one in whole} >= set(numbers(0, 1, 2))
    lines = list(csv.DictReader(io.StringIO(visitor.get("/register/register.csv").content.decode("utf-8-sig"))))
    assert [line["number"] for line in lines] == [one["number"] for one in whole]
    feed = ET.fromstring(visitor.get("/register/feed.xml?head=minors").content)
    assert [one.findtext("title") for one in feed.iter("item")] == [f"{ROWS[1][0]} · {ROWS[1][1]}"]


def test_a_withdrawal_reaches_the_feed_and_every_file_and_leaves_its_reason(visitor, items):
    number, party, _, reason = ROWS[2]
    for place in ("feed.xml", "register.json", "register.csv"):
        text = visitor.get(f"/register/{place}?standing=withdrawn").text
        assert number in text
        assert reason in text
        assert party not in text


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@here", "\t=1", "plain"])
def test_a_spreadsheet_takes_no_cell_for_a_formula(text):
    from duecourse.public.register.open_data import cell

    assert cell(text) == (text if text == "plain" else f"'{text}")


def test_a_head_narrows_the_list_and_an_unknown_one_is_none(visitor, items):
    assert found(visitor, "head=minors") == numbers(1)
    assert found(visitor, "head=opinion") == numbers(0, 1, 2)
    assert found(visitor, "page=999999999") == numbers(0, 1, 2)
    assert found(visitor, "page=2") == []


def test_a_withdrawn_decision_shows_the_reason_and_nothing_of_its_content(visitor, items):
    page = visitor.get(f"/register/{items[2][0]}/")
    assert "该决定已被撤销" in page.text
    assert "示范信息" not in page.text
    assert "示范信息" not in visitor.get("/register/").text
    _, stream, index = items[2]
    assert visitor.get(f"/register/{items[2][0]}/proof/{stream}/{index}").status == 404


def test_an_item_that_is_not_published_is_not_there(visitor):
    assert visitor.get(f"/register/{uuid.uuid4()}/").status == 404


def test_the_entry_behind_a_decision_verifies_alone(visitor, sites, items, tmp_path):
    from duecourse.config.supervisor import wait_for

    item, stream, index = items[0]
    address = f"/register/{item}/proof/{stream}/{index}"
    assert address in visitor.get(f"/register/{item}/").text
    assert wait_for(lambda: visitor.get(address).status == 200, seconds=30)
    (tmp_path / "entry.json").write_bytes(visitor.get(address).content)
    key = visitor.get("/proofs/vkey").text.strip()
    assert sites.command("verify", "receipt", str(tmp_path / "entry.json"), "--vkey", key)


def test_the_published_log_verifies_whole_from_what_the_site_serves(visitor, sites, tmp_path):
    from duecourse.config.supervisor import wait_for
    from duecourse.core.ledger import checkpoint, tiles

    assert wait_for(lambda: visitor.get("/proofs/checkpoint").status == 200, seconds=30)
    signed = visitor.get("/proofs/checkpoint").text
    size = checkpoint.read(signed)[0].size
    (tmp_path / "checkpoint").write_text(signed)
    for level, n, width in tiles.tiles_of(size):
        for kind in (level, tiles.ENTRIES) if level == 0 else (level,):
            path = tiles.tile_path(kind, n, width)
            answer = visitor.get(f"/proofs/{path}")
            assert answer.status == 200, path
            assert "immutable" in answer.headers["cache-control"]
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(answer.content)
    key = visitor.get("/proofs/vkey").text.strip()
    assert sites.command("verify", "log", str(tmp_path), "--vkey", key)


@pytest.mark.parametrize(
    "path", ["tile/0/../../../keys/current.json", "tile/0/999", "..%2f..%2fkeys%2fcurrent.json", "keys", "tile/00/000"]
)
def test_nothing_but_tiles_is_served_as_a_tile(visitor, path):
    assert visitor.get(f"/proofs/{path}").status == 404


def test_the_digests_on_the_page_of_proofs_are_those_of_the_files(visitor):
    page = visitor.get("/proofs/")
    for path in ("/proofs/heads.json", "/proofs/verify.html"):
        answer = visitor.get(path)
        assert answer.status == 200
        assert hashlib.sha256(answer.content).hexdigest() in page.text
    assert visitor.get("/proofs/vkey").text.strip().replace("+", "&#x2B;") in page.text.replace("+", "&#x2B;")


def test_the_heads_on_the_site_are_those_of_the_remit(visitor):
    from duecourse.core.law.places import rulebook_folder
    from duecourse.core.procedure.loading import load

    listed = json.loads(visitor.get("/proofs/heads.json").text)["heads"]
    assert {head["id"] for head in listed} == set(load(rulebook_folder("cn-city")).heads)


def test_every_procedure_is_shown_with_its_steps_articles_and_periods(visitor, visitors):
    from duecourse.core.law.places import rulebook_folder
    from duecourse.core.procedure.loading import load

    book = load(rulebook_folder("cn-city"))
    chinese = visitors(language=None)
    for name, versions in book.procedures.items():
        english, original = visitor.get(f"/procedures/{name}/"), chinese.get(f"/procedures/{name}/")
        for step in versions[-1].steps.values():
            assert step.title["zh-Hans"] in original.text
        for clock in versions[-1].clocks.values():
            assert clock.title["zh-Hans"] in original.text
        assert book.digest in english.text
    assert visitor.get("/procedures/none/").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/about/",
        "/about/data/",
        "/report/",
        "/report/follow-up/",
        "/register/",
        "/procedures/",
        "/proofs/",
        "/none/",
    ],
)
def test_every_page_stands_in_both_languages_and_can_be_switched(visitors, path):
    chinese, english = visitors(language=None), visitors(language=None)
    original, other = chinese.get(path), english.get(f"{path}?lang=en")
    assert '<html lang="zh-Hans" ' in original.text
    assert '<html lang="en" ' in other.text
    assert original.headers["content-language"] == "zh-Hans"
    assert "English" in original.text
    assert "中文" in other.text
    assert '<html lang="en" ' in english.get(path).text
    for page in (original, other):
        assert page.text.count("<h1") == 1
        assert 'href="#main"' in page.text
        assert "style=" not in page.text
        assert not re.search(r"<script(?![^>]*\ssrc=)", page.text), "no script stands in a page"
        assert "script-src" in page.headers["content-security-policy"]
