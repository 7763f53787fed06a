"""Contact plan: the answers, the plan of staff, and the objections to an attempt."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from detoxsite.core.exceptions import Refused
from detoxsite.core.models import ConsentText
from intake import services
from intake.casework import contact_plan, message_templates
from intake.casework.contact_plan import ContactMethod
from intake.models import (
    AnswersRevision,
    CallForHelp,
    Channel,
    Consent,
    ContactAttempt,
    ContactPlan,
)
from tests.factories import make_call, make_user

pytestmark = pytest.mark.django_db


def at(hour):
    return datetime(2026, 11, 23, hour, 30, tzinfo=ZoneInfo(settings.TIME_ZONE))


def save_plan(call, by, *, version=0, **items):
    blank = {"voicemail": False, "text": False, "hours": [], "say": "", "never": "", "notes": ""}
    return contact_plan.save_plan(call.pk, by=by, version=version, **{**blank, **items})


def attempt(call, outcome, way=ContactMethod.CALL, **fields):
    contact = ContactAttempt(call=call, outcome=outcome, **fields)
    contact.seal({"note": "", "unsafe": "", "way": way})
    contact.save(force_insert=True)


def change(call, **answers):
    later = AnswersRevision(call=call, fingerprint=b"x")
    later.seal(answers)
    later.save(force_insert=True)


@pytest.mark.parametrize(
    ("answers", "way", "hour", "against"),
    [
        ({}, "call", 3, []),
        ({}, "voicemail", 12, ["Do not leave a voicemail."]),
        ({"leave": ["voicemail"]}, "voicemail", 12, []),
        ({"leave": ["voicemail"]}, "text", 12, ["Do not send a text message."]),
        ({"leave": ["text"]}, "text", 12, []),
        ({"times": ["evening"]}, "call", 12, ["Now is outside the times they gave: it is afternoon."]),
        ({"times": ["evening"]}, "call", 21, []),
        ({"times": ["evening"]}, "email", 12, []),
        ({"times": ["night"]}, "call", 5, []),
        ({"times": ["night"]}, "call", 22, []),
        ({"times": ["night"]}, "call", 6, ["Now is outside the times they gave: it is morning."]),
        ({"times": ["now", "evening"]}, "call", 12, []),
        (
            {"times": ["morning"]},
            "voicemail",
            20,
            ["Do not leave a voicemail.", "Now is outside the times they gave: it is evening."],
        ),
        ({"whom": "other"}, "call", 12, []),
        ({"whom": "other"}, "named", 12, ["The person they wrote about has not asked us for anything."]),
    ],
)
def test_each_objection_to_an_attempt_is_found(answers, way, hour, against):
    assert contact_plan.objections(make_call(**answers), way, at(hour)) == against


@pytest.mark.parametrize(("way", "hit"), [("call", True), ("text", True), ("voicemail", True), ("email", False)])
def test_a_wrong_number_is_not_tried_again_until_there_is_another(way, hit):
    call = make_call(leave=["voicemail", "text"])
    attempt(call, "wrong_number")
    reasons = ["This number was wrong at an earlier attempt."]

    assert contact_plan.objections(call, way) == (reasons if hit else [])
    change(call, phone="(212) 555-0199")
    assert contact_plan.objections(CallForHelp.objects.get(), way) == []


def test_a_wrong_address_says_nothing_about_the_number():
    call = make_call(email="sam@example.org")
    attempt(call, "wrong_number", ContactMethod.EMAIL)

    assert contact_plan.objections(call, ContactMethod.EMAIL) == ["This address was wrong at an earlier attempt."]
    assert contact_plan.objections(call, ContactMethod.CALL) == []


def test_a_person_who_asked_us_to_stop_is_left_alone_even_after_reopening(nurse):
    call = make_call()
    Consent.objects.create(call=call, text=ConsentText.objects.get(purpose="call_back"))
    services.close(call.pk, by=nurse, outcome="declined")
    services.reopen(call.pk, by=nurse)

    with pytest.raises(Refused, match="asked us to stop"):
        services.record_attempt(call.pk, by=nurse, outcome="no_answer")

    assert [consent.act for consent in call.consents.all()] == ["given", "revoked"]
    assert call.consents.last().how == "told staff"


def test_the_plan_of_staff_takes_precedence_over_the_form(nurse):
    call = make_call(leave=["voicemail", "text"], times=["evening"])

    save_plan(call, nurse, text=True, hours=["morning"], never="the hospital")

    plan = contact_plan.effective_plan(call)
    assert (plan.voicemail, plan.text, plan.hours, plan.never) == (False, True, ("morning",), "the hospital")
    assert (plan.version, plan.by_name) == (1, str(nurse))


def test_later_changes_by_the_person_only_narrow_the_plan_of_staff(nurse):
    call = make_call(leave=["voicemail"])
    save_plan(call, nurse, voicemail=True, hours=["morning"])

    change(call, leave=["text"], times=["night"])

    plan = contact_plan.effective_plan(CallForHelp.objects.get())
    assert (plan.voicemail, plan.text, plan.hours) == (False, False, ("night",))


def test_of_two_saves_the_second_writes_nothing_and_gets_the_stored_plan(nurse):
    call, other = make_call(), make_user("admissions")
    save_plan(call, nurse, never="the dog")

    with pytest.raises(contact_plan.PlanConflict) as overtaken:
        save_plan(call, other, never="the cat")

    assert (overtaken.value.stored.never, overtaken.value.stored.by_name) == ("the dog", str(nurse))
    assert contact_plan.effective_plan(call).never == "the dog"
    save_plan(call, other, version=1, never="the cat")
    assert contact_plan.effective_plan(call).never == "the cat"
    assert ContactPlan.objects.count() == 1


def test_a_plan_is_sealed(nurse):
    call = make_call()
    save_plan(call, nurse, never="canary-plan", notes="canary-plan")

    assert b"canary" not in bytes(ContactPlan.objects.get().sealed)


def test_a_voicemail_that_is_not_allowed_needs_a_reason(nurse):
    call = make_call()

    for way in ("voicemail", "call"):
        with pytest.raises(Refused, match="Do not leave a voicemail"):
            services.record_attempt(call.pk, by=nurse, way=way, outcome="safe_message")
    assert not ContactAttempt.objects.exists()
    services.record_attempt(call.pk, by=nurse, way="voicemail", outcome="safe_message", unsafe="He asked me to.")

    assert call.contact_attempts.get().payload == {"note": "", "unsafe": "He asked me to.", "way": "voicemail"}


def test_a_reason_that_was_not_needed_is_not_stored(nurse):
    call = make_call()

    services.record_attempt(call.pk, by=nurse, outcome="no_answer", unsafe="left over in the form")

    assert call.contact_attempts.get().payload["unsafe"] == ""


# --- ending the attempts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours_ago", "enough"), [([0] * 5, False), ([0, 24, 48, 49], False), ([0, 1, 24, 48, 49], True)]
)
def test_not_reached_means_five_attempts_on_three_days(nurse, hours_ago, enough):
    call = make_call()
    for hours in hours_ago:
        attempt(call, "no_answer", at=timezone.now() - timezone.timedelta(hours=hours))

    if enough:
        services.close(call.pk, by=nurse, outcome="not_reached")
    else:
        with pytest.raises(Refused, match="Fewer than 5 attempts"):
            services.close(call.pk, by=nurse, outcome="not_reached")
        services.close(call.pk, by=nurse, outcome="not_reached", reason="The number is dead.")
        assert contact_plan.early_close_reason(call) == "The number is dead."


def test_the_reason_for_ending_early_and_the_plan_do_not_overwrite_each_other(nurse):
    call = make_call(leave=["voicemail"])
    services.close(call.pk, by=nurse, outcome="not_reached", reason="Dead line.")
    services.reopen(call.pk, by=nurse)
    assert contact_plan.effective_plan(call).voicemail

    save_plan(call, nurse, version=1, never="work")

    assert (contact_plan.early_close_reason(call), contact_plan.effective_plan(call).never) == ("Dead line.", "work")


# --- canned wording --------------------------------------------------------------------------------------------------

TELLING = re.compile(
    r"detox|treatment|clinic|recover|rehab|addict|alcohol|drug|substance|withdraw|patient|nurse|doctor|medical|health|"
    r"hospital|care|help|admission|program|center|center|desintox|tratamiento|clínica|adicc|droga|paciente|enfermer|"
    r"médic|salud|ayuda|ingreso|centro|rehabilit|terap|therap|sober|sobri",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", ["Samantha Smith", "", "  "])
def test_the_canned_wording_reveals_nothing(name):
    wordings = message_templates.filled_templates(name=name, phone="(212) 555-0123")

    assert [wording.code for wording in wordings] == ["en", "es"]
    for wording in wordings:
        for part in ("spoken", "other_person", "voicemail", "text", "subject", "email"):
            text = getattr(wording, part)
            assert not TELLING.search(text), text
            assert "{" not in text
            assert "Smith" not in text
            assert ("Samantha" in text) <= (part not in ("other_person", "subject"))
        assert "(212) 555-0123" in wording.voicemail
        assert "STOP" in wording.text
        assert len(wording.text) <= 160


def test_the_language_of_the_person_comes_first():
    assert [wording.code for wording in message_templates.filled_templates(name="", phone="1", language="es")] == [
        "es",
        "en",
    ]
    assert [wording.code for wording in message_templates.filled_templates(name="", phone="1", language="vi")] == [
        "en",
        "es",
    ]


@pytest.mark.parametrize(
    ("name", "hello"),
    [
        ("A mother", "Hi."),
        ("my sister's friend", "Hi."),
        ("La mamá", "Hi."),
        ("R.", "Hi R."),
        ("Sam, or Jo", "Hi Sam."),
    ],
)
def test_what_is_no_name_is_not_greeted_by(name, hello):
    [english, _] = message_templates.filled_templates(name=name, phone="(212) 555-0123")

    assert english.spoken.startswith(f"{hello} I am calling")


def test_a_name_that_looks_like_a_placeholder_stays_a_name():
    [english, _] = message_templates.filled_templates(name="{phone}", phone="(212) 555-0123")

    assert english.spoken.startswith("Hi {phone}.")


def test_a_person_who_wrote_a_review_did_not_ask_to_be_contacted():
    call = make_call(email="a@example.org", story="I want to die tonight", channel=Channel.REVIEW)

    assert any("did not ask us to contact them" in one for one in contact_plan.objections(call, ContactMethod.EMAIL))
    assert not any("contact them" in one for one in contact_plan.objections(make_call(), ContactMethod.CALL))
