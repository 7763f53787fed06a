"""Generated articles: the history of each, and the transitions that bring a batch of them into the database."""

import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.contrib.postgres.indexes import GinIndex
from django.db import connection, transaction
from django.db.models import F
from django.utils.text import slugify

from articles import jobs
from articles.content import edition_snapshot
from articles.models import (
    BLOCKS,
    REVIEW_INTERVAL,
    Article,
    Block,
    Callout,
    Edition,
    EditionEvent,
    KeyFacts,
    PullQuote,
    Source,
    State,
    Text,
    Tone,
    Topic,
    text_and_word_count,
)
from articles.search import index as search_index

from . import text_generator
from .pg_copy import copy, tidy
from .staff import Staff

BATCH_SIZE = 500
NUMBERED = r"-\d{6,}$"  # the end of a generated slug
DAY = timedelta(days=1)
STORIES = [  # of a hundred articles, how many have editions that ended in these states
    (72, [State.SIGNED_OFF]),
    (10, [State.SIGNED_OFF, State.SIGNED_OFF]),
    (6, [State.SIGNED_OFF, State.DRAFT]),
    (4, [State.SIGNED_OFF, State.IN_REVIEW]),
    (2, [State.SIGNED_OFF, "scheduled"]),
    (1, ["scheduled"]),
    (2, [State.WITHDRAWN]),
    (3, [State.DRAFT]),
]


@dataclass
class GeneratedEdition:
    """An edition not stored yet, with its blocks and sources, and the state it will end in."""

    edition: Edition
    blocks: list[Block]
    sources: list[Source]
    text: str
    ends: State
    started_at: datetime


class Writer:
    """Generates the article with a number: the same one for the same seed, day and staff."""

    def __init__(self, seed: int, today: datetime, staff: Staff, topics: list[Topic]) -> None:
        self.seed, self.today, self.staff, self.topics = seed, today, staff, topics

    def articles(self, numbers: range) -> list[list[GeneratedEdition]]:
        return [self.article(number) for number in numbers]

    def article(self, number: int) -> list[GeneratedEdition]:
        """The editions of a new article, oldest first."""
        random = Random(f"{self.seed}/{number}")  # noqa: S311 not a secret
        [ends] = random.choices([ends for _, ends in STORIES], [share for share, _ in STORIES])
        title = text_generator.title(random)
        article = Article(slug=f"{slugify(title)[:70]}-{number:06}", topic=random.choice(self.topics))
        article.owner = self.staff.editor
        age = random.randint(10, 420) + 200 * (len(ends) - 1)  # days; what is older than a year is overdue
        return [
            self.edition(random, article, position, title, end, self.today - (age - 200 * (position - 1)) * DAY)
            for position, end in enumerate(ends, 1)
        ]

    def edition(self, random, article, number, title, end, when) -> GeneratedEdition:
        blocks, sources = _blocks(random), _sources(random)
        text, words = text_and_word_count(blocks)
        edition = Edition(
            article=article,
            number=number,
            title=title,
            summary=" ".join(text_generator.draw(random, 18)).capitalize()[:159] + ".",
            author=random.choice(self.staff.authors),
            created_by=self.staff.editor,
            changes="New numbers, and a new source." if number > 1 else "",
            word_count=words,
            is_sample=True,
        )
        scheduled, end = end == "scheduled", State.SIGNED_OFF if end == "scheduled" else State(end)
        if end in {State.SIGNED_OFF, State.WITHDRAWN}:
            signed = self.today - random.randint(1, 4) * DAY if scheduled else when
            publish = self.today + random.randint(1, 30) * DAY if scheduled else signed
            self.sign(edition, random.choice(self.staff.clinicians), signed, publish)
            edition.fingerprint = edition_snapshot.fingerprint(edition_snapshot.from_parts(edition, blocks, sources))
        return GeneratedEdition(edition, blocks, sources, text, end, started_at=min(when, self.today) - 3 * DAY)

    @staticmethod
    def sign(edition, reviewer, signed: datetime, publish: datetime) -> None:
        edition.reviewer, edition.signed_off_by, edition.signed_as = reviewer, reviewer.user, str(reviewer)
        edition.signed_off_at, edition.publish_at = signed, publish
        edition.reviewed_on, edition.review_due_on = signed.date(), (signed + REVIEW_INTERVAL).date()


def load(writer: Writer, count: int) -> Iterator[int]:
    """Store ``count`` new articles, each batch in a transaction; yield how many are stored after each batch.

    At the end the pending list of the search index is merged: until then it slows down every search.
    """
    first, seen = _last_number() + 1, set()
    starts = range(0, count, BATCH_SIZE)
    batches = _ahead(writer.articles, [range(first + at, first + min(at + BATCH_SIZE, count)) for at in starts])
    for at, articles in zip(starts, batches, strict=True):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL gin_pending_list_limit = '512MB'")
            _store(articles, cursor)
            _learn(articles, seen)
        yield at + len(articles)
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '256MB'")
        for index in (index.name for index in Edition._meta.indexes if isinstance(index, GinIndex)):
            cursor.execute("SELECT gin_clean_pending_list(%s)", [index])
        cursor.execute("RESET maintenance_work_mem")
    tidy()


def finish_pages(count: int) -> Iterator[int]:
    """Render the pages of the new articles, as the worker would in the background; yield how many are done, up to
    ``count``.
    """
    done = 0
    while batch := jobs.finish_renderings(seconds=2):
        done += batch
        yield min(done, count)


def _ahead(function, parts: list) -> Iterator:
    """Yield ``function(part)`` for each part; a thread computes the next one while this one is used."""
    with ThreadPoolExecutor(1) as thread:
        coming = [thread.submit(function, part) for part in parts[:1]]
        for part in parts[1:]:
            ready, coming = coming[0].result(), [thread.submit(function, part)]
            yield ready
        yield from (last.result() for last in coming)


def topics() -> list[Topic]:
    """The existing topics, or those of the sample content."""
    if not Topic.objects.exists():
        entries = tomllib.loads((text_generator.ARTICLES.parent / "topics.toml").read_text(encoding="utf-8"))["topics"]
        Topic.objects.bulk_create(
            Topic(position=number, **{**entry, "picture": None}) for number, entry in enumerate(entries)
        )
    return list(Topic.objects.all())


def _last_number() -> int:
    slugs = Article.objects.filter(slug__regex=NUMBERED).values_list("slug", flat=True)
    return max((int(slug.rsplit("-", 1)[1]) for slug in slugs), default=0)


def _store(articles: list[list[GeneratedEdition]], cursor) -> None:
    Article.objects.bulk_create(editions[0].edition.article for editions in articles)
    for position in range(max(map(len, articles))):
        batch = [editions[position] for editions in articles if len(editions) > position]
        _store_drafts(batch, cursor)
        _submit(batch, cursor)
        _sign_off_and_withdraw(batch)
        copy(_events(batch), cursor)


def _learn(articles: list[list[GeneratedEdition]], seen: set[str]) -> None:
    """Index the spellings of signed-off editions, without the words in ``seen``."""
    signed = [written.edition for editions in articles for written in editions if written.edition.fingerprint]
    new = search_index.distinct_words(*signed) - seen
    seen |= new
    search_index.store(new)


def _store_drafts(batch: list[GeneratedEdition], cursor) -> None:
    Edition.objects.bulk_create(written.edition for written in batch)
    for written in batch:
        for block in written.blocks:
            block.parent_id = written.edition.pk
        for source in written.sources:
            source.edition_id = written.edition.pk
    for model in BLOCKS:
        copy([block for written in batch for block in written.blocks if type(block) is model], cursor)
    copy([source for written in batch for source in written.sources], cursor)


def _submit(batch: list[GeneratedEdition], cursor) -> None:
    """Set the text only now: with every write of a row the database parses its text for search."""
    states = [State.DRAFT if written.ends == State.DRAFT else State.IN_REVIEW for written in batch]
    cursor.execute(
        """
        UPDATE articles_edition SET text = new.text, created_at = new.created_at, state = new.state
        FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[]) AS new (id, text, created_at, state)
        WHERE articles_edition.id = new.id
        """,
        [
            [written.edition.pk for written in batch],
            [written.text for written in batch],
            [written.started_at for written in batch],
            [state.value for state in states],
        ],
    )
    for written in batch:
        written.edition.text = written.text


def _sign_off_and_withdraw(batch: list[GeneratedEdition]) -> None:
    signed = [written.edition.pk for written in batch if written.ends in {State.SIGNED_OFF, State.WITHDRAWN}]
    Edition.objects.filter(pk__in=signed).update(state=State.SIGNED_OFF)
    withdrawn = [written.edition.pk for written in batch if written.ends == State.WITHDRAWN]
    Edition.objects.filter(pk__in=withdrawn).update(
        state=State.WITHDRAWN, withdrawn_by=F("signed_off_by"), withdrawn_at=F("signed_off_at") + 2 * DAY
    )


def _events(batch: list[GeneratedEdition]) -> list[EditionEvent]:
    events = []
    for written in batch:
        edition, at = written.edition, written.started_at
        events.append(EditionEvent(edition_id=edition.pk, kind=EditionEvent.Kind.STARTED, by=edition.created_by, at=at))
        if written.ends != State.DRAFT:
            events.append(
                EditionEvent(
                    edition_id=edition.pk, kind=EditionEvent.Kind.SUBMITTED, by=edition.created_by, at=at + DAY
                )
            )
        if edition.signed_off_at:
            by, at = edition.signed_off_by, edition.signed_off_at
            events.append(EditionEvent(edition_id=edition.pk, kind=EditionEvent.Kind.SIGNED_OFF, by=by, at=at))
            if written.ends == State.WITHDRAWN:
                events.append(
                    EditionEvent(
                        edition_id=edition.pk,
                        kind=EditionEvent.Kind.WITHDRAWN,
                        by=by,
                        at=at + 2 * DAY,
                        note="Outdated.",
                    )
                )
    return events


def _blocks(random: Random) -> list[Block]:
    """About 900 words: sometimes a callout, key facts and a quotation; always three passages of text."""
    blocks: list[Block] = []
    if random.random() < 0.5:
        body = "<p>" + " ".join(text_generator.sentences(random, 2)) + "</p>"
        blocks.append(Callout(tone=random.choice(Tone.values), title=text_generator.title(random), body=body))
    if random.random() < 0.4:
        rows = "\n".join(
            f"{text_generator.title(random)} | {' '.join(text_generator.draw(random, 6))}" for _ in range(4)
        )
        blocks.append(KeyFacts(title="Key facts", rows=rows, is_dosing=random.random() < 0.1))
    blocks += [Text(body=_passage(random)) for _ in range(3)]
    if random.random() < 0.2:
        blocks.append(PullQuote(quote=text_generator.sentences(random, 1)[0], attribution="A nurse, on a night shift"))
    for position, block in enumerate(blocks, 1):
        block.region, block.ordering = "main", position * 10
    return blocks


def _passage(random: Random) -> str:
    """A heading, two paragraphs and a list."""
    paragraphs = [" ".join(text_generator.sentences(random, random.randint(8, 11))) for _ in range(2)]
    items = "".join(f"<li><p>{sentence}</p></li>" for sentence in text_generator.sentences(random, 4))
    return f"<h2>{text_generator.title(random)}</h2><p>{paragraphs[0]}</p><ul>{items}</ul><p>{paragraphs[1]}</p>"


def _sources(random: Random) -> list[Source]:
    return [
        Source(
            position=position,
            authors=f"{text_generator.title(random).split()[0].title()} A, et al.",
            title=text_generator.title(random),
            container="Journal of Invented Studies",
            year=random.randint(2008, 2026),
            doi=f"10.5555/sample.{random.randrange(10**8)}",
        )
        for position in range(1, random.randint(2, 4) + 1)
    ]
