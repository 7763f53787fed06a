"""The plain form in which texts and queries are searched: what a reader sees, in letters, digits and spaces.

``search_form`` does for typed text what the function articles_search_form of the database (migration 0003) does for
stored text; a test compares them. ``typed_form`` also reads the signs that mean something in a query.
"""

import re
import unicodedata

from detoxsite.core.plain_text import as_seen, tidy

# Parts of regular expressions, for Python and for PostgreSQL.
INVISIBLE = (
    "\u0001-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u0334-\u0338\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
SIGNS = (
    "/|&+\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    "\u2190-\u2bff\u3001\u3002\u3008-\u301f"
)
REFERENCE = r"\[\d\d?\d?\]"  # to a numbered source
_SUPERSCRIPT = re.compile(rf"[\u2120\u2122\u00aa\u00b2\u00b3\u00b9\u00ba\u2070-\u207f]|{REFERENCE}")
_SIGN = re.compile(rf"[{SIGNS}]|(?<=\d)-(?=\d)")

_DASH = "‐‑‒–—―−﹘﹣－"  # noqa: RUF001
_QUOTE_OR_APOSTROPHE = str.maketrans("“”„‟«»‹›″〝〞＂‘’‚‛ʼ´`＇", '""""""""""""' + "''''''''")  # noqa: RUF001
# A dash that does not stand behind a letter joins nothing and excludes nothing; telephones write -- as a dash.
_LOOSE_DASH = re.compile(rf"(?<![^\W_])[{_DASH}]+|--+")
_POSSESSIVE = re.compile(r"(?<=\w)'s\b", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[,;:!?()\[\]{}<>=*\\_]")


def search_form(text: str) -> str:
    """The text in letters, digits, spaces and ASCII signs; accents stay."""
    plain = unicodedata.normalize("NFKC", _SUPERSCRIPT.sub(" ", as_seen(text)))
    return _SIGN.sub(" ", plain.translate({0x2010: "-", 0x2212: "-"}))


def typed_form(text: str) -> str:
    """The text of a search box with straight quotation marks, and a hyphen only where one was typed before a word."""
    plain = _LOOSE_DASH.sub(" ", tidy(text)).translate(_QUOTE_OR_APOSTROPHE)
    return _PUNCTUATION.sub(" ", _POSSESSIVE.sub("", search_form(plain)))
