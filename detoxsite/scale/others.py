"""Reviews and calls for help in bulk, in every status they can have."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from intake.identity import Identity
from intake.models import Attempt, CallForHelp, Contact, Language, Outcome, Recent, Substance, Times, Whom
from intake.models import Status as CallStatus
from intake.services import sealed
from testimonials.models import Reason, Testimonial, Tie
from testimonials.models import Status as ReviewStatus

from . import language
from .people import Staff

BATCH = 2_000
HOUR = timedelta(hours=1)


def _batches(make, count: int) -> Iterator[list]:
    for start in range(0, count, BATCH):
        yield [make(number) for number in range(start, min(start + BATCH, count))]


def load_reviews(seed: int, today: datetime, staff: Staff, count: int) -> Iterator[int]:
    """Store ``count`` new reviews; yields how many are stored after each batch."""
    first, done = Testimonial.objects.filter(key__startswith="bulk-").count(), 0
    for batch in _batches(lambda number: review(seed, first + number, today, staff), count):
        sent = {one.key: one.submitted_at for one in batch}
        with transaction.atomic():
            Testimonial.objects.bulk_create(batch)
            for one in batch:
                one.submitted_at = sent[one.key]  # storing set it to the present
            Testimonial.objects.bulk_update(batch, ["submitted_at"], batch_size=500)
        done += len(batch)
        yield done


def review(seed: int, number: int, today: datetime, staff: Staff) -> Testimonial:
    random = Random(f"{seed}/review/{number}")  # noqa: S311 nothing secret is drawn
    status = random.choices(ReviewStatus.values, [5, 10, 70, 8, 5, 2])[0]
    sent = today - random.randint(1, 20_000) * HOUR
    decided = status in {ReviewStatus.PUBLISHED, ReviewStatus.DECLINED}
    return Testimonial(
        key=f"bulk-{seed}-{number:08}",
        words=" ".join(language.sentences(random, random.randint(2, 12))),
        stars=random.choice([None, 1, 2, 3, 4, 4, 5, 5]),
        tie=random.choices(Tie.values, [50, 30, 14, 3, 3])[0],
        shown_name=random.choice(["", "Mo", "A mother", "J. R."]),
        allow_words=True,
        allow_name=random.random() < 0.8,
        email=f"writer-{number}@example.org",
        status=status,
        submitted_at=sent,
        decided_at=sent + 30 * HOUR if decided else None,
        decided_by=staff.moderator if decided else None,
        reason=random.choice(Reason.values) if status == ReviewStatus.DECLINED else "",
        is_sample=True,
    )


def load_calls(seed: int, today: datetime, staff: Staff, count: int) -> Iterator[int]:
    """Store ``count`` new calls for help with their contacts; yields how many are stored after each batch."""
    first, done = CallForHelp.objects.filter(is_sample=True).count(), 0
    for batch in _batches(lambda number: call(seed, first + number, today, staff), count):
        with transaction.atomic():
            CallForHelp.objects.bulk_create(one for one, _ in batch)
            Contact.objects.bulk_create(contact for _, contacts in batch for contact in contacts)
        done += len(batch)
        yield done


def call(seed: int, number: int, today: datetime, staff: Staff) -> tuple[CallForHelp, list[Contact]]:
    random = Random(f"{seed}/call/{number}")  # noqa: S311 nothing secret is drawn
    status = random.choices(CallStatus.values, [2, 1, 4, 3, 90])[0]
    at = today - random.randint(1, 10_000 if status == CallStatus.CLOSED else 48) * HOUR
    answers = {
        "phone": f"(212) 555-{random.randint(0, 9999):04}",
        "name": random.choice(["", "Ana", "Lee", "Mo"]),
        "whom": random.choice(Whom.values),
        "times": random.sample(Times.values, 2),
        "language": random.choices([Language.EN.value, Language.ES.value], [9, 1])[0],
        "story": " ".join(language.sentences(random, random.randint(0, 8))),
        "substances": random.sample(Substance.values, 2),
        "recent": random.choice(["", *Recent.values]),
    }
    made = sealed(answers, Identity.of(f"bulk-{seed}-{number:08}"))
    made.status, made.is_sample = status, True
    made.created_at = made.stored_at = at
    made.notified_at = at + timedelta(seconds=4)
    if status != CallStatus.NEW:
        made.claimed_by, made.claimed_at = staff.nurse, at + HOUR / 2
    if status == CallStatus.CLOSED:
        made.closed_at, made.outcome = at + HOUR, random.choice(Outcome.values)
    results = {
        CallStatus.REACHED: [Attempt.REACHED],
        CallStatus.UNREACHED: [Attempt.NO_ANSWER],
        CallStatus.CLOSED: random.sample(Attempt.values, 2),
    }.get(status, [])
    contacts = [Contact(call=made, by=staff.nurse, at=at + HOUR / 2, outcome=result) for result in results]
    for contact in contacts:
        contact.seal({"note": ""})
    return made, contacts
