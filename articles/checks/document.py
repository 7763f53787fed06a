"""What is checked, and what is found: the words of an edition as plain data, without a database."""

import enum
import hashlib
from dataclasses import dataclass, field
from datetime import date

MAX_EXCERPT = 140  # characters
OF_THE_PAGE = {"overdose-block", "crisis-line", "review-overdue", "reading-grade"}  # not about words of it


class Level(enum.StrEnum):
    RED = "red"
    AMBER = "amber"


@dataclass(frozen=True)
class Block:
    kind: str  # "text", "callout", "facts", "figure", "pull"
    body: str = ""  # text, callout: clean HTML; facts: lines "name | fact"; figure: caption; pull: the quotation
    title: str = ""  # callout, facts
    tone: str = ""  # callout: "danger", "warning", "note"
    alt: str = ""  # figure: the picture's text alternative


@dataclass(frozen=True)
class Reference:
    number: int
    title: str
    year: int | None = None


@dataclass(frozen=True)
class Document:
    title: str
    summary: str
    topic: str  # slug
    blocks: tuple[Block, ...] = ()
    sources: tuple[Reference, ...] = ()
    review_due_on: date | None = None  # of the edition that readers see, if any


@dataclass(frozen=True)
class Finding:
    code: str
    level: Level
    place: int | str  # index into the blocks, or "page", "title", "summary", "sources"
    excerpt: str  # the words it is about, with a little around them
    message: str
    suggestion: str
    about: str = field(default="", compare=False)  # all the words it is about, where the excerpt leaves some out

    @property
    def key(self) -> str:
        """Names the finding by what it says and the exact words it is about, wherever they stand.

        It lasts when blocks move, and ends when a letter, a figure or a sign of its sentence changes.
        """
        words = " ".join((self.about or self.excerpt).split())
        named = f"{self.code} {self.level} {self.message if self.code != 'reading-grade' else ''} {words}"
        return hashlib.sha256(named.encode(errors="replace")).hexdigest()[:16]


@dataclass(frozen=True)
class Reading:
    grade: float  # Automated Readability Index of the running text
    hardest: tuple[str, ...]  # the three hardest sentences, hardest first


def shortened(words: str) -> str:
    return words if len(words) <= MAX_EXCERPT else f"{words[: MAX_EXCERPT - 2].rstrip()} …"
