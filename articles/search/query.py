"""What somebody typed into the search box, as the parts of a PostgreSQL text query.

As in PostgreSQL's own websearch: "words in quotes" stand together, -word must not occur, ``or`` joins two words.
"""

import re
from dataclasses import dataclass, field

PUNCTUATION = ".,;:!?()"  # of a word, which do not belong to it
MAX_PARTS = 16  # what is typed after so many words and phrases is not looked for
MAX_SYNONYM_LENGTH = 5  # words
MIN_BEGINNING, MIN_MISTAKE = 3, 4  # letters
_PART = re.compile(r'(?P<minus>-?)"(?P<phrase>[^"]*)"?|(?P<bare>\S+)')
_WORD, _PHRASE = "plainto_tsquery('english', %s)", "phraseto_tsquery('english', %s)"


@dataclass
class ParsedQuery:
    """``wanted``: groups of alternatives, of which each must be met; ``unwanted``: none of these may.

    Each is an SQL expression with its parameters. ``words`` are those that may turn out to be beginnings or mistakes.
    """

    typed: str
    synonyms: list[dict[str, str]]
    wanted: list[list[tuple[str, list]]] = field(default_factory=list)
    unwanted: list[tuple[str, list]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    also: list[str] = field(default_factory=list)  # what staff have said is the same as something typed
    last: str = ""  # the one of ``words`` that stands at the end

    def __post_init__(self) -> None:
        self._means = _means(self.synonyms)
        parts = list(_PART.finditer(self.typed.replace("\0", " ")))[:MAX_PARTS]
        while parts:
            self._take(parts)

    def sql(self) -> tuple[str, str, str, list]:
        """Three queries: all that is wanted, any of it, none of what is unwanted. And the parameters of the three."""
        groups = [f"({' || '.join(sql for sql, _ in group)})" for group in self.wanted]
        values = [value for group in self.wanted for _, given in group for value in given]
        without = " && ".join(f"!!{sql}" for sql, _ in self.unwanted) or "''::tsquery"
        unwanted = [value for _, given in self.unwanted for value in given]
        return " && ".join(groups), " || ".join(groups), without, [*values, *values, *unwanted]

    def _take(self, parts: list[re.Match]) -> None:
        """Take the next word, phrase or synonym off the list of parts."""
        if length := next(
            (n for n in range(min(MAX_SYNONYM_LENGTH, len(parts)), 0, -1) if _key(parts[:n]) in self._means), 0
        ):
            return self._want(self._synonym(_key([parts.pop(0) for _ in range(length)])))
        part = parts.pop(0)
        bare = part["bare"] or ""
        if bare.lower() == "or" and self.wanted and parts:
            before = len(self.wanted)
            self._take(parts)
            self.wanted[before - 1 :] = [[term for group in self.wanted[before - 1 :] for term in group]]
        elif part["minus"]:
            self.unwanted.append((_PHRASE, [part["phrase"]]))
        elif bare.startswith("-"):
            self.unwanted.append((_WORD, [bare[1:]]))
        elif bare:
            self._want(self._word(bare, is_last=not parts))
        else:
            self._want((_PHRASE, [part["phrase"]]))

    def _want(self, term: tuple[str, list]) -> None:
        self.wanted.append([term])

    def _word(self, bare: str, is_last: bool) -> tuple[str, list]:
        word = bare.lower().strip(".,;:!?()’'")
        if not word.isalpha() or len(word) < MIN_BEGINNING:
            return _WORD, [bare]
        if word not in self.words:
            self.words.append(word)
        self.last = word if is_last else ""
        return "(SELECT query FROM meant WHERE word = %s)", [word]

    def _synonym(self, key: tuple[str, ...]) -> tuple[str, list]:
        self.also += [phrase for phrase in self._means[key] if phrase not in self.also]
        phrases = [" ".join(key), *self._means[key]]
        return f"({' || '.join([_PHRASE] * len(phrases))})", phrases


def _means(synonyms: list[dict[str, str]]) -> dict[tuple[str, ...], list[str]]:
    """What else to look for, by the words that are typed."""
    found: dict[tuple[str, ...], list[str]] = {}
    for synonym in synonyms:
        means = [phrase.strip() for phrase in synonym["means"].split(",") if phrase.strip()]
        for typed in synonym["typed"].lower().split(","):
            if typed.strip():
                found.setdefault(tuple(word.strip(PUNCTUATION) for word in typed.split()), []).extend(means)
    return found


def _key(parts: list[re.Match]) -> tuple[str, ...] | None:
    """The words of parts as synonyms have them, or None where a part is no plain word."""
    if not all(part["bare"] for part in parts):
        return None
    return tuple(part["bare"].lower().strip(PUNCTUATION) for part in parts)
