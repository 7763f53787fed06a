"""The outbox of emails to staff, as superusers see it."""

import pytest
from django.utils import timezone

from articles.models import Reminder
from intake.models import RetentionWarning
from tests.factories import make_live, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def messages():
    reminder = Reminder.objects.create(
        edition=make_live(title="Sleep without pills"), kind=Reminder.Kind.DUE, state="failed", problem="NoRecipients"
    )
    warning = RetentionWarning.objects.create(
        on=timezone.localdate(), counts={"2027-01-01": 2}, problem="SMTPDataError 554"
    )
    return {"articles/reminder": reminder, "intake/retentionwarning": warning}


@pytest.mark.parametrize("path", ["articles/reminder", "intake/retentionwarning"])
def test_a_superuser_sees_the_status_of_each_message(client, messages, path):
    client.force_login(make_user("manager", is_superuser=True))

    for url in (f"/admin/{path}/", f"/admin/{path}/{messages[path].pk}/change/"):
        response = client.get(url)
        assert response.status_code == 200
        assert messages[path].problem in response.content.decode()
    assert client.get(f"/admin/{path}/add/").status_code == 403


@pytest.mark.parametrize("path", ["articles/reminder", "intake/retentionwarning"])
def test_an_editor_does_not_see_them(as_role, messages, path):
    assert as_role("editor").get(f"/admin/{path}/").status_code == 403
