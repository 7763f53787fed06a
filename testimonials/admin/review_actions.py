"""Object actions of a review: what moderators can do on its page, each a call to a service."""

from django.urls import reverse
from django.utils.html import format_html

from detoxsite.core.adminkit.object_actions import ObjectAction
from detoxsite.core.encryption import sealing
from detoxsite.core.exceptions import Refused

from ..models import Source, Status, Testimonial
from ..services import author, moderation, reports, versions
from ..services.transitions import ALLOWED_FROM, text_hash
from .forms import (
    DeclineForm,
    NoteForm,
    ProposeForm,
    PublishForm,
    RecordConsentForm,
    ReplyForm,
    WithdrawForm,
    WithdrawPartsForm,
)
from .queue_page import UNREADABLE
from .redaction_spans import merge_removals

DECIDE = "testimonials.decide_testimonial"
DECISIONS = {"approve", "propose", "decline"}  # the next review opens after these


def publish(
    review_id, *, by, version, decided, span, exact, with_name, first_name_only, with_photo, **ticked
) -> Testimonial:
    """Publish exactly what the right side of the page showed, so refuse words that are typed but not yet taken out."""
    if exact:
        raise Refused("Check once more what readers would see, then publish.", field="exact")
    try:
        removals = merge_removals(versions.current(review_id, version).payload.get("words", ""), span)
        return moderation.approve(
            review_id,
            by=by,
            version=version,
            seen_decision=decided,
            removals=removals,
            with_name=with_name,
            first_name_only=first_name_only,
            with_photo=with_photo,
        )
    except ValueError as exc:
        raise Refused("The parts to take out do not match the text. Reload the page.") from exc
    except sealing.Unreadable:
        raise Refused(UNREADABLE) from None


def withdraw(review_id, *, by, how, sure) -> Testimonial:
    return author.withdraw(review_id, by=by, how=how)


def _may_be_shown(review, user) -> bool:
    return review.allow_words and not review.erased_at


def _is_unproposed(review, user) -> bool:
    return _may_be_shown(review, user) and not review.proposed_at


def _is_second_person(review, user) -> bool:
    return bool(review.proposed_at) and review.proposed_by_id != user.pk


def publish_initial(review) -> dict:
    is_published = review.status == Status.PUBLISHED
    return {
        "with_name": bool(review.shown_name) if is_published else review.allow_name,
        "first_name_only": " " not in review.shown_name,  # the page offers it for more than a first name
        "with_photo": bool(is_published and review.shown_photo),
    }


def _done(sentence: str):
    """A message that begins with the review and links back to it, because the next review opens."""

    def message(request, review) -> str:
        url = reverse("admin:testimonials_testimonial_change", args=[review.pk])
        return format_html('{} {}. <a href="{}">Open it again</a>', review, sentence, url)

    return message


ACTIONS = (
    ObjectAction(
        "approve",
        "Publish",
        publish,
        ALLOWED_FROM["approve"],
        DECIDE,
        done=_done("is published"),
        form=PublishForm,
        initial=publish_initial,
        offered=_may_be_shown,
    ),
    ObjectAction(
        "decline",
        "Agree: withhold",
        moderation.decline,
        ALLOWED_FROM["decline"],
        DECIDE,
        done=_done("is withheld, and an email to its author is on the way"),
        form=DeclineForm,
        offered=_is_second_person,
    ),
    ObjectAction(
        "object",
        "Do not withhold",
        moderation.reject_proposal,
        ALLOWED_FROM["reject_proposal"],
        DECIDE,
        done="Not withheld. If it is still pending, it can now be published.",
        form=NoteForm,
        quiet=True,
        offered=lambda review, user: bool(review.proposed_at),
    ),
    ObjectAction(
        "propose",
        "Propose to withhold",
        moderation.propose,
        ALLOWED_FROM["propose"],
        DECIDE,
        done=_done("stays as it is until a second person agrees to withhold it"),
        form=ProposeForm,
        quiet=True,
        offered=_is_unproposed,
    ),
    ObjectAction(
        "hide",
        "Hide now",
        reports.hide,
        ALLOWED_FROM["hide"],
        DECIDE,
        done="Hidden. Now decide: keep it published, take something out, or propose to withhold it.",
        hint="Only if someone may be in danger: it says where they are, or it threatens them.",
        quiet=True,
        offered=lambda review, user: not review.hidden_at,
    ),
    ObjectAction(
        "keep",
        "Checked: keep published",
        reports.keep_published,
        ALLOWED_FROM["keep_published"],
        DECIDE,
        done="The review stays published. Its reports are resolved.",
        form=NoteForm,
        quiet=True,
        offered=lambda review, user: bool(review.hidden_at or review.open_report_count),
    ),
    ObjectAction(
        "reply",
        "Save reply",
        moderation.reply,
        ALLOWED_FROM["reply"],
        DECIDE,
        done="Reply saved.",
        form=ReplyForm,
        initial=lambda review: {"reply": review.reply, "seen": text_hash(review.reply)},
        quiet=True,
    ),
    ObjectAction(
        "permit",
        "Record consent",
        moderation.record_consent,
        ALLOWED_FROM["record_consent"],
        DECIDE,
        done="Consent recorded. The review can now be decided on.",
        form=RecordConsentForm,
        offered=lambda review, user: review.source != Source.HERE and not review.allow_words,
    ),
    ObjectAction(
        "take-back",
        "Remove the name or photo for the author",
        author.withdraw_parts,
        ALLOWED_FROM["withdraw_parts"],
        DECIDE,
        done="Removed.",
        form=WithdrawPartsForm,
        quiet=True,
        folded=True,
        offered=lambda review, user: not review.erased_at and (review.allow_name or review.allow_photo),
    ),
    ObjectAction(
        "withdraw",
        "Withdraw for the author",
        withdraw,
        ALLOWED_FROM["withdraw"],
        DECIDE,
        done="Withdrawn and erased.",
        form=WithdrawForm,
        quiet=True,
        folded=True,
        offered=lambda review, user: not review.erased_at,
    ),
)
