"""What the page of one review shows: what was sent beside what would be shown, who allowed what, and what was done."""

import json
from dataclasses import dataclass

from detoxsite.core.safety.risk_signs import Sign
from intake.models import CallForHelp

from .. import privacy_check, services
from ..models import (
    Author,
    DisplayConsent,
    Photo,
    Reason,
    Report,
    ReviewEvent,
    Status,
    Testimonial,
    Version,
)
from ..moderation import reply_policy
from ..moderation.redaction import (
    REDACTION_LABELS,
    Removal,
    from_json,
    redact,
)
from ..pii import Kind, find_matches
from ..staff_names import roster
from . import queue, redaction_spans

OTHERS = 20  # reviews of the same address that are listed
CAN_BE_READ = "intake.answer_callforhelp"
PARTS = {"review_words": "Words and stars", "review_name": "Name", "review_photo": "Photo"}


@dataclass(frozen=True)
class Typed:
    """What somebody had marked and typed on this page before it was shown again; nothing of another version."""

    spans: list[Removal]
    exact: str = ""
    kind: str = Kind.NAME
    reply: str | None = None


def context(review: Testimonial, user, *, typed: Typed | None) -> dict:
    """Opens what is sealed. Raises sealing.Unreadable."""
    version = review.versions.last()
    sent = version.payload if version else {}
    words = sent.get("words", "")
    names = roster()
    chosen, missed = _chosen(words, version, typed)
    found = find_matches(words, names)
    offered = redaction_spans.candidates(words, found, chosen)
    return {
        "review": review,
        "version": version,
        "sent": sent,
        "is_erased": not words,
        "name_tells": privacy_check.is_more_than_first(sent.get("name", ""), names),
        "marks": offered,
        "pieces": redaction_spans.segments(words, offered),
        "would_show": redact(words, chosen),
        "missed": missed,
        "mark_texts": json.dumps({kind.value: text for kind, text in REDACTION_LABELS.items()}),
        "kinds": json.dumps(dict(Kind.choices)),
        "dangers": _dangers(sent),
        "request_for_help": _request(review, user),
        "facts": queue.facts(review),
        "notices": queue.marks(review, user),
        "proposal": _proposal(review),
        "permissions": _permissions(review),
        "steps": _steps(review),
        "flags": [(flag, flag.payload.get("text", "")) for flag in review.flags.select_related("settled_by")],
        "others_listed": _others(review),
        "photo": Photo.objects.filter(review=review).only("pk").first(),
        "may_decide": user.has_perm("testimonials.decide_testimonial"),
        "violations": reply_policy.find_violations(typed.reply, names, reply_policy.own_public_text())
        if typed and typed.reply
        else [],
        "neutral": reply_policy.NEUTRAL,
        "is_waiting": review.status == Status.PENDING,
    }


def _chosen(words: str, version: Version | None, typed: Typed | None) -> tuple[list[Removal], bool]:
    """What is to be taken out as things stand, and whether words that were typed could not be found."""
    if typed is None:
        return (from_json(version.removals) if version else []), False
    exact = redaction_spans.find_removals(words, typed.exact, typed.kind)
    inside = [span for span in typed.spans if span.end <= len(words)]
    return redaction_spans.merge_removals(words, [*inside, *exact]), bool(typed.exact and not exact)


def _dangers(sent: dict) -> list[str]:
    labels = dict(Sign.choices)
    return [labels[sign] for sign in sent.get("signs", ()) if sign in labels and sign != Sign.MINOR_OR_PREGNANT]


def _request(review: Testimonial, user) -> CallForHelp | None:
    """The request for help that words of danger became, for those who answer them."""
    if not user.has_perm(CAN_BE_READ):
        return None
    of_each = [services.asking_for_help(review, version.number).id for version in review.versions.only("number")]
    return CallForHelp.objects.filter(pk__in=of_each).only("pk").order_by("-created_at").first()


def _proposal(review: Testimonial) -> dict | None:
    if not review.proposed_at:
        return None
    step = review.steps.filter(kind=ReviewEvent.Kind.PROPOSED).last()
    note = step.payload.get("note", "") if step else ""
    return {"by": review.proposed_by, "reason": review.get_proposed_reason_display(), "note": note}


def _permissions(review: Testimonial) -> list[tuple[str, DisplayConsent]]:
    rows = review.permissions.select_related("text")
    return [(PARTS.get(row.text.purpose, row.text.purpose), row) for row in rows]


def _steps(review: Testimonial) -> list[tuple[ReviewEvent, str, str]]:
    """Each with its reason and its note, in words."""
    told = []
    for step in review.steps.all():
        by_readers = step.kind in {ReviewEvent.Kind.FLAGGED, ReviewEvent.Kind.HIDDEN}
        reasons = dict(Report.Kind.choices if by_readers else Reason.choices)
        told.append((step, reasons.get(step.reason, step.reason), step.payload.get("note", "")))
    return told


def _others(review: Testimonial) -> list[Testimonial]:
    writer = Author.objects.filter(review=review).only("email_index").first()
    if writer is None or writer.email_index is None:
        return []
    same = Author.objects.filter(email_index=bytes(writer.email_index)).values("review")
    others = Testimonial.objects.filter(pk__in=same).exclude(pk=review.pk)
    return list(others.defer("stars").order_by("-pk")[:OTHERS])


def photo_of(review: Testimonial) -> dict | None:
    """``file`` (base64) and ``kind`` of the photo that came with a review."""
    photo = Photo.objects.filter(review=review).first()
    return photo.payload if photo and photo.sealed else None
