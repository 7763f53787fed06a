"""The queues of requests: what the list of one shows is what the dashboard counts."""

from ..alerting import escalation
from ..models import CallForHelp, Urgency


def in_queue(name: str | None, requests=None):
    """Those of ``requests`` (all) that are in a queue; ``name`` is "unclaimed", …, a Status, or None: all open ones."""
    every = CallForHelp.objects.real() if requests is None else requests
    counting = every.counting()
    accepted = counting.filter(is_quarantined=False).one_row_each()
    queues = {
        None: accepted.open(),
        "unclaimed": accepted.unclaimed(),
        "danger": accepted.unclaimed().filter(urgency=Urgency.DANGER),
        "unalerted": every.filter(pk__in=escalation.overdue_alerts().order_by().values("call")),
        "wrote": accepted.open().unanswered(),
        "spam": counting.open().filter(is_quarantined=True),
        "closed": counting.filter(closed_at__isnull=False),  # as the constraint says; the order starts with it
        "all": every,
        "samples": every.filter(is_sample=True),
    }
    return queues[name] if name in queues else accepted.filter(status=name)
