"""What a writer allows, word for word: a text for each part of a review, so that each is given and taken by itself."""

from datetime import UTC, datetime

from detoxsite.core.models import hash_of

BODIES = {
    "words": (
        "You may show my words and my stars to everybody on this site. You may take out names, dates and other details "
        "that tell who somebody is, and put a mark such as [name removed] in their place; you may change nothing else. "
        "I know that this tells people that I, or someone close to me, may have had care for substance use, and that "
        "others can copy it. I can take this back at any time, without a reason, with the link in my email or by "
        "phone; it is then taken down at once. It ends when I take it back, or when you asked me twice if it may stay "
        "and I did not answer. My care, and what it costs, does not depend on it."
    ),
    "name": (
        "You may show the name I gave beside my words, on this site only. I can take this back by itself, at any time, "
        "and my words stay. It ends when my words are no longer shown."
    ),
    "photo": (
        "You may show the photo I sent beside my words, on this site only. It shows nobody else. I can take this back "
        "by itself, at any time; the photo is then erased, and my words stay. It ends when my words are not shown."
    ),
}


def _text(part: str) -> dict:
    purpose, body = f"review_{part}", BODIES[part]
    return {
        "sha256": hash_of(purpose, "en", body),
        "purpose": purpose,
        "language": "en",
        "body": body,
        "effective_from": datetime(2026, 11, 1, 12, tzinfo=UTC),
        "approved_by": "Shipped with the software; the center's counsel has to approve it",
    }


PERMISSIONS = {part: _text(part) for part in BODIES}  # the first ConsentText of each purpose, at every centre
