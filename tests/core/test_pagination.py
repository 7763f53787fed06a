"""Keyset pages: every row once, forwards and backwards, also where values are equal or the row is gone."""

import pytest

from detoxsite.core.models import User
from detoxsite.core.pagination import Keyset, KeysetPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def users():
    names = ["Ana", "Ben", "Ben", "Ben", "Cleo"]
    return [User.objects.create_user(f"{n}@example.org", None, first_name=name) for n, name in enumerate(names)]


@pytest.mark.parametrize("is_descending", [False, True])
def test_a_list_is_walked_forwards_and_backwards(users, is_descending):
    keyset = Keyset("first_name", is_descending=is_descending)
    expected = users[::-1] if is_descending else users

    assert list(keyset.ordered(User.objects.all())) == expected
    for place, user in enumerate(expected):
        assert list(keyset.after(User.objects.all(), user.pk)) == expected[place + 1 :]
        assert list(keyset.before(User.objects.all(), user.pk)) == expected[:place][::-1]
        assert list(keyset.before(User.objects.all(), user.pk, is_inclusive=True)) == expected[: place + 1][::-1]


def test_a_row_outside_the_list_still_marks_its_place(users):
    listed = User.objects.exclude(pk=users[1].pk)

    assert list(Keyset("first_name").after(listed, users[1].pk)) == users[2:]
    assert list(Keyset("first_name").after(User.objects.all(), 10**9)) == []


def test_the_primary_key_alone_is_an_order(users):
    assert list(Keyset(is_descending=True).after(User.objects.all(), users[3].pk)) == users[2::-1]


def test_a_page_tells_whether_more_follow(users):
    rows = Keyset("first_name").ordered(User.objects.all())

    first, rest = KeysetPage(rows, 3), KeysetPage(rows, 5)
    assert (first.rows, first.has_next, first.last) == (users[:3], True, users[2])
    assert (rest.rows, rest.has_next) == (users, False)
