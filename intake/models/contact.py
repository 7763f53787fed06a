"""Contact between staff and the person: the plan, the attempts, the messages on the private page."""

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from detoxsite.core.encryption.sealed_models import ActorMixin, SealedModel


class AttemptOutcome(models.TextChoices):
    """The result of one attempt to reach the person."""

    REACHED = "reached", "Reached: we spoke"
    SAFE_MESSAGE = "safe_message", "Left a safe message"
    NO_ANSWER = "no_answer", "No answer"
    WRONG_NUMBER = "wrong_number", "Wrong number or address"


class ContactAttempt(ActorMixin, SealedModel):
    """One attempt to reach the person: who tried, when, with what result.

    ``payload``: ``way``, ``note``, and ``unsafe``, the reason given for an attempt against the contact plan.
    """

    owner_field = "call"

    call = models.ForeignKey("CallForHelp", models.CASCADE, related_name="contact_attempts")
    at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField("result", max_length=14, choices=AttemptOutcome)

    class Meta:
        ordering = ["at"]

    def __str__(self):
        return f"{self.get_outcome_display()}, {self.at:%Y-%m-%d %H:%M}"


class ContactPlan(ActorMixin, SealedModel):
    """How to reach this person safely, as staff know it; it starts from the answers in the form.

    ``payload``: ``voicemail`` and ``text`` (whether one may be left), ``say`` (what may be said, who may answer),
    ``never`` (what must not be mentioned), ``hours`` (list of CallTimes), ``notes``, ``closed_early`` (the reason).
    ``version`` grows with each save.
    """

    owner_field = "call"

    call = models.OneToOneField("CallForHelp", models.CASCADE, related_name="plan")
    version = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self):
        return f"Contact plan of {self.call.reference}"


class MessageQuerySet(models.QuerySet):
    def unanswered(self):
        """Messages of the person followed by neither a message of the staff nor a contact attempt."""
        answers = Message.objects.filter(call=OuterRef("call"), is_from_person=False, at__gt=OuterRef("at"))
        attempts = ContactAttempt.objects.filter(call=OuterRef("call"), at__gt=OuterRef("at"))
        return self.filter(~Exists(answers), ~Exists(attempts), is_from_person=True)


class Message(ActorMixin, SealedModel):
    """One message between the person, on their private page, and the staff.

    ``payload``: ``text``, and for one of the person's the risk ``signs`` found in it.
    """

    owner_field = "call"

    call = models.ForeignKey("CallForHelp", models.CASCADE, related_name="messages")
    at = models.DateTimeField(default=timezone.now, editable=False)
    is_from_person = models.BooleanField(default=False)
    sealed_for_author = models.BinaryField(default=b"", help_text="Sealed to the return key, for the person to read.")
    seen_at = models.DateTimeField("read by the other side", null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["at"]

    def __str__(self):
        return f"Message of {self.at:%Y-%m-%d %H:%M}"
