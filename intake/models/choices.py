"""What a request can be: status, outcome, channel and urgency; and the order of the queue that follows from them."""

from django.db import models
from django.db.models import Case, F, Value, When

from detoxsite.core.safety.risk_signs import DANGER_NOW


class Status(models.TextChoices):
    NEW = "new", "New"
    CALLING = "calling", "Someone is calling"
    REACHED = "reached", "Reached"
    UNREACHED = "unreached", "Not reached yet"
    CLOSED = "closed", "Closed"


class Outcome(models.TextChoices):
    """How a request ended. Every closed request has one."""

    ADMITTED = "admitted", "Admitted here"
    REFERRED = "referred", "Referred elsewhere"
    REACHED = "reached", "Reached, nothing more wanted for now"
    SAFE_MESSAGE = "safe_message", "Left a safe message, no answer since"
    NOT_REACHED = "not_reached", "Not reached after all attempts"
    DECLINED = "declined", "The person asked us to stop"
    CANCELED = "canceled", "Canceled by the person on their private page"
    SPAM = "spam", "Not a request: advertising or a robot"


class Channel(models.TextChoices):
    """How the request came in."""

    WEB = "web", "This site"
    PHONE = "phone", "Phone"
    WALK_IN = "walk_in", "Walked in"
    REVIEW = "review", "Read in a review: no call was requested"
    UNCONFIRMED_REVIEW = "unproven", "Read in a review, address not confirmed: no call was requested"
    OTHER = "other", "Another way"


REVIEW_CHANNELS = (Channel.REVIEW, Channel.UNCONFIRMED_REVIEW)


IS_UNCONFIRMED = Case(When(channel=Channel.UNCONFIRMED_REVIEW, then=Value(1)), default=Value(0))
QUEUE_ORDER = (
    *(F("closed_at").desc(nulls_first=True), IS_UNCONFIRMED.asc(), F("urgency").desc(), F("goes_first").desc()),
    F("created_at").asc(),
)
"""Who can be called first, then the most urgent. Nobody can fill the top of the queue with reviews."""


class Urgency(models.IntegerChoices):
    """How soon staff have to call. The reasons are sealed with the answers."""

    WHEN_POSSIBLE = 0, "When possible"
    SOON = 1, "Soon"
    WITHDRAWAL = 2, "Withdrawal may start"
    DANGER = 3, DANGER_NOW
