"""Pages of keys: every row once, with the number of all, whichever page is asked for."""

import pytest
from django.core.paginator import EmptyPage
from django.test import RequestFactory

from detoxsite.core.adminkit.key_pages import MAX_PAGE, KeyPaginator, in_order, page_number
from detoxsite.core.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def users():
    return [User.objects.create_user(f"{number}@example.org", None) for number in range(5)]


def paginator(number):
    return KeyPaginator(User.objects.order_by("-pk"), 2, number=number)


def test_one_query_counts_the_rows_and_finds_the_keys_of_a_page(users, django_assert_num_queries):
    newest = [user.pk for user in users[::-1]]

    for number, keys in ((1, newest[:2]), (2, newest[2:4]), (3, newest[4:])):
        with django_assert_num_queries(1):
            pages = paginator(number)
            assert (pages.count, pages.num_pages, pages.keys_of(number)) == (5, 3, keys)


def test_of_a_page_that_is_not_there_the_rows_are_counted_all_the_same(users):
    pages = paginator(9)

    assert (pages.count, pages.get_page(9).number, pages.keys_of(3)) == (5, 3, [users[0].pk])
    with pytest.raises(EmptyPage):
        pages.page(9)
    assert (KeyPaginator(User.objects.none(), 2, number=1).count, paginator(9).keys_of(9)) == (0, [])


def test_rows_come_in_the_order_of_their_keys_without_those_that_are_gone(users):
    keys = [users[3].pk, users[0].pk, users[4].pk]
    users[0].delete()

    assert in_order(User.objects, keys) == [users[3], users[4]]


@pytest.mark.parametrize(
    ("typed", "number"), [("", 1), ("0", 1), ("-3", 1), ("x", 1), ("2", 2), ("9" * 30, MAX_PAGE), ("9" * 5000, 1)]
)
def test_what_is_typed_for_a_page_is_a_number_that_the_database_takes(typed, number):
    assert page_number(RequestFactory().get("/", {"p": typed})) == number
