"""Signals that a request is advertising or a robot's. They delay the alert; they never discard or refuse."""

import re
from collections.abc import Collection

from detoxsite.core.plain_text import as_seen
from detoxsite.core.public_forms.rate_limit import RateLimit

TRAP = "trap"  # the field no person sees was filled in
QUICK = "quick"  # sent sooner than a person can read
LINKS = "links"  # several web addresses
MARKUP = "markup"  # code of a forum or a page
FLOOD = "flood"  # many from one address
WEIGHTS = {TRAP: 3, QUICK: 1, LINKS: 2, MARKUP: 2, FLOOD: 1}
THRESHOLD = 3  # from here on a request goes to quarantine

MIN_SECONDS = 2.0  # from showing the form to sending it
MAX_LINKS = 2
WINDOW, MAX_IN_WINDOW = 600.0, 8  # seconds; requests from one address

_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_MARKUP = re.compile(r"\[url|<a\s|</a>|\[link", re.IGNORECASE)

_request_limit = RateLimit("requests", window=WINDOW, max_hits=MAX_IN_WINDOW)


def spam_signals(answers: dict, *, trap: str, age: float | None, address: str) -> list[str]:
    """Codes of all signals. ``age``: seconds since the form was shown, or None."""
    text = as_seen(f"{answers.get('name', '')} {answers.get('story', '')}")
    signals = {
        TRAP: bool(trap),
        QUICK: age is not None and age < MIN_SECONDS,
        LINKS: len(_LINK.findall(text)) >= MAX_LINKS,
        MARKUP: bool(_MARKUP.search(text)),
        FLOOD: _request_limit.hit(address),
    }
    return [code for code, is_present in signals.items() if is_present]


def is_likely_spam(signals: Collection[str]) -> bool:
    return sum(WEIGHTS[code] for code in signals) >= THRESHOLD
