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

FASTEST = 2.0  # seconds from showing the form to sending it
MOST_LINKS = 2
WINDOW, MOST_IN_WINDOW = 600.0, 8  # seconds; requests from one address

_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_MARKUP = re.compile(r"\[url|<a\s|</a>|\[link", re.IGNORECASE)

_addresses = RateLimit(window=WINDOW, most=MOST_IN_WINDOW)


def found(answers: dict, *, trap: str, age: float | None, address: str) -> list[str]:
    """Codes of all doubts. ``age``: seconds since the form was shown, or None."""
    text = f"{answers.get('name', '')} {answers.get('story', '')}"
    doubts = {
        TRAP: bool(trap),
        QUICK: age is not None and age < FASTEST,
        LINKS: len(_LINK.findall(text)) >= MOST_LINKS,
        MARKUP: bool(_MARKUP.search(text)),
        FLOOD: _addresses.count(address),
    }
    return [code for code, is_so in doubts.items() if is_so]


def are_enough(doubts: list[str]) -> bool:
    return sum(WEIGHT[code] for code in doubts) >= ENOUGH
