"""Evidence for a name from its context: titles, roles, introductions, verbs, signatures."""

from . import gazetteers
from .name_exclusions import follows_determiner, is_modal_verb, is_role
from .token_features import TokenizedText
from .tokenizer import Gap

NOT_INITIALS = frozenset("aiuyoernxwk")  # in lower case these are words in chat language
_NOT_LETTER_NICKNAMES = frozenset(
    [
        *("shirt", "shirts", "ray", "rays", "mail", "mails", "turn", "tip", "tips", "section", "neck", "word", "hole"),
        *("pack", "mas", "rated", "tox", "up", "in"),
    ]
)
_SECOND_PERSON = frozenset(["you", "u", "ur", "youre", "yall", "ya", "r"])
_REMARKS = frozenset(
    [
        *(("thats", "her"), ("thats", "his"), ("thats", "what"), ("her", "real"), ("his", "real"), ("real", "name")),
        *(("no", "relation"), ("not", "her"), ("not", "his"), ("as", "in"), ("the", "one")),
    ]
)


def is_in_name_context(text: TokenizedText, at: int) -> bool:
    if is_role(text, at) or is_modal_verb(text, at):
        return False
    if (
        _follows_role(text, at)
        or follows_kinship(text, at)
        or follows_naming_phrase(text, at)
        or _is_in_apposition(text, at)
    ):
        return True
    if follows_determiner(text, at):
        return False
    return (
        _follows_role_and_be(text, at)
        or _follows_introduction(text, at)
        or precedes_person_verb(text, at)
        or _precedes_association(text, at)
        or _is_sign_off(text, at)
        or _is_addressed(text, at)
        or _is_possessive(text, at)
        or _has_remark(text, at)
        or _is_repeated(text, at)
    )


def _is_addressed(text: TokenizedText, at: int) -> bool:
    """mercy u were the best, Joy you saved me, ty if ur reading this"""
    after = at + 1
    if (
        text.norm(at) in gazetteers.VERB_NAMES
        or text.norm(at - 1) in gazetteers.BEFORE_A_VERB
        or not text.is_ambiguous_name[at]
    ):
        return False
    if text.norm(after) == "if":
        after += 1
    elif text.gap(after) == Gap.SENTENCE_END:
        return False
    return text.norm(after) in _SECOND_PERSON and text.gap(after) != Gap.SENTENCE_END


def _is_possessive(text: TokenizedText, at: int) -> bool:
    """hope's room, dale's was my story"""
    return text.is_ambiguous_name[at] and text.tokens[at].is_possessive and text.norm(at) not in gazetteers.PROPER_NOUNS


def _has_remark(text: TokenizedText, at: int) -> bool:
    """patience (thats her name), crystal (yes like the drug), will power, that's what we called him"""
    for after in (at + 1, at + 2):
        if text.gap(after) == Gap.PUNCTUATION:
            following = (text.norm(after), text.norm(after + 1))
            return following[0] == "yes" or following in _REMARKS
    return False


def _is_repeated(text: TokenizedText, at: int) -> bool:
    """luz luz luz, Ty-Ty"""
    norm = text.norm(at)
    if norm in gazetteers.ADJECTIVE_NAMES or norm in gazetteers.VERB_NAMES:
        return False
    return (text.is_adjacent(at) and text.norm(at - 1) == norm) or (
        text.is_adjacent(at + 1) and text.norm(at + 1) == norm
    )


def _follows_role(text: TokenizedText, at: int) -> bool:
    """Nurse Joy, my counselor Hope, techs mike and zayn."""
    before = text.norm(at - 1)
    if text.gap(at) == Gap.SENTENCE_END or before not in gazetteers.TITLES_AND_ROLES:
        return False
    if text.is_ambiguous_name[at] and (
        before in gazetteers.WEAK_ROLES or text.norm(at + 1) in ("me", "us", "a", "the", "my")
    ):
        return text.is_capital(at)
    return text.is_adjacent(at) or text.is_capital(at) or text.is_ambiguous_name[at] or text.ends_phrase(at)


def follows_kinship(text: TokenizedText, at: int) -> bool:
    if text.gap(at) == Gap.SENTENCE_END or text.norm(at - 1) not in gazetteers.KINSHIP:
        return False
    return text.is_adjacent(at) or text.is_capital(at) or text.is_ambiguous_name[at] or text.ends_phrase(at)


def follows_naming_phrase(text: TokenizedText, at: int) -> bool:
    """I go by Smoke, a guy named cotton"""
    norm = text.norm(at)
    if len(norm) < 3 or norm.isdigit() or norm in gazetteers.NEVER_NAMES or norm in gazetteers.DETERMINERS:
        return False
    return bool(text.phrase_before(at, gazetteers.NAMING_PHRASES))


def _follows_introduction(text: TokenizedText, at: int) -> bool:
    phrase = text.phrase_before(at, gazetteers.NAME_INTRODUCTIONS)
    if not phrase:
        return False
    if " ".join(phrase) not in gazetteers.WEAK_INTRODUCTIONS:
        return True
    return text.is_capital(at) or (text.is_unknown[at] and text.ends_phrase(at))


def _follows_role_and_be(text: TokenizedText, at: int) -> bool:
    """my nurse was hope"""
    if text.norm(at) in gazetteers.ADJECTIVE_NAMES and not text.is_capital(at):
        return False
    return (
        text.is_adjacent(at)
        and text.ends_phrase(at)
        and text.norm(at - 1) in gazetteers.BE_VERBS
        and text.norm(at - 2) in gazetteers.ROLES
    )


def precedes_person_verb(text: TokenizedText, at: int) -> bool:
    """hope sat with me, Zayn really helped"""
    after = at + 1
    if text.norm(after) in gazetteers.ADVERBS and text.is_adjacent(after):
        after += 1
    if not text.is_adjacent(after):
        return False
    starts = text.gap(at) == Gap.SENTENCE_END or text.norm(at - 1) in gazetteers.CONJUNCTIONS
    if text.gap(at) == Gap.SENTENCE_END and text.is_capital(at) and text.norm(after).endswith("ed"):
        return True
    if text.norm(after) in gazetteers.PERSON_VERBS:
        return starts or (text.is_ambiguous_name[at] and text.norm(at - 1) not in gazetteers.BEFORE_A_VERB)
    return starts and text.norm(after) in gazetteers.BE_VERBS


def _precedes_association(text: TokenizedText, at: int) -> bool:
    """faith from intake, rose on third shift, ginger with the red hair"""
    after, norm = text.norm(at + 1), text.norm(at + 1)
    if not text.is_adjacent(at + 1) or text.norm(at - 1) in gazetteers.BEFORE_A_VERB:
        return False
    if after in ("she", "he") and text.norm(at - 1) in ("tell", "told", "ask", "know"):
        return True
    if text.is_adjacent(at) and text.norm(at - 1) not in gazetteers.BEFORE_A_PERSON:
        return False
    return after in ("from", "who", "whos") or (
        norm in gazetteers.ASSOCIATION_PREPOSITIONS and text.norm(at + 2) not in gazetteers.ABSTRACT_OBJECTS
    )


def _is_sign_off(text: TokenizedText, at: int) -> bool:
    """Whether it signs the text: - mark; love, Hope."""
    left = len(text.tokens) - at
    if left > 2 or (left == 2 and len(text.norm(at + 1)) > 1 and text.norm(at + 1) not in gazetteers.SURNAMES):
        return False
    return at > 0 and (not text.is_adjacent(at) or text.norm(at - 1) in gazetteers.SIGN_OFFS)


def _is_in_apposition(text: TokenizedText, at: int) -> bool:
    """zayn, my counselor; Hope the night nurse; joy (tech)"""
    after = at + 1
    if text.gap(after) == Gap.SENTENCE_END or follows_determiner(text, at) or text.norm(at - 1) in gazetteers.BE_VERBS:
        return False
    if text.norm(after) in gazetteers.POSSESSIVES or text.norm(after) in ("the", "a", "el", "la"):
        after += 1
        if text.norm(after) not in gazetteers.STRONG_ROLES:
            after += 1
    elif text.is_adjacent(after):
        return False
    return text.gap(after) != Gap.SENTENCE_END and text.norm(after) in gazetteers.STRONG_ROLES


def is_surname_after_title(text: TokenizedText, at: int) -> bool:
    """Whether a dictionary word is a surname: dr brown, Mr. Young."""
    norm = text.norm(at)
    if text.norm(at - 1) not in gazetteers.STRONG_TITLES or not text.is_adjacent(at) or norm.isdigit():
        return False
    if norm in gazetteers.NAME_PARTICLES:
        return text.is_capital(at) and text.is_capital(min(at + 1, len(text.tokens) - 1))
    if norm in gazetteers.SURNAMES:
        return True
    if norm in gazetteers.DETERMINERS or norm in gazetteers.ROLES or norm in gazetteers.PERSON_VERBS:
        return False
    return text.is_capital(at) or text.is_unknown[at] or text.is_ambiguous_name[at]


def is_initial(text: TokenizedText, at: int) -> bool:
    """K of Dr. K, T of T.J."""
    word, after = text.tokens[at], at + 1
    if text.norm(at - 1) in gazetteers.TITLES and text.is_adjacent(at) and word.norm not in ("i", "a", "u"):
        return word.text.isupper() or word.has_period or word.norm not in NOT_INITIALS
    if _is_letter_nickname(text, at):
        return True
    if word.text.isupper() and word.norm not in "iau" and not word.is_joined and text.is_adjacent(after):
        return text.norm(after) in gazetteers.PERSON_VERBS or (
            text.norm(after) == "if" and text.gap(at) == Gap.SENTENCE_END
        )
    pair = word.norm + text.norm(after)
    if not (word.text.isupper() and word.has_period and len(pair) == 2 and pair not in gazetteers.ACRONYMS):
        return False
    return text.tokens[after].text.isupper() and text.tokens[after].has_period and text.tokens[after].is_joined


def _is_letter_nickname(text: TokenizedText, at: int) -> bool:
    """t-bone, J-Rock: a letter and a word, in the context of a name."""
    after = at + 1
    if (
        not text.is_adjacent(after)
        or not text.tokens[after].is_joined
        or text.norm(after) in _NOT_LETTER_NICKNAMES
        or text.tokens[at].has_period
    ):
        return False
    if text.norm(after).isdigit() or len(text.norm(after)) < 2 or text.tokens[at].is_joined:
        return False
    before = text.norm(at - 1)
    return before in gazetteers.BEFORE_A_NAME or bool(text.phrase_before(at, gazetteers.NAME_INTRODUCTIONS))
