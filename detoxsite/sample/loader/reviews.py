"""Sample reviews, sent and decided through the services."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from testimonials.models import OutgoingEmail, Testimonial
from testimonials.models import Status as ReviewStatus
from testimonials.services import author, moderation, submission

from .content import read


def load_reviews(staff: dict) -> None:
    for number, entry in enumerate(read("reviews.toml")["reviews"]):
        when = timezone.make_aware(datetime.combine(entry["received_on"], time(11, 0)))
        decided = entry["status"] in {ReviewStatus.PUBLISHED, ReviewStatus.DECLINED}
        review = submission.submit(
            key=f"sample-review-{number:04}",
            words=entry["words"].strip(),
            name=entry["shown_name"],
            email=f"writer{number}@example.org",
            relationship=entry["tie"],
            stars=entry["stars"] or None,
            allow=["words", "name"],
            is_sample=True,
        )
        author.confirm(review.pk)
        _decide(review.pk, entry, staff)
        moments = {"submitted_at": when, "confirmed_at": when + timedelta(hours=1), "is_sample": True}
        if decided:
            moments["decided_at"] = when + timedelta(days=1)
        if entry.get("reply"):
            moments["replied_at"] = when + timedelta(days=2)
        Testimonial.objects.filter(pk=review.pk).update(**moments)
    OutgoingEmail.objects.update(state=OutgoingEmail.State.DROPPED)  # no one has these addresses


def _decide(pk, entry: dict, staff: dict) -> None:
    moderator, manager = staff["moderator"], staff["manager"]
    match entry["status"]:
        case ReviewStatus.PUBLISHED:
            moderation.approve(pk, by=moderator, version=1)
        case ReviewStatus.DECLINED:
            moderation.propose(pk, by=moderator, version=1, reason=entry["reason"])
            moderation.decline(pk, by=manager, version=1)
    if entry.get("reply"):
        moderation.reply(pk, by=moderator, reply=entry["reply"])
