"""The admin of alerting and its effect on the public page, in real Chromium."""

from datetime import time

import pytest

from detoxsite.core import site_profile
from intake.alerting import escalation
from intake.models import Delivery, Shift
from tests.intake.alerting.test_webhooks import make_webhook, store

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ("shift/", "shift/add/", "rung/", "rung/add/", "webhook/", "webhook/add/", "delivery/?state__exact=failed")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_admin_of_alerting_can_be_used(visitor, house, width, dark):
    Shift.objects.create(person=house["admissions"], weekday=0, starts=time(22), ends=time(6))
    store()
    escalation.send_due()
    Delivery.objects.update(state="failed", problem="SMTPServerDisconnected")
    webhook = make_webhook()
    manager = visitor(width=width, dark=dark)
    manager.sign_in(house["manager"])

    assert "hours a week with no one on call" in manager.page.inner_text("body")
    for page in PAGES:
        manager.open(f"/admin/intake/{page}")
    manager.open(f"/admin/intake/webhook/{webhook.pk}/change/")
    manager.click("New secret", exact=True)
    assert "whsec_" in manager.page.inner_text(".messagelist")
    manager.open(f"/admin/intake/delivery/{Delivery.objects.get().pk}/change/")
    manager.click("Send again now")

    assert escalation.send_due() == 1


def test_a_shift_is_entered_for_two_days(visitor, house):
    manager = visitor()
    manager.sign_in(house["manager"])

    manager.open("/admin/intake/shift/add/")
    manager.page.get_by_label("Person:").select_option(label="Admissions")
    for day in ("Monday", "Sunday"):
        manager.page.get_by_label(day).check()
    manager.page.get_by_label("Starts").fill("08:00")
    manager.page.get_by_label("Ends").fill("08:00")
    manager.click("Save", exact=True)

    assert "No one: midnight to 8 AM" in manager.page.inner_text(".week")
    assert Shift.objects.count() == 2


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("hours", [None, (time(0), time(0)), (time(1), time(1, 0, 1))])
def test_the_public_page_reads_well_with_and_without_someone_on_call(visitor, house, hours, dark):
    for day in range(7) if hours else ():
        Shift.objects.create(person=house["admissions"], weekday=day, starts=hours[0], ends=hours[1])
    site_profile.expire()

    person = visitor(width=320, dark=dark)
    person.open("/help/")
