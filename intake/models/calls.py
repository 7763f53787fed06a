"""One request for help, and all that happens to it. What people wrote is sealed; only what moves it stands in clear."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from detoxsite.core.encryption.sealed_models import NO_TRUNCATE, ActorMixin, SealedModel
from detoxsite.core.safety.risk_signs import DANGER_NOW, Sign

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no I, L, O, 0, 1: it is read out on the phone
CLAIM_LAPSES = timezone.timedelta(minutes=10)


class Status(models.TextChoices):
    NEW = "new", "New"
    CALLING = "calling", "Somebody is calling"
    REACHED = "reached", "Reached"
    UNREACHED = "unreached", "Not reached yet"
    CLOSED = "closed", "Closed"


class Outcome(models.TextChoices):
    """How a request ended. None is closed without one."""

    ADMITTED = "admitted", "Admitted here"
    REFERRED = "referred", "Referred elsewhere"
    REACHED = "reached", "Reached, nothing more wanted for now"
    SAFE_MESSAGE = "safe_message", "Left a safe message, no answer since"
    NOT_REACHED = "not_reached", "Not reached after all attempts"
    DECLINED = "declined", "The person asked us to stop"
    CANCELLED = "cancelled", "Cancelled by the person on their page"
    SPAM = "spam", "Not a request: advertising or a robot"


class AttemptOutcome(models.TextChoices):
    """What came of one attempt to reach the person."""

    REACHED = "reached", "Reached: we spoke"
    SAFE_MESSAGE = "safe_message", "Left a safe message"
    NO_ANSWER = "no_answer", "No answer"
    WRONG_NUMBER = "wrong_number", "Wrong number or address"


class Channel(models.TextChoices):
    """How the request came in."""

    WEB = "web", "This site"
    PHONE = "phone", "Phone"
    WALK_IN = "walk_in", "Walked in"
    REVIEW = "review", "Read in a review: nobody asked for a call"
    OTHER = "other", "Another way"


class Urgency(models.IntegerChoices):
    """How soon somebody has to call; why, in words, is sealed with the answers."""

    WHEN_POSSIBLE = 0, "When possible"
    SOON = 1, "Soon"
    WITHDRAWAL = 2, "Withdrawal may start"
    DANGER = 3, DANGER_NOW


class CallForHelpQuerySet(models.QuerySet):
    def real(self):
        """All but the requests that the machinery sends itself."""
        return self.filter(is_synthetic=False)

    def open(self):
        return self.exclude(status=Status.CLOSED)

    def unclaimed(self, now=None):
        """Open requests that nobody has in hand: never claimed, the claim has lapsed, or its holder is gone."""
        lapsed = (now or timezone.now()) - CLAIM_LAPSES
        let_go = Q(claimed_at__lt=lapsed) | Q(claimed_by=None) | Q(claimed_by__is_active=False)
        return self.filter(Q(status=Status.NEW) | Q(let_go, status=Status.CALLING))

    def unanswered(self):
        """Whose person wrote, and nothing of ours has followed."""
        return self.filter(Exists(Message.objects.unanswered().filter(call=OuterRef("pk"))))

    def come_since(self, moment):
        """Requests that are stored, or whose person wrote, since ``moment``."""
        wrote = Message.objects.filter(call=OuterRef("pk"), is_from_person=True, at__gt=moment)
        return self.filter(Q(stored_at__gt=moment) | Exists(wrote))

    def locked(self, pk) -> "CallForHelp":
        """One row with its holder, until the transaction ends: of two people at once the second sees the first."""
        return self.select_for_update(of=["self"]).select_related("claimed_by").get(pk=pk)

    def light(self):
        """Without what is sealed."""
        return self.defer("sealed", "sealed_for_author", "return_key")

    def linked_to(self, call: "CallForHelp"):
        """Other requests with the same phone number or address: shown beside it, never merged, never hidden."""
        same = Q()
        if call.phone_index:
            same |= Q(phone_index=bytes(call.phone_index))
        if call.email_index:
            same |= Q(email_index=bytes(call.email_index))
        return self.filter(same).exclude(pk=call.pk) if same else self.none()


class CallForHelp(SealedModel):
    """One request for help.

    ``words`` has the answers by name (ANSWERS) and ``signs``, the signs of danger found in them. The row's id is made
    from the idempotency key that its form was shown with, so that the same form is the same row, with or without a
    database at hand (intake/reception/identifiers.py).
    """

    reference = models.CharField(max_length=8, db_index=True, editable=False)
    said = models.BinaryField(default=b"", help_text="Keyed fingerprint of the answers, to know the same ones again.")
    return_key = models.BinaryField(default=b"", help_text="Public key of the person's return code.")
    sealed_for_author = models.BinaryField(default=b"", help_text="The answers once more, sealed to the return key.")
    phone_index = models.BinaryField(null=True, db_index=True, help_text="What the phone is found by.")
    email_index = models.BinaryField(null=True, db_index=True, help_text="What the address is found by.")
    urgency = models.SmallIntegerField(choices=Urgency, default=Urgency.WHEN_POSSIBLE)
    channel = models.CharField("came in by", max_length=8, choices=Channel, default=Channel.WEB)
    spam_signals = models.CharField("why it may be spam", max_length=80, blank=True, help_text="Codes, no content.")
    is_quarantined = models.BooleanField("looks like spam", default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW, editable=False)
    created_at = models.DateTimeField("received", default=timezone.now, editable=False)
    stored_at = models.DateTimeField("stored", default=timezone.now, editable=False)
    notified_at = models.DateTimeField("staff told", null=True, editable=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    claimed_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField(max_length=14, choices=Outcome, blank=True, editable=False)
    hold_reason = models.CharField("legal hold", max_length=200, blank=True, help_text="No content of the request.")
    warning_count = models.SmallIntegerField("warnings before erasing", default=0, editable=False)
    warning_sent_at = models.DateTimeField(null=True, editable=False)
    disposal = models.ForeignKey("ErasureBatch", models.PROTECT, null=True, related_name="calls", editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)
    is_synthetic = models.BooleanField("sent by the machinery", default=False, editable=False)

    objects = CallForHelpQuerySet.as_manager()

    opens = True  # of one just received: whether the code it was sealed with opens the request as it is stored

    class Meta:
        verbose_name = "call for help"
        verbose_name_plural = "calls for help"
        ordering = ["-created_at"]
        permissions = [
            ("answer_callforhelp", "Can answer a call for help"),
            ("keep_callforhelp", "Can approve erasing and set legal holds"),
            ("view_figures", "Can see figures of waiting and answering"),
        ]
        indexes = [
            models.Index(fields=["status", "created_at"], name="call_queue"),
            models.Index(fields=["created_at"], name="call_created"),
        ]
        constraints = [
            models.CheckConstraint(
                name="call_can_be_answered",
                condition=Q(phone_index__isnull=False) | Q(email_index__isnull=False) | Q(erased_at__isnull=False),
            ),
            models.CheckConstraint(
                name="call_erased_whole",
                condition=Q(erased_at__isnull=True)
                | Q(
                    sealed=b"",
                    sealed_for_author=b"",
                    return_key=b"",
                    phone_index=None,
                    email_index=None,
                    closed_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="call_closed_with_outcome",
                condition=Q(status=Status.CLOSED, closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(status=Status.CLOSED) & Q(closed_at__isnull=True, outcome=""),
            ),
        ]
        triggers = [
            # what is removed is removed by erasing its content; the fact that somebody asked stays
            pgtrigger.Protect(
                name="never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__is_synthetic=False, old__is_sample=False),
            ),
            pgtrigger.Protect(
                name="never_made_a_sample",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__is_sample=False, new__is_sample=True)
                | pgtrigger.Q(old__is_synthetic=False, new__is_synthetic=True),
            ),
            NO_TRUNCATE,
        ]

    def __str__(self):
        return f"Request {self.reference}"  # never the name: this reaches logs

    def sealing_context(self, field: str = "sealed") -> str:
        """Bound to these answers of this row: the same person may send others (LaterAnswers)."""
        return f"{super().sealing_context(field)}:{bytes(self.said).hex()}"

    def is_held(self, now=None):
        """Whether somebody said "I am calling", has not let it lapse, and is still with us."""
        return (
            self.status == Status.CALLING
            and self.claimed_at is not None
            and self.claimed_by is not None
            and self.claimed_by.is_active
            and self.claimed_at > (now or timezone.now()) - CLAIM_LAPSES
        )

    def current(self) -> dict:
        """The answers as they stand: each as it was last given. Opens what is sealed."""
        words = {}
        for version in sorted([self, *self.later.all()], key=lambda version: version.given_at):
            words |= version.payload
        return words

    def signs(self) -> list[str]:
        """The dangers told of, worst first: in what was answered at any time, and in each message the person wrote."""
        theirs = [message.payload for message in self.messages.all() if message.is_from_person]
        answers = [version.payload for version in (self, *self.later.all())]
        found = {sign for words in (*answers, *theirs) for sign in words.get("signs", ())}
        return [sign.value for sign in Sign if sign.value in found]

    @property
    def given_at(self):
        return self.created_at


class AnswersRevision(SealedModel):
    """What the person changed: the form sent again with other answers, or a change made on their own page.

    ``words`` has only the answers that are given anew.
    """

    call = models.ForeignKey(CallForHelp, models.CASCADE, related_name="later")
    at = models.DateTimeField(default=timezone.now, editable=False)
    said = models.BinaryField(default=b"")
    sealed_for_author = models.BinaryField(default=b"")

    class Meta:
        ordering = ["at"]
        verbose_name_plural = "later answers"

    def __str__(self):
        return f"Changed at {self.at:%Y-%m-%d %H:%M}"

    @property
    def given_at(self):
        return self.at

    def sealing_context(self, field: str = "sealed") -> str:
        """Bound to the request: what was sent from a form is sealed before anybody knows that it comes second."""
        return f"{CallForHelp._meta.label}.{field}:{self.call_id}:{bytes(self.said).hex()}"


class ContactAttempt(ActorMixin, SealedModel):
    """One attempt to reach the person: who tried, when, and what came of it.

    ``words``: ``note``, and ``unsafe``, the reason given for an attempt that the contact plan spoke against.
    """

    call = models.ForeignKey(CallForHelp, models.CASCADE, related_name="contacts")
    at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField("what came of it", max_length=14, choices=AttemptOutcome)

    class Meta:
        ordering = ["at"]

    def __str__(self):
        return f"{self.get_outcome_display()}, {self.at:%Y-%m-%d %H:%M}"


class ContactPlan(ActorMixin, SealedModel):
    """How this person may safely be reached, as staff know it by now; what the form said comes first.

    ``words``: ``voicemail`` and ``text`` (whether one may be left), ``say`` (what may be said, who may answer),
    ``never`` (what must not be mentioned), ``hours`` (list of Times), ``notes``. ``version`` grows with each save.
    """

    call = models.OneToOneField(CallForHelp, models.CASCADE, related_name="plan")
    version = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self):
        return f"Contact plan of {self.call.reference}"


class MessageQuerySet(models.QuerySet):
    def unanswered(self):
        """What the person wrote and neither a message of the staff nor an attempt to reach them has followed."""
        answers = Message.objects.filter(call=OuterRef("call"), is_from_person=False, at__gt=OuterRef("at"))
        attempts = ContactAttempt.objects.filter(call=OuterRef("call"), at__gt=OuterRef("at"))
        return self.filter(~Exists(answers), ~Exists(attempts), is_from_person=True)


class Message(ActorMixin, SealedModel):
    """One message between the person, on their own page, and the staff.

    ``words``: ``text``, and of the person's the ``signs`` of danger found in it.
    """

    call = models.ForeignKey(CallForHelp, models.CASCADE, related_name="messages")
    at = models.DateTimeField(default=timezone.now, editable=False)
    is_from_person = models.BooleanField(default=False)
    sealed_for_author = models.BinaryField(default=b"", help_text="Sealed to the return key, for the person to read.")
    seen_at = models.DateTimeField("read by the other side", null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["at"]

    def __str__(self):
        return f"Message of {self.at:%Y-%m-%d %H:%M}"


class AccessLogEntry(ActorMixin):
    """Somebody of the staff had the content of a request before them. Also tells who else has it open now."""

    call = models.ForeignKey(CallForHelp, models.CASCADE, related_name="readings")
    opened_at = models.DateTimeField(default=timezone.now, db_index=True)
    seen_at = models.DateTimeField("last there", default=timezone.now)

    class Meta:
        ordering = ["-opened_at"]
        triggers = [
            pgtrigger.Protect(
                name="never_changed", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(exclude=["seen_at"])
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            NO_TRUNCATE,
        ]

    def __str__(self):
        return f"{self.by_name}, {self.opened_at:%Y-%m-%d %H:%M}"
