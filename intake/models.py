"""The call for help: as the person wrote it, and how far staff have got."""

import secrets
import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from detoxsite import phones

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no I, L, O, 0, 1: it is read out on the phone
CLAIM_LAPSES = timezone.timedelta(minutes=10)


class Whom(models.TextChoices):
    ME = "me", "I do"
    OTHER = "other", "Someone else, such as my child, partner or friend"
    UNSAID = "unsaid", "I would rather not say"


class Leave(models.TextChoices):
    VOICEMAIL = "voicemail", "Leave a voicemail"
    TEXT = "text", "Send a text message (your carrier may charge you; reply STOP to end)"


class Times(models.TextChoices):
    NOW = "now", "As soon as you can"
    MORNING = "morning", "Morning, 6 to noon"
    AFTERNOON = "afternoon", "Afternoon, noon to 6"
    EVENING = "evening", "Evening, 6 to 10"
    NIGHT = "night", "Night, 10 to 6"


class Language(models.TextChoices):
    EN = "en", "English"
    ES = "es", "Español"
    VI = "vi", "Tiếng Việt"
    ZH = "zh", "中文"
    RU = "ru", "Русский"
    AR = "ar", "العربية"
    HT = "ht", "Kreyòl ayisyen"
    PT = "pt", "Português"
    ASE = "ase", "American Sign Language"
    OTHER = "other", "Another language"


class Substance(models.TextChoices):
    ALCOHOL = "alcohol", "Alcohol"
    OPIOIDS = "opioids", "Opioids: fentanyl, heroin, oxycodone, other pain pills"
    BENZOS = "benzos", "Benzos: Xanax, Valium, Klonopin, Ativan"
    METH = "meth", "Meth or other stimulants"
    COCAINE = "cocaine", "Cocaine or crack"
    CANNABIS = "cannabis", "Cannabis"
    OTHER = "other", "Something else"
    UNSURE = "unsure", "I am not sure"
    PHONE = "phone", "I would rather say on the phone"


class Recent(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    UNSURE = "unsure", "Not sure"


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


class Attempt(models.TextChoices):
    """What came of one attempt to reach the person."""

    REACHED = "reached", "Reached: we spoke"
    SAFE_MESSAGE = "safe_message", "Left a safe message"
    NO_ANSWER = "no_answer", "No answer"
    WRONG_NUMBER = "wrong_number", "Wrong number or address"


def new_reference():
    return "".join(secrets.choice(ALPHABET) for _ in range(8))


class CallForHelpQuerySet(models.QuerySet):
    def open(self):
        return self.exclude(status=Status.CLOSED)

    def unclaimed(self, now=None):
        """Open requests that nobody has in hand: never claimed, or the claim has lapsed."""
        lapsed = (now or timezone.now()) - CLAIM_LAPSES
        return self.filter(Q(status=Status.NEW) | Q(status=Status.CALLING, claimed_at__lt=lapsed))


class CallForHelp(models.Model):
    """One request for help. What the person wrote never reaches a list, a log, a mail or an address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=8, unique=True, default=new_reference, editable=False)
    key = models.CharField("idempotency key", max_length=64, unique=True)
    phone = models.CharField(max_length=100, blank=True)
    phone_e164 = models.CharField("phone to dial", max_length=20, blank=True, editable=False)
    email = models.EmailField(blank=True)
    name = models.CharField("what to call the person", max_length=80, blank=True)
    whom = models.CharField("who needs help", max_length=8, choices=Whom, blank=True)
    leave = ArrayField(
        models.CharField(max_length=12, choices=Leave), blank=True, default=list, verbose_name="what we may leave"
    )
    times = ArrayField(
        models.CharField(max_length=12, choices=Times), blank=True, default=list, verbose_name="good times"
    )
    language = models.CharField(max_length=8, choices=Language, default=Language.EN)
    story = models.TextField("what is going on", max_length=10_000, blank=True)
    substances = ArrayField(models.CharField(max_length=12, choices=Substance), blank=True, default=list)
    recent = models.CharField("used in the last 72 hours", max_length=8, choices=Recent, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW, editable=False)
    created_at = models.DateTimeField("received", default=timezone.now, editable=False)
    notified_at = models.DateTimeField("staff told", null=True, editable=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    claimed_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField(max_length=14, choices=Outcome, blank=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    ANSWERS = ("phone", "email", "name", "whom", "leave", "times", "language", "story", "substances", "recent")

    objects = CallForHelpQuerySet.as_manager()

    class Meta:
        verbose_name = "call for help"
        verbose_name_plural = "calls for help"
        ordering = ["-created_at"]
        permissions = [("answer_callforhelp", "Can answer a call for help")]
        indexes = [models.Index(fields=["status", "created_at"], name="call_queue")]
        constraints = [
            models.CheckConstraint(
                name="call_is_reachable",
                condition=~Q(phone="") | ~Q(email=""),
                violation_error_message="Give a phone number or an email address.",
            ),
            models.CheckConstraint(
                name="call_closed_with_outcome",
                condition=Q(status=Status.CLOSED, closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(status=Status.CLOSED) & Q(closed_at__isnull=True, outcome=""),
            ),
        ]

    def __str__(self):
        return f"Request {self.reference}"  # never the name: this reaches logs

    def save(self, *args, **kwargs):
        self.phone_e164 = phones.e164(self.phone)
        super().save(*args, **kwargs)

    def says_the_same_as(self, other) -> bool:
        return all(getattr(self, name) == getattr(other, name) for name in self.ANSWERS)

    def is_held(self, now=None):
        """Whether somebody said "I am calling" and has not let it lapse."""
        return (
            self.status == Status.CALLING
            and self.claimed_at is not None
            and self.claimed_at > (now or timezone.now()) - CLAIM_LAPSES
        )


class Contact(models.Model):
    """One attempt to reach the person: who tried, when, and what came of it."""

    call = models.ForeignKey(CallForHelp, models.CASCADE, related_name="contacts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField("what came of it", max_length=14, choices=Attempt)
    note = models.TextField(max_length=4000, blank=True)

    class Meta:
        ordering = ["at"]

    def __str__(self):
        return f"{self.get_outcome_display()}, {self.at:%Y-%m-%d %H:%M}"


class EarlierAnswers(models.Model):
    """What a request said before its writer sent it once more with other answers."""

    call = models.ForeignKey(CallForHelp, models.CASCADE, related_name="earlier")
    at = models.DateTimeField(default=timezone.now, editable=False)
    answers = models.JSONField()

    class Meta:
        ordering = ["at"]
        verbose_name_plural = "earlier answers"

    def __str__(self):
        return f"Replaced at {self.at:%Y-%m-%d %H:%M}"
