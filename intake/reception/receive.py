"""Receiving a request: sealed, then stored in the database, or on the disk while the database is away."""

import logging
from collections.abc import Mapping, Sequence

from detoxsite.core import db_timeout
from detoxsite.core.encryption import sealing
from detoxsite.core.safety import risk_signs

from ..alerting.alerts import first_alert_at
from ..models import CallForHelp, Channel
from ..models.answers import with_defaults
from . import journal, spam_score, spool
from .identifiers import Identity, contact_digests, fingerprint
from .insert import insert
from .resubmission import resubmit

DATABASE_TIMEOUT = 1.2  # seconds; then the request goes to the disk, so that it is safe within two

logger = logging.getLogger(__name__)


def receive(
    answers: Mapping,
    identity: Identity,
    *,
    consent: str,
    doubtful: Sequence[str] = (),
    channel: str = Channel.WEB,
    is_synthetic: bool = False,
    received_at=None,
) -> CallForHelp:
    """Seal a request and store it for good: in the database, or on the disk while that cannot take it.

    ``consent`` is the hash of the ConsentText that was shown; "": none was agreed to. ``received_at``: when the person
    asked, if not just now. The same request again (a double click, a retry after a time-out, Back) stays one; other
    answers under the same identity are kept beside the first. Returns the request as it was sealed. Raises
    spool.NotReceived where neither could be written; then nothing may be acknowledged.
    """
    try:
        call = seal_request(answers, identity, doubtful=doubtful, channel=channel, is_synthetic=is_synthetic)
    except Exception as exc:
        logger.error("A request could not be sealed: %s", type(exc).__name__)
        raise spool.NotReceived from exc
    call.created_at = received_at or call.created_at
    try:
        with db_timeout.time_limit(DATABASE_TIMEOUT, kind="request for help"):
            store_request(call, consent=consent)
        where = "database"
    except Exception as exc:  # whatever it is, the person must not pay for it
        logger.warning("A request goes to the disk: the database said %s", type(exc).__name__)
        spool.put(call, consent)
        where = "disk"
    journal.acknowledge(call, where)
    return call


def seal_request(
    answers: Mapping, identity: Identity, *, doubtful=(), channel=Channel.WEB, is_synthetic=False, signs=()
) -> CallForHelp:
    """Return a request, not stored yet, that only the center and the holder of its return code can read.

    ``signs``: risk signs that are known already; by default they are found in the answers.
    """
    answers = with_defaults(answers)
    signs = signs or risk_signs.find_signs(answers)
    urgency = risk_signs.urgency(answers, signs)
    call = CallForHelp(
        id=identity.id,
        reference=identity.reference,
        fingerprint=fingerprint(answers),
        contact_digests=contact_digests(answers),
        urgency=urgency,
        goes_first=risk_signs.goes_first(signs, urgency),
        channel=channel,
        spam_signals=",".join(doubtful),
        is_quarantined=spam_score.is_likely_spam(doubtful) and not signs,
        is_synthetic=is_synthetic,
    )
    call.seal({**answers, "signs": list(signs)})
    if identity.code:
        return_key = sealing.PrivateKey.from_return_code(identity.code)
        call.return_key = return_key.public.raw
        call.sealed_for_author = return_key.seal(answers, call.sealing_context("sealed_for_author"))
    return call


def store_request(call: CallForHelp, *, consent: str, waited: bool = False) -> None:
    """Put a sealed request into the database together with its consent and the first alert: all of it, or nothing.

    ``waited``: it was sent some time ago, and lay on the disk. What happened since (erased, revoked) then counts.
    """
    if not insert(call, consent=consent, alert_at=first_alert_at(call)):
        resubmit(call, consent, waited=waited)
