"""Addresses that are made of words, as those of pages are: no code, number, email address or token is one.

What people ask for may hold what is nobody else's business. One rule says what may be noted of addresses asked for in
vain (core/redirects), and what the page "not found" offers to search for.
"""

import re

MAX_ADDRESS = 120  # characters
_WORD = r"(?:[a-z]{1,3}|(?=[a-z]*[aeiouy])[a-z]{4,20})"  # no code of consonants
_PART = rf"{_WORD}(?:[-_]{_WORD})*(?:[-_]\d{{1,4}})?|\d{{4}}"
_ENDING = re.compile(r"\.(?:html?|php|aspx?|pdf)$")
_OF_WORDS = re.compile(rf"(?:/(?:{_PART})){{1,4}}")
_BETWEEN = re.compile(r"[-_]+")


def is_made_of_words(path: str) -> bool:
    """Whether a path is made of lower-case words, with a number at most where a year or a page number may be."""
    is_short = len(path) <= MAX_ADDRESS and sum(map(str.isdigit, path)) <= 4
    return is_short and bool(_OF_WORDS.fullmatch(_ENDING.sub("", path.rstrip("/"))))


def words_of(path: str) -> str:
    """The words that such a path ends in: ``/articles/what-is-baclofn/`` gives "what is baclofn". Else ""."""
    if not is_made_of_words(path):
        return ""
    last = _ENDING.sub("", path.rstrip("/")).rpartition("/")[2]
    return _BETWEEN.sub(" ", last)
