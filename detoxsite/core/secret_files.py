"""Secrets from files: ``NAME_FILE`` holds the path of a file with the value of ``NAME``.

The settings read them at the start; a password that a server refuses is read again (postgresql/base.py, smtp.py).
"""

import os
from collections.abc import Iterable
from pathlib import Path


class UnreadableSecret(Exception):
    """A file that should hold a secret cannot be read; the message names it, and never quotes it."""


def read(name: str) -> str:
    """The value of a secret now, from its file or else from the environment; "": it is not set.

    Raises UnreadableSecret.
    """
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, "")
    try:
        return Path(path).read_text().strip()
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or "it is not text"
        raise UnreadableSecret(f"{name}_FILE names {path}, which cannot be read: {reason}.") from exc


def load(names: Iterable[str]) -> None:
    """Put the secrets that come from files into the environment of this process. Raises UnreadableSecret."""
    for name in names:
        if os.environ.get(f"{name}_FILE"):
            os.environ[name] = read(name)
