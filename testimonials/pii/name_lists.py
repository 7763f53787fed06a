"""Names by their company: repeats of a name, and words in a list with names."""

from . import gazetteers
from .name_exclusions import follows_determiner, is_excluded
from .name_likelihood import is_likely_name
from .token_features import TokenizedText
from .tokenizer import Gap

_LISTED_PRONOUNS = frozenset(["me", "him", "us"])


def is_repeat_of_name(text: TokenizedText, at: int, names: set[str]) -> bool:
    """Whether a word that is a name elsewhere in the text may be one here."""
    if text.norm(at) not in names or text.is_other_script[at] or is_excluded(text, at):
        return False
    if len(text.norm(at)) == 1:
        return text.norm(at) not in ("i", "a", "u") and (
            text.gap(at) == Gap.SENTENCE_END or text.norm(at + 1) in gazetteers.PERSON_VERBS
        )
    if text.is_unknown[at]:
        return True
    if not text.is_ambiguous_name[at] or follows_determiner(text, at):
        return False
    return text.is_capital(at) or (text.is_lowercase and (text.gap(at) == Gap.SENTENCE_END or text.ends_phrase(at)))


def is_listed_with_names(text: TokenizedText, at: int, is_name: list[bool]) -> bool:
    """Whether it is in a list of names: Tina, Hope and Zayn."""
    if not (text.is_unknown[at] or text.is_ambiguous_name[at]) or text.is_other_script[at]:
        return False
    if not (_is_listed_after(text, at, is_name) or _is_listed_before(text, at, is_name)):
        return False
    if (follows_determiner(text, at) and text.norm(at - 1) != "so") or is_excluded(text, at):
        return False
    return text.is_ambiguous_name[at] or is_likely_name(text, at)


def _is_listed_after(text: TokenizedText, at: int, is_name: list[bool]) -> bool:
    """Hope of "Tina and Hope" and of "Tina, Hope and": after a name."""
    if at >= 2 and text.norm(at - 1) in gazetteers.CONJUNCTIONS and is_name[at - 2]:
        return Gap.SENTENCE_END not in (text.gap(at), text.gap(at - 1))
    is_listed = at > 0 and (is_name[at - 1] or text.norm(at - 1) in _LISTED_PRONOUNS)
    return (
        is_listed
        and text.gap(at) == Gap.PUNCTUATION
        and (text.ends_phrase(at) or text.norm(at + 1) in gazetteers.CONJUNCTIONS)
    )


def _is_listed_before(text: TokenizedText, at: int, is_name: list[bool]) -> bool:
    """Hope of "Hope and Tina" and of "Hope, Tina": before a name."""
    nearer = at + 1
    if text.norm(nearer) in gazetteers.CONJUNCTIONS and text.gap(nearer) != Gap.SENTENCE_END:
        nearer += 1
    elif text.gap(nearer) != Gap.PUNCTUATION:
        return False
    if nearer >= len(is_name) or not is_name[nearer] or text.gap(nearer) == Gap.SENTENCE_END:
        return False
    return (
        not text.is_adjacent(at)
        or text.is_capital(at)
        or (text.is_ambiguous_name[at] and text.norm(at - 1) not in gazetteers.BE_VERBS)
    )
