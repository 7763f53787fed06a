"""What an edition must pass before it is signed off: the gates that a machine can watch.

Red stops the sign-off, amber asks for a second look. What is looked for and what is said about it stands in
checks.toml; here is where to look, and when it is fine after all. No pattern repeats without a bound over what
another could take as well, so that no text makes it slow.
"""

import csv
import enum
import functools
import hashlib
import re
import tomllib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from . import html

AIM_GRADE = 8
FEWEST_WORDS = 100  # a grade of fewer says nothing
OLDEST_SOURCE = 5  # years
LONGEST_EXCERPT = 140
WITH_OVERDOSE_BLOCK = {"alcohol", "baclofen", "benzodiazepines", "opioids"}
NOT_ALONE = WITH_OVERDOSE_BLOCK | {"barbiturates", "gabapentin"}  # deadly or dangerous to stop without care

_FOLDER = Path(__file__).parent
_FLOW = re.compile(r"<(/?(?:blockquote|h2|h3|li|ol|p|table|tr|ul))\b[^<>]*>", re.I)
_STRAY = re.compile(r"<(?!/?[a-z][^<>]*>)", re.I)
_HEADING = re.compile(r"<(h[23])\b[^<>]*>((?:(?!</?h[23]\b).)*)", re.I | re.S)
_LINK = re.compile(r'<a(?=[ >])(?: href="([^"<>]*)")?[^<>]*>((?:(?!</?a\b).)*)', re.I | re.S)
_EMPTY_WORDS = {"click", "click here", "go", "here", "learn more", "link", "more", "read more", "see here"} | {
    *("see more", "this", "this article", "this link", "this page")
}
_MARK = re.compile(r"\[([0-9]{1,3})\]")
_LEADS_SOURCED = re.compile(r": ?(?:\[[0-9]{1,3}\] ?)+$")
_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z]\.[A-Z])(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bDr)(?<!\bMr)(?<!\bMrs)"
    r"""[.!?][")\]”’]{0,3}(?: ?\[[0-9]{1,3}\])*(?= |$)"""
)
_CLAUSE = re.compile(r"[;:—]|, (?:and|because|but|our|since|we)\b| but ")
_QUOTED = re.compile(r'“[^“”]{1,400}”|(?<!\w)"[^"]{1,400}"(?!\w)')
_OVERDOSE, _911 = re.compile(r"\boverdos", re.I), re.compile(r"\b9-?1-?1\b")
_SUICIDE, _988 = re.compile(r"\bsuicid", re.I), re.compile(r"\b988\b")


class Level(enum.StrEnum):
    RED = "red"
    AMBER = "amber"


@dataclass(frozen=True)
class Block:
    kind: str  # "text", "callout", "facts", "figure", "pull"
    body: str = ""  # text, callout: clean HTML; facts: lines "name | fact"; figure: caption; pull: the quotation
    title: str = ""  # callout, facts
    tone: str = ""  # callout: "danger", "warning", "note"
    alt: str = ""  # figure: the picture's text alternative


@dataclass(frozen=True)
class Reference:
    number: int
    title: str
    year: int | None = None


@dataclass(frozen=True)
class Document:
    title: str
    summary: str
    topic: str  # slug
    blocks: tuple[Block, ...] = ()
    sources: tuple[Reference, ...] = ()
    review_due_on: date | None = None  # of the edition that readers see, if any


@dataclass(frozen=True)
class Finding:
    code: str
    level: Level
    place: int | str  # index into the blocks, or "page", "title", "summary", "sources"
    excerpt: str  # the words it is about, with a little around them
    message: str
    suggestion: str

    @property
    def key(self) -> str:
        """Names the finding by its words alone: it lasts when blocks move, and ends when the words change."""
        words = " ".join(re.findall(r"\w+", self.excerpt.lower()))
        return hashlib.sha256(f"{self.code} {words}".encode(errors="replace")).hexdigest()[:16]


@dataclass(frozen=True)
class Reading:
    grade: float  # Automated Readability Index of the running text
    hardest: tuple[str, ...]  # the three hardest sentences, hardest first


@dataclass(frozen=True)
class Passage:
    """A title, paragraph, list item, table row, fact, caption or quotation: one line of words."""

    place: int | str
    kind: str  # "title", "summary", "heading", "p", "li", "row", "caption", "quote"
    text: str
    said: str  # the text with quotations, official names and titles of sources blanked out
    is_led_sourced: bool  # a list item under "…:[1]"
    is_prescribed: bool  # its block says that a prescriber decides
    is_of_danger: bool  # the document is about what is dangerous to stop

    @functools.cached_property
    def _ends(self) -> list[int]:
        return [] if self.kind == "row" else [match.end() for match in _SENTENCE_END.finditer(self.text)]

    @functools.cached_property
    def _marks(self) -> list[int]:
        return [match.start() for match in _MARK.finditer(self.text)]

    def sentence_at(self, position: int) -> tuple[int, int]:
        index = bisect_right(self._ends, position)
        start = self._ends[index - 1] if index else 0
        return start, self._ends[index] if index < len(self._ends) else len(self.text)

    def sentences(self) -> list[str]:
        edges = [0, *self._ends, len(self.text)]
        found = (self.text[start:end].strip() for start, end in zip(edges, edges[1:], strict=False))
        return [sentence for sentence in found if sentence]

    def is_sourced(self, match: re.Match) -> bool:
        """Whether the sentence of a find refers to a source, before its full stop or right behind it."""
        start, end = self.sentence_at(match.start())
        index = bisect_left(self._marks, start)
        return self.is_led_sourced or (index < len(self._marks) and self._marks[index] < end)

    def near(self, match: re.Match, left: int = 200, right: int = 200) -> str:
        """The sentence of a find, or of a very long one what is within reach."""
        start, end = self.sentence_at(match.start())
        return self.text[max(start, match.start() - left) : min(end, match.end() + right)]

    def before(self, match: re.Match) -> str:
        """The clause up to a find."""
        start, _ = self.sentence_at(match.start())
        return _CLAUSE.split(self.text[max(start, match.start() - 60) : match.start()])[-1]

    def after(self, match: re.Match, reach: int = 60) -> str:
        return self.text[match.end() : min(self.sentence_at(match.start())[1], match.end() + reach)]

    def excerpt(self, match: re.Match) -> str:
        start, end = self.sentence_at(match.start())
        reach = max(20, (LONGEST_EXCERPT - len(match[0])) // 2 - 3)
        words = self.near(match, reach, reach)
        if match.start() - reach > start:
            words = f"… {words.partition(' ')[2] or words}"
        if match.end() + reach < end:
            words = f"{words.rpartition(' ')[0] or words} …"
        return _short(words.strip())


def _short(words: str) -> str:
    return words if len(words) <= LONGEST_EXCERPT else f"{words[: LONGEST_EXCERPT - 2].rstrip()} …"


# From a document to its passages


def _markup(block: Block) -> str:
    """The HTML of a block; a "<" that opens no tag is escaped, since html.text looks for the end of each."""
    return _STRAY.sub("&lt;", block.body) if block.kind in {"text", "callout"} else ""


def _pieces(block: Block) -> Iterator[tuple[str, str]]:
    """(kind, words) of each passage of a block."""
    yield "heading", block.title
    match block.kind:
        case "facts":
            yield from (("row", line) for line in block.body.splitlines())
        case "figure":
            yield "caption", block.body
        case "pull":
            yield "quote", block.body
        case _:
            yield from _cut(_markup(block))


def _cut(markup: str) -> Iterator[tuple[str, str]]:
    is_open, row = Counter(), []
    parts = iter([*_FLOW.split(markup), "/table"])
    for words, tag in zip(parts, parts, strict=True):
        name = tag.lower().removeprefix("/")
        if is_open["tr"]:
            row.append(words)
        elif words.strip():
            inside = (kind for kind in ("blockquote", "li", "h2", "h3") if is_open[kind])
            kind = next(inside, "p")
            yield {"blockquote": "quote", "h2": "heading", "h3": "heading"}.get(kind, kind), html.text(words)
        if row and name in {"tr", "table"}:
            yield "row", html.text(" ".join(row))
            row = []
        is_open[name] = max(0, is_open[name] + (-1 if tag.startswith("/") else 1))
        if name == "table":
            is_open["tr"] = 0


def _passages(document: Document) -> dict[int | str, list[Passage]]:
    """The passages of each place, in the order of reading."""
    titles = [source.title.lower() for source in document.sources if len(source.title) > 3]
    is_of_danger = _is_about(document, NOT_ALONE)
    pieces = {"title": [("title", document.title)], "summary": [("summary", document.summary)]}
    pieces |= {index: list(_pieces(block)) for index, block in enumerate(document.blocks)}
    return {place: list(_of_place(place, found, titles, is_of_danger)) for place, found in pieces.items()}


def _of_place(
    place: int | str, pieces: list[tuple[str, str]], titles: list[str], is_of_danger: bool
) -> Iterator[Passage]:
    lines = [(kind, line) for kind, words in pieces if (line := " ".join(words.split()))]
    is_prescribed = any(_WORDS["prescribed"].search(text) for _, text in lines)
    is_led = False
    for kind, text in lines:
        if kind != "li":
            is_led = bool(_LEADS_SOURCED.search(text[-60:]))
        said = _without_names(text, titles)
        yield Passage(place, kind, text, said, kind == "li" and is_led, is_prescribed, is_of_danger)


def _without_names(text: str, titles: list[str]) -> str:
    for pattern in (_QUOTED, _OFFICIAL):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    lowered = text.lower()
    for title in titles:
        if title in lowered:
            text = re.sub(re.escape(title), lambda match: " " * len(match[0]), text, flags=re.I)
    return text


# What the data files hold


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


_TABLE = tomllib.loads((_FOLDER / "checks.toml").read_text(encoding="utf-8"))
_SPARED = {term: re.compile(around) for term, around in _TABLE["spared"].items()}
_CONDITIONS = {name: re.compile(pattern, re.I) for name, pattern in _TABLE["conditions"].items()}
_WORDS = {name: re.compile(pattern, re.I) for name, pattern in _TABLE["words"].items()}
_OFFICIAL = re.compile(_TABLE["names"]["pattern"])
_APPROVED = {(row["medicine"], row["condition"]) for row in _rows("approved.csv")}
_GROUPS = {row["medicine"]: row["group"] for row in _rows("medicines.csv")}
_MEDICINES = {
    name.strip().lower(): row["medicine"]
    for row in _rows("medicines.csv")
    for name in [row["medicine"], *row["also"].split(";")]
    if name.strip()
}


def _by_letter(patterns) -> str:
    """The alternatives, longest first, behind one choice of their first letter: a tenth of the tries."""
    letters: dict[str, list[str]] = {}
    for pattern in sorted(patterns, key=len, reverse=True):
        letters.setdefault(pattern[0], []).append(pattern[1:])
    return "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in letters.items())


def _variants(term: str) -> str:
    """A pattern for a term: one or several, its words apart, joined or hyphenated."""
    irregular = {"person": "pe(?:rson|ople)", "baby": "bab(?:y|ies)", "personality": "personalit(?:y|ies)"}
    *first, last = re.split("[ -]", term)
    return "[ ‐‑–-]?".join([*first, irregular.get(last, rf"{last}(?:e?s)?")])


_TERMS = {_variants(row["term"]): row for row in _rows("words.csv")}
_ANY_TERM = re.compile(rf"\b(?:{_by_letter(_TERMS)})\b", re.I)
_ANY_MEDICINE = re.compile(rf"\b(?:{_by_letter(_MEDICINES)})\b", re.I)


@functools.lru_cache(maxsize=512)
def _row_of(found: str) -> dict[str, str]:
    longest_first = sorted(_TERMS, key=len, reverse=True)
    return next(_TERMS[pattern] for pattern in longest_first if re.fullmatch(pattern, found, re.I))


def _named(text: str) -> set[str]:
    found = {_MEDICINES.get(name.lower(), "") for name in _ANY_MEDICINE.findall(text)}
    return found - {""}  # "ſ" is found for an "s"


def _is_about(document: Document, groups: set[str]) -> bool:
    return document.topic in groups or any(_GROUPS[name] in groups for name in _named(document.title))


def _finding(code: str, place: int | str, excerpt: str, *, level: str = "", **words) -> Finding:
    told = _TABLE["findings"][code]
    message, suggestion = told["message"].format(**words), told["suggestion"].format(**words)
    return Finding(code, Level(level or told["level"]), place, _short(excerpt), message, suggestion)


# When what was found is fine after all


def _is_no_promise(passage: Passage, match: re.Match) -> bool:
    sentence, after = passage.near(match), passage.after(match)
    if "best" in match[0].lower() and (sentence.endswith("?") or _WORDS["for-somebody"].match(after)):
        return True
    is_negated = match[0].split()[0].lower() not in {"no", "zero"} and _WORDS["negated"].search(passage.before(match))
    return bool(is_negated or _WORDS["taken-back"].match(after) or _WORDS["ordinary-promise"].search(sentence))


def _is_approved(passage: Passage, match: re.Match) -> bool:
    sentence = passage.near(match)
    if _WORDS["off-label"].search(f"{passage.before(match)} {passage.after(match)}"):
        return True
    medicines = _named(sentence) - {"alcohol", "opioid", "heroin"}  # which stand in the names of conditions
    conditions = {name for name, pattern in _CONDITIONS.items() if pattern.search(sentence)}
    if not medicines:
        is_known = conditions and conditions <= {condition for _, condition in _APPROVED}
        return bool(is_known and re.search("medicine|medication|treatments|options|drugs", sentence, re.I))
    if not conditions:
        return medicines <= {medicine for medicine, _ in _APPROVED}
    pairs = {(medicine, condition) for medicine, condition in _APPROVED if medicine in medicines}
    pairs = {(medicine, condition) for medicine, condition in pairs if condition in conditions}
    return {medicine for medicine, _ in pairs} == medicines and {condition for _, condition in pairs} == conditions


def _is_strength(passage: Passage, match: re.Match) -> bool:
    """Whether it names a product, such as "the 4 mg spray", and not how much to take."""
    return bool(_WORDS["strength"].match(passage.after(match))) and not _WORDS["dosing"].search(passage.near(match))


def _is_safe_advice(passage: Passage, match: re.Match) -> bool:
    sentence = passage.near(match)
    is_alone = _WORDS["alone"].search(match[0] + passage.after(match, 100))
    is_of_danger = passage.is_of_danger or any(_GROUPS[name] in NOT_ALONE for name in _named(sentence))
    if not is_of_danger or sentence.endswith("?") or _WORDS["negated"].search(passage.before(match)):
        return True
    return bool(_WORDS["warning"].search(sentence) if is_alone else _WORDS["supervised"].search(sentence))


_IS_FINE: dict[str, Callable[[Passage, re.Match], object]] = {  # by its truth
    "promise": _is_no_promise,
    "fda-approved": _is_approved,
    "dose-source": lambda passage, match: passage.is_sourced(match) or _is_strength(passage, match),
    "dose-prescribed": lambda passage, match: passage.is_prescribed or _is_strength(passage, match),
    "stop-alone": _is_safe_advice,
    "statistic": lambda passage, match: passage.is_sourced(match) or _WORDS["measured"].search(passage.before(match)),
    "efficacy": Passage.is_sourced,
}


def _pattern(code: str) -> re.Pattern:
    told = _TABLE["findings"][code]
    pattern = "|".join(_TABLE["findings"][told.get("patterns_of", code)]["patterns"])
    pattern = re.sub("@([a-z]+)", lambda match: _TABLE["parts"][match[1]], pattern)
    return re.compile(rf"(?<!\w)(?:{pattern})", re.I)  # tried where words begin only: four places in five are passed by


_PATTERNS = {code: _pattern(code) for code in _IS_FINE}


# The findings


def findings(document: Document, *, today: date, is_dead: Callable[[str], bool] = lambda path: False) -> list[Finding]:
    """What is wrong, in the order: the page, its title, its summary, its blocks, its sources."""
    passages = _passages(document)
    codes = [code for code in _IS_FINE if code != "stop-alone" or not _has_danger(document)]
    found = [*_page(document, passages, today)]
    has_h2 = False
    for place, here in passages.items():
        for passage in here:
            found += _stigma(passage)
            for code in codes:
                found += _claims(code, passage)
        if isinstance(place, int):
            block = document.blocks[place]
            found += _dangling(here, {source.number for source in document.sources})
            found += [*_headings(place, block, has_h2), *_links(place, block, is_dead), *_picture(place, block)]
            has_h2 = has_h2 or "<h2" in _markup(block).lower()
    return [*found, *_sources(document, passages, today)]


def _has_danger(document: Document) -> bool:
    callouts = (block for block in document.blocks if block.kind == "callout" and block.tone == "danger")
    return any(html.text(_markup(block)) for block in callouts)


def _claims(code: str, passage: Passage) -> Iterator[Finding]:
    """What one rule finds in a passage, once in a sentence."""
    if passage.kind not in _TABLE["findings"][code]["kinds"]:
        return
    told = None
    for match in _PATTERNS[code].finditer(passage.said if code == "promise" else passage.text):
        sentence = passage.sentence_at(match.start())
        if sentence != told and not _IS_FINE[code](passage, match):
            told = sentence
            yield _finding(code, passage.place, passage.excerpt(match))


def _stigma(passage: Passage) -> Iterator[Finding]:
    told = set()
    for match in _ANY_TERM.finditer("" if passage.kind == "quote" else passage.said):
        row, sentence = _row_of(match[0]), passage.sentence_at(match.start())
        left, right = passage.said[max(0, match.start() - 40) : match.start()], passage.said[match.end() :][:40]
        spared = _SPARED.get(row["term"])
        if (row["term"], sentence) in told or (spared and spared.search(f"{left}<{match[0]}>{right}".lower())):
            continue
        told.add((row["term"], sentence))
        level = Level.RED if re.search(r"\b(?:slur|insults?)\b", row["why"], re.I) else Level.AMBER
        words = {"term": match[0], "why": row["why"], "preferred": row["preferred"].replace(";", ", or")}
        yield _finding("stigma", passage.place, passage.excerpt(match), level=level, **words)


def _page(document: Document, passages: dict[int | str, list[Passage]], today: date) -> Iterator[Finding]:
    page = [passage for here in passages.values() for passage in here]
    if _is_about(document, WITH_OVERDOSE_BLOCK) and not _says_what_to_do(document, passages):
        yield _finding("overdose-block", "page", document.title)
    for subject, named, number, line in (("suicide", _SUICIDE, "988", _988), ("overdose", _OVERDOSE, "911", _911)):
        first = next((passage.excerpt(match) for passage in page if (match := named.search(passage.text))), "")
        if first and not any(line.search(passage.text) for passage in page):
            yield _finding("crisis-line", "page", first, subject=subject, number=number)
    if document.review_due_on and document.review_due_on < today:
        yield _finding("review-overdue", "page", document.review_due_on.isoformat())
    sentences = _running(document, passages)
    read = _reading(sentences)
    if read.grade > AIM_GRADE and sum(len(sentence.split()) for sentence in sentences) >= FEWEST_WORDS:
        hardest = "; ".join(f"“{_short(sentence)}”" for sentence in read.hardest)
        yield _finding("reading-grade", "page", read.hardest[0], grade=read.grade, aim=AIM_GRADE, hardest=hardest)


def _says_what_to_do(document: Document, passages: dict[int | str, list[Passage]]) -> bool:
    """Whether there is a danger callout, or a callout or heading on overdose with 911 in the same block."""
    for index, block in enumerate(document.blocks):
        told = (here for here in passages[index] if block.kind == "callout" or here.kind == "heading")
        has_911 = any(_911.search(here.text) for here in passages[index])
        if has_911 and any(_OVERDOSE.search(here.text) for here in told):
            return True
    return _has_danger(document)


def _dangling(passages: list[Passage], known: set[int]) -> Iterator[Finding]:
    for passage in passages:
        for match in _MARK.finditer(passage.text):
            if (number := int(match[1])) not in known:
                known.add(number)
                yield _finding("dangling-reference", passage.place, passage.excerpt(match), number=number)


def _headings(place: int, block: Block, has_h2: bool) -> Iterator[Finding]:
    for tag, inner in _HEADING.findall(_markup(block)):
        words = html.text(inner)
        has_h2 = has_h2 or tag.lower() == "h2"
        if not words:
            yield _finding("heading-empty", place, "")
        elif not has_h2:
            yield _finding("heading-order", place, words)


def _links(place: int, block: Block, is_dead: Callable[[str], bool]) -> Iterator[Finding]:
    for href, inner in _LINK.findall(_markup(block)):
        words, href = html.text(inner), html.text(href)
        bare = words.lower().strip(" .,:;!>»→…")
        if not words or not href:
            yield _finding("link-empty", place, words or href)
        elif bare in _EMPTY_WORDS or bare.startswith(("http://", "https://", "www.")):
            yield _finding("link-text", place, words)
        if href.startswith("/") and is_dead(re.split("[?#]", href)[0]):
            yield _finding("dead-link", place, f"{words} ({href})")
        if href.lower().startswith("http://"):
            yield _finding("link-insecure", place, f"{words} ({href})")


def _picture(place: int, block: Block) -> Iterator[Finding]:
    alt = block.alt.strip()
    if block.kind == "figure" and not alt:
        yield _finding("alt-missing", place, block.body)
    elif block.kind == "figure" and _WORDS["poor-alt"].match(alt):
        yield _finding("alt-poor", place, alt)


def _sources(document: Document, passages: dict[int | str, list[Passage]], today: date) -> Iterator[Finding]:
    page = (passage for here in passages.values() for passage in here)
    cited = {int(number) for passage in page for number in _MARK.findall(passage.text)}
    for source in document.sources:
        if source.number not in cited:
            yield _finding("unused-source", "sources", f"[{source.number}] {source.title}", number=source.number)
    old = [source for source in document.sources if source.year and today.year - source.year > OLDEST_SOURCE]
    listed = ", ".join(f"[{source.number}] {source.year}" for source in old)
    if listed:
        yield _finding("old-sources", "sources", listed, years=OLDEST_SOURCE, listed=listed)


def reading(document: Document) -> Reading:
    """How hard the paragraphs and list items of texts and callouts are. Grade 0 for nothing to read."""
    return _reading(_running(document, _passages(document)))


def _running(document: Document, passages: dict[int | str, list[Passage]]) -> list[str]:
    places = [index for index, block in enumerate(document.blocks) if block.kind in {"text", "callout"}]
    read = (passage for place in places for passage in passages[place] if passage.kind in {"p", "li"})
    sentences = (_MARK.sub("", sentence).strip() for passage in read for sentence in passage.sentences())
    return [sentence for sentence in sentences if any(map(str.isalnum, sentence))]


def _reading(sentences: list[str]) -> Reading:
    long = [sentence for sentence in dict.fromkeys(sentences) if len(sentence.split()) > 5] or sentences
    hardest = sorted(long, key=lambda sentence: _index([sentence]), reverse=True)[:3]
    return Reading(round(max(0.0, _index(sentences)), 1), tuple(hardest))


def _index(sentences: list[str]) -> float:
    """The Automated Readability Index: letters in a word, words in a sentence."""
    words = [word for sentence in sentences for word in sentence.split()]
    if not words:
        return 0.0
    letters = sum(map(str.isalnum, "".join(words)))
    return 4.71 * letters / len(words) + 0.5 * len(words) / len(sentences) - 21.43
