"""Publication at a later time: moving it before it comes, and telling the writers once it has come."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Greatest, Now
from django.utils import timezone
from django.utils.formats import date_format

from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked

from . import editorial_gate
from .content import finished
from .models import Edition, EditionEvent, Rendering, State
from .services import record_event

MAX_AHEAD = timedelta(days=180)  # of the sign-off; well before the review, which is due a year after it
LAST_MINUTE = timedelta(minutes=1)  # in which publication stays: a slow transaction must not hide what is live
ANNOUNCED_FOR = timedelta(days=2)  # what went live earlier, while no worker ran, is no news any more


@transaction.atomic
def reschedule(edition_id: int, *, by, publish_at: datetime | None = None) -> Edition:
    """Move the publication of a signed-off edition to ``publish_at`` (aware), or to now. The sign-off stays valid.

    Raises Refused where readers see the edition already, or will within LAST_MINUTE; where the new time is over or
    more than MAX_AHEAD after the sign-off; and where ``by`` may not sign off this kind of document.
    """
    edition = locked(Edition.objects.select_related("article"), edition_id)
    editorial_gate.require_signer(edition.article.kind, by)
    now, former = timezone.now(), edition.publish_at
    if edition.state != State.SIGNED_OFF or former <= now + LAST_MINUTE:
        raise Refused("The publication can no longer be moved: the edition is live, goes live now, or was withdrawn.")
    if publish_at and not now <= publish_at <= edition.signed_off_at + MAX_AHEAD:
        raise Refused("Choose a time from now until six months after the sign-off.", field="publish_at")
    moment = Greatest(Value(publish_at or now), Now())  # by the clock of the database, which refuses the past
    Edition.objects.filter(pk=edition.pk).update(publish_at=moment)
    edition.refresh_from_db(fields=["publish_at"])
    note = f"From {_shown(former)} to {_shown(edition.publish_at)}"
    record_event(edition, EditionEvent.Kind.RESCHEDULED, by=by, note=note)
    outdated = Rendering.objects.filter(article=edition.article_id, number__gte=edition.number)
    finished.finish(*outdated.values_list("pk", flat=True))
    return edition


def _shown(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "M j, Y, g:i A")


def announce_live(now: datetime | None = None) -> int:
    """Record that scheduled editions went live, which tells their writers. Returns how many.

    Of two workers at once, one records it: the lock makes the second look again.
    """
    now = now or timezone.now()
    told = EditionEvent.objects.filter(edition=OuterRef("pk"), kind=EditionEvent.Kind.WENT_LIVE)
    scheduled = Edition.objects.live(now).filter(publish_at__gt=F("signed_off_at"))
    due = scheduled.filter(~Exists(told), publish_at__gt=now - ANNOUNCED_FOR)
    return sum(_announce(key) for key in due.values_list("pk", flat=True))


@transaction.atomic
def _announce(edition_id: int) -> bool:
    """Returns whether it was not recorded before."""
    edition = locked(Edition.objects, edition_id)
    if edition.events.filter(kind=EditionEvent.Kind.WENT_LIVE).exists():
        return False
    record_event(edition, EditionEvent.Kind.WENT_LIVE, by=None)
    return True
