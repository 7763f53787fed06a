"""Tickets: what the page after a form has to know, sealed into its address for a browser that keeps no cookie.

An address ends up in the browser's history and in logs of web servers. So a ticket tells nothing: it is encrypted, as
long as any other, and after ten minutes opens nothing (docs/decisions/0008-forms-without-cookies.md).
"""

import json
import time
from urllib.parse import urlencode

from ..encryption import sealing, symmetric

TICKET_LIFE = 10 * 60  # seconds
_FIELD = "ticket"
_SIZE = 512  # characters of JSON; padded to a multiple, so that the length tells nothing


def add_ticket(path: str, value: dict) -> str:
    """The address ``path`` with a ticket that holds ``value`` and is good for this path alone."""
    ticket = {"until": int(time.time()) + TICKET_LIFE, "value": value, "padding": ""}
    ticket["padding"] = " " * (-len(json.dumps(ticket, separators=(",", ":"))) % _SIZE)
    return f"{path}?{urlencode({_FIELD: symmetric.encrypt(ticket, _purpose(path))})}"


def read_ticket(request) -> dict | None:
    """The value of the ticket in a request's address; {} after its time; None without a ticket of ours."""
    try:
        ticket = symmetric.decrypt(request.GET.get(_FIELD, ""), _purpose(request.path))
    except sealing.Unreadable:
        return None
    return ticket["value"] if ticket["until"] > time.time() else {}


def _purpose(path: str) -> str:
    return f"ticket {path}"
