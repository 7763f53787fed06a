"""What makes a request look like advertising or a robot's. Doubt delays the alert; it never discards or refuses."""

import re
import secrets
import threading
import time
from collections import deque

from detoxsite import sealing

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

MOST_ADDRESSES = 1000  # remembered before the old ones are swept out

_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_MARKUP = re.compile(r"\[url|<a\s|</a>|\[link", re.IGNORECASE)

_key = secrets.token_hex(16)  # this process's own: what is counted here means nothing elsewhere or later
_seen: dict[bytes, deque] = {}
_lock = threading.Lock()


def found(answers: dict, *, trap: str, age: float | None, address: str) -> list[str]:
    """Codes of all doubts. ``age``: seconds since the form was shown, or None."""
    text = f"{answers.get('name', '')} {answers.get('story', '')}"
    doubts = {
        TRAP: bool(trap),
        QUICK: age is not None and age < FASTEST,
        LINKS: len(_LINK.findall(text)) >= MOST_LINKS,
        MARKUP: bool(_MARKUP.search(text)),
        FLOOD: _is_flood(address),
    }
    return [code for code, is_so in doubts.items() if is_so]


def are_enough(doubts: list[str]) -> bool:
    return sum(WEIGHT[code] for code in doubts) >= ENOUGH


def _is_flood(address: str) -> bool:
    """Whether many requests came from one address lately. Remembers a keyed fingerprint of it, in memory alone."""
    now, mark = time.monotonic(), sealing.keyed("address", _key + address)
    with _lock:
        if len(_seen) > MOST_ADDRESSES:
            for old in [other for other, times in _seen.items() if times[-1] < now - WINDOW]:
                del _seen[old]
        times = _seen.setdefault(mark, deque(maxlen=MOST_IN_WINDOW + 1))
        times.append(now)
        return len(times) > MOST_IN_WINDOW and times[0] > now - WINDOW
