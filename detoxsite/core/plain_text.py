"""One tidying of text: what is kept of what people type, and what a reader sees of what is stored.

``tidy`` is for what is stored and shown. ``as_seen`` is for what is compared: the checks, the search and the detectors
must judge the words that a reader sees, whatever invisible or look-alike characters are between or instead of them.
``seen_with_spans`` is for what marks passages: it also says where in the text each character comes from.
Characters follow the Unicode Character Database; the invisible ones are its Default_Ignorable_Code_Point.
"""

import functools
import html
import re
import unicodedata
from collections.abc import Iterator

from django.utils.safestring import SafeData

_LINE_END = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = "\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff"
_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_ZERO_WIDTH = (
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufff8"
)
_TAGS = "\U000e0000-\U000e0fff"
_JOINERS = "\u200c\u200d"
_SELECTORS = "\ufe00-\ufe0f"
_OVERLAYS = "\u0334-\u0338"  # lines drawn through the letter before
# A joiner stays where emoji or Persian and Indic words need it: behind no Latin letter, digit or sign.
_NOT_KEPT = re.compile(
    f"(\U0001f3f4[\U000e0020-\U000e007e]{{1,8}}\U000e007f)"  # the flag of a region
    f"|[{_CONTROL}{_DIRECTION}{_ZERO_WIDTH}{_TAGS}]|(?<![\u0250-\U0010ffff])[{_JOINERS}]"
)
_NOT_SEEN = re.compile(f"[{_CONTROL}{_DIRECTION}{_ZERO_WIDTH}{_TAGS}{_JOINERS}{_SELECTORS}{_OVERLAYS}]")
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_BLANK = re.compile(r"[^\S\n]|\u2800")
_SAME_SIGN = str.maketrans("‐‑−﹣－ʼ‛＇", "-----’’’")  # noqa: RUF001 the look-alikes of hyphen and apostrophe
# Cyrillic and Greek letters that look like Latin ones, and those
LOOK_ALIKES = (
    "аеорсухіјѕԁһԛԝАВЕКМНОРСТУХІЈЅαοριυνκΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",  # noqa: RUF001
    "aeopcyxijsdhqwABEKMHOPCTYXIJSaopiuvkABEZHIKMNOPTYX",
)
_LOOK_ALIKES = str.maketrans(*LOOK_ALIKES)
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")
_STAYS = ("<super>", "<sub>", "<fraction>", "<square>")  # "10³" is not "103", and "™" is no part of the word


def tidy(text: str, *, multiline: bool = False) -> str:
    """NFC without control, direction and zero-width characters; ligatures as letters.

    Line ends become ``\\n``, or spaces unless ``multiline``; tabs become spaces. Emoji keep their joiners.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_END.sub("\n" if multiline else " ", text).replace("\t", " ")
    if not multiline:
        text = text.replace("\n", " ")
    text = _LIGATURE.sub(lambda letter: unicodedata.normalize("NFKC", letter[0]), _NOT_KEPT.sub(r"\1", text))
    return unicodedata.normalize("NFC", text)


def as_seen(text: str) -> str:
    """The text in plain characters, as a reader takes it: to compare and search in, never to show.

    Without anything invisible; each kind of space a space; letters, digits and marks in their usual form (NFKC), and a
    Cyrillic or Greek look-alike in a Latin word as the Latin letter. Line ends stay; the length may change.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _NOT_SEEN.sub("", _LINE_END.sub("\n", text))
    text = "".join(map(_usual_form, text)) if not text.isascii() else text
    text = unicodedata.normalize("NFC", _BLANK.sub(" ", text)).translate(_SAME_SIGN)
    return _WORD.sub(_with_latin_letters, text)


def seen_with_spans(text: str) -> tuple[str, list[tuple[int, int]]]:
    """``as_seen(text)``, and for each of its characters the span of ``text`` that it comes from, in code points.

    Invisible characters belong to the span of the character before them. Characters of one ligature share its span.
    """
    seen = as_seen(text)
    if seen == text:
        return seen, [(place, place + 1) for place in range(len(text))]
    characters, spans = [], []
    for start, end in _clusters(text):
        plain = _cluster_as_seen(text[start:end])
        characters.append(plain)
        spans += [(start, end)] * len(plain)
    return _WORD.sub(_with_latin_letters, "".join(characters)), spans


_cluster_as_seen = functools.lru_cache(maxsize=4096)(as_seen)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Spans of each character together with what as_seen drops after it or composes with it."""
    start, last = 0, text[:1]  # the last character that is seen
    for place in range(1, len(text)):
        character = text[place]
        if character < "\x7f" and (character >= " " or (character == "\n" and text[place - 1] != "\r")):
            follows = False
        else:
            follows = (
                character == "\n"
                or ("\u1161" <= character <= "\u11ff" and "\u1100" <= last <= "\ud7a3")  # a Korean syllable
                or unicodedata.category(character)[0] == "M"
                or bool(_NOT_SEEN.match(character))
            )
        if not follows:
            yield start, place
            start = place
        if not _NOT_SEEN.match(character):
            last = character
    if text:
        yield start, len(text)


def typed_length(text: str) -> int:
    """The length as a browser counts it for ``maxlength``: in UTF-16 code units, each line break as one."""
    return len(_LINE_END.sub("\n", text).encode("utf-16-le", "surrogatepass")) // 2


def _with_latin_letters(word: re.Match) -> str:
    return word[0].translate(_LOOK_ALIKES) if _LATIN.search(word[0]) else word[0]


def _usual_form(character: str) -> str:
    kind = unicodedata.decomposition(character)
    if character < "\x80" or not kind.startswith("<") or kind.startswith(_STAYS) or character == "…":
        return character
    return unicodedata.normalize("NFKC", character)


@functools.lru_cache(maxsize=4096)
def letters_of(character: str) -> str:
    """A character in its plainest form, to find in a text, letter by letter, what ``as_seen`` made of it.

    Texts that look the same to a reader give the same letters: lower case, without accents; "" for what is invisible.
    """
    plain = unicodedata.normalize("NFKD", as_seen(character).translate(_LOOK_ALIKES)).casefold()
    return "".join(" " if letter.isspace() else letter for letter in plain if not unicodedata.combining(letter))


def escaped(value) -> str:
    """Escape for HTML what is not HTML already: as ``conditional_escape``, at a fifth of its time, but nothing lazy."""
    return value if isinstance(value, SafeData) else html.escape(str(value))
