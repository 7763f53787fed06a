"""Retention: periods by outcome, two warnings, approval, erasure.

The software only proposes. No request is erased before a person has approved it, and none under legal hold; the counts
of what was erased stay.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from detoxsite.core.exceptions import Refused

from .. import services
from ..models import (
    CallForHelp,
    ErasureBatch,
    Outcome,
    RetentionWarning,
    Status,
)

YEAR = timedelta(days=365)
PERIODS = {  # since it was closed
    Outcome.ADMITTED: timedelta(days=30),  # the clinical record is the record from then on
    Outcome.SPAM: timedelta(days=7),
    **{outcome: YEAR for outcome in Outcome if outcome not in {Outcome.ADMITTED, Outcome.SPAM}},
}
FIRST_WARNING, SECOND_WARNING = timedelta(days=30), timedelta(days=7)  # before the period ends


def warned_before(period: timedelta) -> tuple[timedelta, timedelta]:
    """How long before the end of a period its two warnings come: in a short one after half and nine tenths of it."""
    return min(FIRST_WARNING, period / 2), min(SECOND_WARNING, period / 10)


def _kept(**conditions):
    """Closed requests that still have their content and are under no hold or approved erasure."""
    calls = CallForHelp.objects.real().filter(status=Status.CLOSED, erased_at=None, hold_reason="", erasure_batch=None)
    return calls.filter(**conditions)


def to_warn(now: datetime, *, times: int):
    """Requests due for their first or second warning (``times``); never the second too soon after the first."""
    which = Q()
    for outcome, period in PERIODS.items():
        first, second = warned_before(period)
        if times == 1:
            which |= Q(outcome=outcome, closed_at__lte=now - (period - first))
        else:
            when = {"closed_at__lte": now - (period - second), "warning_sent_at__lte": now - (first - second)}
            which |= Q(outcome=outcome, **when)
    return _kept(warning_count=times - 1).filter(which)


def due(now: datetime | None = None):
    """Requests that may be erased once a person approves: the period is over, and both warnings came in time."""
    return _kept().filter(_is_due(now or timezone.now()))


def _is_due(now: datetime) -> Q:
    which = Q()
    for outcome, period in PERIODS.items():
        notice = warned_before(period)[1]
        which |= Q(outcome=outcome, closed_at__lte=now - period, warning_sent_at__lte=now - notice)
    return Q(warning_count=2) & which


@transaction.atomic
def warn(now: datetime | None = None) -> int:
    """Count the warnings that are due, on one occasion a day, and put one email to the managers into the outbox.

    Returns how many requests it warned of. Of two workers at once the second finds nothing left.
    """
    now = now or timezone.now()
    last = CallForHelp.objects.aggregate(last=Max("warning_sent_at"))["last"]
    if last is not None and timezone.localdate(last) >= timezone.localdate(now):
        return 0
    if not any(to_warn(now, times=times).exists() for times in (1, 2)):
        return 0
    counts = Counter()
    for times in (2, 1):  # the second first, so that no request gets both at once
        for outcome, period in PERIODS.items():
            notice = warned_before(period)[times - 1]
            count = to_warn(now, times=times).filter(outcome=outcome).update(warning_count=times, warning_sent_at=now)
            counts[timezone.localdate(now + notice).isoformat()] += count
    counts = {day: count for day, count in sorted(counts.items()) if count}
    if counts:
        RetentionWarning.objects.create(on=timezone.localdate(now), counts=counts)
    return sum(counts.values())


def by_outcome(calls) -> dict[str, int]:
    return dict(sorted(Counter(calls.values_list("outcome", flat=True)).items()))


def outlook(now: datetime | None = None) -> list[dict]:
    """Requests to erase now or later, by outcome: ``label``, ``days`` kept, counts, and when the first and last closed.

    ``once`` and ``twice`` count those warned of, ``due`` those that can be approved, which are among the latter.
    """
    counts = (  # of columns of the index "call_retention" alone, so that a million requests take no second
        _kept()
        .values("outcome")
        .annotate(
            once=Count("outcome", filter=Q(warning_count=1)),
            twice=Count("outcome", filter=Q(warning_count=2)),
            due=Count("outcome", filter=_is_due(now or timezone.now())),
            oldest=Min("closed_at"),
            newest=Max("closed_at"),
        )
    )
    return [
        {**row, "label": Outcome(row["outcome"]).label, "days": PERIODS[row["outcome"]].days}
        for row in counts.order_by("outcome")
    ]


@transaction.atomic
def approve(*, by, expected: int) -> ErasureBatch:
    """Approve erasing what is due; the worker does it. ``expected``: the number that the approver saw.

    Raises Refused where the number is another by now, or zero.
    """
    calls = due().select_for_update(of=["self"])
    found = list(calls.values_list("pk", flat=True))
    if not found:
        raise Refused("Nothing is due to be erased.")
    if len(found) != expected:
        raise Refused("The number has changed meanwhile. Nothing was approved; please check again.")
    chosen = CallForHelp.objects.filter(pk__in=found)
    erasure_batch = ErasureBatch.objects.create(by=by, counts=by_outcome(chosen))
    chosen.update(erasure_batch=erasure_batch)
    return erasure_batch


def erase_approved() -> int:
    """Empty the requests whose erasure was approved. Returns how many.

    Continues where a worker stopped. Requests that were reopened or put under a hold meanwhile are left alone. One that
    cannot be erased keeps its batch open and holds up no other; the error is raised once all were tried. Dead pages in
    the tables' files go with ``manage.py compact_tables``.
    """
    count, error = 0, None
    for erasure_batch in ErasureBatch.objects.filter(erased_at=None).order_by("approved_at"):
        is_complete = True
        for call_id in erasure_batch.calls.filter(erased_at=None).values_list("pk", flat=True):
            try:
                count += _erase(call_id, erasure_batch)
            except (OperationalError, InterfaceError):
                raise
            except Exception as exc:
                is_complete, error = False, exc
        if is_complete:
            _close_batch(erasure_batch)
    if error:
        raise error
    return count


def _close_batch(erasure_batch: ErasureBatch) -> None:
    erasure_batch.counts = by_outcome(erasure_batch.calls.exclude(erased_at=None))
    erasure_batch.erased_at = timezone.now()
    erasure_batch.save(update_fields=["counts", "erased_at"])


@transaction.atomic
def _erase(call_id, erasure_batch: ErasureBatch) -> bool:
    calls = CallForHelp.objects.select_for_update().filter(
        erasure_batch=erasure_batch, status=Status.CLOSED, hold_reason=""
    )
    if not calls.filter(pk=call_id, erased_at=None).exists():
        return False
    services.erase(call_id, erasure_batch=erasure_batch)
    return True
