"""An account of each role, and a row of every model that the admin knows."""

from datetime import time

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.utils import timezone

from articles.menus import draft
from articles.models import Article, CenterFact, Edition, Kind, Picture, Reminder, Synonym, WorkflowEmail
from detoxsite.core.access_log import recording
from detoxsite.core.models import Redirect, User
from detoxsite.core.roles import ROLES
from intake import services
from intake.alerting import escalation, phones, webhook_admin
from intake.models import Disclosure, ErasureBatch, Phone, RetentionWarning, Shift, Webhook
from testimonials.models import StaffName
from tests.articles.media import make_pdf, make_video
from tests.core.test_images import picture_file
from tests.factories import make_call, make_draft, make_live, make_review, make_user, receive


@pytest.fixture
def people(mailoutbox):
    people = {role: make_user(role) for role in ROLES}
    return {**people, "superuser": User.objects.create_superuser("root@example.org", "correct horse battery")}


@pytest.fixture
def rows(people, settings, tmp_path):
    """A row of every model that the admin knows."""
    settings.MEDIA_ROOT = settings.VAR = tmp_path
    nurse, manager = people["admissions"], people["manager"]
    edition, _ = make_live(), make_draft(sources=1)
    make_draft(article=edition.article, number=2)
    make_draft(article=Article.objects.create(kind=Kind.HOME))
    Reminder.objects.create(edition=edition, kind=Reminder.Kind.DUE)
    WorkflowEmail.objects.create(to=people["editor"])
    Redirect.objects.create(path="/old", target="/privacy/")
    Synonym.objects.create(typed="booze", means="alcohol")
    draft.start(by=manager)
    CenterFact.objects.create(group="license", name="License", value="No. 1")
    picture = Picture(title="Stairs", alt="Six steps going down.", credit="us")
    picture.image.save("stairs.png", ContentFile(picture_file("PNG", (40, 30)).read()))
    make_pdf(), make_video()
    for status in ("unconfirmed", "pending", "published", "declined", "withdrawn"):
        make_review(status, email=f"{status}@example.org")
    StaffName.objects.create(name="Dana Fox")
    Shift.objects.create(person=nurse, weekday=0, starts=time(8), ends=time(20))
    phone = Phone(person=nurse, name="Work phone", kind=Phone.Kind.PUSH)
    phones.set_url(phone, "ntfys://ntfy.sh/topic")
    phone.save()
    call = receive(story="My hands shake.", leave=["voicemail"])
    escalation.send_due()
    services.claim(call.pk, by=nurse)
    services.record_attempt(call.pk, by=nurse, outcome="no_answer", note="Rang out.")
    services.close(make_call().pk, by=nurse, outcome="referred")
    services.erase(make_call().pk)
    make_call(is_sample=True)
    webhook = Webhook(name="Records", url="https://93.184.216.34/in", agreement="QSOA 12")
    webhook.secret, webhook.token = webhook_admin.set_first_credentials(webhook)
    webhook.save()
    Disclosure.objects.create(call=call, by=nurse, what="print", to="Dr. Lee", why="Treatment")
    recording.add_entry(nurse, "read", call)
    ErasureBatch.objects.create(by=manager, counts={"referred": 1})
    RetentionWarning.objects.create(on=timezone.localdate(), counts={"referred": 1})
    EmailAddress.objects.create(user=nurse, email=nurse.email)
    kind = ContentType.objects.get_for_model(Edition)
    change = {"action_flag": CHANGE, "change_message": '[{"changed": {"fields": ["Title"]}}]'}
    LogEntry.objects.create(user=manager, content_type=kind, object_id=edition.pk, object_repr="x", **change)
    return {model: list(model._default_manager.all()) for model in admin.site._registry}
