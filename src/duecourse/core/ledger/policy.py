"""Trust policies (C2SP tlog-policy): which logs, which witnesses, and how many of them make a checkpoint good.

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <name>...
    quorum <name>|none

A person gets the policy from elsewhere than the log: it *is* the trust. `Policy.encode` prints one spelling; reading
allows the blanks and comments the specification allows. Not responsible for proofs or receipts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, cosignature, note

if TYPE_CHECKING:
    from collections.abc import Callable

NONE: Final = "none"
MAX_LINES: Final = 10_000
_ALLOWED = re.compile(rb"[\t\n\x20-\x7e\x80-\xff]*")
_WORD = re.compile("[^\x00-\x20\x7f]+")
_NUMBER = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Log:
    """A log that is trusted to be *the* log, and where it can be reached if that is said."""

    verifier: note.Verifier
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness, the policy's own name for it, and where it can be reached if that is said."""

    name: str
    verifier: note.Verifier
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """`need` of `members` (witnesses or groups defined above) must have cosigned."""

    name: str
    need: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy says of a signed checkpoint: who cosigned it and when, and whether that is enough."""

    checkpoint: checkpoint.Checkpoint
    cosigned: tuple[tuple[str, int], ...]
    met: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """Logs, witnesses, groups and the quorum's name. Raises Invalid when they do not fit together."""

    logs: tuple[Log, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE
    _need: dict[str, Group] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        _no_key_twice([log.verifier for log in self.logs], note.ED25519)
        _no_key_twice([witness.verifier for witness in self.witnesses], note.COSIGNATURE)
        defined: set[str] = set()
        urls = [log.url for log in self.logs] + [witness.url for witness in self.witnesses]
        if not all(_WORD.fullmatch(url) for url in urls if url is not None):
            raise Invalid("policy_url")
        for witness in self.witnesses:
            _define(witness.name, defined)
        used: set[str] = set()
        for group in self.groups:
            if not 1 <= group.need <= len(group.members):
                raise Invalid("policy_threshold", group=group.name, need=group.need, members=len(group.members))
            for member in group.members:
                if member not in defined or member in used:
                    raise Invalid("policy_member", group=group.name, member=member)
                used.add(member)
            _define(group.name, defined)
            self._need[group.name] = group
        if self.quorum != NONE and self.quorum not in defined:
            raise Invalid("policy_quorum", name=self.quorum)

    @classmethod
    def of_log(cls, vkey: str) -> Policy:
        """Trust one log by its vkey, and ask for no witness."""
        return cls(logs=(Log(note.Verifier.parse(vkey)),))

    @classmethod
    def parse(cls, data: bytes) -> Policy:
        """Read a policy file. Raises Invalid("policy_line", line=…, problem=…) or as the constructor does."""
        return _Reader().read(data)

    def encode(self) -> bytes:
        """Print the policy in its one spelling: logs, witnesses, groups, quorum."""
        lines = [f"log {log.verifier.vkey()}{_tail(log.url)}" for log in self.logs]
        lines += [f"witness {w.name} {w.verifier.vkey()}{_tail(w.url)}" for w in self.witnesses]
        lines += [f"group {group.name} {group.need} {' '.join(group.members)}" for group in self.groups]
        lines.append(f"quorum {self.quorum}")
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")

    def judge(self, data: bytes | str | note.Note) -> Verdict:
        """Check a checkpoint's signatures against this policy.

        Raises Invalid when no listed log signed it under its own origin, or when a signature or cosignature by a
        listed key is false. A quorum that is not met is no error: see `Verdict.met`.
        """
        head, signed = checkpoint.open_signed(data, [log.verifier for log in self.logs])
        times = {
            item.verifier: item.seconds for item in cosignature.verify(signed, [w.verifier for w in self.witnesses])
        }
        cosigned = tuple((w.name, times[w.verifier]) for w in self.witnesses if w.verifier in times)
        return Verdict(head, cosigned, self.is_met({name for name, _ in cosigned}))

    def is_met(self, cosigned: set[str]) -> bool:
        """Tell whether cosignatures by these witnesses (the policy's names) reach the quorum."""
        return self.quorum == NONE or self._witnessed(self.quorum, cosigned)

    def _witnessed(self, name: str, cosigned: set[str]) -> bool:
        group = self._need.get(name)
        if group is None:
            return name in cosigned
        return sum(self._witnessed(member, cosigned) for member in group.members) >= group.need


class _Reader:
    """Reads a policy line by line; holds what the lines above have defined."""

    def __init__(self) -> None:
        self.logs: list[Log] = []
        self.witnesses: list[Witness] = []
        self.groups: list[Group] = []
        self.defined: set[str] = set()
        self.quorum: str | None = None

    def read(self, data: bytes) -> Policy:
        if not _ALLOWED.fullmatch(data) or (data and not data.endswith(b"\n")):
            raise Invalid("policy_characters")
        lines = data.decode("utf-8", "surrogateescape").split("\n")
        if len(lines) > MAX_LINES:
            raise Invalid("policy_too_long", most=MAX_LINES)
        for number, line in enumerate(lines, 1):
            words = [word for word in re.split("[ \t]+", line) if word]
            if words and not words[0].startswith("#"):
                self._line(number, words)
        if self.quorum is None:
            raise Invalid("policy_line", line=len(lines), problem="quorum_missing")
        return Policy(tuple(self.logs), tuple(self.witnesses), tuple(self.groups), self.quorum)

    def _line(self, number: int, words: list[str]) -> None:
        readers: dict[str, Callable[[list[str]], None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }
        reader = readers.get(words[0])
        try:
            if reader is None:
                raise Invalid("keyword")  # noqa: TRY301 - one place adds the line's number
            reader(words[1:])
        except Invalid as error:
            raise Invalid("policy_line", line=number, problem=error.code) from error

    def _log(self, words: list[str]) -> None:
        vkey, url = _one_or_two(words)
        self.logs.append(Log(note.Verifier.parse(vkey), url))

    def _witness(self, words: list[str]) -> None:
        name, *rest = words or [""]
        vkey, url = _one_or_two(rest)
        self.witnesses.append(Witness(name, note.Verifier.parse(vkey), url))
        _define(name, self.defined)

    def _group(self, words: list[str]) -> None:
        if len(words) < 3:  # noqa: PLR2004 - name, threshold, a member
            raise Invalid("word_count")
        name, need, *members = words
        if not self.defined.issuperset(members):
            raise Invalid("policy_member")
        counts = {"all": len(members), "any": 1}
        if need not in counts and not _NUMBER.fullmatch(need):
            raise Invalid("policy_threshold")
        self.groups.append(Group(name, counts[need] if need in counts else int(need), tuple(members)))
        _define(name, self.defined)

    def _quorum(self, words: list[str]) -> None:
        if len(words) != 1:
            raise Invalid("word_count")
        if self.quorum is not None:
            raise Invalid("quorum_twice")
        if words[0] != NONE and words[0] not in self.defined:
            raise Invalid("policy_quorum")
        self.quorum = words[0]


def _define(name: str, defined: set[str]) -> None:
    if name == NONE or name in defined or not _WORD.fullmatch(name):
        raise Invalid("policy_name", name=name)
    defined.add(name)


def _no_key_twice(verifiers: list[note.Verifier], algorithm: int) -> None:
    if any(verifier.algorithm != algorithm for verifier in verifiers):
        raise Invalid("policy_key_type", expected=algorithm)
    if len({verifier.public for verifier in verifiers}) != len(verifiers):
        raise Invalid("policy_key_twice")


def _one_or_two(words: list[str]) -> tuple[str, str | None]:
    if len(words) not in (1, 2):
        raise Invalid("word_count")
    return words[0], words[1] if len(words) > 1 else None


def _tail(url: str | None) -> str:
    return "" if url is None else f" {url}"
