"""Generated reviews and requests for help, in every status."""

import multiprocessing
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import django
from django.db import connection, transaction

from detoxsite.core.encryption import digests
from intake.models import (
    AttemptOutcome,
    CallForHelp,
    CallTimes,
    ContactAttempt,
    Language,
    NeedsHelp,
    Outcome,
    Recent,
    Substance,
)
from intake.models import Status as CallStatus
from intake.reception.identifiers import Identity
from intake.reception.receive import seal_request
from testimonials.models import (
    Author,
    Reason,
    Relationship,
    ReviewEvent,
    Source,
    Testimonial,
    Version,
)
from testimonials.models import Status as ReviewStatus
from testimonials.services.transitions import text_hash

from . import text_generator
from .pg_copy import Copy, copied, tidy
from .staff import Staff

BATCH_SIZE = 2_000
MAX_STILL_OPEN = 10_000  # requests of which some are open; of more, all others are closed, as in any center that lasts
HOUR = timedelta(hours=1)
ONCE_PUBLISHED = {ReviewStatus.PUBLISHED, ReviewStatus.WITHDRAWN, ReviewStatus.EXPIRED}
EVENTS = {  # recorded events by status
    ReviewStatus.PUBLISHED: [ReviewEvent.Kind.PUBLISHED],
    ReviewStatus.DECLINED: [ReviewEvent.Kind.DECLINED],
    ReviewStatus.WITHDRAWN: [ReviewEvent.Kind.PUBLISHED, ReviewEvent.Kind.WITHDRAWN],
    ReviewStatus.EXPIRED: [ReviewEvent.Kind.PUBLISHED, ReviewEvent.Kind.EXPIRED],
}


def _batches(make, count: int) -> Iterator[list]:
    for start in range(0, count, BATCH_SIZE):
        yield [make(number) for number in range(start, min(start + BATCH_SIZE, count))]


# --- reviews ---------------------------------------------------------------------------------------------------------


def load_reviews(seed: int, today: datetime, staff: Staff, count: int) -> Iterator[int]:
    """Store ``count`` new reviews, each batch in a transaction; yield how many are stored after each.

    Sealing takes most of the time, so it runs in one process per processor. Consents are not recorded, nor events
    before a decision.
    """
    if not count:
        return
    first, done = Testimonial.objects.filter(key__startswith="bulk-").count(), 0
    starts = range(first, first + count, BATCH_SIZE)
    parts = [(seed, range(start, min(start + BATCH_SIZE, first + count)), today, staff) for start in starts]
    for (_, numbers, _, _), copies in zip(parts, _in_parallel(parts), strict=True):
        with transaction.atomic(), connection.cursor() as cursor:
            for rows in copies:
                rows.store(cursor)
        done += len(numbers)
        yield done
    tidy(Testimonial, Version, Author, ReviewEvent)


def _in_parallel(parts: list[tuple]) -> Iterator[list[Copy]]:
    """Yield the result of _rows for each part, in order, computed a few parts ahead."""
    if len(parts) == 1:
        yield _rows(*parts[0], _keys(len(parts[0][1])))
        return
    workers, coming = os.cpu_count() or 1, deque()
    context = multiprocessing.get_context("spawn")  # a fork would share the database connection
    with ProcessPoolExecutor(workers, context, initializer=django.setup) as processes:
        for part in parts:
            coming.append(processes.submit(_rows, *part, _keys(len(part[1]))))
            if len(coming) > workers:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def _keys(count: int) -> list[int]:
    with connection.cursor() as cursor:
        table = Testimonial._meta.db_table
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [key for (key,) in cursor.fetchall()]


def _rows(seed: int, numbers: range, today: datetime, staff: Staff, keys: list[int]) -> list[Copy]:
    """Build all rows of these reviews, table by table, without a database."""
    made = [review(seed, number, today, staff) for number in numbers]
    for one, key in zip(made, keys, strict=True):
        one.review.pk = key
    tables = (
        [one.review for one in made],
        [one.version() for one in made],
        [one.author() for one in made if one.review.source == Source.HERE],
        [event for one in made for event in one.events(staff)],
    )
    return [copied(rows) for rows in tables if rows]


@dataclass
class GeneratedReview:
    """A review not stored yet, with its content in the clear. Its other rows need the primary key."""

    review: Testimonial
    words: str
    name: str
    email: str
    token: str

    def version(self) -> Version:
        version = Version(review_id=self.review.pk, at=self.review.submitted_at)
        if not self.review.erased_at:
            version.fingerprint = digests.keyed("review", f"{len(self.words)}:{self.words}{self.name}", 32)
            version.seal({"words": self.words, "name": self.name, "signs": []})
        return version

    def author(self) -> Author:
        if self.review.erased_at:
            return Author(review_id=self.review.pk, token_fingerprint=Author.fingerprint_of(self.token))
        return Author.build(self.review, self.email, self.token)

    def events(self, staff: Staff) -> list[ReviewEvent]:
        """Its recorded events, a day apart, the first by the moderator who decided."""
        events, at = [], self.review.decided_at
        for kind in EVENTS.get(self.review.status, []):
            by = None if events else self.review.decided_by
            events.append(ReviewEvent(review_id=self.review.pk, kind=kind, at=at, by=by, reason=self.review.reason))
            at += 24 * HOUR
        if events and events[0].kind == ReviewEvent.Kind.PUBLISHED:
            events[0].text_hash = text_hash(self.words)
        return events


def review(seed: int, number: int, today: datetime, staff: Staff) -> GeneratedReview:
    """The review with this number: the same one for the same seed, day and staff."""
    random = Random(f"{seed}/review/{number}")  # noqa: S311 not a secret
    status = ReviewStatus(random.choices(ReviewStatus.values, [5, 10, 70, 8, 5, 2])[0])
    sent, stars = today - random.randint(1, 20_000) * HOUR, random.choice([None, 1, 2, 3, 4, 4, 5, 5])
    words = " ".join(text_generator.sentences(random, random.randint(2, 12)))
    name, allow_name = random.choice(["", "Mo", "A mother", "J. R."]), random.random() < 0.8
    made = Testimonial(
        key=f"bulk-{seed}-{number:08}",
        status=status,
        stars=stars,
        relationship=random.choices(Relationship.values, [50, 30, 14, 3, 3])[0],
        allow_words=True,
        allow_name=allow_name,
        submitted_at=sent,
        confirmed_at=sent + HOUR / 2 if status != ReviewStatus.UNCONFIRMED else None,
        is_sample=True,
    )
    if status in {*ONCE_PUBLISHED, ReviewStatus.DECLINED}:
        made.decided_at, made.decided_by = min(sent + 30 * HOUR, today), staff.moderator
    if random.random() < 0.05 and status in {ReviewStatus.PENDING, ReviewStatus.PUBLISHED}:
        made.source, made.source_id, made.confirmed_at = Source.GOOGLE, made.key, None
        made.allow_words = made.allow_name = status == ReviewStatus.PUBLISHED
    match status:
        case ReviewStatus.PUBLISHED:
            made.shown_words, made.shown_name = words, name if made.allow_name else ""
            made.renewal_due_at = made.decided_at + 365 * 24 * HOUR
        case ReviewStatus.DECLINED:
            made.reason, made.proposed_by = random.choice(Reason.values), staff.manager
        case ReviewStatus.WITHDRAWN:
            made.allow_words = made.allow_name = False
            made.erased_at = made.decided_at + 24 * HOUR
    return GeneratedReview(
        made, words, name, f"writer-{seed}-{number}@example.org", f"bulk-{seed}-{number:08}-{random.random()}"
    )


# --- requests for help -----------------------------------------------------------------------------------------------


def load_calls(seed: int, today: datetime, staff: Staff, count: int) -> Iterator[int]:
    """Store ``count`` new requests with their contact attempts; yield how many are stored after each batch."""
    first, done = CallForHelp.objects.filter(is_sample=True).count(), 0
    for batch in _batches(lambda number: call(seed, first + number, today, staff), count):
        with transaction.atomic():
            CallForHelp.objects.bulk_create(one for one, _ in batch)
            ContactAttempt.objects.bulk_create(contact for _, contacts in batch for contact in contacts)
        done += len(batch)
        yield done


def call(seed: int, number: int, today: datetime, staff: Staff) -> tuple[CallForHelp, list[ContactAttempt]]:
    random = Random(f"{seed}/call/{number}")  # noqa: S311 not a secret
    status = random.choices(CallStatus.values, [2, 1, 4, 3, 90])[0] if number < MAX_STILL_OPEN else CallStatus.CLOSED
    at = today - random.randint(1, 10_000 if status == CallStatus.CLOSED else 48) * HOUR
    answers = {
        "phone": f"(212) 555-{random.randint(0, 9999):04}",
        "name": random.choice(["", "Ana", "Lee", "Mo"]),
        "whom": random.choice(NeedsHelp.values),
        "times": random.sample(CallTimes.values, 2),
        "language": random.choices([Language.EN.value, Language.ES.value], [9, 1])[0],
        "story": " ".join(text_generator.sentences(random, random.randint(0, 8))),
        "substances": random.sample(Substance.values, 2),
        "recent": random.choice(["", *Recent.values]),
    }
    made = seal_request(answers, Identity.of(f"bulk-{seed}-{number:08}"))
    made.status, made.is_sample = status, True
    made.created_at = made.stored_at = at
    made.notified_at = at + timedelta(seconds=4)
    if status != CallStatus.NEW:
        made.claimed_by, made.claimed_at = staff.nurse, at + HOUR / 2
    if status == CallStatus.CLOSED:
        made.closed_at, made.outcome = at + HOUR, random.choice(Outcome.values)
    results = {
        CallStatus.REACHED: [AttemptOutcome.REACHED],
        CallStatus.UNREACHED: [AttemptOutcome.NO_ANSWER],
        CallStatus.CLOSED: random.sample(AttemptOutcome.values, 2),
    }.get(status, [])
    contacts = [ContactAttempt(call=made, by=staff.nurse, at=at + HOUR / 2, outcome=result) for result in results]
    for contact in contacts:
        contact.seal({"note": ""})
    return made, contacts
