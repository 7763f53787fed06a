"""Services of a review, and the changes that the database itself refuses."""

import threading

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from django.utils import timezone

from detoxsite.core.encryption import sealing
from detoxsite.core.exceptions import Refused
from intake.models import CallForHelp, Channel
from testimonials import jobs
from testimonials.models import (
    Author,
    DisplayConsent,
    OutgoingEmail,
    Photo,
    Reason,
    ReviewCounter,
    ReviewEvent,
    Status,
    Testimonial,
    Version,
)
from testimonials.moderation.redaction import Kind, Removal
from testimonials.services import author, moderation, photos, reports, submission, transitions
from tests.factories import make_review, make_user

pytestmark = pytest.mark.django_db


def counters():
    return {(row.status, row.stars, row.reason): row.n for row in ReviewCounter.objects.exclude(n=0)}


@pytest.mark.parametrize("status", Status.values)
def test_nothing_is_readable_unless_it_is_published(status):
    review = make_review(status, words="Zebra words that nobody may read yet.")

    review.refresh_from_db()
    assert review.status == status
    assert bool(review.shown_words) == (status == Status.PUBLISHED)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(v::text) FROM testimonials_version v UNION ALL"
            " SELECT array_agg(w::text) FROM testimonials_author w"
        )
        rows = str(cursor.fetchall())
    assert "Zebra" not in rows
    assert "writer@example.org" not in rows


def test_the_original_opens_for_the_center_and_for_the_author():
    review = make_review(words="They sat with me.\nUntil it got light 🌊", name="Mo")

    version, sender = Version.objects.get(), Author.objects.get()
    token = sender.payload["token"]
    assert version.payload == {
        "words": "They sat with me.\nUntil it got light 🌊",
        "name": "Mo",
        "signs": [],
        "is_worrying": False,
    }
    assert sender.payload["email"] == "writer@example.org"
    assert bytes(sender.token_fingerprint) == Author.fingerprint_of(token)
    own = sealing.PrivateKey.from_return_code(token).open(
        bytes(version.sealed_for_author), version.sealing_context("sealed_for_author")
    )
    assert own == {"words": version.payload["words"], "name": "Mo", "email": "writer@example.org"}
    assert review.versions.count() == 1


def test_the_same_form_again_is_the_same_review():
    sent = {"key": "k" * 20, "words": "They sat with me.", "email": "a@example.org", "relationship": "stayed"}
    sent["allow"] = ["words"]
    first = submission.submit(**sent)
    again = submission.submit(**sent)
    other = submission.submit(**{**sent, "words": "They sat with me all night.", "allow": []})

    assert first.pk == again.pk == other.pk
    assert [version.payload["words"] for version in Version.objects.all()] == [
        "They sat with me.",
        "They sat with me all night.",
    ]
    assert OutgoingEmail.objects.count() == 1
    assert [(row.act, row.text.purpose) for row in DisplayConsent.objects.all()] == [
        ("given", "review_words"),
        ("revoked", "review_words"),
    ]


def test_a_dangerous_review_becomes_a_request_for_help_at_once():
    make_review(Status.UNCONFIRMED, words="I am going to kill myself tonight and nobody can stop me.")

    request = CallForHelp.objects.get()
    assert (request.channel, request.urgency) == (Channel.UNCONFIRMED_REVIEW, 3)
    assert request.payload["email"] == "writer@example.org"
    assert request.alerts.count() == 1
    assert request.consents.count() == 0


def test_only_what_was_allowed_is_shown(moderator):
    review = make_review(name="Mo", allow=["words"])

    moderation.approve(review.pk, by=moderator, version=1, with_name=True)

    review.refresh_from_db()
    assert review.by_line == "Someone who wrote to us"


def test_removals_are_labeled_and_nothing_else_changes(moderator):
    review = make_review(words="Thank you kyle, you sat with me.")

    moderation.approve(review.pk, by=moderator, version=1, removals=[Removal(10, 14, Kind.NAME)])

    review.refresh_from_db()
    assert review.shown_words == "Thank you [name removed], you sat with me."
    assert review.versions.get().payload["words"] == "Thank you kyle, you sat with me."
    assert review.events.get(kind=ReviewEvent.Kind.PUBLISHED).text_hash == transitions.text_hash(review.shown_words)


def test_words_without_consent_cannot_be_shown(moderator):
    review = make_review(allow=["name"])

    with pytest.raises(Refused, match="did not allow"):
        moderation.approve(review.pk, by=moderator, version=1)
    with pytest.raises(IntegrityError, match="shown_only_with_permission"), transaction.atomic():
        Testimonial.objects.update(
            status=Status.PUBLISHED, shown_words="x", decided_by=moderator, decided_at=timezone.now()
        )


def test_two_people_withhold_a_review(moderator):
    review, second = make_review(), make_user("moderator")

    with pytest.raises(Refused, match="Nobody has proposed"):
        moderation.decline(review.pk, by=second, version=1)
    moderation.propose(review.pk, by=moderator, version=1, reason=Reason.ABUSE)
    with pytest.raises(Refused, match="A second person has to agree"):
        moderation.decline(review.pk, by=moderator, version=1)
    declined = moderation.decline(review.pk, by=second, version=1)

    assert (declined.status, declined.reason, declined.decided_by, declined.proposed_by) == (
        Status.DECLINED,
        Reason.ABUSE,
        second,
        moderator,
    )
    with pytest.raises(IntegrityError, match="declined_by_two"), transaction.atomic():
        Testimonial.objects.update(proposed_by=second)
    with pytest.raises(IntegrityError, match="declined_with_a_reason"), transaction.atomic():
        Testimonial.objects.update(reason="")


def test_changed_words_are_not_decided_on_unread(moderator):
    review = make_review()
    author.edit(
        review.pk, words="Other words, and more of them.", name="", email="a@example.org", allow=["words"], texts={}
    )

    for step, more in ((moderation.approve, {}), (moderation.propose, {"reason": Reason.ABUSE})):
        with pytest.raises(Refused, match="has changed this review"):
            step(review.pk, by=moderator, version=1, **more)


def test_new_words_take_the_old_ones_down_until_a_moderator_has_read_them():
    review = make_review(Status.PUBLISHED)

    author.edit(
        review.pk, words="Other words, and more of them.", name="Mo", email="a@example.org", allow=["words"], texts={}
    )

    review.refresh_from_db()
    assert (review.status, review.shown_words, review.allow_name) == (Status.PENDING, "", False)


def test_a_withdrawn_review_leaves_no_text_behind():
    review = make_review(Status.PUBLISHED)

    author.withdraw(review.pk, how="private link")

    review.refresh_from_db()
    assert (review.status, review.shown_words, review.shown_name) == (Status.WITHDRAWN, "", "")
    assert bytes(Version.objects.get().sealed) == bytes(Version.objects.get().sealed_for_author) == b""
    assert bytes(Author.objects.get().sealed) == b""
    assert Author.objects.get().email_index is None
    assert [row.act for row in DisplayConsent.objects.filter(text__purpose="review_words")] == ["given", "revoked"]


def test_a_report_hides_a_review_only_for_safety(moderator):
    review = make_review(Status.PUBLISHED)

    reports.submit(review.pk, key="a" * 20, kind="fake", text="I was there")
    assert Testimonial.objects.shown().count() == 1
    reports.submit(review.pk, key="b" * 20, kind="safety", text="He is looking for her")
    assert Testimonial.objects.shown().count() == 0
    reports.keep_published(review.pk, by=moderator)
    reports.submit(review.pk, key="c" * 20, kind="safety", text="Again")
    assert Testimonial.objects.shown().count() == 1


def test_readers_cannot_hide_many():
    for number in range(5):
        reports.submit(make_review(Status.PUBLISHED).pk, key=f"key-{number}-{'x' * 16}", kind="safety", text="")

    assert Testimonial.objects.shown().count() == 5 - reports.MAX_HIDDEN_BY_READERS


def test_the_database_counts_reviews_as_they_change():
    make_review(stars=2)
    make_review(Status.PUBLISHED, stars=5)
    make_review(Status.PUBLISHED, stars=None)
    make_review(Status.DECLINED, stars=1, reason=Reason.FAKE)

    assert counters() == {
        ("pending", 2, ""): 1,
        ("published", 5, ""): 1,
        ("published", 0, ""): 1,
        ("declined", 1, "fake"): 1,
    }


def test_events_and_consents_are_never_changed():
    make_review(Status.PUBLISHED)

    for rows, change in ((ReviewEvent.objects, {"kind": "hidden"}), (DisplayConsent.objects, {"act": "revoked"})):
        with pytest.raises(InternalError, match="never_changed|Cannot update"), transaction.atomic():
            rows.update(**change)
        with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
            rows.all()._raw_delete("default")


def test_nobody_fills_a_strangers_mailbox():
    for _ in range(9):
        make_review(Status.UNCONFIRMED, email="stranger@example.org")

    assert OutgoingEmail.objects.count() == 5
    assert Photo.objects.count() == 0


def test_one_person_cannot_empty_a_review(moderator):
    review = make_review(words="They were cruel to my friend Kyle, every single night.")

    for spans in ([(0, 54)], [(place, place + 5) for place in range(0, 50, 6)]):
        with pytest.raises(Refused, match="More than half"):
            moderation.approve(
                review.pk, by=moderator, version=1, removals=[Removal(*span, Kind.NAME) for span in spans]
            )

    review.refresh_from_db()
    assert (review.status, review.shown_words) == (Status.PENDING, "")


def test_a_second_person_agrees_only_to_the_reason_they_have_read(moderator):
    review, second = make_review(), make_user("moderator")
    moderation.propose(review.pk, by=moderator, version=1, reason=Reason.PERSON)
    moderation.reject_proposal(review.pk, by=moderator)
    moderation.propose(review.pk, by=moderator, version=1, reason=Reason.FAKE)

    with pytest.raises(Refused, match="another reason"):
        moderation.decline(review.pk, by=second, version=1, reason=Reason.PERSON)

    assert moderation.decline(review.pk, by=second, version=1, reason=Reason.FAKE).reason == Reason.FAKE


def sent_again(picture=None, **changed):
    photo = photos.hold(ContentFile(picture, name="picture.png"), key="k" * 20) if picture else None
    sent = {"key": "k" * 20, "words": "They sat with me.", "email": "a@example.org", "relationship": "stayed"}
    return submission.submit(**sent, allow=["words", "photo"], photo=photo, **changed)


def test_a_changed_photo_is_not_published_unseen(moderator):
    author.confirm(sent_again(b"one picture").pk)
    review = sent_again(b"another picture")

    with pytest.raises(Refused, match="has changed this review"):
        moderation.approve(review.pk, by=moderator, version=1, with_photo=True)

    assert review.versions.count() == 2
    assert Photo.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_readers_cannot_hide_many_at_the_same_moment():
    shown = [make_review(Status.PUBLISHED).pk for _ in range(8)]
    together = threading.Barrier(len(shown))

    def report(pk):
        together.wait()
        reports.submit(pk, key=f"key-{pk}-{'x' * 16}", kind="safety", text="")
        connection.close()

    threads = [threading.Thread(target=report, args=[pk]) for pk in shown]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert Testimonial.objects.hidden().count() == reports.MAX_HIDDEN_BY_READERS


def test_one_person_hides_a_review_for_seven_days_at_most(moderator):
    review = make_review(Status.PUBLISHED)
    reports.hide(review.pk, by=moderator)

    jobs.show_hidden_again()
    assert Testimonial.objects.shown().count() == 0
    Testimonial.objects.update(hidden_at=timezone.now() - reports.HIDDEN_FOR)
    jobs.show_hidden_again()

    assert Testimonial.objects.shown().count() == 1
    assert review.events.filter(kind=ReviewEvent.Kind.SHOWN_AGAIN).count() == 1
    with pytest.raises(Refused, match="hidden once already"):
        reports.hide(review.pk, by=make_user("moderator"))
    reports.submit(review.pk, key="d" * 20, kind="safety", text="")
    assert Testimonial.objects.shown().count() == 1
