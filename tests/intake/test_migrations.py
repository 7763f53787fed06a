"""Requests of an earlier version keep the digests by which they are found."""

import pytest
from django.core.management import call_command
from django.db import connection

from detoxsite.core.encryption import digests
from intake.models import CallForHelp
from tests.factories import make_call


@pytest.mark.django_db(transaction=True)
def test_the_digests_of_earlier_requests_move_into_one_column_and_back():
    both = make_call(phone="212-555-0177", email="sam@example.com")
    one = make_call(phone="", email="kim@example.com")

    call_command("migrate", "intake", "0001", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM intake_callforhelp WHERE phone_index IS NOT NULL")
        assert cursor.fetchone() == (2,)
        cursor.execute(
            "UPDATE intake_callforhelp SET phone_index = NULL, email_index = phone_index WHERE id = %s", [one.pk]
        )
    call_command("migrate", "intake", verbosity=0)

    stored = {call.pk: list(map(bytes, call.contact_digests)) for call in CallForHelp.objects.all()}
    assert stored == {
        both.pk: [digests.blind_index("phone", "+12125550177"), digests.blind_index("email", "sam@example.com")],
        one.pk: [digests.blind_index("email", "kim@example.com")],
    }
