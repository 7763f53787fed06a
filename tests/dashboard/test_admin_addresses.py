"""Every address of the admin, for every role and for no one, on rows that exist: none is an error of ours."""

import logging
from collections.abc import Iterator
from datetime import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from articles.models import Edition, Picture, Reminder, Synonym
from detoxsite.core.adminkit.model_admin import ReadOnlyModelAdmin
from detoxsite.core.models import User
from intake import services
from intake.alerting import escalation, webhook_admin
from intake.models import AccessLogEntry, Disclosure, ErasureBatch, RetentionWarning, Shift, Webhook
from testimonials.models import StaffName
from tests.core.test_images import picture_file
from tests.factories import make_call, make_draft, make_live, make_review, make_user, receive

pytestmark = pytest.mark.django_db

ROLES = ("editor", "clinician", "moderator", "admissions", "compliance", "manager")
STATES = {  # rows in different states, whose pages differ
    "intake.callforhelp": 4,
    "testimonials.testimonial": 4,
    "articles.edition": 3,
}
QUERIES = ("?q=a&o=1", "?p=1&e=1")
EXPECTED = {200, 302, 400, 403, 404, 405}


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
    Reminder.objects.create(edition=edition, kind=Reminder.Kind.DUE)
    Synonym.objects.create(typed="booze", means="alcohol")
    picture = Picture(title="Stairs", alt="Six steps going down.", credit="us")
    picture.image.save("stairs.png", ContentFile(picture_file("PNG", (40, 30)).read()))
    for status in ("unconfirmed", "pending", "published", "declined", "withdrawn"):
        make_review(status, email=f"{status}@example.org")
    StaffName.objects.create(name="Dana Fox")
    Shift.objects.create(person=nurse, weekday=0, starts=time(8), ends=time(20))
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
    AccessLogEntry.objects.create(call=call, by=nurse)
    ErasureBatch.objects.create(by=manager, counts={"referred": 1})
    RetentionWarning.objects.create(on=timezone.localdate(), counts={"referred": 1})
    EmailAddress.objects.create(user=nurse, email=nurse.email)
    kind = ContentType.objects.get_for_model(Edition)
    change = {"action_flag": CHANGE, "change_message": '[{"changed": {"fields": ["Title"]}}]'}
    LogEntry.objects.create(user=manager, content_type=kind, object_id=edition.pk, object_repr="x", **change)
    return {model: list(model._default_manager.all()) for model in admin.site._registry}


def addresses(rows) -> Iterator[str]:
    """Every address of the admin's URLconf, with the rows in place of its arguments."""
    models = {f"{model._meta.app_label}/{model._meta.model_name}/": model for model in rows}
    for pattern in admin.site.get_urls():
        prefix = str(pattern.pattern)
        if prefix in models:
            yield from _of_model(prefix, pattern.url_patterns, rows[models[prefix]], models[prefix])
        elif prefix == "r/":
            yield f"/admin/{prefix}1/1/"
        elif not prefix.startswith("^") and "<" not in prefix and prefix != "logout/":
            yield f"/admin/{prefix}"
    yield from (f"/admin/{app}/" for app in {model._meta.app_label for model in rows})


def _of_model(prefix, patterns, objects, model) -> Iterator[str]:
    [action, *_] = [act.name for act in getattr(admin.site._registry[model], "object_actions", ())] or ["none"]
    for pattern in patterns:
        path, converters = str(pattern.pattern), pattern.pattern.converters
        if pattern.name is None:
            continue  # Django's redirect of an old address to that of the object
        if not converters:
            yield f"/admin/{prefix}{path}"
            continue
        name = next(name for name in converters if name != "name")
        kind = type(converters[name]).__name__.removesuffix("Converter").lower()
        kind = kind if kind != "string" else "str"
        is_page = "<slug:name>" not in path and not path.endswith(("/history/", "/delete/"))
        some = objects[: STATES.get(model._meta.label_lower, 1) if is_page else 1]
        for one in some:
            filled = path.replace(f"<{kind}:{name}>", str(one.pk)).replace("<slug:name>", action)
            yield f"/admin/{prefix}{filled}"


def test_no_address_of_the_admin_fails_for_any_role(rows, people, monkeypatch):
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)  # 2,000 refusals, each with a traceback
    assert [model for model, some in rows.items() if not some] == []
    known = sorted(set(addresses(rows)))
    assert not [address for address in known if "<" in address]
    assert len(known) > 150
    answers = {}
    for role in (*ROLES, None, "superuser"):
        client = Client(raise_request_exception=False)
        if role:
            client.force_login(people[role])
        if role == "superuser":  # for what no role may open
            known = [address for address in known if not any(answers[who, address] == 200 for who in ROLES)]
        answers |= {(role, address): client.get(address).status_code for address in known}
        lists = [address for address in known if address.count("/") == 4 and answers[role, address] == 200]
        asked = [address + query for address in lists for query in QUERIES]
        answers |= {(role, address): client.get(address).status_code for address in asked}

    assert {asked: status for asked, status in answers.items() if status not in EXPECTED} == {}
    for role in ("compliance", "manager"):
        entry = LogEntry.objects.latest("pk")
        assert answers[role, f"/admin/admin/logentry/{entry.pk}/change/"] == 200
        assert answers[role, "/admin/admin/logentry/"] == 200
    refused = {address for (role, address), status in answers.items() if role is None and status == 200}
    assert refused <= {"/admin/jsi18n/"}
    for role in ROLES:  # each may do something, or the test looks at nothing
        assert sum(status == 200 for (who, _), status in answers.items() if who == role) > 10


def test_secrets_of_sign_in_are_on_no_page():
    assert not {Authenticator, UserSession} & admin.site._registry.keys()
    assert EmailAddress in admin.site._registry


def test_a_read_only_admin_that_names_no_field_shows_all(rf, people):
    class Plain(ReadOnlyModelAdmin):
        pass

    request = rf.get("/")
    request.user = people["manager"]

    assert "object_repr" in Plain(LogEntry, admin.site).get_readonly_fields(request)
