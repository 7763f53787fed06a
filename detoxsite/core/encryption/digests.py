"""Keyed digests: recognize and look up a value without storing it in the clear (blind index, fingerprints)."""

import hmac
import unicodedata

from django.conf import settings


def keyed(purpose: str, value: str, size: int = 16) -> bytes:
    """A digest of ``value`` that cannot be computed, or guessed at, without INDEX_KEY. ``size`` in bytes, up to 32."""
    message = f"{purpose}:{value}".encode(errors="surrogatepass")
    return hmac.digest(settings.INDEX_KEY.encode(), message, "sha256")[:size]


def blind_index(kind: str, value: str) -> bytes | None:
    """The digest by which a phone number or address is found, the same for every spelling. None for an empty value."""
    normalized = "".join(unicodedata.normalize("NFKC", value).casefold().split())
    return keyed(f"index/{kind}", normalized) if normalized else None


def cache_key(key: str, prefix: str, version: int) -> str:
    """KEY_FUNCTION of a cache: the keys that are stored reveal nothing."""
    return keyed("cache", f"{prefix}:{version}:{key}").hex()
