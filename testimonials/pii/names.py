"""Finds names of people, by lists and by context. When in doubt, it is a name: a person decides."""

from collections.abc import Iterator, Set

from . import gazetteers
from .name_context import (
    follows_kinship,
    follows_naming_phrase,
    is_in_name_context,
    is_initial,
    is_surname_after_title,
    precedes_person_verb,
)
from .name_exclusions import ARTICLES, follows_determiner, is_common_noun, is_excluded
from .name_likelihood import is_likely_name
from .name_lists import is_listed_with_names, is_repeat_of_name
from .name_spans import name_end, name_start
from .token_features import TokenizedText
from .tokenizer import Gap, Token

MAX_OTHER_SCRIPT_NAME = 3  # words of another script within English
MAX_EAST_ASIAN_NAME = 4  # characters
_MIN_NAME_IN_TAG = 5  # letters


def find_names(tokens: list[Token], extra_names: Set[str] = frozenset()) -> Iterator[tuple[int, int]]:
    """First token and end of each name.

    ``extra_names`` are words known to be names, whatever else they are.
    """
    text = TokenizedText(tokens, extra_names)
    is_name = [text.is_candidate[at] and _is_name(text, at) for at in range(len(tokens))]
    names = {tokens[at].norm for at, is_one in enumerate(is_name) if is_one}
    for at in [*range(len(tokens)), *reversed(range(len(tokens)))]:
        if not is_name[at] and text.is_candidate[at]:
            is_name[at] = is_repeat_of_name(text, at, names) or is_listed_with_names(text, at, is_name)
    at = last_end = 0
    while at < len(tokens):
        if is_name[at]:
            end = name_end(text, at)
            yield name_start(text, at, last_end), end
            at = last_end = end
        else:
            at += 1


def _is_name(text: TokenizedText, at: int) -> bool:
    word = text.tokens[at]
    if word.is_tag and _contains_name(word.norm):
        return True
    if text.is_given_name[at] and not text.is_unknown[at]:
        return not is_excluded(text, at) and not is_common_noun(text, at)
    if len(word.norm) < 2:
        return is_initial(text, at)
    if text.is_other_script[at]:
        return _is_other_script_name(text, at)
    if not (text.is_ambiguous_name[at] or text.is_unknown[at]):
        return follows_naming_phrase(text, at) or is_surname_after_title(text, at)
    if is_excluded(text, at):
        return False
    if is_surname_after_title(text, at) or _is_family_name(text, at) or _has_surname(text, at):
        return True
    if text.is_unknown[at] and not is_likely_name(text, at):
        return (
            not word.is_tag and text.is_known_language and (follows_kinship(text, at) or precedes_person_verb(text, at))
        )
    if _is_unlike_a_word(text, at) and not follows_determiner(text, at):
        return True
    return text.is_given_name[at] or _is_name_by_capital(text, at) or is_in_name_context(text, at)


def _contains_name(norm: str) -> bool:
    """#thankyoudelilah, #delilahstrong"""
    lengths = range(_MIN_NAME_IN_TAG, len(norm))
    return any(
        norm[:length] in gazetteers.GIVEN_NAMES or norm[-length:] in gazetteers.GIVEN_NAMES for length in lengths
    )


def _is_unlike_a_word(text: TokenizedText, at: int) -> bool:
    """Whether it may be a name in any context: unknown in a text without capitals, or in no dictionary."""
    norm = text.norm(at)
    if text.is_unknown[at]:
        return text.is_lowercase and len(norm) > 3
    return not text.is_known_word(norm) and len(norm) > 2


def _has_surname(text: TokenizedText, at: int) -> bool:
    """Grace Kim, mark johnson"""
    after = at + 1
    if not (text.is_ambiguous_name[at] and text.is_adjacent(after)) or follows_determiner(text, at):
        return False
    norm = text.norm(after)
    if text.is_capital(at):
        return (
            text.is_capital(after)
            and (norm in gazetteers.SURNAMES or text.is_unknown[after])
            and norm not in gazetteers.PLACE_SUFFIXES
        )
    return norm in gazetteers.SURNAMES and not gazetteers.is_dictionary_word(norm)


def _is_family_name(text: TokenizedText, at: int) -> bool:
    """the Baptiste girl, the Ortega twins"""
    return (
        text.norm(at - 1) == "the"
        and text.is_capital(at)
        and text.is_unknown[at]
        and text.norm(at + 1) in gazetteers.FAMILY_MEMBERS
    )


def _is_name_by_capital(text: TokenizedText, at: int) -> bool:
    """Whether the capital makes it a name: within a sentence, or at the start of one if the language is known."""
    if not text.is_capital(at):
        return False
    norm, before = text.norm(at), text.norm(at - 1)
    if text.gap(at) == Gap.SENTENCE_END:
        return text.is_unknown[at] and text.is_known_language and len(norm) > 2
    if text.is_adjacent(at) and (
        before in ARTICLES or (text.is_unknown[at] and before in gazetteers.PLACE_PREPOSITIONS)
    ):
        return False
    return norm not in gazetteers.PROPER_NOUNS or (
        text.norm(at + 1) in gazetteers.PERSON_AND_BE_VERBS and text.is_adjacent(at + 1)
    )


def _is_other_script_name(text: TokenizedText, at: int) -> bool:
    """Whether a word in another script is a name: alone within English, or in the context of a name."""
    folded = text.tokens[at].text.casefold()
    if (
        folded in gazetteers.OTHER_SCRIPT_NAMES
        or folded.removeprefix("و").removeprefix("ل") in gazetteers.OTHER_SCRIPT_NAMES
    ):
        return True
    if folded.startswith(gazetteers.SCRIPT_PREFIXES) and folded[2:] in gazetteers.SCRIPT_ROLES:
        return False
    if folded in gazetteers.SCRIPT_WORDS or (folded[0] >= "\u3040" and len(folded) > MAX_EAST_ASIAN_NAME):
        return False
    if text.other_script_run[at] <= MAX_OTHER_SCRIPT_NAME and text.other_script_run[at] < len(text.tokens):
        return True
    if text.is_capital(at) and text.gap(at) != Gap.SENTENCE_END:
        return True
    if text.gap(at + 1) == Gap.PUNCTUATION and text.tokens[at + 1].text.casefold() in gazetteers.SCRIPT_BEFORE:
        return text.is_capital(at)
    if text.is_adjacent(at) and text.tokens[at - 1].text.casefold() in gazetteers.SCRIPT_BEFORE:
        return not folded.islower() or folded != text.tokens[at].text or text.is_lowercase
    return text.is_adjacent(at + 1) and text.tokens[at + 1].text.startswith(gazetteers.SCRIPT_AFTER)
