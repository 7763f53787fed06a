"""What somebody typed, as it is kept: their own words, emoji and lines, without what changes how others read a page."""

import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_UNSEEN = re.compile(
    "[\x00-\x09\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def tidied(typed: str) -> str:
    """NFC, with plain line ends and blanks for tabs; no control characters, none that turn the direction of writing.

    Joiners stay: emoji of several parts, Persian and Indic words need them.
    """
    plain = _LINE_ENDS.sub("\n", typed).replace("\t", " ")
    return unicodedata.normalize("NFC", _UNSEEN.sub("", plain))
