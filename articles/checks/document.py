"""Input and output of the editorial checks: an edition as plain data, and findings. No database."""

import enum
import hashlib
from dataclasses import dataclass, field
from datetime import date

MAX_EXCERPT = 140  # characters
PAGE_CODES = {  # findings about the page as a whole
    *("crisis-line", "no-sources", "no-way-to-help", "overdose-block", "reading-grade", "review-overdue"),
}

PLAIN_TEXT = {
    "facts",
    "comparison",
    "figure",
    "gallery",
    "pull",
    "download",
    "video",
}  # kinds of blocks whose body is no HTML
PICTURES = {"figure", "gallery", "map"}  # kinds of blocks that show one


class Level(enum.StrEnum):
    RED = "red"
    AMBER = "amber"


@dataclass(frozen=True)
class Block:
    kind: str  # as of the model: "text", "callout", "facts", "figure", "pull", "step" and so on
    body: str = ""  # facts, comparison: a line for each row; PLAIN_TEXT: as typed; others: clean HTML
    title: str = ""  # of those that have a heading
    tone: str = ""  # callout: "danger", "warning", "note"
    alt: str = ""  # of those that show a picture: its text alternative
    attribution: str = ""  # pull: who said it, and where
    helps: bool = False  # whether it has a button or a link to call or to ask for help
    captions: str = ""  # video: digest of its file of captions
    transcript: str = ""  # video: what is said, in words; part of the body


@dataclass(frozen=True)
class Reference:
    number: int
    title: str
    year: int | None = None


@dataclass(frozen=True)
class Document:
    title: str
    summary: str
    topic: str  # slug; "": a page
    blocks: tuple[Block, ...] = ()
    sources: tuple[Reference, ...] = ()
    review_due_on: date | None = None  # of the edition that readers see, if any
    needs_sources: bool = True  # whether it should have some, whatever it says; single claims need theirs anyway
    is_first_page: bool = False


@dataclass(frozen=True)
class Finding:
    code: str
    level: Level
    place: int | str  # index into the blocks, or "page", "title", "summary", "sources"
    excerpt: str  # the passage with a little context
    message: str
    suggestion: str
    context: str = field(default="", compare=False)  # the whole sentence, where the excerpt shortens it
    match: str = field(default="", compare=False)  # the words in the sentence that the finding is about

    @property
    def key(self) -> str:
        """Identifies the finding by its message and its exact sentence, wherever that is on the page.

        It stays the same when blocks move, and changes with any character of the sentence.
        """
        sentence = " ".join((self.context or self.excerpt).split())
        content = f"{self.code} {self.level} {self.message if self.code != 'reading-grade' else ''} {sentence}"
        return hashlib.sha256(content.encode(errors="replace")).hexdigest()[:16]


@dataclass(frozen=True)
class Readability:
    grade: float  # Automated Readability Index of the running text
    hardest: tuple[str, ...]  # the three hardest sentences, hardest first


def shorten(text: str) -> str:
    return text if len(text) <= MAX_EXCERPT else f"{text[: MAX_EXCERPT - 2].rstrip()} …"
