"""Links that acknowledge an alert without signing in: made for each message to a phone, looked up by their digest."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from detoxsite.core.encryption import digests

from ..models import AcknowledgementLink, Delivery

LINK_LIFE = timedelta(hours=12)  # as long as a night shift


def new_link(delivery: Delivery, now: datetime) -> str:
    """The address of a new link. Those of earlier tries stay valid: a try that failed may have arrived all the same."""
    token = secrets.token_urlsafe(32)
    AcknowledgementLink.objects.filter(expires_at__lt=now).delete()
    AcknowledgementLink.objects.create(token_hash=_digest(token), delivery=delivery, expires_at=now + LINK_LIFE)
    return settings.STAFF_ORIGIN + reverse("acknowledge", args=[token])


def find(token: str) -> Delivery | None:
    """The message that a link was in; None where there is none, it expired, or the account is disabled."""
    links = AcknowledgementLink.objects.filter(expires_at__gt=timezone.now(), delivery__to__is_active=True)
    links = links.select_related("delivery__to", "delivery__phone", "delivery__alert")
    link = links.filter(token_hash=_digest(token), delivery__phone__removed_at=None).first()
    return link and link.delivery


def _digest(token: str) -> bytes:
    return digests.keyed("acknowledgement", token, 32)
