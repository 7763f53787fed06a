"""Taking passages out of a review: each gives way to a mark in square brackets, and nothing else changes.

Places are Python code points of the words as they were typed. A grapheme (what a reader sees as one sign: an emoji
with its joiners, a letter with its accents, CR LF) is never cut.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from ..pii import MARKS, Kind
from ..pii.tokenizer import folded

__all__ = ["MARKS", "Kind", "Removal", "applied", "find_exact", "of_json", "to_json", "widened"]


@dataclass(frozen=True)
class Removal:
    """A passage that is not shown: code points ``start`` to ``end``."""

    start: int
    end: int
    kind: Kind


def applied(words: str, removals: Iterable[Removal]) -> str:
    """The words with a mark in place of each passage; neighbors of one kind with only blanks between share one.

    Raises ValueError where a passage is empty, out of bounds, overlaps another or cuts a grapheme.
    """
    shown, end, last = [], 0, None
    for removal in sorted(removals, key=lambda removal: (removal.start, removal.end)):
        _check(words, removal, end)
        between = words[end : removal.start]
        if removal.kind != last or between.strip():
            shown += [between, MARKS[removal.kind]]
        end, last = removal.end, removal.kind
    return "".join(shown) + words[end:]


def _check(words: str, removal: Removal, end: int) -> None:
    if not 0 <= removal.start < removal.end <= len(words):
        raise ValueError("A passage is empty or out of bounds.")
    if removal.start < end:
        raise ValueError("Two passages overlap.")
    if not (_is_boundary(words, removal.start) and _is_boundary(words, removal.end)):
        raise ValueError("A passage cuts a sign in two.")


def widened(words: str, start: int, end: int) -> tuple[int, int]:
    """The passage without blanks at its ends, and with whole signs only. It may be empty: (n, n).

    Places beyond the words count as their ends.
    """
    start, end = max(0, min(start, len(words))), max(0, min(end, len(words)))
    while start < end and words[start].isspace():
        start += 1
    while end > start and words[end - 1].isspace():
        end -= 1
    if start >= end:
        return start, start
    while not _is_boundary(words, start):
        start -= 1
    while not _is_boundary(words, end):
        end += 1
    return start, end


def to_json(removals: Iterable[Removal]) -> list[list]:
    """As they are stored, in order: [[start, end, "name"], ...]."""
    ordered = sorted(removals, key=lambda removal: (removal.start, removal.end))
    return [[removal.start, removal.end, removal.kind.value] for removal in ordered]


def of_json(stored) -> list[Removal]:
    """What ``to_json`` gave. Raises ValueError over anything else."""
    if not isinstance(stored, list):
        raise ValueError("Not a list of passages.")
    return [_removal(each) for each in stored]


def _removal(each) -> Removal:
    if not (isinstance(each, list | tuple) and len(each) == 3 and all(type(place) is int for place in each[:2])):
        raise ValueError("Not a passage.")
    return Removal(each[0], each[1], Kind(each[2]))


_APOSTROPHES = frozenset("'’‘ʼ´`＇")


def find_exact(words: str, typed: str) -> list[tuple[int, int]]:
    """Every place where a typed text stands as whole words: in any case, with any accents and blanks between."""
    wanted = [plain for term in typed.split() if (plain := _plain(term)[0])]
    if not wanted:
        return []
    pattern = r"\s+".join(map(re.escape, wanted))
    before = r"(?<!\w)" if wanted[0][0].isalnum() else ""
    behind = r"(?!\w)" if wanted[-1][-1].isalnum() else ""
    plain, places = _plain(words)
    found = []
    for match in re.finditer(before + pattern + behind, plain):
        if not found or places[match.start()] >= found[-1][1]:
            found.append(widened(words, places[match.start()], places[match.end() - 1] + 1))
    return found


def _plain(words: str) -> tuple[str, list[int]]:
    """The words in lower case without accents, and for each letter left the place it stands for."""
    letters, places = [], []
    for place, letter in enumerate(words):
        plain = letter if letter.isspace() else "'" if letter in _APOSTROPHES else folded(letter)
        letters.append(plain)
        places += [place] * len(plain)
    return "".join(letters), places


# Where a sign may end (Unicode Standard Annex 29, with every joiner kept whole)

_JOINER = "\u200d"
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


def _is_boundary(words: str, place: int) -> bool:
    if place <= 0 or place >= len(words):
        return True
    before, after = words[place - 1], words[place]
    if before == "\r" and after == "\n":
        return False
    if _extends(after) and before not in "\r\n":
        return False
    if before == _JOINER and not after.isspace():
        return False
    if _is_high(before) and _is_low(after):
        return False
    if _is_flag_letter(before) and _is_flag_letter(after):
        return _flag_letters_before(words, place) % 2 == 0
    return not _is_one_syllable(before, after)


def _extends(letter: str) -> bool:
    """Whether a code point belongs to the one before: marks, joiners, variation selectors, skin colors, tags."""
    code = ord(letter)
    if code < 0x300:
        return False
    return (
        letter in "\u200c\u200d"
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
        or code in (0xE33, 0xEB3, 0xFF9E, 0xFF9F)  # Thai and Lao AM, half-width Japanese marks
        or unicodedata.category(letter)[0] == "M"
    )


def _is_high(letter: str) -> bool:
    return 0xD800 <= ord(letter) <= 0xDBFF


def _is_low(letter: str) -> bool:
    return 0xDC00 <= ord(letter) <= 0xDFFF


def _is_flag_letter(letter: str) -> bool:
    return 0x1F1E6 <= ord(letter) <= 0x1F1FF


def _flag_letters_before(words: str, place: int) -> int:
    return place - len(words[:place].rstrip(_FLAG_LETTERS))


def _is_one_syllable(before: str, after: str) -> bool:
    """Whether two Korean letters are one syllable."""
    first, second = _korean(before), _korean(after)
    return (first, second) in {
        ("L", "L"),
        ("L", "V"),
        ("L", "LV"),
        ("L", "LVT"),
        ("LV", "V"),
        ("LV", "T"),
        ("V", "V"),
        ("V", "T"),
        ("LVT", "T"),
        ("T", "T"),
    }


def _korean(letter: str) -> str:
    code = ord(letter)
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return "L"
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return "V"
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return "T"
    if 0xAC00 <= code <= 0xD7A3:
        return "LVT" if (code - 0xAC00) % 28 else "LV"
    return ""
