"""Whether a word looks like a name, whatever the context."""

from .token_features import TokenizedText

_UNLIKELY_ENDINGS = (
    *("ing", "ed", "ly", "tion", "ment", "ness", "ful", "less", "ous", "ive", "able", "ity", "ence", "ance"),
    *("amos", "emos", "imos", "aban", "aron", "ieron", "ando", "iendo", "mente", "cion", "ciones", "cito", "cita"),
)


def is_likely_name(text: TokenizedText, at: int) -> bool:
    """Whether an unknown word may be a name rather than a misspelling or a word of another language."""
    if text.is_capital(at) and not text.tokens[at].is_tag:
        return True
    norm = text.norm(at)
    return (
        not text.tokens[at].is_tag
        and text.is_known_language
        and not norm.endswith(_UNLIKELY_ENDINGS)
        and not text.is_misspelled(norm)
    )
