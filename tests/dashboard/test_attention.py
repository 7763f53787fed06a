"""The dashboard shows what needs attention."""

import pytest
from django.utils import timezone

from articles.models import Reminder
from intake.models import RetentionWarning
from tests.factories import make_live

pytestmark = pytest.mark.django_db

FAILED = {"state": "failed", "problem": "SMTPServerDisconnected", "tries": 8}


def test_a_manager_sees_the_emails_to_staff_that_failed_and_their_lists(as_role):
    Reminder.objects.create(edition=make_live(), kind=Reminder.Kind.DUE, **FAILED)
    RetentionWarning.objects.create(on=timezone.localdate(), counts={}, **FAILED)
    client = as_role("manager")

    dashboard = client.get("/admin/").content.decode()

    for label, path in (
        ("reminder of a review that failed", "/admin/articles/reminder/?state__exact=failed"),
        ("retention warning that failed", "/admin/intake/retentionwarning/?state__exact=failed"),
    ):
        assert label in dashboard
        assert f'href="{path}"' in dashboard
        assert "SMTPServerDisconnected" in client.get(path).content.decode()


def test_while_none_failed_the_dashboard_does_not_mention_them(as_role):
    Reminder.objects.create(edition=make_live(), kind=Reminder.Kind.DUE)

    assert "that failed" not in as_role("manager").get("/admin/").content.decode()


@pytest.mark.parametrize("role", ["editor", "clinician", "moderator", "admissions", "compliance"])
def test_other_roles_do_not_open_the_lists_of_emails_to_staff(as_role, role):
    client = as_role(role)

    for path in ("/admin/articles/reminder/", "/admin/intake/retentionwarning/"):
        assert client.get(path).status_code == 403
