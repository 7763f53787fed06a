"""Evidence that a word is not a name, although it could be one."""

from . import gazetteers
from .token_features import TokenizedText
from .tokenizer import Gap

ARTICLES = frozenset(["the", "a", "an"])


def is_excluded(text: TokenizedText, at: int) -> bool:
    """Whether it is part of a phrase or place that names no person: Jack Daniels, San Diego."""
    return text.is_within(at, gazetteers.NON_NAME_PHRASES) or _is_in_place_name(text, at) or _is_nightwear(text, at)


def _is_nightwear(text: TokenizedText, at: int) -> bool:
    """pjs, and "my pj's and socks"; but "PJ's room" is of someone called PJ."""
    norm = text.norm(at)
    if norm == "pjs":
        return True
    if norm != "pj" or not text.tokens[at].is_possessive:
        return False
    return text.ends_phrase(at) or text.norm(at + 1) in gazetteers.AFTER_A_NOUN


def _is_in_place_name(text: TokenizedText, at: int) -> bool:
    """San Diego, Charlotte Street, Cedar Ridge, in Madison."""
    before, after, norm = text.norm(at - 1), text.norm(at + 1), text.norm(at)
    if text.is_adjacent(at) and before in gazetteers.PLACE_PREFIXES:
        return True
    if text.is_capital(at):
        if text.is_adjacent(at + 1) and after in gazetteers.PLACE_SUFFIXES and text.tokens[at + 1].is_capital:
            return True
        if (
            text.is_adjacent(at)
            and norm in gazetteers.PLACE_SUFFIXES
            and text.tokens[at - 1].is_capital
            and not text.is_given_name[at - 1]
        ):
            return True
    if norm not in gazetteers.PROPER_NOUNS:
        return False
    if text.is_adjacent(at) and (before in gazetteers.PLACE_PREPOSITIONS or before == "from"):
        return True
    return (
        text.gap(at + 1) == Gap.PUNCTUATION
        and after in gazetteers.PROPER_NOUNS
        and after not in gazetteers.ALL_GIVEN_NAMES
        and text.tokens[at + 1].is_capital
    )


def is_common_noun(text: TokenizedText, at: int) -> bool:
    """Whether a given name is used as a common noun: a lily pond, was a john."""
    norm = text.norm(at)
    if norm not in gazetteers.GIVEN_NAMES_IN_DICTIONARY or text.is_capital(at) or not text.is_adjacent(at):
        return False
    return (
        text.norm(at - 1) in ARTICLES
        and text.norm(at + 1) not in gazetteers.CONJUNCTIONS
        and not text.tokens[at].is_possessive
    )


def is_role(text: TokenizedText, at: int) -> bool:
    """judge, doc, angel: in lower case a role rather than a name."""
    norm = text.norm(at)
    return norm in gazetteers.TITLES and not text.is_given_name[at] and not text.is_capital(at)


def is_modal_verb(text: TokenizedText, at: int) -> bool:
    """my son will be home, a bed may open"""
    if text.norm(at) not in ("will", "may", "might") or text.is_capital(at) or not text.is_adjacent(at + 1):
        return False
    return text.norm(at + 1) not in gazetteers.AFTER_A_NAME and not text.norm(at + 1).endswith("ed")


def follows_determiner(text: TokenizedText, at: int) -> bool:
    before = text.norm(at - 1)
    if not text.is_adjacent(at) or before not in gazetteers.DETERMINERS or before in ("to", "with", "for"):
        return False
    return not (before == "its" and text.norm(at - 2) in ("hi", "hey", "hello"))
