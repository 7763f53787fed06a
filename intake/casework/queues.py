"""The queues of requests: what the list of one shows is what the dashboard counts."""

from ..alerting import escalation
from ..models import CallForHelp, Urgency


def in_queue(name: str | None, requests=None, now=None):
    """Those of ``requests`` (all) that are in a queue; ``name`` is "unclaimed", …, a Status, or None: all open ones."""
    every = CallForHelp.objects.real() if requests is None else requests
    counting = every.counting()

    def accepted():
        return counting.filter(is_quarantined=False).one_row_each()

    queues = {  # only the one asked for is built: the first page of the desk asks for eight
        None: lambda: accepted().open(),
        "unclaimed": lambda: accepted().unclaimed(now),
        "danger": lambda: accepted().unclaimed(now).filter(urgency=Urgency.DANGER),
        "unalerted": lambda: every.filter(pk__in=escalation.overdue_alerts(now).order_by().values("call")),
        "wrote": lambda: accepted().open().unanswered(),
        "spam": lambda: counting.open().filter(is_quarantined=True),
        "closed": lambda: counting.filter(closed_at__isnull=False),  # as the constraint says; the order starts with it
        "all": lambda: every,
        "samples": lambda: every.filter(is_sample=True),
    }
    return queues[name]() if name in queues else accepted().filter(status=name)
