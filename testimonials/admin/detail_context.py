"""Context of the page of one review: the original beside the redacted text, the consents, and the events."""

import json
from dataclasses import dataclass

from detoxsite.core.safety.risk_signs import DANGERS, Sign

from .. import help_requests, privacy_check
from ..models import Author, DisplayConsent, Photo, Reason, Report, ReviewEvent, Testimonial, Version
from ..moderation import reply_policy
from ..moderation.redaction import REDACTION_LABELS, Removal, from_json, redact
from ..pii import Kind, find_hints, find_matches
from ..services import moderation
from ..staff_names import roster
from . import queue_page, redaction_spans

MAX_OTHERS = 20  # reviews from the same address that are listed
PARTS = {"review_words": "Words and stars", "review_name": "Name", "review_photo": "Photo"}


@dataclass(frozen=True)
class Draft:
    """What a moderator had marked and typed, unsaved, when the page is shown again; only for the current version."""

    spans: list[Removal]
    exact: str = ""
    kind: str = Kind.NAME
    reply: str | None = None


def context(review: Testimonial, user, *, draft: Draft | None) -> dict:
    """Opens what is sealed. Raises sealing.Unreadable."""
    version = review.versions.last()
    payload = version.payload if version else {}
    names = roster()
    return {
        "review": review,
        "version": version,
        "decision": moderation.decision(review),
        "payload": payload,
        "is_erased": not payload.get("words"),
        "is_name_revealing": privacy_check.is_more_than_first_name(payload.get("name", ""), names),
        "first_name": privacy_check.offered_first_name(payload.get("name", ""), names),
        "risk_signs": _risk_signs(payload),
        "is_worrying": payload.get("is_worrying", False),
        "request_for_help": help_requests.newest(review.pk, review.versions.values_list("number", flat=True), user),
        "facts": queue_page.facts(review),
        "notices": queue_page.notices(review, user),
        "proposal": _proposal(review),
        "consents": _consents(review),
        "events": _events(review),
        "reports": _reports(review),
        "others": _others(review),
        "photo": Photo.objects.filter(review=review).only("pk").first(),
        "may_decide": user.has_perm("testimonials.decide_testimonial"),
        "violations": _violations(draft, names),
        "neutral": reply_policy.NEUTRAL,
        **_redaction(payload.get("words", ""), version, draft, names),
    }


def _redaction(words: str, version: Version | None, draft: Draft | None, names) -> dict:
    """The two sides: the original with what may be taken out, and what readers would see."""
    removals, is_exact_missing = _removals(words, version, draft)
    matches = find_matches(words, names)
    candidates = redaction_spans.candidates(words, [*matches, *find_hints(words, matches)], removals)
    return {
        "candidates": candidates,
        "stays": [match.text for match in candidates if not (match.is_removed or match.is_hint)],
        "segments": redaction_spans.segments(words, candidates),
        "redacted": redact(words, removals),
        "is_exact_missing": is_exact_missing,
        "redaction_labels": json.dumps({kind.value: text for kind, text in REDACTION_LABELS.items()}),
        "kinds": json.dumps(dict(Kind.choices)),
    }


def _removals(words: str, version: Version | None, draft: Draft | None) -> tuple[list[Removal], bool]:
    """What is marked to be taken out now, and whether the exact words that were typed are missing in the review."""
    if draft is None:
        return (from_json(version.removals) if version else []), False
    exact = redaction_spans.find_removals(words, draft.exact, draft.kind)
    inside = [span for span in draft.spans if span.end <= len(words)]
    return redaction_spans.merge_removals(words, [*inside, *exact]), bool(draft.exact and not exact)


def _violations(draft: Draft | None, names) -> list[reply_policy.Violation]:
    if not draft or not draft.reply:
        return []
    return reply_policy.find_violations(draft.reply, names, reply_policy.own_public_text())


def _risk_signs(payload: dict) -> list[str]:
    labels = dict(Sign.choices)
    return [labels[sign] for sign in payload.get("signs", ()) if sign in DANGERS]


def _proposal(review: Testimonial) -> dict | None:
    if not review.proposed_at:
        return None
    event = review.events.filter(kind=ReviewEvent.Kind.PROPOSED).last()
    note = event.payload.get("note", "") if event else ""
    return {"by": review.proposed_by, "reason": review.get_proposed_reason_display(), "note": note}


def _consents(review: Testimonial) -> list[tuple[str, DisplayConsent]]:
    rows = review.consents.select_related("text")
    return [(PARTS.get(row.text.purpose, row.text.purpose), row) for row in rows]


def _reports(review: Testimonial) -> list[tuple[Report, str]]:
    return [(report, report.payload.get("text", "")) for report in review.reports.select_related("resolved_by")]


def _events(review: Testimonial) -> list[tuple[ReviewEvent, str, str]]:
    """Each event with the label of its reason and its note."""
    listed = []
    for event in review.events.all():
        is_report = event.kind in {ReviewEvent.Kind.REPORTED, ReviewEvent.Kind.HIDDEN}
        labels = dict(Report.Kind.choices if is_report else Reason.choices)
        listed.append((event, labels.get(event.reason, event.reason), event.payload.get("note", "")))
    return listed


def _others(review: Testimonial) -> list[Testimonial]:
    author = Author.objects.filter(review=review).only("email_index").first()
    if author is None or author.email_index is None:
        return []
    same = Author.objects.filter(email_index=bytes(author.email_index)).values("review")
    others = Testimonial.objects.filter(pk__in=same).exclude(pk=review.pk)
    return list(others.defer("stars").order_by("-pk")[:MAX_OTHERS])


def photo_of(review: Testimonial) -> dict | None:
    """``file`` (base64) and ``kind`` of the photo that came with a review."""
    photo = Photo.objects.filter(review=review).first()
    return photo.payload if photo and photo.sealed else None
