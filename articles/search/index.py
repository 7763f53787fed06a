"""The spelling index: words of signed-off editions, which search uses to complete and correct what readers type."""

import re

from ..models import Edition, SearchWord
from .plain_form import search_form

LETTERS = re.compile(r"[^\W\d_]+")
MIN_WORD = 3  # letters
MAX_WORD = SearchWord._meta.get_field("word").max_length


def add_spellings(*editions: Edition) -> None:
    store(distinct_words(*editions))


def distinct_words(*editions: Edition) -> set[str]:
    texts = (text for edition in editions for text in (edition.title, edition.summary, edition.text))
    texts = map(search_form, texts)
    words = {word for text in texts for word in LETTERS.findall(text.lower())}
    return {word for word in words if MIN_WORD <= len(word) <= MAX_WORD}


def store(words: set[str]) -> None:
    """Insert in sorted order, so that two transactions at a time cannot deadlock."""
    SearchWord.objects.bulk_create((SearchWord(word) for word in sorted(words)), ignore_conflicts=True, batch_size=2000)
