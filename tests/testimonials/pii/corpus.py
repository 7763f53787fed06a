"""Invented reviews with everything that identifies a person labeled by hand, to measure the detector against.

``reviews.txt`` and ``reviews_held_out.txt`` are for development; the second was held out from the first rules.
``reviews_fresh.txt`` was written without sight of the rules: people who write rules see only its score, never the file.

Records are separated by a line ``---``. The first line of one is ``# id trait,trait``; the rest is the review as typed,
with labels inline: ``my son ⟦name:kyle⟧``. Titles, possessive endings and emoji stay outside a label.
"""

import re
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
DEVELOPMENT = HERE / "reviews.txt"
HELD_OUT = HERE / "reviews_held_out.txt"
FRESH = HERE / "reviews_fresh.txt"

KINDS = {
    "name": "any person's name or nickname, without title or kinship word",
    "phone": "a telephone number",
    "email": "an e-mail address",
    "web": "a web address or bare domain",
    "handle": "an account name on a social network",
    "date": "a calendar date, a year, or a holiday with its year; not a weekday, month or holiday alone",
    "age": "an age over 89",
    "address": "a street, unit or ZIP code",
    "number": "a social security, record, room, bed or insurance number",
    "medicine": "a drug by brand, generic or street name; not alcohol and not a class such as opioids",
    "relative": "a kinship phrase about a particular person, as in my son or his mother",
    "duration": "how long someone has been sober",
}

_SEPARATOR = "---"
_HEADING = re.compile(r"# (?P<id>\w+) (?P<traits>[a-z-]+(?:,[a-z-]+)*)")
_LABEL = re.compile(r"⟦(?P<kind>[a-z]+):(?P<text>[^⟦⟧\n]*)⟧")


class Span(NamedTuple):
    """One label: its kind and the characters ``text[start:end]`` it covers."""

    kind: str
    start: int
    end: int


class Record(NamedTuple):
    """One review. ``text`` is the text as typed, without labels; ``spans`` are in order and never overlap."""

    id: str
    traits: frozenset[str]
    text: str
    spans: tuple[Span, ...]


def records(path: Path) -> list[Record]:
    """The records of a labeled file, in order.

    Raises ValueError that names the file, the line (from 1) and what is wrong with it.
    """
    found, block, first = [], [], 1
    lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    for number, line in enumerate([*lines, _SEPARATOR], start=1):
        if line == _SEPARATOR:
            found.append(_record(block, path.name, first))
            block, first = [], number + 1
        else:
            block.append(line)
    return found


def _record(lines: list[str], file: str, first: int) -> Record:
    heading = _HEADING.fullmatch(lines[0]) if lines else None
    if heading is None:
        raise ValueError(f"{file}:{first}: a record begins with '# id trait,trait'")
    if not "".join(lines[1:]).strip():
        raise ValueError(f"{file}:{first}: the review is empty")
    text, spans = "", []
    for number, line in enumerate(lines[1:], start=first + 1):
        unlabeled, labels = _unlabeled(line, f"{file}:{number}")
        start = len(text)
        spans += [Span(kind, start + begin, start + end) for kind, begin, end in labels]
        text += unlabeled + "\n"
    return Record(heading["id"], frozenset(heading["traits"].split(",")), text.removesuffix("\n"), tuple(spans))


def _unlabeled(line: str, where: str) -> tuple[str, list[Span]]:
    text, spans, read = "", [], 0
    for label in _LABEL.finditer(line):
        if label["kind"] not in KINDS:
            raise ValueError(f"{where}: no kind is called {label['kind']!r}")
        if not label["text"] or label["text"] != label["text"].strip():
            raise ValueError(f"{where}: a label is empty or begins or ends with a space")
        text += line[read : label.start()]
        spans.append(Span(label["kind"], len(text), len(text) + len(label["text"])))
        text += label["text"]
        read = label.end()
    text += line[read:]
    if "⟦" in text or "⟧" in text:
        raise ValueError(f"{where}: a label is not written ⟦kind:text⟧")
    return text, spans
