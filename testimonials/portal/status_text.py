"""Status and history of a review, in the portal's words."""

from django.utils import timezone
from django.utils.formats import date_format

from ..models import (
    ReviewEvent,
    Status,
    Testimonial,
)
from ..pii import Kind

EVENT_TEXTS = {
    ReviewEvent.Kind.RECEIVED: "You sent it.",
    ReviewEvent.Kind.IMPORTED: "We brought it here from another site.",
    ReviewEvent.Kind.CONFIRMED: "You confirmed your address.",
    ReviewEvent.Kind.EDITED: "You changed it.",
    ReviewEvent.Kind.CONSENT_RECORDED: "We noted that we may show it.",
    ReviewEvent.Kind.PUBLISHED: "A person on our staff published it.",
    ReviewEvent.Kind.DECLINED: "Two people agreed to withhold it.",
    ReviewEvent.Kind.APPEALED: "You asked us to look again.",
    ReviewEvent.Kind.HIDDEN: "We hid it while we check something.",
    ReviewEvent.Kind.KEPT: "We checked it, and it stays on the site.",
    ReviewEvent.Kind.SHOWN_AGAIN: "It is on the site again.",
    ReviewEvent.Kind.REPLIED: "We changed our reply to it.",
    ReviewEvent.Kind.PART_WITHDRAWN: "You took back a part.",
    "name": "You removed your name.",
    "photo": "You had your photo erased.",
    ReviewEvent.Kind.RENEWAL_ASKED: "We asked you if it may stay.",
    ReviewEvent.Kind.RENEWED: "You said that it may stay.",
    ReviewEvent.Kind.EXPIRED: "We took it down, because we had no answer.",
}
"""The events, and the parts taken back, that an author sees. What staff discuss among themselves is left out."""


def status_text(review: Testimonial) -> str:
    match review.status:
        case Status.PENDING if not review.allow_words:
            return "Only our staff can read it. You did not allow us to show your words."
        case Status.PENDING if review.appealed_at and review.appealed_at >= (review.decided_at or review.appealed_at):
            return "You asked us to look again. A person will read it once more. It is not on the site."
        case Status.PENDING:
            return "A person will read it next. It is not on the site yet. We email you when that changes."
        case Status.PUBLISHED if review.hidden_at:
            return (
                "It is hidden for now, while we check something that a reader reported. You do not need to do anything."
            )
        case Status.PUBLISHED:
            since = date_format(timezone.localtime(review.decided_at), "F j, Y")
            return f"It has been on the site since {since}."
        case Status.DECLINED:
            return "It is not on the site. Two people on our staff decided, one after the other, to withhold it."
        case _:
            return "It is no longer on the site. We asked you twice if it may stay and had no answer."


def redacted_kinds(review: Testimonial) -> list[str]:
    """What kinds of detail staff removed from the words that are shown, each once."""
    version = review.versions.last()
    kinds = dict.fromkeys(kind for _, _, kind in version.removals) if review.shown_words and version else {}
    labels = dict(Kind.choices)
    return [labels.get(kind, kind) for kind in kinds]


def timeline(review: Testimonial) -> list[tuple]:
    """(moment, text) of each event, oldest first."""
    events = [event for event in review.events.all() if event.kind in EVENT_TEXTS]
    return [(event.at, EVENT_TEXTS.get(event.reason, EVENT_TEXTS[event.kind])) for event in events]
