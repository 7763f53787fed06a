"""Metrics that are read from the database at each scrape: no process has to be alive for them to be true."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily

from detoxsite.core import jobs, key_checks, leases
from detoxsite.core.models import JobRun
from detoxsite.core.outbox import OutgoingMessage
from intake.alerting import deliveries, escalation
from intake.casework import statistics
from intake.models import CallForHelp, Phone, Status, Urgency

from .families import gauge, labeled_gauge, multi_gauge

WAITS_SINCE = timedelta(days=7)
FAILED_SINCE = timedelta(days=7)


def processes() -> Iterator[GaugeMetricFamily]:
    yield gauge("worker_up", "1: a worker is alive.", leases.is_any_worker_alive())
    is_right = key_checks.is_index_key_right()
    yield gauge("index_key_right", "1: INDEX_KEY is the one that the database was filled with.", is_right)


def job_runs() -> Iterator[GaugeMetricFamily]:
    """By job. The age of one that never succeeded counts from when it was first expected to."""
    now, names = timezone.now(), {job.name for job in jobs.registered()}
    runs = [run for run in JobRun.objects.all() if run.name in names]
    ages = {run.name: (now - (run.last_succeeded_at or run.watched_since)).total_seconds() for run in runs}
    yield labeled_gauge("job_age_seconds", "Time since a job last succeeded.", "job", ages)
    failures = {run.name: run.consecutive_failures for run in runs}
    yield labeled_gauge("job_failures", "Failures of a job since it last succeeded.", "job", failures)
    overdue = jobs.overdue(now)
    is_overdue = {run.name: run.name in overdue for run in runs}
    yield labeled_gauge("job_overdue", "1: a job should have succeeded by now.", "job", is_overdue)


def requests() -> Iterator[GaugeMetricFamily]:
    """Of the center's own requests, without samples and suspected spam. A claim that timed out counts as none."""
    now = timezone.now()
    own = statistics.counted_requests().requests.filter(is_sample=False)
    by_status = {_name(status): found for status, found in statistics.open_by_status(own, now).items()}
    counts = {name: number for name, (number, _) in by_status.items()}
    yield labeled_gauge("requests_open", "Open requests for help.", "status", counts)
    ages = {name: (now - oldest).total_seconds() if oldest else 0.0 for name, (_, oldest) in by_status.items()}
    yield labeled_gauge("request_oldest_seconds", "Time since the oldest of them came in.", "status", ages)
    in_danger = own.unclaimed(now).filter(urgency=Urgency.DANGER).count()
    yield gauge("requests_unclaimed_in_danger", "Unclaimed requests about people in danger now.", in_danger)
    suspected = CallForHelp.objects.real().open().filter(is_sample=False, is_quarantined=True).count()
    yield gauge("requests_suspected_spam", "Open requests that look like spam.", suspected)
    yield _waits(own, now - WAITS_SINCE)


def _name(status: str) -> str:
    return "unclaimed" if status == Status.NEW else status.lower()


def _waits(own, since) -> GaugeMetricFamily:
    waits, _ = statistics.wait_times(own, since)
    values = [
        ((event, quantile), 60 * minutes)
        for event, times in (("attempt", waits.attempt), ("conversation", waits.conversation))
        for quantile, minutes in (("0.5", times.median), ("0.9", times.percentile_90))
        if waits.requests
    ]
    help_text = "Wait of the requests of the last 7 days for a first attempt and conversation; +Inf: it lasts."
    return multi_gauge("request_wait_seconds", help_text, ["event", "quantile"], values)


def alerts() -> Iterator[GaugeMetricFamily]:
    overdue = escalation.overdue_alerts().count()
    yield gauge("alerts_overdue", "Steps of the escalation for which no one was alerted in time.", overdue)
    yield gauge("alerts_late", "Messages to staff that should have arrived by now.", deliveries.late().count())
    yield gauge("phones_failing", "Phones of staff that alerts cannot ring.", Phone.objects.failing().count())


def outboxes() -> Iterator[GaugeMetricFamily]:
    """By outbox, which is a table: what is to be sent, since when, and what was given up lately."""
    now, found = timezone.now(), {}
    due = Q(state=OutgoingMessage.State.WAITING)
    failed = Q(state=OutgoingMessage.State.FAILED, next_try_at__gte=now - FAILED_SINCE)
    for model in OutgoingMessage.__subclasses__():
        found[model._meta.label_lower] = (
            model.objects.order_by()
            .filter(due | failed)
            .aggregate(
                waiting=Count("pk", filter=due),
                retried=Count("pk", filter=due & Q(tries__gt=0)),
                failed=Count("pk", filter=failed),
                since=Min("next_try_at", filter=due),
            )
        )
    states = ("waiting", "retried", "failed")
    values = [((name, state), row[state]) for name, row in found.items() for state in states]
    help_text = "Messages to send, those of them that failed before, and those given up in the last 7 days."
    yield multi_gauge("outbox_messages", help_text, ["outbox", "state"], values)
    late = {name: max(0.0, (now - (row["since"] or now)).total_seconds()) for name, row in found.items()}
    yield labeled_gauge("outbox_overdue_seconds", "How long the next try of a message is overdue.", "outbox", late)
