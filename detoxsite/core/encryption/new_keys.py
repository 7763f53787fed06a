"""New keys, for the environment of an installation. Needs no settings, because those need the keys.

manage.py keys --new           every key that production needs
manage.py rotate_keys --new    another pair to seal to
"""

import secrets
import sys
from collections.abc import Sequence

from . import sealing


def sealing_pair() -> str:
    private = sealing.new_private_key()
    return f"SEALING_PUBLIC_KEY={sealing.derive_public_key(private)}\nSEALING_PRIVATE_KEYS={private}"


def all_keys() -> str:
    return f"SECRET_KEY={secrets.token_urlsafe(50)}\nINDEX_KEY={secrets.token_urlsafe(50)}\n{sealing_pair()}"


_COMMANDS = {"keys": all_keys, "rotate_keys": sealing_pair}


def are_wanted(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for new keys and nothing else."""
    return list(arguments[1:]) == ["--new"] and arguments[0] in _COMMANDS


def write(arguments: Sequence[str]) -> None:
    """Answer such a command line."""
    sys.stdout.write(_COMMANDS[arguments[0]]() + "\n")
