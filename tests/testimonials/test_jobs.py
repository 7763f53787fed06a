"""Scheduled jobs for reviews: renewal, expiry, retention."""

import os
import time

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.utils import timezone

from detoxsite.core import jobs as core_jobs
from testimonials.models import (
    OutgoingEmail,
    Photo,
    Reason,
    ReviewEvent,
    Status,
    Testimonial,
)
from testimonials.services import author, lifecycle, moderation, photos
from tests.core.test_images import picture_file
from tests.factories import make_review, make_user

pytestmark = pytest.mark.django_db
DAY = timezone.timedelta(days=1)


def own_jobs():
    return [job for job in core_jobs.registered() if job.run.__module__ == "testimonials.jobs"]


def run():
    """Every job of the app once, but for the emails, which tests/testimonials/test_author_mail.py sends."""
    for job in own_jobs():
        if job.name != "author emails":
            assert core_jobs.run(job)


def after(days):
    with time_machine.travel(timezone.now() + DAY * days):
        run()


def test_jobs_that_scan_all_reviews_run_once_an_hour():
    moment = [0.0]
    runners = [core_jobs.Runner(job, clock=lambda: moment[0]) for job in own_jobs()]
    [runner.run_if_due() for runner in runners]
    review = make_review(Status.UNCONFIRMED, submitted_at=timezone.now() - DAY * 15)
    moment[0] = 59 * 60.0
    [runner.run_if_due() for runner in runners]
    review.refresh_from_db()
    assert review.status == "unconfirmed"

    moment[0] = 60 * 60.0
    [runner.run_if_due() for runner in runners]

    review.refresh_from_db()
    assert review.status == "expired"


def kinds(review):
    return list(review.events.order_by("at").values_list("kind", flat=True))


def test_a_year_after_publication_the_author_is_asked_twice_and_then_the_review_expires():
    review = make_review(Status.PUBLISHED)

    after(364)
    assert not OutgoingEmail.objects.filter(kind="renew").exists()
    after(366)
    after(367)
    review.refresh_from_db()
    assert (review.status, review.unanswered_renewals, OutgoingEmail.objects.filter(kind="renew").count()) == (
        "published",
        1,
        1,
    )
    after(397)
    review.refresh_from_db()
    assert (review.status, review.unanswered_renewals, OutgoingEmail.objects.filter(kind="renew").count()) == (
        "published",
        2,
        2,
    )
    after(428)
    review.refresh_from_db()
    assert (review.status, review.shown_words) == ("expired", "")
    assert kinds(review)[-3:] == [
        ReviewEvent.Kind.RENEWAL_ASKED,
        ReviewEvent.Kind.RENEWAL_ASKED,
        ReviewEvent.Kind.EXPIRED,
    ]
    assert OutgoingEmail.objects.filter(kind="expired").count() == 1


def test_an_answer_is_good_for_another_year():
    review = make_review(Status.PUBLISHED)

    after(366)
    with time_machine.travel(timezone.now() + DAY * 380):
        author.renew(review.pk)
    after(740)
    review.refresh_from_db()
    assert (review.status, review.unanswered_renewals) == ("published", 0)
    after(746)
    review.refresh_from_db()
    assert (review.status, review.unanswered_renewals) == ("published", 1)


def test_an_author_who_could_not_be_asked_does_not_count_as_silent():
    review = make_review(Status.PUBLISHED, email="busy@example.org")
    year = timezone.now() + DAY * 366
    for _ in range(5):
        email_row = OutgoingEmail.objects.create(review=review, kind="published", email_index=review.author.email_index)
        OutgoingEmail.objects.filter(pk=email_row.pk).update(made_at=year)

    with time_machine.travel(year + timezone.timedelta(minutes=1)):
        run()

    review.refresh_from_db()
    assert review.unanswered_renewals == 0
    assert review.renewal_due_at > year


def test_a_review_that_was_never_confirmed_is_erased_after_two_weeks():
    review, confirmed = make_review(Status.UNCONFIRMED), make_review(Status.PENDING)

    after(13)
    assert Testimonial.objects.get(pk=review.pk).status == "unconfirmed"
    after(15)

    review.refresh_from_db()
    assert (review.status, review.erased_at is not None) == ("expired", True)
    assert bytes(review.versions.get().sealed) == b""
    confirmed.refresh_from_db()
    assert (confirmed.status, confirmed.erased_at) == ("pending", None)


@pytest.mark.parametrize(
    ("status", "fields", "is_erased"),
    [
        (Status.DECLINED, {"reason": Reason.ABUSE}, True),
        (Status.EXPIRED, {}, True),
        (Status.PENDING, {"allow": []}, True),
        (Status.PENDING, {"allow": [], "source": "google", "source_id": "1"}, True),
        (Status.PENDING, {}, False),
        (Status.PUBLISHED, {}, False),
    ],
)
def test_a_review_nobody_may_read_is_erased_two_years_after_it_was_written(status, fields, is_erased):
    review = make_review(status, **fields)
    Testimonial.objects.update(renewal_due_at=None)

    after(729)
    assert Testimonial.objects.get().erased_at is None
    after(732)
    after(733)

    review.refresh_from_db()
    assert (review.erased_at is not None) == is_erased
    assert review.events.filter(kind=ReviewEvent.Kind.ERASED).count() == is_erased
    assert review.status == status
    assert review.reason == fields.get("reason", "")


def test_a_recently_imported_old_review_is_kept_for_the_period_of_new_ones():
    review = make_review(Status.PENDING, allow=[], source="google", source_id="1")
    Testimonial.objects.update(submitted_at=timezone.now() - DAY * 3000)

    run()
    review.refresh_from_db()
    assert review.erased_at is None
    after(732)
    review.refresh_from_db()
    assert review.erased_at


def test_a_changed_review_is_kept_longer():
    review = make_review(Status.DECLINED)
    Testimonial.objects.update(submitted_at=timezone.now() - DAY * 800)

    run()

    review.refresh_from_db()
    assert review.erased_at is None


def test_a_held_photo_is_deleted_after_a_day_and_one_that_was_sent_is_kept():
    held = photos.hold(picture_file())
    sent = photos.hold(picture_file("PNG"))
    sent.review = make_review()
    sent.save()

    after(0.9)
    assert Photo.objects.count() == 2
    after(1.1)

    assert Photo.objects.get() == sent
    assert not Photo.objects.filter(pk=held.pk).exists()


def test_pictures_that_no_review_shows_are_deleted_from_the_disk(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    review = make_review(Status.PENDING, allow=["words", "photo"])
    photo = photos.hold(ContentFile(picture_file().read(), name="picture.jpeg"))
    Photo.objects.filter(pk=photo.pk).update(review=review)
    moderation.approve(review.pk, by=make_user("moderator"), version=1, with_photo=True)
    [shown] = (tmp_path / "reviews").iterdir()
    lost, young = tmp_path / "reviews" / "lost.jpeg", tmp_path / "reviews" / "young.jpeg"
    for file in (lost, young):
        file.write_bytes(b"x")
    for file in (lost, shown):
        os.utime(file, (time.time() - 7200,) * 2)

    run()

    assert set((tmp_path / "reviews").iterdir()) == {shown, young}


def test_a_review_that_cannot_be_erased_does_not_hold_up_the_others(monkeypatch, caplog):
    first, second = make_review(Status.UNCONFIRMED), make_review(Status.UNCONFIRMED)
    erase = lifecycle.erase

    def fail_once(pk):
        if pk == first.pk:
            raise ValueError("Zebra")
        return erase(pk)

    monkeypatch.setattr(lifecycle, "erase", fail_once)
    after(15)

    second.refresh_from_db()
    assert second.erased_at
    assert "Zebra" not in caplog.text
    assert Testimonial.objects.get(pk=first.pk).status == "unconfirmed"


def test_an_imported_review_has_no_author_to_ask(monkeypatch):
    review = make_review(Status.PUBLISHED)
    review.author.delete()

    after(366)

    review.refresh_from_db()
    assert (review.status, review.unanswered_renewals) == ("published", 0)
    assert review.renewal_due_at > timezone.now() + DAY * 700
