"""Copied rows are rows of a site like any other."""

from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connection

from articles.models import Edition
from articles.published import lists
from intake.models import CallForHelp
from testimonials.models import ReviewCounter, Testimonial
from tests.factories import make_live, make_review

from . import copies

pytestmark = pytest.mark.django_db


def test_a_site_of_copies_is_listed_found_and_counted(client):
    call_command("sample", articles=8, reviews=8, calls=8)
    live, calls = Edition.objects.live().count(), CallForHelp.objects.filter(status="closed").count()
    slug = lists.newest(1)[0].url.split("/")[-2]

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # an index is made anew, which nothing may wait for

    for name in copies.FAMILIES:
        copies.multiply(name, 16)

    assert Edition.objects.live().count() == len(lists.newest(100)) == 3 * live
    assert Testimonial.objects.count() == 24
    assert CallForHelp.objects.filter(status="closed").count() == calls * (1 + round(16 / calls))
    counted = Counter(Testimonial.objects.values_list("status", flat=True))
    assert sum((Counter({row.status: row.n}) for row in ReviewCounter.objects.exclude(n=0)), Counter()) == counted
    original, copy = (
        client.get(f"/articles/{slug[:-6]}{number:06}/") for number in (int(slug[-6:]), int(slug[-6:]) + 8)
    )
    assert original.status_code == copy.status_code == 200
    assert original.content.count(b"<p>") == copy.content.count(b"<p>") > 5
    make_live()  # new rows have keys of their own
    make_review()
