"""Normalizes text that people typed: keeps words, emoji and lines, drops what affects how other people see a page."""

import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_INVISIBLE = re.compile(
    "[\x00-\x09\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def normalize_text(text: str) -> str:
    """NFC, with plain line ends and blanks for tabs; no control characters, none that change the writing direction.

    Joiners stay: emoji of several parts and Persian and Indic words need them.
    """
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
