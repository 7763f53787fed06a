"""Where a review stands and what happened to it, in the words of its writer's page."""

from django.utils import timezone
from django.utils.formats import date_format

from ..models import (
    ReviewEvent,
    Source,
    Status,
    Testimonial,
)
from ..pii import Kind

SO_FAR = {
    ReviewEvent.Kind.RECEIVED: "You sent it.",
    ReviewEvent.Kind.IMPORTED: "We brought it here from another site.",
    ReviewEvent.Kind.CONFIRMED: "You confirmed your address.",
    ReviewEvent.Kind.EDITED: "You changed it.",
    ReviewEvent.Kind.CONSENT_RECORDED: "We noted that it may be shown.",
    ReviewEvent.Kind.PUBLISHED: "A person read it, and it was shown.",
    ReviewEvent.Kind.DECLINED: "Two people read it, and it was withheld.",
    ReviewEvent.Kind.APPEALED: "You asked us to look again.",
    ReviewEvent.Kind.HIDDEN: "We hid it while we check something.",
    ReviewEvent.Kind.KEPT: "We checked it, and it stays on the site.",
    ReviewEvent.Kind.SHOWN_AGAIN: "It is on the site again.",
    ReviewEvent.Kind.REPLIED: "We changed our reply below it.",
    ReviewEvent.Kind.PART_WITHDRAWN: "You took a part back.",
    "name": "You took your name off.",
    "photo": "You had your photo erased.",
    ReviewEvent.Kind.RENEWAL_ASKED: "We asked you if it may stay.",
    ReviewEvent.Kind.RENEWED: "You said that it may stay.",
    ReviewEvent.Kind.EXPIRED: "It was taken down, as we had no answer.",
}
"""The steps, and the parts taken back, that a writer is told of. What staff think over is not for here."""


def standing(review: Testimonial) -> str:
    match review.status:
        case Status.PENDING if not review.allow_words:
            return "Only our staff can read it. You did not allow us to show your words."
        case Status.PENDING if review.appealed_at and review.appealed_at >= (review.decided_at or review.appealed_at):
            return "You asked us to look again. It waits to be read once more. It is not on the site."
        case Status.PENDING:
            return "It waits to be read by a person. It is not on the site yet. We write to you when that changes."
        case Status.PUBLISHED if review.hidden_at:
            return "It is hidden for now, while we check something that a reader told us. You need not do anything."
        case Status.PUBLISHED:
            since = date_format(timezone.localtime(review.decided_at), "F j, Y")
            return f"It has been on the site since {since}."
        case Status.DECLINED:
            return "It is not on the site. Two people on our staff read it, one after the other, and withheld it."
        case _:
            return "It is not on the site any more. We asked you twice if it may stay and had no answer."


def taken_out(review: Testimonial) -> list[str]:
    """What staff took out of the words that are shown, a kind of thing once each."""
    version = review.versions.last()
    kinds = dict.fromkeys(kind for _, _, kind in version.removals) if review.shown_words and version else {}
    labels = dict(Kind.choices)
    return [labels.get(kind, kind) for kind in kinds]


def so_far(review: Testimonial) -> list[tuple]:
    """(moment, words) of each step, oldest first."""
    return [
        (step.at, SO_FAR.get(step.reason, SO_FAR[step.kind])) for step in review.events.all() if step.kind in SO_FAR
    ]


def source(review: Testimonial) -> str:
    """Where else it was written, if not here."""
    return "" if review.source == Source.HERE else review.source_name or review.get_source_display()
