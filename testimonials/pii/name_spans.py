"""How far a name extends from a word that is certainly part of it."""

from . import gazetteers
from .name_context import NOT_INITIALS
from .name_likelihood import is_likely_name
from .token_features import TokenizedText

MAX_NAME_TOKENS = 5
_NAME_SUFFIXES = frozenset(["jr", "sr", "ii", "iii"])


def name_start(text: TokenizedText, at: int, min_start: int) -> int:
    """Where a name starts, with nicknames and initials: big mike, old man pete, J. Smith."""
    start = at
    while start > min_start and text.is_adjacent(start) and at - start < 2:
        before = text.tokens[start - 1]
        is_initial = len(before.norm) == 1 and before.text.isupper() and before.has_period
        is_nickname = before.norm in gazetteers.NICKNAME_PREFIXES or (
            before.norm == "man" and text.norm(start - 2) == "old"
        )
        if not (is_initial or is_nickname):
            break
        start -= 1
    particles = (text.norm(start - 2), text.norm(start - 1))
    if (
        start - 1 > min_start
        and particles in gazetteers.LEADING_NAME_PARTICLES
        and text.is_adjacent(start)
        and text.is_adjacent(start - 1)
    ):
        start -= 2
    return start


def name_end(text: TokenizedText, at: int) -> int:
    """Where a name ends, with further given names, an initial and a surname."""
    end, max_end = at + 1, min(at + MAX_NAME_TOKENS, len(text.tokens))
    while end < max_end:
        after = end
        while (
            after < max_end - 1
            and text.norm(after) in gazetteers.NAME_PARTICLES
            and text.is_adjacent(after)
            and after - end < 3
        ):
            after += 1
        if _continues_name(text, after, has_particle=after > end):
            end = after + 1
        elif after > end and _continues_name(text, end, has_particle=False):
            end += 1
        else:
            break
    return end


def _continues_name(text: TokenizedText, at: int, has_particle: bool) -> bool:
    """Whether a word belongs to the name before it; ``has_particle``: "de la" or the like comes between."""
    word, norm = text.tokens[at], text.norm(at)
    if not text.is_adjacent(at) or word.text.isdigit():
        return False
    capital = text.uses_capitals and text.tokens[at - 1].is_capital
    if text.is_other_script[at]:
        return capital and word.is_capital
    if len(norm) == 1:
        return _is_last_initial(text, at, capital)
    if norm in _NAME_SUFFIXES or text.is_given_name[at] or (word.is_joined and not gazetteers.is_dictionary_word(norm)):
        return True
    if norm in gazetteers.MEDICINES or norm in gazetteers.BE_VERBS:
        return False
    if capital:
        is_shouted_word = word.is_all_caps and gazetteers.is_dictionary_word(norm)
        if not word.is_capital or is_shouted_word:
            return False
        return (
            norm in gazetteers.SURNAMES
            or text.is_unknown[at]
            or ((text.is_ambiguous_name[at] or has_particle) and norm not in gazetteers.PROPER_NOUNS)
        )
    if text.is_ambiguous_name[at]:
        return has_particle or text.ends_phrase(at)
    if gazetteers.is_dictionary_word(norm):
        return False
    return norm in gazetteers.SURNAMES or has_particle or (text.is_unknown[at] and is_likely_name(text, at))


def _is_last_initial(text: TokenizedText, at: int, capital: bool) -> bool:
    """B of Mike B., g of matt g"""
    word = text.tokens[at]
    if capital:
        return word.text.isupper() and (word.norm not in ("i", "a") or word.has_period or text.ends_phrase(at))
    return word.has_period or word.norm not in NOT_INITIALS
