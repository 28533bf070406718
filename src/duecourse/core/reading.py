"""Reads the YAML of a rulebook strictly, and says where each mistake stands.

Responsible for: one value at a time with its file and line; unknown, missing and duplicate keys; wrong types; and
collecting every problem of a folder, so that a lawyer sees all of them at once. A wrong value is recorded and an empty
one of the right type goes on in its place: nothing is used until `Problems.raise_if_any()` has passed.

Not responsible for what the values mean: that is the reader's of each file.

    problems = Problems()
    root = read_yaml(folder / "roles.yaml", problems)
    for name, node in root.entries().items():
        parts = node.mapping(required={"title"}, optional={"system"})
        title = parts["title"].words()
    problems.raise_if_any()
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import yaml

from duecourse.core.errors import Invalid

if TYPE_CHECKING:
    from pathlib import Path

Words = Mapping[str, str]
"""The same sentence in each language of the product: keys exactly `zh-Hans` and `en`."""

Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]
"""What a node is without its position: JSON without floats."""

LANGUAGES = ("zh-Hans", "en")
IDENTIFIER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The fast reader where the library brings it; both resolve tags and marks alike."""
_TAG = "tag:yaml.org,2002:"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INTEGER = re.compile(r"0|-?[1-9]\d*")
_NAMES = {"str": "text", "int": "a number", "bool": "true or false", "timestamp": "a date", "null": "nothing",
          "float": "a decimal", "map": "a mapping", "seq": "a list"}  # fmt: skip

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: where it stands (line counted from 1), what is wrong, and what to do."""

    file: str
    line: int
    message: str
    advice: str = ""

    def __str__(self) -> str:
        tail = f" {self.advice}" if self.advice else ""
        return f"{self.file}:{self.line}: {self.message}{tail}"


class RulebookError(Exception):
    """A rulebook that cannot be used. `problems` lists every mistake found, in the order of files and lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class Problems:
    """Collects the mistakes of a whole folder. Iterate to read them; it is true when there is at least one."""

    found: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Remember one mistake; the same mistake at the same place is remembered once."""
        if problem not in self.found:
            self.found.append(problem)

    def raise_if_any(self) -> None:
        """Raise RulebookError with everything found; return when nothing was."""
        if self.found:
            raise RulebookError(self.found)

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self.found))

    def __len__(self) -> int:
        return len(self.found)


@dataclass(frozen=True, slots=True)
class Node:
    """One YAML value and where it stands; `absent` marks the stand-in for a value already reported as a problem.

    Every reading method records a problem when the value is not of its type and returns an empty value of that type.
    """

    file: str
    line: int
    problems: Problems = field(repr=False, compare=False)
    inner: yaml.Node | None = field(repr=False, compare=False, default=None)

    # -- what it is --------------------------------------------------------------------------------------------------

    @property
    def absent(self) -> bool:
        """Whether this stands in for a missing or unreadable value."""
        return self.inner is None

    @property
    def kind(self) -> str:
        """One of map, seq, str, int, bool, timestamp, null, float, other; `absent` for a stand-in."""
        if self.inner is None:
            return "absent"
        short = self.inner.tag.removeprefix(_TAG)
        return short if short in _NAMES else "other"

    def problem(self, message: str, advice: str = "") -> None:
        """Record that this value is wrong; says nothing about a stand-in."""
        if not self.absent:
            self.problems.add(Problem(self.file, self.line, message, advice))

    # -- containers --------------------------------------------------------------------------------------------------

    def mapping(
        self, *, required: AbstractSet[str] = frozenset(), optional: AbstractSet[str] = frozenset()
    ) -> dict[str, Node]:
        """Read a mapping with a closed set of keys; the result holds all required and the written optional ones."""
        found = self._pairs()
        for name, value in found.items():
            if name not in required and name not in optional:
                known = ", ".join(sorted(required | optional))
                value.at_key(self, name).problem(f"Unknown key {name!r}.", f"Known here: {known}.")
        for name in sorted(required - found.keys()):
            self.problem(f"The key {name!r} is missing.", f"Add {name!r}.")
        kept = {name: value for name, value in found.items() if name in required or name in optional}
        return kept | {name: self._stand_in() for name in required - found.keys()}

    def entries(self, *, of: str = "entry") -> dict[str, Node]:
        """Read a mapping whose keys are names chosen by the author (kebab-case); `of` says what they name."""
        found = self._pairs()
        for name, value in found.items():
            if not IDENTIFIER.fullmatch(name):
                value.at_key(self, name).problem(
                    f"{name!r} is not a name of a {of}.", "Use lower-case letters, digits and single hyphens."
                )
        return found

    def pairs(self) -> dict[str, Node]:
        """Read a mapping with keys of any spelling (article numbers, dates); duplicates are problems all the same."""
        return self._pairs()

    def sequence(self) -> list[Node]:
        """Read a list."""
        if not isinstance(self.inner, yaml.SequenceNode):
            self._expected("a list")
            return []
        return [self._child(item) for item in self.inner.value]

    def one_or_many(self) -> list[Node]:
        """Read a list, or a single value as a list of one."""
        return self.sequence() if self.kind == "seq" else [] if self.absent else [self]

    # -- scalars -----------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """Read non-empty text. A number, a date, `yes` or `no` meant as text must be quoted."""
        if self.kind != "str":
            self._expected("text", "Put it in quotes if it is text.")
            return ""
        value = self._scalar()
        if not value.strip():
            self.problem("The text is empty.", "Write it, or leave the key out.")
        return value

    def identifier(self) -> str:
        """Read a name in kebab-case: lower-case letters, digits, single hyphens."""
        value = self.text()
        if value and not IDENTIFIER.fullmatch(value):
            self.problem(f"{value!r} is not a name.", "Use lower-case letters, digits and single hyphens.")
        return value

    def one_of(self, allowed: AbstractSet[str] | Sequence[str]) -> str:
        """Read text that is one of a closed list of words."""
        value = self.text()
        if value and value not in allowed:
            self.problem(f"{value!r} is not allowed here.", f"Choose one of: {', '.join(sorted(allowed))}.")
            return ""
        return value

    def integer(self) -> int:
        """Read a whole number in plain decimal digits."""
        if self.kind != "int" or not _INTEGER.fullmatch(self._scalar()):
            self._expected("a whole number", "Write plain digits.")
            return 0
        return int(self._scalar())

    def boolean(self) -> bool:
        """Read `true` or `false`, no other spelling."""
        if self.kind != "bool" or self._scalar() not in ("true", "false"):
            self._expected("true or false", "Write true or false.")
            return False
        return self._scalar() == "true"

    def date(self) -> dt.date:
        """Read a date spelled YYYY-MM-DD."""
        if self.kind == "timestamp" and _DATE.fullmatch(self._scalar()):
            try:
                return dt.date.fromisoformat(self._scalar())
            except ValueError:
                self.problem(f"{self._scalar()} is not a day of the calendar.", "Check month and day.")
                return dt.date.min
        self._expected("a date", "Write YYYY-MM-DD without quotes.")
        return dt.date.min

    def words(self) -> Words:
        """Read a sentence in both languages: exactly the keys zh-Hans and en, neither empty."""
        parts = self.mapping(required=set(LANGUAGES))
        return {language: parts[language].text() for language in LANGUAGES}

    def parsed(self, parse: Callable[[str], Value], advice: str = "") -> Value | None:
        """Read text with a parser that raises ValueError or Invalid; None (and a problem) when it does."""
        value = self.text()
        if not value:
            return None
        try:
            return parse(value)
        except (ValueError, Invalid) as wrong:
            self.problem(f"{value!r} cannot be read: {wrong}.", advice)
            return None

    def plain(self) -> Plain:
        """Read whatever stands here as JSON-like data; dates become text, decimals are problems."""
        if self.kind == "map":
            return {name: value.plain() for name, value in self._pairs().items()}
        if self.kind == "seq":
            return [item.plain() for item in self.sequence()]
        readers: dict[str, Callable[[], Plain]] = {
            "int": self.integer,
            "bool": self.boolean,
            "timestamp": lambda: self.date().isoformat(),
            "null": lambda: None,
            "absent": lambda: None,
        }
        return readers.get(self.kind, self.text)()

    # -- within ------------------------------------------------------------------------------------------------------

    def at_key(self, parent: Node, name: str) -> Node:
        """Give the node of the key that this value stands under in `parent`, so that a problem points at the key."""
        assert isinstance(parent.inner, yaml.MappingNode)
        return parent._child(next(key for key, _ in parent.inner.value if key.value == name))

    def _pairs(self) -> dict[str, Node]:
        if not isinstance(self.inner, yaml.MappingNode):
            self._expected("a mapping")
            return {}
        found: dict[str, Node] = {}
        for key, value in self.inner.value:
            name = self._child(key)
            if not isinstance(key, yaml.ScalarNode):
                name.problem("A key must be a single word.")
            elif key.value in found:
                name.problem(f"The key {key.value!r} stands here twice.", "Keep one.")
            else:
                found[key.value] = self._child(value)
        return found

    def _scalar(self) -> str:
        assert isinstance(self.inner, yaml.ScalarNode)
        return str(self.inner.value)

    def _expected(self, what: str, advice: str = "") -> None:
        self.problem(f"Expected {what}, found {_NAMES.get(self.kind, 'something else')}.", advice)

    def _child(self, inner: yaml.Node) -> Node:
        return Node(self.file, inner.start_mark.line + 1, self.problems, inner)

    def _stand_in(self) -> Node:
        return Node(self.file, self.line, self.problems)


def read_yaml(path: Path, problems: Problems | None = None, *, shown: str | None = None) -> Node:
    """Read one file. A file that is missing or is no YAML is a problem and gives a stand-in.

    `shown` is how problems name the file (default: the path as given). Without `problems` a new collection is made:
    `node.problems`.
    """
    collected = Problems() if problems is None else problems
    name = shown or str(path)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except OSError as wrong:
        collected.add(Problem(name, 1, f"The file cannot be read: {wrong.strerror}."))
    except UnicodeDecodeError:
        collected.add(Problem(name, 1, "The file is not UTF-8 text.", "Save it as UTF-8."))
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        line = mark.line + 1 if mark else 1
        collected.add(
            Problem(
                name, line, f"This is not YAML: {wrong.problem or wrong.context}.", "Check the indentation and quotes."
            )
        )
    except yaml.YAMLError as wrong:
        collected.add(Problem(name, 1, f"This is not YAML: {wrong}."))
    else:
        if root is not None:
            return Node(name, root.start_mark.line + 1, collected, root)
        collected.add(Problem(name, 1, "The file is empty."))
    return Node(name, 1, collected)
