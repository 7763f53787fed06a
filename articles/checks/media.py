"""Checks of pictures, galleries and videos."""

from collections.abc import Iterator
from itertools import groupby

from detoxsite.core.plain_text import as_seen

from .document import PICTURES, Block, Document, Finding
from .rules import RULES
from .vocabulary import CUES

GALLERY_SIZE = range(2, 10)  # pictures side by side


def check_picture(place: int, block: Block) -> Iterator[Finding]:
    alt = as_seen(block.alt).strip()
    if block.kind in PICTURES and not alt:
        yield RULES["alt-missing"].finding(place, block.body)
    elif block.kind in PICTURES and CUES["poor-alt"].match(alt):
        yield RULES["alt-poor"].finding(place, alt)


def check_video(place: int, block: Block) -> Iterator[Finding]:
    if block.kind == "video" and not block.captions:
        yield RULES["captions-missing"].finding(place, block.title)
    if block.kind == "video" and not block.transcript:
        yield RULES["transcript-missing"].finding(place, block.title)


def check_galleries(document: Document) -> Iterator[Finding]:
    """A gallery is made of the pictures that follow each other."""
    for kind, run in groupby(enumerate(document.blocks), key=lambda numbered: numbered[1].kind):
        pictures = list(run)
        if kind == "gallery" and len(pictures) not in GALLERY_SIZE:
            place, first = pictures[0]
            yield RULES["gallery-size"].finding(place, first.alt, count=len(pictures))
