"""Presence: who else has a page open now, from rows whose ``seen_at`` the open page keeps fresh."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone


def others(
    rows: QuerySet, user, *, actor: str, name: str, timeout: timedelta, opened_timeout: timedelta | None = None
) -> list[str]:
    """Names of the people but ``user`` who were seen within ``timeout``, each once, in the order of ``rows``.

    ``actor`` and ``name`` are the fields with the account and with what to call it. ``opened_timeout`` counts from
    ``opened_at``, for browsers without JavaScript, which send no signs of life.
    """
    now = timezone.now()
    is_present = Q(seen_at__gt=now - timeout)
    if opened_timeout is not None:
        is_present |= Q(opened_at__gt=now - opened_timeout)
    return list(dict.fromkeys(str(getattr(row, name)) for row in rows.filter(is_present).exclude(**{actor: user})))
