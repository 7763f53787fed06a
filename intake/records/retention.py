"""How long what people told us is kept: a period for each outcome, two warnings, an approver, and then it is gone.

The clock only ever proposes. Nothing is erased before a person has approved it, nothing under legal hold at all, and
of what was erased the counts stay.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from detoxsite.core.encryption.sealed_models import SealedModel
from detoxsite.core.exceptions import Refused

from .. import services
from ..jobs import tell_managers
from ..models import (
    CallForHelp,
    ErasureBatch,
    Outcome,
    Status,
)

YEAR = timedelta(days=365)
PERIODS = {  # since it was closed
    Outcome.ADMITTED: timedelta(days=30),  # the clinical record is the record from then on
    Outcome.SPAM: timedelta(days=7),
    **{outcome: YEAR for outcome in Outcome if outcome not in {Outcome.ADMITTED, Outcome.SPAM}},
}
FIRST_WARNING, SECOND_WARNING = timedelta(days=30), timedelta(days=7)  # before the period ends
SWEEP_EVERY = timedelta(days=1)
LOCK_TIMEOUT = "1s"  # how long others may have to wait behind a table that somebody else still reads


def warned_before(period: timedelta) -> tuple[timedelta, timedelta]:
    """How long before the end of a period its two warnings come: of a short one after half and after nine tenths."""
    return min(FIRST_WARNING, period / 2), min(SECOND_WARNING, period / 10)


def _kept(**conditions):
    """Closed requests that still have their content and that no hold keeps."""
    calls = CallForHelp.objects.real().filter(status=Status.CLOSED, erased_at=None, hold_reason="", erasure_batch=None)
    return calls.filter(**conditions)


def to_warn(now: datetime, *, times: int):
    """What has to be warning_count of for the first or the second time; never the second too soon after the first."""
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
    """What may be erased once somebody approves: its period is over, and both warnings came in time."""
    now, which = now or timezone.now(), Q()
    for outcome, period in PERIODS.items():
        notice = warned_before(period)[1]
        which |= Q(outcome=outcome, closed_at__lte=now - period, warning_sent_at__lte=now - notice)
    return _kept(warning_count=2).filter(which)


@transaction.atomic
def warn(now: datetime | None = None) -> int:
    """A chore: raise the warnings that are due, on one occasion a day, and tell the managers in one message.

    Returns how many requests it warning_count of. Of two workers at once the second finds nothing left.
    """
    now = now or timezone.now()
    last = CallForHelp.objects.aggregate(last=Max("warning_sent_at"))["last"]
    if last is not None and timezone.localdate(last) >= timezone.localdate(now):
        return 0
    if not any(to_warn(now, times=times).exists() for times in (1, 2)):
        return 0
    counts = Counter()
    for times in (2, 1):  # the second first: what is warning_count of now is not warning_count of twice
        for outcome, period in PERIODS.items():
            notice = warned_before(period)[times - 1]
            count = to_warn(now, times=times).filter(outcome=outcome).update(warning_count=times, warning_sent_at=now)
            counts[timezone.localdate(now + notice).isoformat()] += count
    counts = {day: count for day, count in sorted(counts.items()) if count}
    if counts:
        tell_managers.enqueue(counts)
    return sum(counts.values())


def by_outcome(calls) -> dict[str, int]:
    return dict(sorted(Counter(calls.values_list("outcome", flat=True)).items()))


def outlook(now: datetime | None = None) -> list[dict]:
    """What there is to erase now or later, by outcome: ``label``, ``days`` kept, how many and from when to when closed.

    ``once`` and ``twice`` count what was warning_count of, ``due`` what can be approved, which is among the latter.
    """
    ready = Count("pk", filter=Q(pk__in=due(now).values("pk")))
    counts = (
        _kept()
        .values("outcome")
        .annotate(
            once=Count("pk", filter=Q(warning_count=1)),
            twice=Count("pk", filter=Q(warning_count=2)),
            due=ready,
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
    """Let what is due be erased; the worker does it. ``expected``: how many the approver saw.

    Raises Refused where it is another number by now, or none.
    """
    calls = due().select_for_update(of=["self"])
    found = list(calls.values_list("pk", flat=True))
    if not found:
        raise Refused("Nothing is due to be erased.")
    if len(found) != expected:
        raise Refused("The number has changed meanwhile. Nothing was approved: look again.")
    chosen = CallForHelp.objects.filter(pk__in=found)
    erasure_batch = ErasureBatch.objects.create(by=by, counts=by_outcome(chosen))
    chosen.update(erasure_batch=erasure_batch)
    return erasure_batch


def erase_approved() -> int:
    """A chore: empty what was approved, then write the tables anew. Returns how many requests it emptied.

    It goes on where a worker stopped. What was opened again or put under a hold meanwhile is left alone.
    """
    count = 0
    for erasure_batch in ErasureBatch.objects.filter(erased_at=None).order_by("approved_at"):
        for call_id in erasure_batch.calls.filter(erased_at=None).values_list("pk", flat=True):
            count += _erase(call_id, erasure_batch)
        write_anew()
        erasure_batch.counts = by_outcome(erasure_batch.calls.exclude(erased_at=None))
        erasure_batch.erased_at = timezone.now()
        erasure_batch.save(update_fields=["counts", "erased_at"])
    return count


@transaction.atomic
def _erase(call_id, erasure_batch: ErasureBatch) -> bool:
    calls = CallForHelp.objects.select_for_update().filter(
        erasure_batch=erasure_batch, status=Status.CLOSED, hold_reason=""
    )
    if not calls.filter(pk=call_id, erased_at=None).exists():
        return False
    services.erase(call_id, erasure_batch=erasure_batch)
    return True


# --- nothing left on the disk ----------------------------------------------------------------------------------------


def sweep() -> bool:
    """A chore: once a day, where somebody erased their own request since, write the tables anew."""
    return once_a_day("calls", lambda since: CallForHelp.objects.filter(erased_at__gt=since).exists(), write_anew)


def once_a_day(folder: str, is_needed: Callable[[datetime], bool], act: Callable[[], None]) -> bool:
    """Do it where ``is_needed`` since the last look; its stamp is in ``folder``. Returns whether it was done."""
    stamp = settings.VAR / folder / "swept"
    last = _moment(stamp)
    now = timezone.now()
    if last is not None and last > now - SWEEP_EVERY:
        return False
    is_due = is_needed(last or datetime.fromtimestamp(0, tz=now.tzinfo))
    if is_due:
        act()
    stamp.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp.write_text(now.isoformat())
    return is_due


def _moment(stamp: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(stamp.read_text())
    except (OSError, ValueError):
        return None


def sealed_rows(app: str) -> list:
    return [model for model in apps.get_app_config(app).get_models() if issubclass(model, SealedModel)]


def write_anew(models: Iterable | None = None) -> None:
    """Leave no dead page with what was erased in the files of the tables, those of requests unless others are named.

    Not inside a transaction.

    Each table is closed to everybody for the moment it takes. Requests that come meanwhile go to the disk, as they do
    whenever the database does not answer in time, and are brought in afterwards (intake/reception/spool.py).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
        try:
            for model in models or sealed_rows("intake"):
                cursor.execute(f"VACUUM FULL {connection.ops.quote_name(model._meta.db_table)}")
        finally:
            cursor.execute("RESET lock_timeout")
