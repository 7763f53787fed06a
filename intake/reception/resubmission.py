"""The same request again: sent twice, changed, or imported from the disk after the database had it."""

from django.db import transaction
from django.utils import timezone

from ..alerting.alerts import restart_alerts
from ..models import AnswersRevision, CallForHelp, Consent, Status
from ..records.consents import current_consent, record_consent

REVIVED_FIELDS = (
    "fingerprint",
    "sealed",
    "sealed_for_author",
    "return_key",
    "contact_digests",
    "urgency",
    "goes_first",
    "created_at",
)


@transaction.atomic
def resubmit(sent: CallForHelp, consent: str, *, waited: bool) -> None:
    """Merge ``sent`` into the stored request of the same identity.

    The person sent it again, or our own import of the spool brings one that may be stored already (``waited``).
    """
    call = CallForHelp.objects.locked_for_author(sent.pk)
    if call.erased_at:
        return None if waited and sent.created_at <= call.erased_at else _revive(call, sent, consent)
    sent.has_working_code = bytes(call.return_key) == bytes(sent.return_key)
    versions = [
        (call.created_at, bytes(call.fingerprint)),
        *((later.at, bytes(later.fingerprint)) for later in call.revisions.all()),
    ]
    if (sent.created_at, bytes(sent.fingerprint)) in versions:
        return None  # this very sending
    latest, newest = max(versions)
    if not waited:  # given now, whatever the clock said before
        sent.created_at = max(sent.created_at, latest + timezone.timedelta(microseconds=1))
    changed = bytes(sent.fingerprint) != newest
    if changed:
        _keep_revision(call, sent)
    if waited and call.consents.filter(act=Consent.Act.REVOKED, at__gt=sent.created_at).exists():
        return call.save()  # sent before they revoked: nobody calls because of it
    if not changed and (call.is_claimed() or (call.status == Status.NEW and call.alerts.filter(done_at=None).exists())):
        return None
    if current_consent(call) is None:  # revoked since; sending the form consents again
        record_consent(call, consent, at=sent.created_at)
    return return_to_queue(call)


def return_to_queue(call: CallForHelp) -> None:
    """Put a request back into the queue and alert staff again, because the person wrote. A claim is kept.

    Expects a locked row, and saves it.
    """
    if not call.is_claimed():
        call.reset_to_new()
    call.notified_at = None
    call.save()
    restart_alerts(call)


def _keep_revision(call: CallForHelp, sent: CallForHelp) -> None:
    revision = AnswersRevision(call=call, at=sent.created_at, fingerprint=sent.fingerprint, sealed=sent.sealed)
    revision.sealed_for_author = sent.sealed_for_author if sent.has_working_code else b""
    revision.save(force_insert=True)
    call.add_contact_digests(sent.contact_digests)
    call.urgency = max(call.urgency, sent.urgency)
    call.goes_first = call.goes_first or sent.goes_first
    call.is_quarantined = call.is_quarantined and sent.is_quarantined


def _revive(call: CallForHelp, sent: CallForHelp, consent: str) -> None:
    """Fill an erased request again: the person sent the same form, and it is a request like any other."""
    for name in REVIVED_FIELDS:
        setattr(call, name, getattr(sent, name))
    call.erased_at = call.notified_at = None
    call.reset_to_new()
    call.save()
    record_consent(call, consent, at=call.created_at)
    restart_alerts(call)
