"""Words of a text with where they stand, in a form in which spelling, accents and letter shapes do not matter."""

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum

_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_NOT_OF_WORDS = {*range(0x20D0, 0x2100), *range(0xFE00, 0xFE10)}  # what makes a keycap or an emoji
_MARKS = "".join(
    re.escape(chr(code))
    for code in range(0x300, 0xFFFF)
    if unicodedata.category(chr(code))[0] == "M" and code not in _NOT_OF_WORDS
)
_APOSTROPHES = "'’‘ʼ´`＇"
_LETTERS = f"[^\\W\\d_](?:[^\\W\\d_{_MARKS}]|[{_MARKS}])*(?:[{_INVISIBLE}]+(?:[^\\W\\d_]|[{_MARKS}])+)*"
_WORD = re.compile(f"{_LETTERS}(?:[{_APOSTROPHES}]{_LETTERS})*|[0-9]+")
_DROPPED = re.compile(f"[{_MARKS}{_INVISIBLE}{_APOSTROPHES}]+")
_POSSESSIVE = re.compile(f"[{_APOSTROPHES}][sS]$")
_ALIKE = str.maketrans("łŁøØđĐßıæœ", "lLoOdDsiao")
_MAX_LENGTH = 60  # code points: what is longer is no word of any use

_HARD = re.compile(r"[.!?;。！？؟।…]|\n\s*\n|[\r\n]\s*[-*•]")
_QUOTES = frozenset('"“”«»„')
_INITIAL = frozenset(["dr", "mr", "mrs", "ms", "st", "prof", "lic", "sr", "sra", "srta", "fr", "mt", "rev"])


class Gap(IntEnum):
    """What stands before a word: nothing but blanks; a comma, an emoji or the like; the end of a sentence."""

    BLANK = 0
    SOFT = 1
    HARD = 2


@dataclass(slots=True)
class Word:
    """A word without its possessive ending. ``key`` is what it is looked up by."""

    start: int
    end: int
    text: str
    key: str
    before: Gap
    glued: bool  # by a hyphen or nothing to the word before
    has_stop: bool  # a full stop follows at once
    is_possessive: bool  # 's follows
    is_tag: bool  # of a hashtag or an account name

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def is_shouted(self) -> bool:
        return len(self.text) > 1 and self.text.isupper()

    @property
    def is_titled(self) -> bool:
        """Whether it starts with a capital and does not shout: Kyle, McKay, DeShawn."""
        return self.text[0].isupper() and not self.is_shouted


def folded(text: str) -> str:
    """Lower case, without accents, apostrophes and what is invisible; of letters in fancy shapes the plain ones."""
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "")
    plain = unicodedata.normalize("NFKD", _DROPPED.sub("", text)).translate(_ALIKE).casefold()
    return _DROPPED.sub("", plain)


def words_of(text: str) -> list[Word]:
    """The words and the numbers of a text, in order."""
    found: list[Word] = []
    last_end = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        gap = text[last_end:start]
        if end - start > _MAX_LENGTH:
            last_end = end
            continue
        whole = match[0]
        possessive = _POSSESSIVE.search(whole, len(whole) - 2) if whole[-1] in "sS" and len(whole) > 2 else None
        bare = whole[: possessive.start()] if possessive else whole
        found.append(
            Word(
                start,
                start + len(bare),
                bare,
                folded(bare),
                _gap(gap, found),
                bool(found) and gap in ("", "-", "‐", "‑", "."),
                text[end : end + 1] == ".",
                bool(possessive),
                gap.endswith(("#", "@")),
            )
        )
        last_end = end
    return found


def _is_initial(word: Word) -> bool:
    return len(word.text) == 1 and word.text.isalpha() and not word.glued


def _gap(between: str, before: list[Word]) -> Gap:
    if not before:
        return Gap.HARD
    if between == " ":
        return Gap.BLANK
    if between.isspace() and between.count("\n") < 2 or between in ("", "-", "‐", "‑"):
        return Gap.SOFT if "\n" in between else Gap.BLANK
    if between.strip(" ") in _QUOTES:
        return Gap.BLANK
    if between.startswith(".") and (before[-1].key in _INITIAL or _is_initial(before[-1])):
        rest = between[1:]
        return Gap.BLANK if not rest.strip() else Gap.SOFT
    return Gap.HARD if _HARD.search(between) else Gap.SOFT
