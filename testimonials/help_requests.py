"""Requests for help that dangerous reviews become: the only file of testimonials that knows intake.

A review whose words show that someone is in danger did not ask for a call; staff are alerted all the same.
"""

from collections.abc import Iterable
from dataclasses import replace

from detoxsite.core.safety.risk_signs import Sign
from intake.models import CallForHelp, Channel
from intake.reception import receive
from intake.reception.identifiers import Identity

ANSWER_PERMISSION = "intake.answer_callforhelp"


def shows_danger(signs: Iterable[str]) -> bool:
    """Whether the risk signs of a review's words are reason to alert staff; who the author is alone is not."""
    return bool(set(signs) - {Sign.MINOR_OR_PREGNANT})


def submit(review_id: int, number: int, *, words: str, email: str) -> None:
    """Store version ``number`` of a review as a request for help, in the transaction of the review.

    Nobody has asked for contact, so no consent is stored with it.
    """
    answers = {"email": email, "story": words}
    sealed = receive.seal_request(answers, _identity(review_id, number), channel=Channel.REVIEW)
    receive.store_request(sealed, consent="")


def newest(review_id: int, numbers: Iterable[int], user) -> CallForHelp | None:
    """The newest request that these versions of a review became; None for users who may not answer requests."""
    if not user.has_perm(ANSWER_PERMISSION):
        return None
    ids = [_identity(review_id, number).id for number in numbers]
    return CallForHelp.objects.filter(pk__in=ids).only("pk").order_by("-created_at").first()


def _identity(review_id: int, number: int) -> Identity:
    """The same for the same version, so that it is one request; without a return code, which nobody would receive."""
    return replace(Identity.of(f"review {review_id} {number}"), code="")
