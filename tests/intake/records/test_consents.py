"""Consent: texts that never change, a row for each consent and each revocation."""

import pytest
from django.db import DatabaseError, InternalError, connection, transaction
from django.utils import timezone

from detoxsite.core import site_profile
from detoxsite.core.models import ConsentText, hash_of
from intake import services
from intake.models import AccessLogEntry, Consent, Disclosure
from intake.reception import receive as reception
from intake.reception.identifiers import Identity
from intake.records.consent_texts import CONSENT
from intake.records.consents import current_consent, revoke_consent
from tests.factories import make_call, make_user

pytestmark = pytest.mark.django_db

TEXTS = "/admin/detoxsite/consenttext/"
NEW = {"purpose": "call_back", "language": "en", "body": "You ask us to call.\r\nYou may say no.", "approved_by": "Cy"}


def received(key="consent-key-12345678", consent=CONSENT["sha256"]):
    return reception.receive({"phone": "5"}, Identity.of(key), consent=consent)


def test_each_request_has_its_consent_and_a_revocation_is_a_new_row():
    call = received()
    given = current_consent(call)
    assert (given.text_id, given.act, given.how) == (CONSENT["sha256"], "given", "sent the form")

    revoked = revoke_consent(call, "said so on the phone", at=timezone.now())

    assert (revoked.act, revoked.text_id) == ("revoked", given.text_id)
    assert current_consent(call) is None
    assert revoke_consent(call, "again", at=timezone.now()) is None
    assert call.consents.count() == 2


def test_no_row_and_no_text_is_ever_changed_or_removed():
    call = received()

    for act in (
        lambda: call.consents.update(how="x"),
        lambda: call.consents.all().delete(),
        lambda: ConsentText.objects.update(body="x"),
        lambda: ConsentText.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            act()

    assert Consent.objects.get().how == "sent the form"
    assert ConsentText.objects.get(pk=CONSENT["sha256"]).body == CONSENT["body"]


def test_sending_the_form_again_after_revoking_consents_again():
    call = received()
    services.close(call.pk, by=make_user("admissions"), outcome="declined")
    revoke_consent(call, "said so on the phone", at=timezone.now())

    received()

    assert current_consent(call)
    assert [consent.act for consent in call.consents.all()] == ["given", "revoked", "given"]


def test_a_forged_text_costs_no_one_their_request():
    call = received(consent="0" * 64)

    assert current_consent(call) is None
    call.refresh_from_db()


def test_a_person_who_never_consented_has_nothing_to_revoke():
    assert revoke_consent(make_call(), "x", at=timezone.now()) is None


def test_a_manager_adds_a_text_and_the_form_shows_it_at_once(as_role, client):
    manager = as_role("manager")
    assert CONSENT["body"][:30] in manager.get("/help/").content.decode()

    assert manager.post(f"{TEXTS}add/", NEW).status_code == 302

    text = ConsentText.objects.get(approved_by="Cy")
    assert text.body == "You ask us to call.\nYou may say no."
    assert text.pk == hash_of("call_back", "en", text.body)
    assert "You ask us to call." in client.get("/help/").content.decode()
    assert site_profile.current().consent_texts["call_back"]["sha256"] == text.pk


def test_the_same_text_twice_is_refused_with_a_message(as_role):
    manager = as_role("manager")
    manager.post(f"{TEXTS}add/", NEW)

    response = manager.post(f"{TEXTS}add/", NEW)

    assert response.status_code == 200
    assert "This exact text already exists." in response.content.decode()


def test_a_consent_text_cannot_be_changed_or_deleted_in_the_admin(as_role):
    pk = CONSENT["sha256"]
    manager = as_role("manager")

    html = manager.get(f"{TEXTS}{pk}/change/").content.decode()

    assert pk in html
    assert "<textarea" not in html
    assert manager.post(f"{TEXTS}{pk}/change/", NEW).status_code == 403
    assert manager.post(f"{TEXTS}{pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("role", "sees"), [("compliance", 200), ("admissions", 403), ("editor", 403)])
def test_only_managers_add(as_role, role, sees):
    client = as_role(role)

    assert client.get(TEXTS).status_code == sees
    assert client.post(f"{TEXTS}add/", NEW).status_code == 403


def test_nothing_is_sent_to_the_person_or_to_anyone_they_name(mailoutbox):
    reception.receive(
        {"phone": "5", "email": "sam@example.org", "whom": "other", "name": "Sam"},
        Identity.of("consent-key-12345679"),
        consent=CONSENT["sha256"],
    )

    assert mailoutbox == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE intake_disclosure SET why = ''",
        "DELETE FROM intake_disclosure",
        "TRUNCATE intake_disclosure",
        "DELETE FROM intake_consent",
        "TRUNCATE intake_consent CASCADE",
        "UPDATE detoxsite_consenttext SET body = ''",
        "DELETE FROM intake_accesslogentry",
        "UPDATE intake_accesslogentry SET by_name = 'nobody'",
        "TRUNCATE intake_callforhelp CASCADE",
        "DELETE FROM intake_callforhelp",
        "UPDATE intake_callforhelp SET is_sample = true",
    ],
)
def test_records_cannot_be_changed_or_deleted(statement):
    call = make_call()
    nurse = make_user("admissions")
    text = ConsentText.objects.get(purpose="call_back")
    consent = Consent.objects.create(call=call, text=text)
    Disclosure.objects.create(call=call, by=nurse, what="print", to="Dr. Lee", why="Treatment", consent=consent)
    AccessLogEntry.objects.create(call=call, by=nurse)

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")
        with pytest.raises(DatabaseError):
            cursor.execute(statement)
