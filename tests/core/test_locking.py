"""Row locks."""

import pytest
from django.db import transaction

from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked
from detoxsite.core.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_the_row_is_locked_and_a_missing_one_is_refused(django_assert_num_queries):
    user = make_user()

    with transaction.atomic(), django_assert_num_queries(1) as queries:
        assert locked(User.objects, user.pk) == user
    assert "FOR UPDATE" in queries.captured_queries[0]["sql"]
    with transaction.atomic(), pytest.raises(Refused, match="no longer exists"):
        locked(User.objects.all(), user.pk + 1)
