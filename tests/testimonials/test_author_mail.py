"""Emails to authors: their text, that each arrives once, and which are not sent."""

import threading
from smtplib import SMTPDataError

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from testimonials import author_mail
from testimonials.models import Author, OutgoingEmail, Status
from testimonials.services import author, lifecycle, moderation, submission
from tests.factories import make_review, make_user

pytestmark = pytest.mark.django_db
REVEALING = (
    "review",
    "detox",
    "center",
    "center",
    "care",
    "treat",
    "star",
    "drug",
    "alcohol",
    "staff",
    "harbor",
)


def waiting(kind):
    return OutgoingEmail.objects.get(kind=kind, state=OutgoingEmail.State.WAITING)


def test_the_confirmation_email_has_a_link_and_reveals_nothing(settings):
    settings.NEUTRAL_FROM, settings.PUBLIC_ORIGIN = "post@mail.example", "https://mail.example"
    make_review(Status.UNCONFIRMED, words="Zebra words nobody may read.", name="Mo")

    assert author_mail.send_due() == 1

    [email] = mail.outbox
    token = Author.objects.get().payload["token"]
    assert (email.to, email.from_email) == (["writer@example.org"], "post@mail.example")
    assert email.subject == "Please confirm your address"
    assert f"https://mail.example/r/{token}/" in email.body.splitlines()
    raw = email.message().as_string()
    assert 'Content-Type: text/plain; charset="utf-8"' in raw
    assert "Auto-Submitted: auto-generated" in raw
    assert f"Message-ID: <{OutgoingEmail.objects.get().pk}@mail.example>" in raw
    without_link = raw.replace(token, "").lower()
    for secret in (*REVEALING, "zebra"):
        assert secret not in without_link
    assert OutgoingEmail.objects.get().state == OutgoingEmail.State.SENT


@pytest.mark.parametrize("kind", OutgoingEmail.Kind.values)
def test_no_email_of_any_kind_reveals_what_it_is_about(kind, settings):
    settings.NEUTRAL_FROM, settings.PUBLIC_ORIGIN = "post@mail.example", "https://mail.example"
    email = OutgoingEmail.objects.create(review=make_review(Status.PUBLISHED), kind=kind)

    message = author_mail.email_of(email)

    text = f"{message.subject} {message.body}".replace(email.review.author.payload["token"], "").lower()
    for secret in REVEALING:
        assert secret not in text
    assert text.isascii()


def test_an_email_is_sent_once():
    make_review(Status.UNCONFIRMED)

    assert (author_mail.send_due(), author_mail.send_due()) == (1, 0)
    assert len(mail.outbox) == 1


def test_an_email_sent_but_not_recorded_is_sent_again_as_the_same_message(monkeypatch):
    make_review(Status.UNCONFIRMED)
    [email] = author_mail.dispatcher.take_due(timezone.now())
    author_mail.email_of(email).send()  # the process is killed here

    assert author_mail.send_due() == 0
    assert author_mail.send_due(timezone.now() + author_mail.dispatcher.lease + timezone.timedelta(seconds=1)) == 1

    ids = {message.message()["Message-ID"] for message in mail.outbox}
    assert len(mail.outbox) == 2
    assert len(ids) == 1


def test_a_mail_server_that_refuses_is_tried_again_with_back_off_and_not_forever(monkeypatch, caplog):
    make_review(Status.UNCONFIRMED, email="secret.address@example.org")

    def refuse(self, *args, **kwargs):
        raise SMTPDataError(554, b"secret.address@example.org is not liked here")

    monkeypatch.setattr(EmailMessage, "send", refuse)
    now = timezone.now()
    tries = 0
    while OutgoingEmail.objects.get().state == OutgoingEmail.State.WAITING:
        due = OutgoingEmail.objects.get().next_try_at
        assert author_mail.send_due(due - timezone.timedelta(seconds=1)) == 0 or tries == 0
        author_mail.send_due(max(due, now))
        tries += 1
        assert OutgoingEmail.objects.get().tries == tries

    email = OutgoingEmail.objects.get()
    assert (email.state, email.problem) == (OutgoingEmail.State.FAILED, "SMTPDataError 554")
    assert tries == author_mail.dispatcher.max_tries
    assert "secret" not in caplog.text
    assert "SMTPDataError 554" in caplog.text


def test_an_email_that_cannot_be_sent_does_not_hold_up_the_others(monkeypatch):
    broken, _ = make_review(Status.UNCONFIRMED), make_review(Status.UNCONFIRMED, email="b@example.org")
    Author.objects.filter(review=broken).update(sealed=b"\1" * 99)

    assert author_mail.send_due() == 1
    assert [message.to for message in mail.outbox] == [["b@example.org"]]


def test_a_process_without_a_private_key_sends_nothing(settings):
    make_review(Status.UNCONFIRMED)
    settings.SEALING_PRIVATE_KEYS = []

    assert author_mail.send_due() == 0
    assert waiting("confirm").tries == 0


def test_an_email_that_is_no_longer_needed_is_dropped():
    confirmed = make_review(Status.PENDING)
    withdrawn = make_review(Status.WITHDRAWN, email="b@example.org")
    taken_down = make_review(Status.PUBLISHED, email="c@example.org")
    author.withdraw(taken_down.pk, how="phone")
    answered = make_review(Status.PUBLISHED, email="d@example.org")
    with time_machine.travel(timezone.now() + lifecycle.RENEWAL_PERIOD * 1.1):
        lifecycle.ask_to_renew(answered.pk)
        author.renew(answered.pk)
    OutgoingEmail.objects.filter(kind="published").delete()

    assert author_mail.send_due(timezone.now() + lifecycle.RENEWAL_PERIOD * 1.2) == 0

    assert mail.outbox == []
    assert set(OutgoingEmail.objects.values_list("state", flat=True)) == {"dropped"}
    for review in (confirmed, withdrawn, answered):
        assert review.emails.exists()


def test_an_address_that_was_corrected_gets_one_email():
    sent = {"key": "k" * 20, "words": "They sat with me until light.", "relationship": "stayed"}
    submission.submit(**sent, email="wrong@example.org")
    submission.submit(**sent, email="right@example.org")

    author_mail.send_due()

    assert [message.to for message in mail.outbox] == [["right@example.org"]]


def test_a_review_without_an_author_gets_no_email():
    review = make_review(Status.PENDING)
    Author.objects.all().delete()
    review = type(review).objects.get(pk=review.pk)

    assert author_mail.put(review, OutgoingEmail.Kind.PUBLISHED) is None


def test_each_decision_is_reported():
    make_review(Status.PUBLISHED, email="a@example.org")
    make_review(Status.DECLINED, email="b@example.org")
    make_review(Status.EXPIRED, email="c@example.org")

    author_mail.send_due()

    sent = {(message.to[0], message.subject) for message in mail.outbox}
    assert sent == {(f"{who}@example.org", "A message about what you sent") for who in "abc"}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment_send_each_email_once():
    for number in range(6):
        make_review(Status.UNCONFIRMED, email=f"writer-{number}@example.org")

    def work():
        author_mail.send_due()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(message.to[0] for message in mail.outbox) == [f"writer-{number}@example.org" for number in range(6)]


@pytest.mark.django_db(transaction=True)
def test_many_forms_at_the_same_moment_fill_no_strangers_mailbox():
    def send(number):
        submission.submit(
            key=f"key-{number}-{'x' * 20}", words="w" * 30, email="stranger@example.org", relationship="stayed"
        )
        connection.close()

    threads = [threading.Thread(target=send, args=[number]) for number in range(12)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert OutgoingEmail.objects.count() == author_mail.MAX_TO_ONE


def test_moderators_see_no_address_in_an_email():
    review = make_review(Status.DECLINED)

    assert make_user("moderator").email not in str(review.emails.last())
    assert "example.org" not in str([vars(email) for email in review.emails.all()])


def test_links_requested_by_strangers_hold_up_no_other_email():
    review = make_review(email="writer@example.org")
    for _ in range(9):
        author_mail.put(review, OutgoingEmail.Kind.LINK)

    moderation.approve(review.pk, by=make_user("moderator"), version=1)

    assert review.emails.filter(kind=OutgoingEmail.Kind.LINK).count() < author_mail.MAX_TO_ONE
    assert review.emails.filter(kind=OutgoingEmail.Kind.PUBLISHED).count() == 1
