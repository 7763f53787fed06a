"""The outbox: what has to be sent is a row, written in the transaction that gives the reason and sent by the worker."""

from .dispatcher import BACKOFF, Dispatcher, NoLongerNeeded, NoRecipients, Undeliverable, describe, email_headers
from .message import OutgoingMessage

__all__ = [
    "BACKOFF",
    "Dispatcher",
    "NoLongerNeeded",
    "NoRecipients",
    "OutgoingMessage",
    "Undeliverable",
    "describe",
    "email_headers",
]
