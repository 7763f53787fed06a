"""What a writer allows, word for word: a text for each part of a review, so that each is given and taken by itself."""

from detoxsite.core import consent_texts

from .models import PURPOSES

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


def register() -> None:
    for part, body in BODIES.items():
        consent_texts.register(consent_texts.shipped_text(PURPOSES[part], body))
