"""Requests for help that dangerous reviews become: the only file of testimonials that knows intake.

A review whose words show that someone is in danger did not ask for a call; staff are alerted all the same.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.utils import timezone

from detoxsite.core.encryption import digests
from intake.models import CallForHelp, Channel
from intake.reception import receive
from intake.reception.identifiers import Identity

ANSWER_PERMISSION = "intake.answer_callforhelp"


@dataclass(frozen=True)
class Origin:
    """Where the words of a review come from. ``network``: of the visitor's connection, where it is known."""

    is_confirmed: bool = False
    network: str = ""
    is_sample: bool = False


def submit(review_id: int, number: int, *, words: str, email: str, dangers: Collection[str], origin: Origin) -> None:
    """Store version ``number`` of a review as a request for help, in the transaction of the review.

    Nobody has asked for contact, so no consent is stored with it. Until the address is confirmed, it stands below
    everybody who can be called, and those from one connection within an hour are one row of the queue.
    """
    answers = {"email": email, "story": words}
    channel = Channel.REVIEW if origin.is_confirmed else Channel.UNCONFIRMED_REVIEW
    call = receive.seal_request(answers, _identity(review_id, number), channel=channel, signs=dangers)
    call.is_sample = origin.is_sample
    if not origin.is_confirmed:
        hour = timezone.now().strftime("%Y-%m-%d %H")
        place = f"{origin.network} {hour}" if origin.network else f"review {review_id}"
        call.arrived_with = digests.keyed("arrived with", place)
    receive.store_request(call, consent="")


def confirm(review_id: int, numbers: Iterable[int]) -> None:
    """The author confirmed the address: what the review became stands in the queue like any other request."""
    ids = [_identity(review_id, number).id for number in numbers]
    calls = CallForHelp.objects.filter(pk__in=ids, channel=Channel.UNCONFIRMED_REVIEW)
    calls.update(channel=Channel.REVIEW, arrived_with=None)


def newest(review_id: int, numbers: Iterable[int], user) -> CallForHelp | None:
    """The newest request that these versions of a review became; None for users who may not answer requests."""
    if not user.has_perm(ANSWER_PERMISSION):
        return None
    ids = [_identity(review_id, number).id for number in numbers]
    return CallForHelp.objects.filter(pk__in=ids).only("pk").order_by("-created_at").first()


def _identity(review_id: int, number: int) -> Identity:
    """The same for the same version, so that it is one request; without a return code, which nobody would receive."""
    return replace(Identity.of(f"review {review_id} {number}"), code="")
