"""Kept queries find what the queryset finds, at whatever time they are used."""

from datetime import timedelta

import pytest
from django.utils import timezone

from detoxsite.core.kept_queries import NOW, USER, Figure, Found, KeptFigures, KeptQuery
from detoxsite.core.models import Redirect, SecondFactorReset, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_the_queryset_is_built_once_and_its_rows_are_those_of_now():
    built = []

    def reset_before():
        built.append(1)
        return User.objects.filter(date_joined__lt=NOW - timedelta(days=1)).exclude(pk=USER).values_list("pk")

    query, now = KeptQuery(reset_before), timezone.now()
    old, me = (make_user(date_joined=now - timedelta(days=3)) for _ in range(2))
    make_user(date_joined=now)

    assert query.rows(now=now, user=me.pk) == [(old.pk,)]
    assert query.rows(now=now - timedelta(days=5), user=me.pk) == []
    assert sorted(query.rows(now=now, user=0)) == sorted([(old.pk,), (me.pk,)])
    assert built == [1]


def test_a_moment_of_its_own_is_refused():
    query = KeptQuery(SecondFactorReset.objects.pending)

    with pytest.raises(TypeError, match="placeholder"):
        query.rows()
    assert KeptQuery(lambda: SecondFactorReset.objects.pending(NOW)).rows(now=timezone.now()) == []


def test_signs_of_percent_and_quotation_marks_in_values_stay():
    Redirect.objects.create(path="/100%25-o'clock", target="/privacy/")
    Redirect.objects.create(path="/1000", target="/privacy/")

    query = KeptQuery(lambda: Redirect.objects.filter(path__contains="0%25-o'").values_list("path", "target"))

    assert query.rows() == [("/100%25-o'clock", "/privacy/")]


def test_many_figures_are_one_query(django_assert_num_queries):
    first, second = sorted((make_user(first_name="Ana").date_joined, make_user(first_name="Ana").date_joined))
    figures = KeptFigures(
        {
            "named": Figure(lambda: User.objects.filter(first_name="Ana"), since="date_joined"),
            "next": Figure(lambda: User.objects.filter(first_name="Ana").order_by("-date_joined")[:1], "date_joined"),
            "others": Figure(lambda: User.objects.filter(first_name="Eva")),
        }
    )
    figures.read(["others", "named"])  # prepares it

    with django_assert_num_queries(1):
        assert figures.read(["others", "named"]) == {"named": Found(2, first), "others": Found(0)}
    assert figures.read(["next"]) == {"next": Found(1, second)}
    with django_assert_num_queries(0):
        assert figures.read([]) == {}
