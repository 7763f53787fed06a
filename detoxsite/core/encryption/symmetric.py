"""Symmetric encryption with SECRET_KEY, for values that only this site reads back: cookies, webhook secrets.

ChaCha20-Poly1305 with a key derived for each purpose, so that a value made for one purpose opens for no other.
"""

import base64
import functools
import hmac
import json
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from django.conf import settings

from .sealing import Unreadable

NONCE_SIZE = 12  # bytes


@functools.lru_cache
def _cipher(secret: str, purpose: str) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(hmac.digest(secret.encode(), f"detoxsite lock/{purpose}".encode(), "sha256"))


def encrypt(payload: Mapping, purpose: str) -> str:
    """Encrypt JSON values into text for a cookie or a column."""
    nonce = secrets.token_bytes(NONCE_SIZE)
    plaintext = json.dumps(payload, separators=(",", ":")).encode()
    ciphertext = _cipher(settings.SECRET_KEY, purpose).encrypt(nonce, plaintext, None)
    return base64.urlsafe_b64encode(nonce + ciphertext).decode()


def decrypt(text: str, purpose: str) -> dict:
    """The values that ``encrypt`` was given for the same purpose. Raises Unreadable."""
    try:
        raw = base64.urlsafe_b64decode(text.encode())
        return json.loads(_cipher(settings.SECRET_KEY, purpose).decrypt(raw[:NONCE_SIZE], raw[NONCE_SIZE:], None))
    except (ValueError, InvalidTag):
        raise Unreadable("Not encrypted by this site, or changed.") from None
