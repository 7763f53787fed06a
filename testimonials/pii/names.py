"""Names of people: by lists, and by what stands around a word. What is unsure is a name: a person decides."""

from collections.abc import Iterator, Set

from . import gazetteers
from .token_features import Text
from .tokenizer import Gap, Word

MAX_NAME = 5  # words
MAX_FOREIGN_NAME = 3  # words of another script within English
MAX_EAST_ASIAN_NAME = 4  # signs
_ARTICLES = frozenset(["the", "a", "an"])
_NO_INITIALS = frozenset("aiuyoernxwk")  # in lower case these are words of chats
_MIN_IN_A_TAG = 5  # letters
_LETTERED = frozenset(
    [
        *("shirt", "shirts", "ray", "rays", "mail", "mails", "turn", "tip", "tips", "section", "neck", "word", "hole"),
        *("pack", "mas", "rated", "tox", "up", "in"),
    ]
)
_LISTED = frozenset(["me", "him", "us"])
_YOU = frozenset(["you", "u", "ur", "youre", "yall", "ya", "r"])
_REMARKS = frozenset(
    (said, next_one)
    for said, next_one in [("thats", "her"), ("thats", "his"), ("thats", "what"), ("her", "real"), ("his", "real")]
    + [("real", "name"), ("no", "relation"), ("not", "her"), ("not", "his"), ("as", "in"), ("the", "one")]
)
_SUFFIXES = frozenset(["jr", "sr", "ii", "iii"])
_UNLIKELY_ENDINGS = (
    *("ing", "ed", "ly", "tion", "ment", "ness", "ful", "less", "ous", "ive", "able", "ity", "ence", "ance"),
    *("amos", "emos", "imos", "aban", "aron", "ieron", "ando", "iendo", "mente", "cion", "ciones", "cito", "cita"),
)


def names(words: list[Word], also: Set[str] = frozenset()) -> Iterator[tuple[int, int]]:
    """The first word of each name and the one behind its last.

    Words in ``also`` are known to be somebody's name, besides what else they are.
    """
    text = Text(words, also)
    certain = [text.may_be_one[at] and _is_name(text, at) for at in range(len(words))]
    known = {words[at].key for at, sure in enumerate(certain) if sure}
    for at in [*range(len(words)), *reversed(range(len(words)))]:
        if not certain[at] and text.may_be_one[at]:
            certain[at] = _is_again(text, at, known) or _is_beside(text, at, certain)
    at = behind = 0
    while at < len(words):
        if certain[at]:
            end = _end(text, at)
            yield _start(text, at, behind), end
            at = behind = end
        else:
            at += 1


# Whether a word is a name


def _is_name(text: Text, at: int) -> bool:
    word = text.words[at]
    if word.is_tag and _holds_a_name(word.key):
        return True
    if text.first[at] and not text.unknown[at]:
        return not _is_spared(text, at) and not _is_a_thing(text, at)
    if len(word.key) < 2:
        return _is_initial(text, at)
    if text.is_foreign[at]:
        return _is_foreign_name(text, at)
    if not (text.word_name[at] or text.unknown[at]):
        return _is_called(text, at) or _is_surname_of(text, at)
    if _is_spared(text, at):
        return False
    if _is_surname_of(text, at) or _is_one_of_a_family(text, at) or _has_a_surname(text, at):
        return True
    if text.unknown[at] and not _is_likely(text, at):
        return not word.is_tag and text.is_understood and (_follows_kin(text, at) or _acts(text, at))
    if _is_hardly_a_word(text, at) and not _is_denied(text, at):
        return True
    return text.first[at] or _is_capital_name(text, at) or _stands_where_a_name_would(text, at)


def _holds_a_name(key: str) -> bool:
    """#thankyoudelilah, #delilahstrong"""
    lengths = range(_MIN_IN_A_TAG, len(key))
    return any(key[:length] in gazetteers.FIRST or key[-length:] in gazetteers.FIRST for length in lengths)


def _is_likely(text: Text, at: int) -> bool:
    """Whether an unknown word may be a name rather than a word mistyped, or one of another language."""
    if text.is_capital(at) and not text.words[at].is_tag:
        return True
    key = text.key(at)
    return (
        not text.words[at].is_tag
        and text.is_understood
        and not key.endswith(_UNLIKELY_ENDINGS)
        and not text.is_mistyped(key)
    )


def _is_hardly_a_word(text: Text, at: int) -> bool:
    """Whether it may be a name anywhere: unknown where nothing has a capital, or a name that is no plain word."""
    key = text.key(at)
    if text.unknown[at]:
        return text.is_low and len(key) > 3
    return not text.is_known(key) and len(key) > 2


def _is_a_thing(text: Text, at: int) -> bool:
    """Whether a given name that is a word too is meant as one: a lily pond, was a john."""
    key = text.key(at)
    if key not in gazetteers.FIRST_AND_WORD or text.is_capital(at) or not text.touches(at):
        return False
    return (
        text.key(at - 1) in _ARTICLES and text.key(at + 1) not in gazetteers.JOINS and not text.words[at].is_possessive
    )


def _has_a_surname(text: Text, at: int) -> bool:
    """Grace Kim, mark johnson"""
    after = at + 1
    if not (text.word_name[at] and text.touches(after)) or _is_denied(text, at):
        return False
    key = text.key(after)
    if text.is_capital(at):
        return (
            text.is_capital(after)
            and (key in gazetteers.SURNAMES or text.unknown[after])
            and key not in gazetteers.PLACES_AFTER
        )
    return key in gazetteers.SURNAMES and not gazetteers.is_ordinary(key)


def _is_one_of_a_family(text: Text, at: int) -> bool:
    """the Baptiste girl, the Ortega twins"""
    behind = text.key(at + 1)
    return text.key(at - 1) == "the" and text.is_capital(at) and text.unknown[at] and behind in gazetteers.OF_A_FAMILY


def _is_capital_name(text: Text, at: int) -> bool:
    """Whether a capital makes it a name: in mid-sentence any unknown word, at the start of one in a known language."""
    if not text.is_capital(at):
        return False
    key, before = text.key(at), text.key(at - 1)
    if text.gap(at) == Gap.HARD:
        return text.unknown[at] and text.is_understood and len(key) > 2
    if text.touches(at) and (before in _ARTICLES or (text.unknown[at] and before in gazetteers.IN_A_PLACE)):
        return False
    return key not in gazetteers.CAPITALIZED or (
        text.key(at + 1) in gazetteers.DEEDS_AND_BEING and text.touches(at + 1)
    )


def _stands_where_a_name_would(text: Text, at: int) -> bool:
    if _is_role_itself(text, at) or _is_a_modal(text, at):
        return False
    if _follows_role(text, at) or _follows_kin(text, at) or _is_called(text, at) or _is_explained(text, at):
        return True
    if _is_denied(text, at):
        return False
    return (
        _is_identified(text, at)
        or _follows_opening(text, at)
        or _acts(text, at)
        or _belongs(text, at)
        or _is_signed(text, at)
        or _is_spoken_to(text, at)
        or _owns(text, at)
        or _is_remarked(text, at)
        or _is_doubled(text, at)
    )


def _is_role_itself(text: Text, at: int) -> bool:
    """judge, doc, angel: in lower case what somebody is rather than a name."""
    key = text.key(at)
    return key in gazetteers.TITLES and not text.first[at] and not text.is_capital(at)


def _is_a_modal(text: Text, at: int) -> bool:
    """my son will be home, a bed may open"""
    if text.key(at) not in ("will", "may", "might") or text.is_capital(at) or not text.touches(at + 1):
        return False
    return text.key(at + 1) not in gazetteers.BEHIND_A_NAME and not text.key(at + 1).endswith("ed")


def _is_spoken_to(text: Text, at: int) -> bool:
    """mercy u were the best, Joy you saved me, ty if ur reading this"""
    after = at + 1
    if text.key(at) in gazetteers.VERBS or text.key(at - 1) in gazetteers.PRONOUNS or not text.word_name[at]:
        return False
    if text.key(after) == "if":
        after += 1
    elif text.gap(after) == Gap.HARD:
        return False
    return text.key(after) in _YOU and text.gap(after) != Gap.HARD


def _owns(text: Text, at: int) -> bool:
    """hope's room, dale's was my story"""
    return text.word_name[at] and text.words[at].is_possessive and text.key(at) not in gazetteers.CAPITALIZED


def _is_remarked(text: Text, at: int) -> bool:
    """patience (thats her name), crystal (yes like the drug), will power, that's what we called him"""
    for after in (at + 1, at + 2):
        if text.gap(after) == Gap.SOFT:
            said = (text.key(after), text.key(after + 1))
            return said[0] == "yes" or said in _REMARKS
    return False


def _is_doubled(text: Text, at: int) -> bool:
    """luz luz luz, Ty-Ty"""
    key = text.key(at)
    if key in gazetteers.DESCRIBING or key in gazetteers.VERBS:
        return False
    return (text.touches(at) and text.key(at - 1) == key) or (text.touches(at + 1) and text.key(at + 1) == key)


def _is_denied(text: Text, at: int) -> bool:
    before = text.key(at - 1)
    if not text.touches(at) or before not in gazetteers.DETERMINERS or before in ("to", "with", "for"):
        return False
    return not (before == "its" and text.key(at - 2) in ("hi", "hey", "hello"))


def _is_spared(text: Text, at: int) -> bool:
    """Whether the word is part of something else: Jack Daniels, San Diego."""
    return text.is_within(at, gazetteers.SPARED) or _is_in_a_place(text, at)


def _is_in_a_place(text: Text, at: int) -> bool:
    """San Diego, Charlotte Street, Cedar Ridge, in Madison."""
    before, after, key = text.key(at - 1), text.key(at + 1), text.key(at)
    if text.touches(at) and before in gazetteers.PLACES_BEFORE:
        return True
    if text.is_capital(at):
        if text.touches(at + 1) and after in gazetteers.PLACES_AFTER and text.words[at + 1].is_capital:
            return True
        if (
            text.touches(at)
            and key in gazetteers.PLACES_AFTER
            and text.words[at - 1].is_capital
            and not text.first[at - 1]
        ):
            return True
    if key not in gazetteers.CAPITALIZED:
        return False
    if text.touches(at) and (before in gazetteers.IN_A_PLACE or before == "from"):
        return True
    return (
        text.gap(at + 1) == Gap.SOFT
        and after in gazetteers.CAPITALIZED
        and after not in gazetteers.ALL_FIRST
        and text.words[at + 1].is_capital
    )


def _is_initial(text: Text, at: int) -> bool:
    """K of Dr. K, T of T.J."""
    word, after = text.words[at], at + 1
    if text.key(at - 1) in gazetteers.TITLES and text.touches(at) and word.key not in ("i", "a", "u"):
        return word.text.isupper() or word.has_stop or word.key not in _NO_INITIALS
    if _is_lettered(text, at):
        return True
    if word.text.isupper() and word.key not in "iau" and not word.glued and text.touches(after):
        return text.key(after) in gazetteers.DEEDS or (text.key(after) == "if" and text.gap(at) == Gap.HARD)
    pair = word.key + text.key(after)
    if not (word.text.isupper() and word.has_stop and len(pair) == 2 and pair not in gazetteers.INITIALS):
        return False
    return text.words[after].text.isupper() and text.words[after].has_stop and text.words[after].glued


def _is_lettered(text: Text, at: int) -> bool:
    """t-bone, J-Rock: a letter and a word, where somebody is named."""
    after = at + 1
    if (
        not text.touches(after)
        or not text.words[after].glued
        or text.key(after) in _LETTERED
        or text.words[at].has_stop
    ):
        return False
    if text.key(after).isdigit() or len(text.key(after)) < 2 or text.words[at].glued:
        return False
    before = text.key(at - 1)
    return before in gazetteers.BEFORE_A_NAME or bool(text.follows(at, gazetteers.OPENINGS))


def _is_surname_of(text: Text, at: int) -> bool:
    """Whether a word of the language is a surname: dr brown, Mr. Young."""
    key = text.key(at)
    if text.key(at - 1) not in gazetteers.STRICT_TITLES or not text.touches(at) or key.isdigit():
        return False
    if key in gazetteers.PARTICLES:
        return text.is_capital(at) and text.is_capital(min(at + 1, len(text.words) - 1))
    if key in gazetteers.SURNAMES:
        return True
    if key in gazetteers.DETERMINERS or key in gazetteers.ROLES or key in gazetteers.DEEDS:
        return False
    return text.is_capital(at) or text.unknown[at] or text.word_name[at]


def _follows_role(text: Text, at: int) -> bool:
    """Nurse Joy, my counselor Hope, techs mike and zayn."""
    before = text.key(at - 1)
    if text.gap(at) == Gap.HARD or before not in gazetteers.TITLES_AND_ROLES:
        return False
    if text.word_name[at] and (before in gazetteers.LOOSE_ROLES or text.key(at + 1) in ("me", "us", "a", "the", "my")):
        return text.is_capital(at)
    return text.touches(at) or text.is_capital(at) or text.word_name[at] or text.closes(at)


def _follows_kin(text: Text, at: int) -> bool:
    if text.gap(at) == Gap.HARD or text.key(at - 1) not in gazetteers.KINSHIP:
        return False
    return text.touches(at) or text.is_capital(at) or text.word_name[at] or text.closes(at)


def _is_called(text: Text, at: int) -> bool:
    """Whether it is said to be a name: I go by Smoke, a guy named cotton."""
    key = text.key(at)
    if len(key) < 3 or key.isdigit() or key in gazetteers.NOT_CALLED or key in gazetteers.DETERMINERS:
        return False
    return bool(text.follows(at, gazetteers.NAMING))


def _follows_opening(text: Text, at: int) -> bool:
    phrase = text.follows(at, gazetteers.OPENINGS)
    if not phrase:
        return False
    if " ".join(phrase) not in gazetteers.LOOSE_OPENINGS:
        return True
    return text.is_capital(at) or (text.unknown[at] and text.closes(at))


def _is_identified(text: Text, at: int) -> bool:
    """my nurse was hope"""
    if text.key(at) in gazetteers.DESCRIBING and not text.is_capital(at):
        return False
    return (
        text.touches(at)
        and text.closes(at)
        and text.key(at - 1) in gazetteers.BEING
        and text.key(at - 2) in gazetteers.ROLES
    )


def _acts(text: Text, at: int) -> bool:
    """Whether a deed of a person follows: hope sat with me, Zayn really helped."""
    after = at + 1
    if text.key(after) in gazetteers.ADVERBS and text.touches(after):
        after += 1
    if not text.touches(after):
        return False
    starts = text.gap(at) == Gap.HARD or text.key(at - 1) in gazetteers.JOINS
    if text.gap(at) == Gap.HARD and text.is_capital(at) and text.key(after).endswith("ed"):
        return True
    if text.key(after) in gazetteers.DEEDS:
        return starts or (text.word_name[at] and text.key(at - 1) not in gazetteers.PRONOUNS)
    return starts and text.key(after) in gazetteers.BEING


def _belongs(text: Text, at: int) -> bool:
    """Whether it is said where somebody is found: faith from intake, rose on third shift, ginger with the red hair."""
    after, key = text.key(at + 1), text.key(at + 1)
    if not text.touches(at + 1) or text.key(at - 1) in gazetteers.PRONOUNS:
        return False
    if after in ("she", "he") and text.key(at - 1) in ("tell", "told", "ask", "know"):
        return True
    if text.touches(at) and text.key(at - 1) not in gazetteers.BEFORE_SOMEBODY:
        return False
    return after in ("from", "who", "whos") or (key in gazetteers.FOUND and text.key(at + 2) not in gazetteers.ABSTRACT)


def _is_signed(text: Text, at: int) -> bool:
    """Whether it stands alone at the end: - mark, love, Hope."""
    left = len(text.words) - at
    if left > 2 or (left == 2 and len(text.key(at + 1)) > 1 and text.key(at + 1) not in gazetteers.SURNAMES):
        return False
    return at > 0 and (not text.touches(at) or text.key(at - 1) in gazetteers.ENDINGS)


def _is_explained(text: Text, at: int) -> bool:
    """zayn, my counselor; Hope the night nurse; joy (tech)."""
    after = at + 1
    if text.gap(after) == Gap.HARD or _is_denied(text, at) or text.key(at - 1) in gazetteers.BEING:
        return False
    if text.key(after) in gazetteers.WHOSE or text.key(after) in ("the", "a", "el", "la"):
        after += 1
        if text.key(after) not in gazetteers.CLEAR_ROLES:
            after += 1
    elif text.touches(after):
        return False
    return text.gap(after) != Gap.HARD and text.key(after) in gazetteers.CLEAR_ROLES


def _is_foreign_name(text: Text, at: int) -> bool:
    """Whether a word in another script is a name: one alone within English, or where a name would stand."""
    plain = text.words[at].text.casefold()
    if plain in gazetteers.OTHER_SCRIPTS or plain.removeprefix("و").removeprefix("ل") in gazetteers.OTHER_SCRIPTS:
        return True
    if plain.startswith(gazetteers.SCRIPT_PREFIXES) and plain[2:] in gazetteers.SCRIPT_ROLES:
        return False
    if plain in gazetteers.SCRIPT_WORDS or (plain[0] >= "\u3040" and len(plain) > MAX_EAST_ASIAN_NAME):
        return False
    if text.foreign_run[at] <= MAX_FOREIGN_NAME and text.foreign_run[at] < len(text.words):
        return True
    if text.is_capital(at) and text.gap(at) != Gap.HARD:
        return True
    if text.gap(at + 1) == Gap.SOFT and text.words[at + 1].text.casefold() in gazetteers.SCRIPT_BEFORE:
        return text.is_capital(at)
    if text.touches(at) and text.words[at - 1].text.casefold() in gazetteers.SCRIPT_BEFORE:
        return not plain.islower() or plain != text.words[at].text or text.is_low
    return text.touches(at + 1) and text.words[at + 1].text.startswith(gazetteers.SCRIPT_AFTER)


def _is_again(text: Text, at: int, known: set[str]) -> bool:
    """Whether the word was a name elsewhere in the text, and may be one here."""
    if text.key(at) not in known or text.is_foreign[at] or _is_spared(text, at):
        return False
    if len(text.key(at)) == 1:
        return text.key(at) not in ("i", "a", "u") and (
            text.gap(at) == Gap.HARD or text.key(at + 1) in gazetteers.DEEDS
        )
    if text.unknown[at]:
        return True
    if not text.word_name[at] or _is_denied(text, at):
        return False
    return text.is_capital(at) or (text.is_low and (text.gap(at) == Gap.HARD or text.closes(at)))


def _is_beside(text: Text, at: int, certain: list[bool]) -> bool:
    """Whether the word stands in a list of names: Tina, Hope and Zayn."""
    if not (text.unknown[at] or text.word_name[at]) or text.is_foreign[at]:
        return False
    if not (_is_listed_behind(text, at, certain) or _is_listed_before(text, at, certain)):
        return False
    if (_is_denied(text, at) and text.key(at - 1) != "so") or _is_spared(text, at):
        return False
    return text.word_name[at] or _is_likely(text, at)


def _is_listed_behind(text: Text, at: int, certain: list[bool]) -> bool:
    """Hope of "Tina and Hope" and of "Tina, Hope and": the name stands before."""
    if at >= 2 and text.key(at - 1) in gazetteers.JOINS and certain[at - 2]:
        return Gap.HARD not in (text.gap(at), text.gap(at - 1))
    is_listed = at > 0 and (certain[at - 1] or text.key(at - 1) in _LISTED)
    return is_listed and text.gap(at) == Gap.SOFT and (text.closes(at) or text.key(at + 1) in gazetteers.JOINS)


def _is_listed_before(text: Text, at: int, certain: list[bool]) -> bool:
    """Hope of "Hope and Tina" and of "Hope, Tina": the name stands behind."""
    nearer = at + 1
    if text.key(nearer) in gazetteers.JOINS and text.gap(nearer) != Gap.HARD:
        nearer += 1
    elif text.gap(nearer) != Gap.SOFT:
        return False
    if nearer >= len(certain) or not certain[nearer] or text.gap(nearer) == Gap.HARD:
        return False
    return (
        not text.touches(at) or text.is_capital(at) or (text.word_name[at] and text.key(at - 1) not in gazetteers.BEING)
    )


# How far a name goes


def _start(text: Text, at: int, least: int) -> int:
    """Where a name begins: "big mike", "old man pete" and "J. Smith" are what these people are called."""
    start = at
    while start > least and text.touches(start) and at - start < 2:
        before = text.words[start - 1]
        is_initial = len(before.key) == 1 and before.text.isupper() and before.has_stop
        is_byname = before.key in gazetteers.BYNAMES or (before.key == "man" and text.key(start - 2) == "old")
        if not (is_initial or is_byname):
            break
        start -= 1
    particles = (text.key(start - 2), text.key(start - 1))
    if (
        start - 1 > least
        and particles in gazetteers.LEADING_PARTICLES
        and text.touches(start)
        and text.touches(start - 1)
    ):
        start -= 2
    return start


def _end(text: Text, at: int) -> int:
    """Where a name that starts at a word ends: over further given names, an initial, a surname."""
    end, most = at + 1, min(at + MAX_NAME, len(text.words))
    while end < most:
        after = end
        while after < most - 1 and text.key(after) in gazetteers.PARTICLES and text.touches(after) and after - end < 3:
            after += 1
        if _goes_on(text, after, over=after > end):
            end = after + 1
        elif after > end and _goes_on(text, end, over=False):
            end += 1
        else:
            break
    return end


def _goes_on(text: Text, at: int, over: bool) -> bool:
    """Whether a word belongs to the name before it; ``over`` says that "de la" or the like stands between."""
    word, key = text.words[at], text.key(at)
    if not text.touches(at) or word.text.isdigit():
        return False
    capital = text.uses_capitals and text.words[at - 1].is_capital
    if text.is_foreign[at]:
        return capital and word.is_capital
    if len(key) == 1:
        return _is_last_initial(text, at, capital)
    if key in _SUFFIXES or text.first[at] or (word.glued and not gazetteers.is_ordinary(key)):
        return True
    if key in gazetteers.MEDICINES or key in gazetteers.BEING:
        return False
    if capital:
        plain = word.is_shouted and gazetteers.is_ordinary(key)
        if not word.is_capital or plain:
            return False
        return (
            key in gazetteers.SURNAMES
            or text.unknown[at]
            or ((text.word_name[at] or over) and key not in gazetteers.CAPITALIZED)
        )
    if text.word_name[at]:
        return over or text.closes(at)
    if gazetteers.is_ordinary(key):
        return False
    return key in gazetteers.SURNAMES or over or (text.unknown[at] and _is_likely(text, at))


def _is_last_initial(text: Text, at: int, capital: bool) -> bool:
    """B of Mike B., g of matt g"""
    word = text.words[at]
    if capital:
        return word.text.isupper() and (word.key not in ("i", "a") or word.has_stop or text.closes(at))
    return word.has_stop or word.key not in _NO_INITIALS
