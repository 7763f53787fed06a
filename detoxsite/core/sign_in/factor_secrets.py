"""Secrets of second factors at rest: sealed to the center's key, so that a copy of the database makes no codes.

allauth stores what ``encrypt`` returns. Decision: docs/decisions/0040-second-factors-at-rest.md.
"""

import base64
import logging
from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.db import transaction

from ..encryption import sealing

PREFIX, CONTEXT = "sealed:", "second factor"
FIELDS = ("secret", "seed")  # in the data: of an authenticator app, of recovery codes
TYPES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)

logger = logging.getLogger(__name__)


def encrypt(text: str) -> str:
    return PREFIX + base64.b64encode(sealing.seal({"secret": text}, CONTEXT)).decode()


def decrypt(stored: str) -> str:
    """The secret. For one that does not open, another that nobody has: the person is refused, and can be reset."""
    try:
        return _open(stored)
    except sealing.Unreadable:
        logger.error("A second factor does not open with any of SEALING_PRIVATE_KEYS.")
        return generate_totp_secret()


def _open(stored: str) -> str:
    """Raises Unreadable."""
    if not stored.startswith(PREFIX):
        return stored  # from before this decision
    return sealing.unseal(_sealed(stored), CONTEXT)["secret"]


def _sealed(stored: str) -> bytes:
    return base64.b64decode(stored.removeprefix(PREFIX))


def _header(stored: str) -> bytes:
    return _sealed(stored)[: sealing.HEADER_SIZE] if stored.startswith(PREFIX) else b""


def headers() -> Iterator[bytes]:
    """The first HEADER_SIZE bytes of each sealed secret; b"" for one that is not sealed."""
    for data in Authenticator.objects.filter(type__in=TYPES).values_list("data", flat=True):
        yield from (_header(data[field]) for field in FIELDS if field in data)


@transaction.atomic
def seal_again() -> int:
    """Seal what is not sealed to the newest key. Returns how many; leaves what does not open."""
    newest, count = sealing.public_key().header, 0
    for row in Authenticator.objects.filter(type__in=TYPES).select_for_update().order_by("pk"):
        for field in {*FIELDS} & {*row.data}:
            if _header(row.data[field]) == newest:
                continue
            try:
                row.data[field] = encrypt(_open(row.data[field]))
            except sealing.Unreadable:
                continue
            row.save(update_fields=["data"])
            count += 1
    return count
