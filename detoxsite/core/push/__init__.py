"""Push: messages to phones and services that Apprise reaches, each sent in a process of its own."""

from .sender import (
    AddressForbidden,
    AddressNotUnderstood,
    PushFailed,
    ServiceFailed,
    ServiceRefused,
    ServiceUnreachable,
    check,
    send,
    send_to_all,
)

__all__ = [
    "AddressForbidden",
    "AddressNotUnderstood",
    "PushFailed",
    "ServiceFailed",
    "ServiceRefused",
    "ServiceUnreachable",
    "check",
    "send",
    "send_to_all",
]
