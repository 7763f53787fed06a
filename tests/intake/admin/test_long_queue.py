"""The queue with many requests: its order is an index, and its list counts a few pages ahead."""

import pytest
from django.db import connection

from detoxsite.core.adminkit.model_admin import LookAheadPaginator
from intake.casework.queues import in_queue
from intake.models import QUEUE_ORDER, CallForHelp, Status
from tests.factories import make_call

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", [None, "unclaimed", "closed", "all", Status.REACHED])
def test_the_order_of_each_queue_is_that_of_an_index(name):
    rows = in_queue(name, CallForHelp.objects.real()).order_by(*QUEUE_ORDER)[:50]
    with connection.cursor() as cursor:
        for way in ("seqscan", "sort", "bitmapscan"):  # nothing but an index in the right order is left
            cursor.execute(f"SET LOCAL enable_{way} = off")
    plan = rows.explain()
    assert "Index Scan using call_queue_order" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize(("page", "count"), [(None, 22), ("1", 22), ("3", 25), ("x", 22), ("0", 22), ("9" * 9, 22)])
def test_a_long_list_is_counted_some_pages_ahead(page, count):
    calls = [make_call() for _ in range(2)]
    many = CallForHelp.objects.filter(pk__in=[call.pk for call in calls])
    paginator = LookAheadPaginator(many, 2, page=page)
    assert paginator.count == 2
    paginator.object_list = _Rows(25)
    del paginator.count
    assert paginator.count == count


class _Rows:
    """Stands in for a queryset of so many rows."""

    def __init__(self, number):
        self.number = number

    def order_by(self):
        return self

    def __getitem__(self, part):
        return _Rows(len(range(self.number)[part]))

    def count(self):
        return self.number


def test_every_page_of_a_queue_is_reached_from_the_one_before(as_role, monkeypatch):
    client = as_role("admissions")
    monkeypatch.setattr("intake.admin.calls.CallForHelpAdmin.list_per_page", 2)
    monkeypatch.setattr(LookAheadPaginator, "PAGES_AHEAD", 1)
    for _ in range(9):
        make_call()
    found = []
    for page in range(1, 6):
        changelist = client.get("/admin/intake/callforhelp/", {"p": page}).context["cl"]
        found += [call.pk for call in changelist.result_list]
    assert len(set(found)) == 9
