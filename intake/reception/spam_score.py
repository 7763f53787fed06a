"""What makes a request look like advertising or a robot's. Doubt delays the alert; it never discards or refuses."""

import re

from detoxsite.core.public_forms.rate_limit import RateLimit

TRAP = "trap"  # the field no person sees was filled in
QUICK = "quick"  # sent sooner than anybody reads
LINKS = "links"  # several web addresses
MARKUP = "markup"  # code of a forum or a page
FLOOD = "flood"  # many from one address
WEIGHT = {TRAP: 3, QUICK: 1, LINKS: 2, MARKUP: 2, FLOOD: 1}
ENOUGH = 3  # from here on a request waits in quarantine

MIN_SECONDS = 2.0  # seconds from showing the form to sending it
MAX_LINKS = 2
WINDOW, MAX_IN_WINDOW = 600.0, 8  # seconds; requests from one address

_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_MARKUP = re.compile(r"\[url|<a\s|</a>|\[link", re.IGNORECASE)

_addresses = RateLimit(window=WINDOW, most=MAX_IN_WINDOW)


def found(answers: dict, *, trap: str, age: float | None, address: str) -> list[str]:
    """Codes of all spam_signals. ``age``: seconds since the form was shown, or None."""
    text = f"{answers.get('name', '')} {answers.get('story', '')}"
    spam_signals = {
        TRAP: bool(trap),
        QUICK: age is not None and age < MIN_SECONDS,
        LINKS: len(_LINK.findall(text)) >= MAX_LINKS,
        MARKUP: bool(_MARKUP.search(text)),
        FLOOD: _addresses.count(address),
    }
    return [code for code, is_so in spam_signals.items() if is_so]


def are_enough(spam_signals: list[str]) -> bool:
    return sum(WEIGHT[code] for code in spam_signals) >= ENOUGH
