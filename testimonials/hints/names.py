"""Names of people: by lists, and by what stands around a word. What is unsure is a name: a person decides."""

import re
from collections.abc import Iterator, Set

from . import lists
from .text import Gap, Word

_DRAWN_OUT = re.compile(r"(.)\1\1+")
_LATIN_END = 0x24F
_NO_SURNAME = frozenset(["a", "i", "u", "y", "o", "e", "r", "n", "x"])
_UNLIKELY_ENDINGS = (
    "ing",
    "ed",
    "ly",
    "tion",
    "ment",
    "ness",
    "ful",
    "less",
    "ous",
    "ive",
    "able",
    "ity",
    "ence",
    "ance",
)
_LONGEST_NAME = 5  # words
MOST_UNKNOWN = 0.35  # of the words in lower case, in a text whose language the lists know
LONGEST_FOREIGN_NAME = 3  # words of another script within English


class Text:
    """The words of a text, what each may be, and how the text uses capitals."""

    def __init__(self, words: list[Word], also: Set[str]) -> None:
        self.words = words
        letters = "".join(word.text for word in words)
        upper = sum(map(str.isupper, letters))
        inner = [word for word in words if word.before != Gap.HARD and not word.text.isdigit() and word.key != "i"]
        titled = sum(word.is_titled for word in inner)
        self.shouts = upper > 0.5 * len(letters)
        self.titles_all = len(inner) > 3 and titled > 0.5 * len(inner)
        self.uses_capitals = not self.shouts and not self.titles_all
        self.is_foreign = [_is_foreign(word.text) for word in words]
        self.foreign_run = _runs(self.is_foreign)
        known: dict[str, tuple[bool, bool, bool]] = {}
        for word in words:
            if word.key not in known:
                known[word.key] = _sorted_out(word.key, also)
        self.first, self.word_name, self.unknown = ([known[word.key][which] for word in words] for which in range(3))

        low = [at for at, word in enumerate(words) if word.text.islower() and len(word.key) > 2]
        self.is_understood = sum(self.unknown[at] for at in low) <= MOST_UNKNOWN * len(low)

    def key(self, at: int) -> str:
        return self.words[at].key if 0 <= at < len(self.words) else ""

    def gap(self, at: int) -> Gap:
        """What stands before a word; the end of the text counts as the end of a sentence."""
        return self.words[at].before if 0 < at < len(self.words) else Gap.HARD

    def stands_out(self, at: int) -> bool:
        """Whether a capital says something here: in the middle of a sentence of a text that uses them as usual."""
        return self.uses_capitals and self.words[at].is_titled and self.gap(at) != Gap.HARD


def _runs(marked: list[bool]) -> list[int]:
    """For each place, how many marked ones stand in a row around it."""
    lengths = [0] * len(marked)
    start = 0
    for at in range(len(marked) + 1):
        if at == len(marked) or not marked[at]:
            lengths[start:at] = [at - start] * (at - start)
            start = at + 1
    return lengths


def _sorted_out(key: str, also: Set[str]) -> tuple[bool, bool, bool]:
    """Whether a word is a given name, a name that is a word too, or nothing known."""
    if key.isdigit() or len(key) < 2:
        return False, False, False
    if key in lists.FIRST:
        return True, False, False
    if key in lists.WORD_NAMES or key in also:
        return False, True, False
    if lists.is_ordinary(key) or key in lists.MEDICINES or key in lists.CAPITALIZED or key in lists.INITIALS:
        return False, False, False
    squeezed = _DRAWN_OUT.sub(r"\1", key)
    if squeezed != key or (squeezed := _DRAWN_OUT.sub(r"\1\1", key)) != key:
        return (squeezed in lists.FIRST), False, not lists.is_ordinary(squeezed) and squeezed in lists.SURNAMES
    if lists.misspelled(key, lists.MISSPELT_FIRST, 6) or (key.endswith("s") and key[:-1] in lists.FIRST):
        return True, False, False
    return False, False, True


def names(words: list[Word], also: Set[str] = frozenset()) -> Iterator[tuple[int, int]]:
    """The first word of each name and the one behind its last.

    Words in ``also`` are known to be somebody's name, besides what else they are.
    """
    text = Text(words, also)
    certain = [_is_name(text, at) for at in range(len(words))]
    known = {words[at].key for at, sure in enumerate(certain) if sure}
    at = behind = 0
    while at < len(words):
        if certain[at] or _is_again(text, at, known) or _is_beside(text, at, certain):
            end = _end(text, at)
            yield _start(text, at, behind), end
            at = behind = end
        else:
            at += 1


def _start(text: Text, at: int, least: int) -> int:
    """Where a name begins: "big mike", "old man pete" and "J. Smith" are what these people are called."""
    start = at
    while start > least and text.gap(start) == Gap.BLANK and at - start < 2:
        before = text.words[start - 1]
        is_initial = len(before.key) == 1 and before.text.isupper() and before.has_stop
        if not (is_initial or before.key in lists.BYNAMES or (before.key == "man" and text.key(start - 2) == "old")):
            break
        start -= 1
    return start


def _is_again(text: Text, at: int, known: set[str]) -> bool:
    """Whether the word was a name elsewhere in the text, and may be one here."""
    if text.key(at) not in known or _is_in_a_place(text, at) or _is_spared(text, at) or text.is_foreign[at]:
        return False
    if text.unknown[at]:
        return True
    if not text.word_name[at] or _is_denied(text, at):
        return False
    return text.words[at].is_titled and text.uses_capitals or text.gap(at) == Gap.HARD or _closes(text, at + 1)


def _is_beside(text: Text, at: int, certain: list[bool]) -> bool:
    """Whether the word stands in a list of names: Tina, Hope and Zayn."""
    if (
        not (text.unknown[at] or text.word_name[at])
        or _is_denied(text, at)
        or _is_spared(text, at)
        or text.is_foreign[at]
    ):
        return False
    if text.unknown[at] and not _is_likely(text, at):
        return False
    if (
        at >= 2
        and text.key(at - 1) in lists.JOINS
        and certain[at - 2]
        and Gap.HARD not in (text.gap(at), text.gap(at - 1))
    ):
        return True
    if (
        at >= 1
        and certain[at - 1]
        and text.gap(at) == Gap.SOFT
        and (_closes(text, at + 1) or text.key(at + 1) in lists.JOINS)
    ):
        return True
    nearer = at + 1
    if text.key(nearer) in lists.JOINS and text.gap(nearer) != Gap.HARD:
        nearer += 1
    elif text.gap(nearer) != Gap.SOFT:
        return False
    if nearer >= len(certain) or not certain[nearer] or text.gap(nearer) == Gap.HARD:
        return False
    return text.word_name[at] or text.gap(at) != Gap.BLANK or text.words[at].is_titled and text.uses_capitals


def _is_name(text: Text, at: int) -> bool:
    word = text.words[at]
    if text.first[at]:
        return not _is_spared(text, at) and not _is_in_a_place(text, at)
    if len(word.key) < 2:
        return _is_initial(text, at)
    if text.is_foreign[at]:
        return _is_foreign_name(text, at)
    if not (text.word_name[at] or text.unknown[at]):
        return _is_called(text, at) or _follows_strict_title(text, at) and _may_be_surname(text, at)
    if _is_spared(text, at) or _is_in_a_place(text, at):
        return False
    if text.unknown[at] and not _is_likely(text, at):
        return False
    if text.stands_out(at) and not _is_denied_capital(text, at):
        return True
    if text.unknown[at] and word.is_titled and text.uses_capitals and text.is_understood and text.gap(at) == Gap.HARD:
        return len(word.key) > 2 or _does(text, at)
    if not text.is_understood and text.unknown[at] and not word.is_titled:
        return False
    return (
        _follows_title(text, at)
        or _follows_kin(text, at)
        or _is_called(text, at)
        or (
            not _is_denied(text, at)
            and (_follows_opening(text, at) or _does(text, at) or _is_signed(text, at) or _belongs(text, at))
        )
        or _is_explained(text, at)
    )


def _is_called(text: Text, at: int) -> bool:
    """Whether it is said to be a name: I go by Smoke, a guy named cotton."""
    key = text.key(at)
    if (
        text.gap(at) == Gap.HARD
        or key in lists.DETERMINERS
        or key in lists.BEING
        or key in lists.ADVERBS
        or len(key) < 3
    ):
        return False
    return any(
        tuple(text.key(place) for place in range(at - len(phrase), at)) == phrase
        for phrase in lists.NAMING.get(text.key(at - 1), ())
    )


def _belongs(text: Text, at: int) -> bool:
    """Whether it is said where somebody is found: faith from intake, rose on third shift, ginger with the red hair."""
    after = at + 1
    if text.gap(after) != Gap.BLANK:
        return False
    leads = (
        text.gap(at) != Gap.BLANK or text.key(at - 1) in lists.JOINS or text.key(at - 1) in ("know", "knows", "tell")
    )
    if text.key(after) in ("she", "he", "who", "whos", "shes", "hes") and text.key(at - 1) not in lists.BEING:
        return leads or text.key(after) in ("she", "he", "shes", "hes")
    if text.key(after) == "from":
        return leads
    return (
        leads
        and text.key(after) in ("on", "in", "at", "w", "with", "de", "del")
        and text.key(after + 1) not in lists.ABSTRACT
    )


def _is_likely(text: Text, at: int) -> bool:
    """Whether an unknown word may be a name rather than a word mistyped."""
    word = text.words[at]
    if text.uses_capitals and word.is_titled:
        return True
    return not word.key.endswith(_UNLIKELY_ENDINGS) and not lists.misspelled(word.key, lists.MISSPELT_ORDINARY, 6)


def _is_denied(text: Text, at: int) -> bool:
    return (
        text.key(at - 1) in lists.DETERMINERS
        and text.gap(at) == Gap.BLANK
        and text.key(at - 1) not in ("to", "with", "for")
    )


def _is_denied_capital(text: Text, at: int) -> bool:
    """Words that carry a capital for another reason, or are part of something longer that does."""
    key = text.key(at)
    if key in lists.CAPITALIZED and not (
        text.word_name[at] and not _is_in_a_place(text, at) and _is_followed(text, at)
    ):
        return True
    if text.gap(at) == Gap.BLANK and text.key(at - 1) in ("the", "a", "an"):
        return True
    return text.unknown[at] and text.gap(at) == Gap.BLANK and text.key(at - 1) in lists.IN_A_PLACE


def _is_followed(text: Text, at: int) -> bool:
    return text.key(at + 1) in lists.DEEDS | lists.BEING


def _is_spared(text: Text, at: int) -> bool:
    """Whether the word is part of a phrase that holds a name and is none."""
    for end in range(at, min(at + 3, len(text.words))):
        for phrase in lists.SPARED.get(text.key(end), ()):
            start = end - len(phrase) + 1
            if start <= at and tuple(text.key(place) for place in range(start, end + 1)) == phrase:
                return True
    return False


def _is_in_a_place(text: Text, at: int) -> bool:
    """San Diego, Charlotte Street, in Madison."""
    before, after = text.key(at - 1), text.key(at + 1)
    near_before = text.gap(at) == Gap.BLANK
    if near_before and before in lists.PLACES_BEFORE:
        return True
    if text.gap(at + 1) == Gap.BLANK and after in lists.PLACES_AFTER:
        return text.uses_capitals and text.words[at + 1].is_capital and text.words[at].is_capital
    if text.key(at) not in lists.CAPITALIZED:
        return False
    return (
        near_before
        and (before in lists.IN_A_PLACE or before in ("from", "to") and text.gap(at + 1) == Gap.HARD)
        or (after in lists.CAPITALIZED and text.gap(at + 1) == Gap.SOFT and after not in lists.FIRST)
    )


def _follows_strict_title(text: Text, at: int) -> bool:
    return text.key(at - 1) in lists.STRICT_TITLES and text.gap(at) == Gap.BLANK


def _may_be_surname(text: Text, at: int) -> bool:
    key = text.key(at)
    if key.isdigit() or key in lists.DETERMINERS or key in lists.BEING or key in lists.DEEDS or key in lists.ROLES:
        return False
    return len(key) > 2 and (text.words[at].is_capital and not text.shouts or key in lists.SURNAMES)


def _is_initial(text: Text, at: int) -> bool:
    """Dr. K"""
    word = text.words[at]
    if not word.text.isalpha():
        return False
    if text.key(at - 1) in lists.TITLES and text.gap(at) == Gap.BLANK and word.key not in ("i", "a", "u"):
        return word.text.isupper() or word.has_stop or word.key not in _NO_SURNAME
    pair = text.key(at) + text.key(at + 1)
    if not (word.text.isupper() and word.has_stop and len(pair) == 2 and pair not in lists.INITIALS):
        return False
    return text.words[at + 1].text.isupper() and text.words[at + 1].has_stop and text.words[at + 1].glued


def _follows_title(text: Text, at: int) -> bool:
    """Nurse Joy, my counselor Hope, techs mike and zayn."""
    before = text.key(at - 1)
    if text.gap(at) == Gap.HARD:
        return False
    if before in lists.TITLES or before in lists.ROLES:
        if before in lists.LOOSE_ROLES and text.word_name[at]:
            return text.words[at].is_titled and text.uses_capitals
        return text.gap(at) == Gap.BLANK or text.words[at].is_titled or text.word_name[at] or _closes(text, at + 1)
    return False


def _closes(text: Text, at: int) -> bool:
    return at >= len(text.words) or text.gap(at) != Gap.BLANK


def _follows_kin(text: Text, at: int) -> bool:
    if text.key(at - 1) not in lists.KINSHIP or text.gap(at) == Gap.HARD:
        return False
    return text.gap(at) == Gap.BLANK or text.words[at].is_titled or text.word_name[at] or _closes(text, at + 1)


def _follows_opening(text: Text, at: int) -> bool:
    if text.gap(at) == Gap.HARD:
        return False
    for phrase in lists.OPENINGS.get(text.key(at - 1), ()):
        if tuple(text.key(place) for place in range(at - len(phrase), at)) != phrase:
            continue
        if " ".join(phrase) not in lists.LOOSE_OPENINGS:
            return True
        return text.words[at].is_titled and text.uses_capitals or (text.unknown[at] and _closes(text, at + 1))
    return False


def _does(text: Text, at: int) -> bool:
    """Whether a deed of a person follows: hope sat with me, Zayn really helped."""
    after = at + 1
    if text.key(after) in lists.ADVERBS and text.gap(after) == Gap.BLANK:
        after += 1
    if text.gap(after) != Gap.BLANK or after >= len(text.words):
        return False
    starts = text.gap(at) == Gap.HARD or text.key(at - 1) in lists.JOINS
    if text.key(after) in lists.DEEDS:
        return starts or text.word_name[at] and text.key(at - 1) not in ("i", "we", "you", "they", "he", "she", "it")
    return text.key(after) in lists.BEING and starts


def _is_signed(text: Text, at: int) -> bool:
    """Whether it stands alone at the end: - mark, love, Hope."""
    if at < len(text.words) - 2 or (at == len(text.words) - 2 and not _is_followed_by_surname(text, at)):
        return False
    if text.words[at].before == Gap.HARD and text.word_name[at]:
        return at > 0
    return (
        text.gap(at) == Gap.SOFT
        or text.key(at - 1) in lists.ENDINGS
        or (text.gap(at) == Gap.HARD and at > 0 and (text.unknown[at] or text.words[at].is_titled))
    )


def _is_followed_by_surname(text: Text, at: int) -> bool:
    return len(text.key(at + 1)) == 1 or text.key(at + 1) in lists.SURNAMES


def _is_explained(text: Text, at: int) -> bool:
    """zayn, my counselor; Hope the night nurse; joy (tech)."""
    after = at + 1
    if text.gap(after) == Gap.HARD:
        return False
    beside = text.gap(after) == Gap.SOFT
    if text.key(after) in (lists.WHOSE | {"the", "a", "our", "el", "la"}):
        after += 1
        if text.key(after) not in lists.CLEAR_ROLES:
            after += 1
    elif not beside:
        return False
    if text.gap(after) == Gap.HARD or _is_denied(text, at):
        return False
    return text.key(after) in lists.CLEAR_ROLES


def _end(text: Text, at: int) -> int:
    """Where a name that starts at a word ends: over further given names, an initial, a surname."""
    end, most = at + 1, min(at + _LONGEST_NAME, len(text.words))
    while end < most:
        after = end
        while (
            after < most - 1 and text.key(after) in lists.PARTICLES and text.gap(after) == Gap.BLANK and after - end < 3
        ):
            after += 1
        if text.gap(after) != Gap.BLANK or not _goes_on(text, after, over=after > end):
            if after > end and text.gap(end) == Gap.BLANK and _goes_on(text, end, over=False):
                after = end
            else:
                break
        end = after + 1
    return end


def _goes_on(text: Text, at: int, over: bool) -> bool:
    """Whether a word belongs to the name before it; ``over`` says that "de la" or the like stands between."""
    word, key = text.words[at], text.key(at)
    if word.text.isdigit() or text.gap(at) != Gap.BLANK:
        return False
    if len(key) == 1:
        if text.uses_capitals and text.words[at - 1].is_capital:
            return word.text.isupper() and (key not in ("i", "a") or word.has_stop) and not text.is_foreign[at]
        return word.has_stop or key not in _NO_SURNAME and _closes(text, at + 1)
    if key in ("jr", "sr", "ii", "iii") or text.first[at]:
        return True
    if text.is_foreign[at]:
        return word.is_capital and text.uses_capitals
    if key in lists.MEDICINES or key in lists.BEING:
        return False
    plain = lists.is_ordinary(key)
    if text.uses_capitals and text.words[at - 1].is_capital:
        if not word.is_capital or (word.is_shouted and plain):
            return False
        return (
            key in lists.SURNAMES or text.unknown[at] or (text.word_name[at] or over) and key not in lists.CAPITALIZED
        )
    if plain:
        return False
    return (
        key in lists.SURNAMES
        and key not in lists.WORD_NAMES
        or over
        or (text.unknown[at] and not key.endswith(_UNLIKELY_ENDINGS))
    )


def _is_foreign(text: str) -> bool:
    return (
        ord(text[0]) > _LATIN_END
        and text[0].isalpha()
        and not 0x1E00 <= ord(text[0]) <= 0x1EFF
        and not _is_fancy(text[0])
    )


def _is_fancy(letter: str) -> bool:
    """Whether a letter is a Latin one in another shape: bold, circled, full width."""
    code = ord(letter)
    return (
        0x2100 <= code <= 0x214F or 0x24B6 <= code <= 0x24E9 or 0xFF21 <= code <= 0xFF5A or 0x1D400 <= code <= 0x1D7FF
    )


def _is_foreign_name(text: Text, at: int) -> bool:
    """Whether a word in another script is a name: one alone within English, or where a name would stand."""
    word = text.words[at]
    if word.key in lists.OTHER_SCRIPTS or word.text in lists.OTHER_SCRIPTS:
        return True
    if word.key in lists.SCRIPT_BEFORE or word.text in lists.SCRIPT_BEFORE or word.key in lists.SCRIPT_AFTER:
        return False
    if text.foreign_run[at] <= LONGEST_FOREIGN_NAME and text.foreign_run[at] < len(text.words):
        return True
    if word.is_titled and text.uses_capitals and text.gap(at) != Gap.HARD:
        return True
    if text.gap(at) != Gap.HARD and (
        text.key(at - 1) in lists.SCRIPT_BEFORE or text.words[at - 1].text in lists.SCRIPT_BEFORE
    ):
        return True
    return text.gap(at + 1) == Gap.BLANK and text.words[at + 1].text in lists.SCRIPT_AFTER
