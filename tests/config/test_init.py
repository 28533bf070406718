"""A real office's data folder is made once, from answers that hold, and over nothing."""

from __future__ import annotations

import pytest
import yaml

from duecourse.config import home, init

ANSWERS = {
    "name": "某市网信办", "number-prefix": "某网信", "log-origin": "log.office.example/1",
    "public-url": "https://www.office.example", "office-url": "https://desk.office.example",
    "administrator": "zheng", "administrator-name": "郑管",
}  # fmt: skip


@pytest.fixture
def place(tmp_path, monkeypatch):
    for setting in home.SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setenv("DUECOURSE_HOME", str(tmp_path / "office"))
    return tmp_path


def answers(place, **changes):
    path = place / "answers.yaml"
    path.write_text(yaml.safe_dump(ANSWERS | changes, allow_unicode=True), "utf-8")
    return str(path)


def test_a_folder_that_holds_anything_is_refused(place, capsys):
    (place / "office").mkdir()
    (place / "office" / "something").write_text("x")
    assert init.main(["--answers", answers(place)]) == 1
    assert "holds something already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""), ("log-origin", "no host"), ("log-origin", "https://log.example/1"), ("zone", "Mars/Base"),
        ("public-url", "http://www.office.example"), ("office-url", "desk"), ("administrator", "Zheng Guan"),
        ("rulebook", "../elsewhere"), ("administrator-name", "x\ny"),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_do_is_named_and_nothing_is_made(place, capsys, name, value):
    assert init.main(["--answers", answers(place, **{name: value})]) == 1
    assert f"{name}:" in capsys.readouterr().err
    assert not (place / "office").exists()


def test_an_answer_that_nobody_asks_for_is_named(place, capsys):
    assert init.main(["--answers", answers(place, colour="red")]) == 1
    assert "colour" in capsys.readouterr().err


def test_a_file_that_is_no_list_of_answers_is_named(place, capsys):
    for content in (b"\xff\xfe", b"- a\n- b\n", b"a: [", b""):
        (place / "wrong.yaml").write_bytes(content)
        assert init.main(["--answers", str(place / "wrong.yaml")]) == 1
        assert "wrong.yaml" in capsys.readouterr().err


def test_without_a_terminal_it_asks_nobody(place, capsys):
    assert init.main([]) == 1
    assert "--answers" in capsys.readouterr().err


def test_the_example_is_a_file_of_answers(capsys):
    assert init.main(["--example"]) == 0
    assert {one.name for one in init.QUESTIONS} == set(yaml.safe_load(capsys.readouterr().out))


def test_what_was_laid_down_holds_until_a_variable_says_otherwise(place, monkeypatch):
    (place / "office").mkdir()
    (place / "office" / "installation").write_text(
        "DUECOURSE_ZONE=Asia/Urumqi\nDUECOURSE_PUBLIC_URL=https://a.example\n"
    )
    assert home.read("DUECOURSE_ZONE") == "Asia/Urumqi"
    assert home.read("DUECOURSE_PUBLIC_URL") == "https://a.example"
    monkeypatch.setenv("DUECOURSE_ZONE", "Asia/Shanghai")
    assert home.read("DUECOURSE_ZONE") == "Asia/Shanghai"


@pytest.mark.wide
def test_an_office_is_made_and_its_first_administrator_invited(place, capfd):
    assert init.main(["--answers", answers(place)]) == 0
    said = capfd.readouterr().out
    assert "Invitation, shown this once:" in said
    folder = place / "office"
    assert (folder / "environment").read_text() == "production\n"
    assert "某市网信办" in (folder / "published" / "office.json").read_text("utf-8")
    assert not (folder / "first.json").exists()
    assert init.main(["--answers", answers(place)]) == 1
