"""Splits a text into tokens, each with its normalized form, in which case, accents and letter shapes do not matter."""

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum

_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_NOT_IN_WORDS = {*range(0x20D0, 0x2100), *range(0xFE00, 0xFE10)}  # parts of keycaps and emoji
_COMBINING = "".join(
    re.escape(chr(code))
    for code in range(0x300, 0xFFFF)
    if unicodedata.category(chr(code))[0] == "M" and code not in _NOT_IN_WORDS
)
_APOSTROPHES = "'’‘ʼ´`＇"
_LETTERS = f"[^\\W\\d_](?:[^\\W\\d_{_COMBINING}]|[{_COMBINING}])*(?:[{_INVISIBLE}]+(?:[^\\W\\d_]|[{_COMBINING}])+)*"
_TOKEN = re.compile(f"{_LETTERS}(?:[{_APOSTROPHES}]{_LETTERS})*|[0-9]+")
_DROPPED = re.compile(f"[{_COMBINING}{_INVISIBLE}{_APOSTROPHES}]+")
_POSSESSIVE = re.compile(f"[{_APOSTROPHES}][sS]$")
_LOOK_ALIKES = str.maketrans("łŁøØđĐßıæœ", "lLoOdDsiao")
_MAX_LENGTH = 60  # code points: anything longer is not a useful word

_SENTENCE_END = re.compile(r"[.!?;。！？؟।…]|\n\s*\n|[\r\n]\s*[-*•]")
_QUOTES = frozenset('"“”«»„')
_ABBREVIATIONS = frozenset(["dr", "mr", "mrs", "ms", "st", "prof", "lic", "sr", "sra", "srta", "fr", "mt", "rev"])


class Gap(IntEnum):
    """What separates a token from the one before: only blanks; a comma, an emoji or the like; the end of a sentence."""

    SPACE = 0
    PUNCTUATION = 1
    SENTENCE_END = 2


@dataclass(slots=True)
class Token:
    """A word without its possessive ending, or a number. ``norm`` is the normalized form, for lookups."""

    start: int
    end: int
    text: str
    norm: str
    gap: Gap
    is_joined: bool  # to the token before, by a hyphen or nothing
    has_period: bool  # directly after it
    is_possessive: bool  # 's follows
    is_tag: bool  # of a hashtag or an account name

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def is_all_caps(self) -> bool:
        return len(self.text) > 1 and self.text.isupper()

    @property
    def is_title_case(self) -> bool:
        """Whether it starts with a capital and is not all capitals: Kyle, McKay, DeShawn."""
        return self.text[0].isupper() and not self.is_all_caps


def normalize(text: str) -> str:
    """Lower case without accents, apostrophes and invisible characters; decorative letters become plain ones."""
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "")
    plain = unicodedata.normalize("NFKD", _DROPPED.sub("", text)).translate(_LOOK_ALIKES).casefold()
    return _DROPPED.sub("", plain)


def tokenize(text: str) -> list[Token]:
    """The words and numbers of a text, in order."""
    tokens: list[Token] = []
    last_end = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        between = text[last_end:start]
        last_end = end
        if end - start > _MAX_LENGTH:
            continue
        word = match[0]
        possessive = _POSSESSIVE.search(word, len(word) - 2) if word[-1] in "sS" and len(word) > 2 else None
        stem = word[: possessive.start()] if possessive else word
        tokens.append(
            Token(
                start,
                start + len(stem),
                stem,
                normalize(stem),
                _gap(between, tokens),
                bool(tokens) and between in ("", "-", "‐", "‑", "."),
                text[end : end + 1] == ".",
                bool(possessive),
                between.endswith(("#", "@")),
            )
        )
    return tokens


def _is_initial(token: Token) -> bool:
    return len(token.text) == 1 and token.text.isalpha() and not token.is_joined


def _gap(between: str, before: list[Token]) -> Gap:
    if not before:
        return Gap.SENTENCE_END
    if between == " ":
        return Gap.SPACE
    if between.isspace() and between.count("\n") < 2 or between in ("", "-", "‐", "‑"):
        return Gap.PUNCTUATION if "\n" in between else Gap.SPACE
    if between.strip(" ") in _QUOTES:
        return Gap.SPACE
    if between.startswith(".") and (before[-1].norm in _ABBREVIATIONS or _is_initial(before[-1])):
        return Gap.PUNCTUATION if between[1:].strip() else Gap.SPACE
    return Gap.SENTENCE_END if _SENTENCE_END.search(between) else Gap.PUNCTUATION
