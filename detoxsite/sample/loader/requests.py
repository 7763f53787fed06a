"""Sample requests for help, and the on-call schedule."""

from datetime import timedelta

from django.utils import timezone

from detoxsite.core import site_profile
from intake.models import Consent, ContactAttempt, Shift
from intake.models import Status as CallStatus
from intake.reception import receive as reception
from intake.reception.identifiers import Identity
from intake.records.consent_texts import CONSENT

from .content import read


def load_shifts(staff: dict) -> None:
    for entry in read("on_call.toml")["shifts"]:
        person, days = staff[entry.pop("role")], entry.pop("weekdays")
        Shift.objects.bulk_create(Shift(person=person, weekday=day, **entry) for day in days)
    site_profile.expire()


def load_requests(staff: dict) -> None:
    now, nurse = timezone.now(), staff["admissions"]
    for number, entry in enumerate(read("calls.toml")["calls"]):
        received = now - timedelta(minutes=entry.pop("minutes_ago"))
        contacts, status = entry.pop("contacts"), entry.pop("status")
        call = reception.seal_request(entry, Identity.of(f"sample-call-{number:06}"))
        call.status, call.outcome, call.is_sample = status, entry.get("outcome", ""), True
        call.created_at = call.stored_at = received
        call.notified_at = received + timedelta(seconds=4)
        if status != CallStatus.NEW:
            call.claimed_by, call.claimed_at = nurse, now - timedelta(minutes=2)
        if status == CallStatus.CLOSED:
            call.closed_at = now - timedelta(minutes=1)
        call.save(force_insert=True)
        Consent.objects.create(call=call, text_id=CONSENT["sha256"], at=received)
        for attempt in contacts:
            at = now - timedelta(minutes=attempt["minutes_ago"])
            contact = ContactAttempt(call=call, by=nurse, at=at, outcome=attempt["outcome"])
            contact.seal({"note": attempt["note"]})
            contact.save(force_insert=True)
