"""Exact words across the site: each passage of live editions that has them, and new drafts with other words in place.

The full-text index finds the editions; their blocks are read for one page of them at a time. Signed text is never
changed: a replacement starts a new draft, which is checked and signed off like any other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape, unescape

from django.contrib.postgres.search import SearchQuery
from django.db import connection, transaction
from django.db.models import CharField, Q, TextField

from detoxsite.core.text_fields import TidyCharField, TidyTextField

from ..content.block_names import name_of_block
from ..models import BLOCKS, Edition, KeyFacts, PullQuote, State, Text
from ..rich_text import sanitizer
from ..rich_text.fields import RichTextField
from ..search.plain_form import search_form

MAX_EDITIONS = 500
READ_FIRST = 40  # texts of editions more than are asked for: some have the words in another form
AROUND = 70  # characters before and after the words of a passage
NEARBY = 40  # tags and texts between them that are read for it
MAX_WORDS = 200  # characters
_RUN = re.compile(r"<[^>]*>|[^<]+")  # a tag, or the text up to the next
_SAME = {"'": "['’]", "’": "['’]", '"': '["“”]', "“": '["“”]', "”": '["“”]', "-": "[-‐‑]"}  # noqa: RUF001
_NOT_WORDS = {"region", "own_row"}  # the latter names a row of the table, and follows it


@dataclass(frozen=True)
class Words:
    """The words that are searched for, as a whole; ``is_cased``: with capitals exactly as typed."""

    typed: str
    is_cased: bool = False

    @cached_property
    def _inner(self) -> str:
        signs = ("".join(_SAME.get(sign) or re.escape(sign) for sign in word) for word in self.typed.split())
        return r"\s+".join(signs)

    @property
    def regex(self) -> str:
        """For PostgreSQL, which takes twenty times as long to look behind."""
        return rf"(^|\W){self._inner}(\W|$)"

    @cached_property
    def pattern(self) -> re.Pattern:
        return re.compile(rf"(?<!\w){self._inner}(?!\w)", 0 if self.is_cased else re.IGNORECASE)

    def replaced(self, found: str, by: str) -> str:
        """``by`` in place of the words found, with a capital where only they begin with one, as a sentence does."""
        begins_sentence = found[:1].isupper() and self.typed[:1].islower()
        return by[:1].upper() + by[1:] if begins_sentence else by


@dataclass(frozen=True)
class Passage:
    """The words at one place of an edition. ``key`` names the place; a signed edition never changes."""

    key: str
    place: str  # in words
    before: str
    found: str
    after: str
    is_quotation: bool = False


@dataclass(frozen=True)
class Found:
    edition: Edition
    passages: list[Passage]
    reason: str  # why no new draft can be started; "" if one can


def editions_with(words: Words, *, at_most: int = MAX_EDITIONS) -> list[int]:
    """Keys of the live editions with the words, the newest first.

    The index tells which could have them; texts are read in that order, and no more of them than are asked for.
    """
    lookup = "regex" if words.is_cased else "iregex"
    places = ((f"{name}__{lookup}", words.regex) for name in ("title", "summary", "text"))
    of_doses = _with_doses(words)
    exact = Q(*places, pk__in=of_doses, _connector=Q.OR)
    possible = sorted(_indexed(words) | of_doses, reverse=True)
    found: list[int] = []
    begin, size = 0, at_most + READ_FIRST
    while begin < len(possible) and len(found) < at_most:
        part = Edition.objects.live().filter(exact, pk__in=possible[begin : begin + size])
        found += part.order_by("-pk").values_list("pk", flat=True)
        begin, size = begin + size, 2 * size
    return found[:at_most]


def _indexed(words: Words) -> set[int]:
    """Keys of all editions with all words in their stems: more than those with the words as typed.

    For common words PostgreSQL would read the search columns of all editions, which takes fifty times as long.
    """
    query = SearchQuery(search_form(words.typed), config="english")
    rows = Edition.objects.filter(search=query).order_by().values_list("pk", flat=True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        return set(rows)


def _with_doses(words: Words) -> set[int]:
    """Keys of editions with the longest of the words in a text with doses: those are not in the index."""
    longest = max(words.typed.split(), key=len)
    texts = ((Text, "body"), (KeyFacts, "rows"))
    rows = (model.objects.filter(**{"is_dosing": True, f"{name}__icontains": longest}) for model, name in texts)
    return {key for found in rows for key in found.order_by().values_list("parent", flat=True)}


def passages_in(keys: list[int], words: Words) -> list[Found]:
    """The passages of some editions, those without any left out, in the order of the keys."""
    editions = Edition.objects.select_related("article").defer("text", "search").in_bulk(keys)
    blocks = _blocks_of(keys)
    newer = _newer_of(editions.values())
    found = ((editions[key], list(_passages(editions[key], blocks.get(key, []), words))) for key in keys)
    return [Found(edition, passages, _reason(newer.get(edition.article_id))) for edition, passages in found if passages]


def _blocks_of(keys: list[int]) -> dict[int, list]:
    """The blocks of several editions that have words, in order: a query for each kind."""
    found: dict[int, list] = {}
    for model in filter(text_fields, BLOCKS):
        for block in model.objects.filter(parent__in=keys):
            found.setdefault(block.parent_id, []).append(block)
    return {key: sorted(blocks, key=lambda block: block.ordering) for key, blocks in found.items()}


def _newer_of(editions) -> dict[int, Edition]:
    """By article: the newest edition, where that is not the live one. Archived drafts count: there is one at most."""
    live = {edition.article_id: edition.number for edition in editions}
    rows = Edition.objects.filter(article__in=live).exclude(state=State.WITHDRAWN).order_by("number")
    newest = {edition.article_id: edition for edition in rows.defer("text", "search")}
    return {key: edition for key, edition in newest.items() if edition.number > live[key]}


def _reason(newer: Edition | None) -> str:
    if newer is None:
        return ""
    if newer.archived_at:
        return f"Edition {newer.number} is an archived draft. Delete it or bring it back first."
    words = {State.DRAFT: "is a draft", State.IN_REVIEW: "is in review", State.SIGNED_OFF: "is scheduled"}
    return f"Edition {newer.number} {words[newer.state]}, and is left alone. Change the words there."


def _passages(edition: Edition, blocks: list, words: Words) -> Iterator[Passage]:
    for thing in (edition, *blocks):
        for field in text_fields(type(thing)):
            for number, (before, found, after) in enumerate(_in_context(thing, field, words)):
                key = f"{edition.pk}:{place_of(thing)}:{field.name}:{number}"
                name = field.verbose_name if thing is edition else name_of_block(thing)
                yield Passage(key, str(name).capitalize(), before, found, after, isinstance(thing, PullQuote))


def place_of(thing: Edition | object) -> str:
    return "0" if isinstance(thing, Edition) else f"{thing.kind}{thing.pk}"


def text_fields(model) -> list[CharField | TextField]:
    """The fields of an edition or a block that hold words for readers."""
    if model is Edition:
        return [Edition._meta.get_field(name) for name in ("title", "summary")]
    kinds = (RichTextField, TidyCharField, TidyTextField)
    fields = (field for field in model._meta.concrete_fields if isinstance(field, kinds) and not field.choices)
    return [field for field in fields if field.name not in _NOT_WORDS]


def _in_context(thing, field, words: Words) -> Iterator[tuple[str, str, str]]:
    """Each passage of a field: what is before the words, the words, and what is behind them."""
    value = getattr(thing, field.name) or ""
    if not isinstance(field, RichTextField):
        for match in words.pattern.finditer(value):
            yield _last(value[: match.start()]), match[0], _first(value[match.end() :])
        return
    runs = _RUN.findall(value)
    for index, run in enumerate(runs):
        if run.startswith("<"):
            continue
        for match in words.pattern.finditer(unescape(run)):
            before, after = (escape(part) for part in (match.string[: match.start()], match.string[match.end() :]))
            # a letter keeps the blank beside the words
            before = sanitizer.text(f"{''.join(runs[max(0, index - NEARBY) : index])}{before}x")[:-1]
            after = sanitizer.text(f"x{after}{''.join(runs[index + 1 : index + 1 + NEARBY])}")[1:]
            yield _last(before), match[0], _first(after)


def _last(text: str) -> str:
    return text if len(text) <= AROUND else f"…{text[-AROUND:]}"


def _first(text: str) -> str:
    return text if len(text) <= AROUND else f"{text[:AROUND]}…"


def with_replacement(value: str, field, words: Words, replacement: str, chosen: set[int]) -> str:
    """The value of a text field with the replacement at the places whose numbers are chosen."""
    number = -1

    def replace(match: re.Match) -> str:
        nonlocal number
        number += 1
        return words.replaced(match[0], replacement) if number in chosen else match[0]

    if not isinstance(field, RichTextField):
        return words.pattern.sub(replace, value)

    def in_run(run: re.Match) -> str:
        if run[0].startswith("<"):
            return run[0]
        before = unescape(run[0])
        after = words.pattern.sub(replace, before)
        return run[0] if after == before else escape(after, quote=False)

    return _RUN.sub(in_run, value)
