"""Words that are the same on a page, in a message and in the records: what people agree to."""

import hashlib
from datetime import UTC, datetime

CONSENT_BODY = (
    "By pressing the button you ask our care team to contact you about this request, in the ways you allowed above. "
    "We do not use it for ads, and we do not sell it. Federal law (42 CFR Part 2) limits who may see it. You can take "
    "this back at any time: call us, or use your own page, which the next page tells you about. It ends when your "
    "request is closed and erased."
)


def hash_of(purpose: str, language: str, body: str) -> str:
    """What a text that people agree to is known by (ConsentText.sha256)."""
    return hashlib.sha256("\0".join((purpose, language, body)).encode()).hexdigest()


CONSENT = {  # the first ConsentText of every centre
    "sha256": hash_of("call_back", "en", CONSENT_BODY),
    "purpose": "call_back",
    "language": "en",
    "body": CONSENT_BODY,
    "effective_from": datetime(2026, 11, 1, 12, tzinfo=UTC),
    "approved_by": "Shipped with the software; the center's counsel has to approve it",
}
REDISCLOSURE_NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
