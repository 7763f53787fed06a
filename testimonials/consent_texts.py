"""Consent texts of reviews: one for each part, so that an author can allow each part, and take it back, by itself."""

from detoxsite.core import consent_texts

from .models import PURPOSES

BODIES = {
    "words": (
        "You may show my words and my stars to everyone on this site. You may take out names, dates and other details "
        "that could identify a person, and put a mark such as [name removed] in their place. You may change nothing "
        "else. I know that this tells people that I, or someone close to me, may have had care for substance use, and "
        "that others can copy it. I can take this back at any time, without a reason, with the link in my email or by "
        "phone; you then take it down at once. This permission ends when I take it back. It also ends if you ask me "
        "twice whether it may stay and I do not answer. My care, and what it costs, does not depend on it."
    ),
    "name": (
        "You may show the name I gave beside my words, on this site only. I can take back just this, at any time, and "
        "my words stay. This permission ends when my words are no longer shown."
    ),
    "photo": (
        "You may show the photo I sent beside my words, on this site only. It shows nobody else. I can take back just "
        "this, at any time; you then erase the photo, and my words stay. This permission ends when my words are no "
        "longer shown."
    ),
}


def register() -> None:
    for part, body in BODIES.items():
        consent_texts.register(consent_texts.shipped_text(PURPOSES[part], body))
