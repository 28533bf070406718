"""`duecourse init`: the data folder of a real office, made once.

    duecourse init                      asks, on a terminal
    duecourse init --answers FILE       takes the answers from a YAML file; `--example` prints one

It lays down what never changes afterwards (the name of the log, the zone), makes the keys, the database, the rulebook
on record, what the office says of itself, and the first administrator with an invitation that is shown once; then says
what to do next and what `doctor` would still say. It never touches a folder that holds anything.

Not here: changing any of it later (the settings page), demo data (`make run`), several machines (docs/running).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import yaml

from duecourse.config import home, run
from duecourse.config.supervisor import python
from duecourse.core.law.places import rulebook_folder
from duecourse.edge import postgres

ANSWERS: Final = "first.json"
_ORIGIN: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}(/[a-z0-9._-]+)*")
_USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,62}")


class CannotInit(Exception):  # noqa: N818 - what happened
    """An answer does not do, or the folder is taken; the text says what, and what to do."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to know: its name in the file of answers, the words, what is taken when nothing is said."""

    name: str
    words: str
    default: str
    check: Callable[[str], bool]
    must: str


def _any(text: str) -> bool:
    return bool(text.strip()) and len(text) <= 500 and text.isprintable()  # noqa: PLR2004 - as a setting


def _url(text: str) -> bool:
    parts = urlsplit(text)
    local = parts.hostname in {"localhost", "127.0.0.1"}
    return (parts.scheme == "https" or (parts.scheme == "http" and local)) and bool(parts.hostname) and not parts.query


def _zone(text: str) -> bool:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _rulebook(text: str) -> bool:
    try:
        rulebook_folder(text)
    except Exception:  # noqa: BLE001 - whatever keeps it from being found
        return False
    return True


HTTPS: Final = "https://… (http only on this machine)"
QUESTIONS: Final = (
    Question("name", "本机关名称 Name of the office", "", _any, "a name"),
    Question("name-en", "英文名称 Its name in English", "-", _any, "a name, or -"),
    Question("number-prefix", "文号代字 Prefix of document numbers", "", _any, "a prefix such as 某网信"),
    Question("hotline", "举报电话 Reporting hotline", "12377", _any, "a number"),
    Question("rulebook", "规则 Rulebook", "cn-city", _rulebook, "the name of a folder in rulebook/"),
    Question("zone", "时区 Time zone of legal days", "Asia/Shanghai", _zone, "a zone such as Asia/Shanghai"),
    Question(
        "log-origin", "记录日志的名称，以后不能更改 Name of the log; it never changes", "",
        lambda text: bool(_ORIGIN.fullmatch(text)), "a host name of yours with a path, such as log.example.gov/office",
    ),
    Question("public-url", "公众网站地址 Address of the public site", "", _url, HTTPS),
    Question("office-url", "办公网站地址 Address of the office site", "", _url, HTTPS),
    Question(
        "administrator", "首位管理员用户名 User name of the first administrator", "",
        lambda text: bool(_USERNAME.fullmatch(text)), "small letters, digits, point and hyphen",
    ),
    Question("administrator-name", "首位管理员姓名 Their name", "", _any, "a name"),
)  # fmt: skip
REMEMBERED: Final = {
    "DUECOURSE_LOG_ORIGIN": "log-origin",
    "DUECOURSE_ZONE": "zone",
    "DUECOURSE_RULEBOOK": "rulebook",
    "DUECOURSE_PUBLIC_URL": "public-url",
    "DUECOURSE_OFFICE_URL": "office-url",
}


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit status."""
    asked = parser().parse_args(list(arguments))
    if asked.example:
        _say(example())
        return 0
    try:
        folder = home.folder()
        _refuse_taken(folder)
        answers = _checked(_from_file(asked.answers) if asked.answers else _from_terminal())
        _make(folder, answers)
    except (CannotInit, run.CannotRun, postgres.ServerFailed) as refused:
        print(f"duecourse init: {refused}", file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    """What may be written after `duecourse init`."""
    found = argparse.ArgumentParser(prog="duecourse init", description="The data folder of a real office, made once.")
    found.add_argument("--answers", type=Path, help="take the answers from this YAML file")
    found.add_argument("--example", action="store_true", help="print a file of answers to fill in")
    return found


def example() -> str:
    """A file of answers to fill in."""
    return "\n".join(f"# {one.words}: {one.must}\n{one.name}: {json.dumps(one.default)}" for one in QUESTIONS)


def _refuse_taken(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise CannotInit(f"{folder} holds something already; name an empty folder with DUECOURSE_HOME=/path")


def _from_file(path: Path) -> dict[str, str]:
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as wrong:
        raise CannotInit(f"{path} cannot be read: {wrong}") from wrong
    if not isinstance(found, dict):
        raise CannotInit(f"{path} is no list of answers; `duecourse init --example` prints one")
    unknown = [str(name) for name in found if name not in {one.name for one in QUESTIONS}]
    if unknown:
        raise CannotInit(f"{path}: nobody asks for {', '.join(unknown)}")
    return {name: str(value) for name, value in found.items() if value is not None}


def _from_terminal() -> dict[str, str]:
    if not sys.stdin.isatty():
        raise CannotInit("there is no terminal to ask on; give --answers FILE (`duecourse init --example` prints one)")
    answers = {}
    for one in QUESTIONS:
        while not one.check(said := _ask(one)):
            _say(f"  请填写 write {one.must}")
        answers[one.name] = said
    return answers


def _ask(one: Question) -> str:
    shown = f" [{one.default}]" if one.default else ""
    return input(f"{one.words}{shown}: ").strip() or one.default


def _checked(given: Mapping[str, str]) -> dict[str, str]:
    """Every answer, with defaults. Raises CannotInit naming each that does not do."""
    answers = {one.name: (given.get(one.name) or one.default).strip() for one in QUESTIONS}
    bad = [one for one in QUESTIONS if not one.check(answers[one.name])]
    wrong = [f"  {one.name}: {answers[one.name]!r}; write {one.must}" for one in bad]
    if wrong:
        raise CannotInit("these answers do not do:\n" + "\n".join(wrong))
    return answers


def _make(folder: Path, answers: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    (folder / "environment").write_text("production\n")
    lines = (f"{name}={answers[answer]}\n" for name, answer in REMEMBERED.items())
    (folder / home.LAID_DOWN).write_text("".join(lines), "utf-8")
    for name in ("DUECOURSE_ENV", *REMEMBERED):
        os.environ.pop(name, None)
    os.environ["DUECOURSE_HOME"] = str(folder)
    _say(f"在 {folder} 中建立 Setting up in {folder}")
    server = None if home.read("DATABASE_URL") else postgres.EmbeddedServer(folder)
    try:
        if server:
            server.start()
        run.prepare(server)
        first = folder / ANSWERS
        first.write_text(json.dumps(dict(answers)), "utf-8")
        try:
            code = _child("duecourse.config.first", str(first)).strip()
        finally:
            first.unlink()
        _end(folder, answers, code, _child("duecourse.cli", "doctor", "--json", check=False).splitlines())
    finally:
        if server:
            server.stop()


def _child(module: str, *words: str, check: bool = True) -> str:
    done = subprocess.run(
        python("-m", module, *words), env=run.environment_of_children(), check=False, capture_output=True, text=True
    )
    if check and done.returncode:
        raise CannotInit(f"{module} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _end(folder: Path, answers: Mapping[str, str], code: str, doctor: Iterable[str]) -> None:
    _say(
        "",
        f"首位管理员 First administrator: {answers['administrator']} ({answers['administrator-name']})",
        f"邀请码，只显示这一次 Invitation, shown this once: {code}",
        f"在此使用 Use it at: {answers['office-url']}/invitation/",
        "",
        "接下来 What to do next:",
        f"  1. DUECOURSE_HOME={folder} duecourse run    启动 starts everything",
        f"  2. DUECOURSE_HOME={folder} duecourse keys split --to DIR",
        "     把恢复密钥分给三人 gives the recovery key to three people",
        "  3. 管理员登录，开设账号，任命负责人 the administrator signs in, makes accounts, appoints the heads",
        "  4. 设置页：地址、印章、复议机关、法院、缴款渠道；请律师逐项确认",
        "     the settings page: address, seal, organs, court, payment; a lawyer confirms each value",
        "  5. 两人分别录入明年日历；导入在办案件 next year's calendar by two persons; running cases",
        "  6. duecourse backup；docs/running/first-office.md",
        "",
        "doctor 目前还会指出 What doctor would still say (sites are not running yet):",
    )
    for line in doctor:
        said = json.loads(line)
        if said.get("state") in {"warn", "bad"}:
            _say(f"  {said['text']['zh-Hans']} / {said['text']['en']}")


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201 - a command speaks
