"""Seals what earlier versions stored readable, and puts in the texts that writers read.

A review that one person alone withheld waits for a second one. Its writer's address was never confirmed; they get a
private link when they are next written to. Photos are read here and deleted in 0005: whoever has to go back to the
earlier version after a failure still has them.
"""

import base64
import hashlib
import io
import secrets
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import migrations
from django.utils import timezone

from detoxsite import images, sealing
from intake.danger import signs
from intake.wording import hash_of
from testimonials.models import private_storage
from testimonials.wording import PERMISSIONS

AGREED_BEFORE = {  # what stood beside the boxes of the form until texts were kept
    "words": "You may show my words and my stars",
    "name": "You may show the name I gave",
    "photo": "You may show my photo",
}
GONE = ("withdrawn",)
REASONS = {"ad": "elsewhere", "permission": ""}
ASK_EVERY = timedelta(days=365)


def begin(apps, schema_editor):
    Text = apps.get_model("intake", "ConsentText")
    for text in PERMISSIONS.values():
        Text.objects.create(**text)


def seal(apps, schema_editor):
    Testimonial = apps.get_model("testimonials", "Testimonial")
    if not Testimonial.objects.exists():
        return
    texts = {part: _earlier_text(apps, part, body) for part, body in AGREED_BEFORE.items()}
    for review in Testimonial.objects.select_related("decided_by").order_by("pk").iterator(chunk_size=500):
        given_name, review.shown_name = review.shown_name, ""
        _permit(apps, review, texts)
        _step(apps, review, "received", at=review.submitted_at)
        if review.status == "declined":
            _let_a_second_person_decide(apps, review)
        if review.status in GONE:
            review.erased_at = review.submitted_at
        else:
            _keep(apps, review, given_name)
        if review.status == "published":
            review.shown_words = review.words
            review.shown_name = given_name if review.allow_name else ""
            review.ask_at = review.submitted_at + ASK_EVERY
            text_hash = hashlib.sha256(review.words.encode()).hexdigest()
            _step(apps, review, "published", at=review.decided_at, by=review.decided_by, text_hash=text_hash)
            if review.clear_photo and review.allow_photo:
                _show_photo(review)
        else:
            review.reply, review.replied_at, review.reason = "", None, ""
        review.save()


def _permit(apps, review, texts):
    """What its writer allowed is on file; of a review that was withdrawn, that it was taken back as well."""
    Permission = apps.get_model("testimonials", "Permission")
    for part, text in texts.items():
        if getattr(review, f"allow_{part}"):
            Permission.objects.create(review=review, text=text, at=review.submitted_at)
            if review.status in GONE:
                Permission.objects.create(
                    review=review, text=text, act="revoked", at=timezone.now(), how="withdrawn before this was kept"
                )
                setattr(review, f"allow_{part}", False)


def _step(apps, review, kind, *, at, by=None, note="", **fields):
    step = apps.get_model("testimonials", "Step")(review=review, kind=kind, at=at, by_id=by and by.pk, **fields)
    if by:
        step.by_name = f"{by.first_name} {by.last_name}".strip() or by.email
    if note:
        step.sealed = sealing.seal({"note": note}, f"testimonials.Step.sealed:{step.pk}")
    step.save()


def _earlier_text(apps, part, body):
    purpose = f"review_{part}"
    text, _ = apps.get_model("intake", "ConsentText").objects.get_or_create(
        sha256=hash_of(purpose, "en", body),
        defaults={
            "purpose": purpose,
            "language": "en",
            "body": body,
            "effective_from": datetime(2026, 10, 1, 12, tzinfo=UTC),
            "approved_by": "Stood in the form before texts were kept",
        },
    )
    return text


def _let_a_second_person_decide(apps, review):
    review.proposed_reason = REASONS.get(review.reason, review.reason)
    fields = {"at": review.decided_at, "by": review.decided_by, "reason": review.reason, "note": review.note}
    _step(apps, review, "proposed", **fields)
    review.proposed_at, review.proposed_by_id = review.decided_at, review.decided_by_id
    review.status, review.reason, review.decided_at, review.decided_by_id = "pending", "", None, None
    if not review.proposed_reason:
        review.proposed_at = review.proposed_by_id = None


def _keep(apps, review, name):
    Writer, Version, Photo = (apps.get_model("testimonials", each) for each in ("Writer", "Version", "Photo"))
    token = secrets.token_urlsafe(24)
    own = sealing.PrivateKey.of_code(token).public
    writer = Writer(review=review, email_index=sealing.blind("email", review.email), return_key=own.raw)
    writer.link = sealing.keyed("review link", token, 32)
    writer.sealed = sealing.seal({"email": review.email, "token": token}, f"testimonials.Writer.sealed:{writer.pk}")
    writer.save()
    words = {"words": review.words, "name": name}
    version = Version(review=review, number=1, at=review.submitted_at)
    version.said = sealing.keyed("review", f"{len(review.words)}:{review.words}{name}", 32)
    version.sealed = sealing.seal({**words, "signs": list(signs({"story": review.words}))}, f"testimonials.Version.sealed:{version.pk}")
    version.sealed_back = own.seal({**words, "email": review.email}, f"testimonials.Version.sealed_back:{version.pk}")
    version.save()
    if review.clear_photo and private_storage().exists(review.clear_photo.name):
        photo = Photo(review=review, at=review.submitted_at)
        with review.clear_photo.open() as file:
            content = {"file": base64.b64encode(file.read()).decode(), "kind": review.clear_photo.name.rsplit(".", 1)[-1]}
        photo.sealed = sealing.seal(content, f"testimonials.Photo.sealed:{photo.pk}")
        photo.save()


def _show_photo(review):
    try:
        with review.clear_photo.open() as file:
            small = images.rewritten(io.BytesIO(file.read()), longest=480)
    except (FileNotFoundError, ValidationError):
        return  # shown without it
    review.shown_photo.save(small.name, ContentFile(small.read()), save=False)


class Migration(migrations.Migration):
    dependencies = [("testimonials", "0002_what_was_sent")]

    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
