"""Rules kept as data: reads a table (TOML or CSV) and compiles its patterns.

The tables have thousands of patterns, which take seconds to compile. A process compiles those that it uses; the web
processes share all of them, compiled at their start (``compile_all``). A mistake in a table stops that start and is
named with the file and the entry. Matching stays with each user of a table: editorial checks, risk signs, reply policy
and the detector of personal information match in different ways.
"""

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

_PART = re.compile("@([a-z]+)")


class RuleTableError(ValueError):
    """An entry of a table is missing or wrong. The message names the file and the entry."""


class Pattern:
    """A regular expression of a table. It has what ``re.Pattern`` has, and is compiled when it is first used.

    The first use raises RuleTableError if it is no regular expression.
    """

    def __init__(self, pattern: str, compile_now: Callable[[], re.Pattern]) -> None:
        self.pattern, self._compile_now = pattern, compile_now
        _patterns.append(self)

    @cached_property
    def compiled(self) -> re.Pattern:
        return self._compile_now()

    def __getattr__(self, name: str):
        """A method of the compiled pattern, which is found on the object itself from then on."""
        if name.startswith("_"):
            raise AttributeError(name)
        value = self.__dict__[name] = getattr(self.compiled, name)
        return value


_patterns: list[Pattern] = []  # those of all tables


def compile_all() -> None:
    """Compile the patterns of all tables that are in use. Raises RuleTableError."""
    for pattern in _patterns:
        pattern.compiled  # noqa: B018


class RuleTable:
    """A TOML file of rules. An entry is named by its path: ``findings.promise.patterns``.

    ``@name`` in a pattern stands for the entry ``parts.name``, or for a pattern in ``parts`` that another table gives.
    A part can use other parts.
    """

    def __init__(self, path: Path, *, parts: Mapping[str, str] | None = None) -> None:
        self.name = path.name
        self._parts = parts or {}
        try:
            self._data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as exc:
            raise RuleTableError(f"{path.name}: {exc}") from exc

    def get(self, entry: str, of: type = object):
        """The value of an entry, which has to be of a type."""
        value = self._data
        for key in entry.split("."):
            if not isinstance(value, dict) or key not in value:
                raise self.error(entry, "missing")
            value = value[key]
        if not isinstance(value, of):
            raise self.error(entry, f"expected {of.__name__}, found {type(value).__name__}")
        return value

    def section(self, entry: str) -> dict:
        return self.get(entry, dict)

    def terms(self, *entries: str) -> frozenset[str]:
        """Terms from lists, or from strings in which blanks separate them."""
        terms = set()
        for entry in entries:
            value = self.get(entry, str | list)
            terms.update(value.split() if isinstance(value, str) else value)
        return frozenset(terms)

    def compile(self, entry: str, pattern: str, flags: int = 0) -> Pattern:
        """A pattern made from an entry."""
        pattern = self._with_parts(pattern)
        return Pattern(pattern, lambda: self._compile(entry, pattern, flags))

    def _compile(self, entry: str, pattern: str, flags: int) -> re.Pattern:
        try:
            return re.compile(pattern, flags)
        except re.error as exc:
            raise self.error(entry, f"not a regular expression: {exc}") from exc

    def _with_parts(self, pattern: str) -> str:
        return _PART.sub(self._part, pattern)

    def _part(self, name: re.Match) -> str:
        part = self._parts.get(name[1]) or self.get(f"parts.{name[1]}", str)
        return self._with_parts(part)

    def pattern(self, entry: str, flags: int = 0) -> Pattern:
        """An entry that is one pattern."""
        return self.compile(entry, self.get(entry, str), flags)

    def patterns(self, entry: str, flags: int = 0) -> dict[str, Pattern]:
        """A section in which every entry is one pattern, by name."""
        return {name: self.pattern(f"{entry}.{name}", flags) for name in self.section(entry)}

    def any_of(self, entry: str, flags: int = 0, *, before: str = "") -> Pattern:
        """One pattern for an entry that lists alternatives; ``before`` has to match in front of each."""
        alternatives = [self._with_parts(alternative) for alternative in self.get(entry, list)]
        pattern = self._with_parts(before) + f"(?:{'|'.join(f'(?:{one})' for one in alternatives)})"

        def compile_now() -> re.Pattern:
            for number, alternative in enumerate(alternatives, 1):
                self._compile(f"{entry}, number {number}", alternative, flags)
            return self._compile(entry, pattern, flags)

        return Pattern(pattern, compile_now)

    def error(self, entry: str, problem: str) -> RuleTableError:
        return RuleTableError(f"{self.name}, {entry}: {problem}")


def read_csv(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a table in CSV that has exactly these columns, the first of them never empty."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != tuple(columns):
            raise RuleTableError(f"{path.name}, line 1: expected the columns {', '.join(columns)}")
        rows = []
        for row in reader:
            if None in row or None in row.values() or not row[columns[0]].strip():
                raise RuleTableError(
                    f"{path.name}, line {reader.line_num}: expected {len(columns)} cells, the first not empty"
                )
            rows.append(row)
    return rows


def by_first_letter(patterns: Iterable[str]) -> str:
    """Alternatives, longest first, grouped by their first letter: a tenth of the attempts at each position."""
    letters: dict[str, list[str]] = {}
    for pattern in sorted(patterns, key=len, reverse=True):
        letters.setdefault(pattern[0], []).append(pattern[1:])
    return "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in letters.items())
