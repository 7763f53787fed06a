"""The request that the machinery sends itself, to prove that the way for requests is open."""

import hmac
import re
import secrets
import time

from detoxsite import sealing

LIFE = 10 * 60  # seconds that such a key is good for
_KEY = re.compile(r"synthetic-(\d{10})-(\w{8})-([0-9a-f]{32})")


def new_key() -> str:
    """An idempotency key that tells our own process, and nobody else, that no person sends this."""
    return _signed(f"{time.time():.0f}", secrets.token_hex(4))


def is_ours(key: str) -> bool:
    parts = _KEY.fullmatch(key)
    return bool(parts) and hmac.compare_digest(key, _signed(*parts.groups()[:2])) and _age(parts[1]) < LIFE


def _signed(moment: str, salt: str) -> str:
    return f"synthetic-{moment}-{salt}-{sealing.keyed('synthetic', moment + salt).hex()}"


def _age(moment: str) -> float:
    return abs(time.time() - int(moment))
