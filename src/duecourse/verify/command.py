"""The command `duecourse verify`: read files, ask the verifiers, print numbered checks; exit 0 or 1.

    duecourse verify receipt FILE     --vkey VKEY | --policy FILE
    duecourse verify log DIR          --vkey VKEY | --policy FILE [--checkpoint FILE] [--since OLD]
    duecourse verify document FILE    --vkey VKEY | --policy FILE --entry FILE [--proof FILE]
    duecourse verify consistency OLD NEW DIR  --vkey VKEY | --policy FILE

It opens no network connection. The key or policy must come from elsewhere than the receipt, or it proves nothing. Not
responsible for the checks (`receipt`, `log`, `document`) or for usage errors (argparse, exit 2).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from duecourse import terminal
from duecourse.core.errors import Invalid
from duecourse.core.ledger.policy import Policy
from duecourse.verify import checks, document, log, receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duecourse.verify.checks import Check

_TRUST = "the log's key (vkey) from a source you trust: print, a court, a gazette; never from the receipt itself"
_SYMBOLS = {"holds": "✓", "fails": "✗", "notice": "!", "not-checked": "–"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `duecourse verify` with these arguments (default: the process's); return the exit code."""
    return run(parser().parse_args(arguments))


def parser() -> argparse.ArgumentParser:
    """What may be written after `duecourse verify`."""
    found = argparse.ArgumentParser(prog="duecourse verify", description="offline checks that a stranger can run")
    configure(found)
    return found


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands to a parser, so that the command `duecourse` can hang them under `verify`."""
    what = parser.add_subparsers(dest="verify_what", required=True)
    one = what.add_parser("receipt", help="a receipt: what was entered, and when")
    one.add_argument("file", type=Path)
    one.set_defaults(verify=_receipt)
    whole = what.add_parser("log", help="the whole log, from its published files")
    whole.add_argument("folder", type=Path, help="holds checkpoint and tile/")
    whole.add_argument("--checkpoint", type=Path, help="the checkpoint, when it is not in the folder")
    whole.add_argument("--since", type=Path, help="an older checkpoint that the log must begin with")
    whole.set_defaults(verify=_log)
    paper = what.add_parser("document", help="a file against the entry that names it")
    paper.add_argument("file", type=Path)
    paper.add_argument("--entry", type=Path, required=True, help="a receipt, or the entry's skeleton")
    paper.add_argument("--proof", type=Path, help="the .tlog-proof; not needed when the entry is a receipt")
    paper.set_defaults(verify=_document)
    between = what.add_parser("consistency", help="that a newer checkpoint only added to an older")
    between.add_argument("old", type=Path)
    between.add_argument("new", type=Path)
    between.add_argument("folder", type=Path, help="holds tile/ of the newer")
    between.set_defaults(verify=_consistency)
    for sub in (one, whole, paper, between):
        trust = sub.add_mutually_exclusive_group(required=True)
        trust.add_argument("--vkey", help=_TRUST)
        trust.add_argument("--policy", type=Path, help="a C2SP policy file: logs, witnesses, quorum")
        sub.add_argument("--json", action="store_true", help="print the checks as JSON")
        sub.add_argument("--language", choices=checks.LANGUAGES, help="print one language instead of both")


def run(parsed: argparse.Namespace) -> int:
    """Run what `configure`'s parser has parsed; return 0 when every check holds, else 1."""
    verify: Callable[[argparse.Namespace, Policy], list[Check]] = parsed.verify
    try:
        found = verify(parsed, _policy(parsed))
    except Invalid as error:
        return _unusable(parsed, error)
    if parsed.json:
        _print(json.dumps(_as_json(found), ensure_ascii=False, indent=1))
    else:
        terminal.say(spoken(found, _languages(parsed)))
    return 0 if checks.passed(found) else 1


def spoken(found: Sequence[Check], languages: Sequence[str]) -> str:
    """Return the checks as text: a line for each in each language, then the verdict."""
    lines = []
    for check in found:
        mark = f"{_SYMBOLS[check.result.value]} {check.number} "
        for language in languages:
            result = checks.catalogue()[f"result.{check.result.value}"][language]
            colon, stop = ("：", "。") if language == "zh-Hans" else (": ", ". ")
            lines.append(f"{mark}{check.title[language]}{colon}{result}{stop}{check.words[language]}")
            mark = " " * len(mark)
    verdict = checks.verdict(found)
    return "\n".join([*lines, "", *(verdict[language] for language in languages)])


def read_under(folder: Path) -> log.ReadFile:
    """Return a reader of published paths below `folder`. Raises Invalid("file_missing") where there is no file."""

    def read(path: str) -> bytes:
        return _bytes(folder / path, path)

    return read


def _receipt(parsed: argparse.Namespace, policy: Policy) -> list[Check]:
    return receipt.verify(_bytes(parsed.file), policy)


def _log(parsed: argparse.Namespace, policy: Policy) -> list[Check]:
    signed = None if parsed.checkpoint is None else _bytes(parsed.checkpoint)
    since = None if parsed.since is None else _bytes(parsed.since)
    return log.verify(read_under(parsed.folder), policy=policy, signed=signed, since=since)


def _document(parsed: argparse.Namespace, policy: Policy) -> list[Check]:
    proof_text = None if parsed.proof is None else _bytes(parsed.proof)
    digest = _digest(parsed.file)
    return document.verify(digest, entry_file=_bytes(parsed.entry), proof_text=proof_text, policy=policy)


def _consistency(parsed: argparse.Namespace, policy: Policy) -> list[Check]:
    read = read_under(parsed.folder)
    return log.verify_consistency(_bytes(parsed.old), _bytes(parsed.new), read=read, policy=policy)


def _policy(parsed: argparse.Namespace) -> Policy:
    if parsed.vkey is not None:
        return Policy.of_log(parsed.vkey)
    policy = Policy.parse(_bytes(parsed.policy))
    if not policy.logs:
        raise Invalid("policy_without_log", path=str(parsed.policy))
    return policy


def _bytes(path: Path, name: str | None = None) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Invalid("file_missing", path=name or str(path)) from None


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        raise Invalid("file_missing", path=str(path)) from None


def _unusable(parsed: argparse.Namespace, error: Invalid) -> int:
    spelt = checks.reason(error.code, error.params)
    if parsed.json:
        _print(json.dumps({"passed": False, "error": error.code, "words": spelt}, ensure_ascii=False, indent=1))
    else:
        _print("\n".join(spelt[language] for language in _languages(parsed)))
    return 1


def _as_json(found: list[Check]) -> dict[str, object]:
    return {
        "passed": checks.passed(found),
        "verdict": dict(checks.verdict(found)),
        "checks": [check.to_json() for check in found],
    }


def _languages(parsed: argparse.Namespace) -> Sequence[str]:
    return checks.LANGUAGES if parsed.language is None else (parsed.language,)


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
