"""Readability: how hard the running text is to read."""

from .document import Document, Readability
from .passages import REFERENCE, Passage, split_document


def measure_readability(document: Document) -> Readability:
    """Grade and hardest sentences of the paragraphs and list items of the blocks. Grade 0 without any."""
    return readability_of(running_text(document, split_document(document)))


def running_text(document: Document, passages: dict[int | str, list[Passage]]) -> list[str]:
    """The sentences of the paragraphs and list items, without references."""
    places = range(len(document.blocks))
    running = (passage for place in places for passage in passages[place] if passage.kind in {"p", "li"})
    sentences = (REFERENCE.sub("", sentence).strip() for passage in running for sentence in passage.sentences())
    return [sentence for sentence in sentences if any(map(str.isalnum, sentence))]


def readability_of(sentences: list[str]) -> Readability:
    long = [sentence for sentence in dict.fromkeys(sentences) if len(sentence.split()) > 5] or sentences
    hardest = sorted(long, key=lambda sentence: _index([sentence]), reverse=True)[:3]
    return Readability(round(max(0.0, _index(sentences)), 1), tuple(hardest))


def _index(sentences: list[str]) -> float:
    """The Automated Readability Index: letters per word, words per sentence."""
    words = [word for sentence in sentences for word in sentence.split()]
    if not words:
        return 0.0
    letters = sum(map(str.isalnum, "".join(words)))
    return 4.71 * letters / len(words) + 0.5 * len(words) / len(sentences) - 21.43
