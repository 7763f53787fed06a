"""A call for help and its answers. What people wrote is sealed; only what the queue needs is readable."""

from collections.abc import Iterable

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from detoxsite.core.append_only import NO_TRUNCATE
from detoxsite.core.encryption.sealed_models import SealedModel
from detoxsite.core.locking import locked
from detoxsite.core.safety.risk_signs import Sign
from detoxsite.core.text_fields import TidyCharField

from .choices import QUEUE_ORDER, Channel, Outcome, Status, Urgency
from .contact import Message

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no I, L, O, 0, 1: people read it out on the phone
CLAIM_TIMEOUT = timezone.timedelta(minutes=10)


class CallForHelpQuerySet(models.QuerySet):
    def real(self):
        """All but the synthetic checks (intake/assurance/synthetic_check.py)."""
        return self.filter(is_synthetic=False)

    def counting(self):
        """The center's own, or the samples as long as there are no others: what figures count and queues list."""
        own = self.model.objects.real().filter(is_quarantined=False, is_sample=False)
        return self.filter(Q(is_sample=False) | ~Exists(own))

    def open(self):
        return self.exclude(status=Status.CLOSED)

    def unclaimed(self, now=None):
        """Open requests without a valid claim: never claimed, claim timed out, or the account is inactive."""
        lapsed = (now or timezone.now()) - CLAIM_TIMEOUT
        timed_out = Q(claimed_at__lt=lapsed) | Q(claimed_by=None) | Q(claimed_by__is_active=False)
        return self.filter(Q(status=Status.NEW) | Q(timed_out, status=Status.CALLING))

    def unanswered(self):
        """Requests with a message from the person that staff have not answered."""
        return self.filter(Exists(Message.objects.unanswered().filter(call=OuterRef("pk"))))

    def received_since(self, moment):
        """Requests stored, or written to by the person, since ``moment``."""
        wrote = Message.objects.filter(call=OuterRef("pk"), is_from_person=True, at__gt=moment)
        return self.filter(Q(stored_at__gt=moment) | Exists(wrote))

    def locked(self, pk) -> "CallForHelp":
        """The request with the colleague who claimed it, locked. Raises Refused if it no longer exists."""
        return locked(self.select_related("claimed_by"), pk)

    def locked_for_author(self, pk) -> "CallForHelp":
        """The same without what only staff may read: the public half has no right to it (ops/public_rights.py)."""
        return locked(self.for_author(), pk)

    def for_author(self):
        """Without what is sealed to the center; of the colleague who claimed it only whether they are still here."""
        staff = self.model._meta.get_field("claimed_by").related_model._meta.concrete_fields
        hidden = [f"claimed_by__{field.name}" for field in staff if field.name not in ("id", "is_active")]
        return self.select_related("claimed_by").defer("sealed", *hidden)

    def taken_by(self, user):
        """Open ones that ``user`` claimed. Those that look like spam, or share a row of the queue, are not left out."""
        return self.counting().open().filter(claimed_by=user)

    def one_row_each(self):
        """Without the requests that are shown with an earlier one, because they arrived together."""
        earlier = CallForHelp.objects.open().filter(arrived_with=OuterRef("arrived_with"))
        return self.exclude(Exists(earlier.filter(created_at__lt=OuterRef("created_at"))))

    def arrived_together(self, call: "CallForHelp"):
        """The other open requests that the queue shows with this one in one row."""
        if not call.arrived_with:
            return self.none()
        return self.open().filter(arrived_with=bytes(call.arrived_with)).exclude(pk=call.pk)

    def without_sealed(self):
        """Leave the sealed columns in the database."""
        return self.defer("sealed", "sealed_for_author", "return_key")

    def linked_to(self, call: "CallForHelp"):
        """Other requests with the same phone number or address: listed beside it, never merged or hidden."""
        return self.with_contact(call.contact_digests).exclude(pk=call.pk)

    def with_contact(self, digests: Iterable[bytes]):
        """Requests that give one of these numbers or addresses, or gave it before the person changed it."""
        return self.filter(contact_digests__overlap=[bytes(digest) for digest in digests])


class CallForHelp(SealedModel):
    """One request for help.

    ``payload`` has the answers by name (ANSWERS) and ``signs``, the risk signs found in them. The row's id is derived
    from the idempotency key of its form, so that the same form is the same row, with or without a database at hand
    (intake/reception/identifiers.py).
    """

    reference = models.CharField(max_length=8, db_index=True, editable=False)
    fingerprint = models.BinaryField(default=b"", help_text="Keyed digest of the answers, to recognize the same ones.")
    return_key = models.BinaryField(default=b"", help_text="Public key of the person's return code.")
    sealed_for_author = models.BinaryField(default=b"", help_text="The answers again, sealed to the return key.")
    contact_digests = ArrayField(
        models.BinaryField(),
        default=list,
        help_text="Blind indexes of all phone numbers and addresses given, also of those that the person changed.",
    )
    urgency = models.SmallIntegerField(choices=Urgency, default=Urgency.WHEN_POSSIBLE)
    goes_first = models.BooleanField("ahead of others of the same urgency", default=False)
    arrived_with = models.BinaryField(
        null=True, db_index=True, help_text="Keyed digest of where and in which hour an unconfirmed review was sent."
    )
    channel = models.CharField("came in by", max_length=8, choices=Channel, default=Channel.WEB)
    spam_signals = models.CharField("why it may be spam", max_length=80, blank=True, help_text="Codes, no content.")
    is_quarantined = models.BooleanField("looks like spam", default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW, editable=False)
    created_at = models.DateTimeField("received", default=timezone.now, editable=False)
    stored_at = models.DateTimeField("stored", default=timezone.now, editable=False)
    notified_at = models.DateTimeField("staff alerted", null=True, editable=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    claimed_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField(max_length=14, choices=Outcome, blank=True, editable=False)
    hold_reason = TidyCharField("legal hold", max_length=200, blank=True, help_text="No content of the request.")
    warning_count = models.SmallIntegerField("warnings before erasing", default=0, editable=False)
    warning_sent_at = models.DateTimeField(null=True, editable=False)
    erasure_batch = models.ForeignKey("ErasureBatch", models.PROTECT, null=True, related_name="calls", editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)
    is_synthetic = models.BooleanField("synthetic check", default=False, editable=False)

    objects = CallForHelpQuerySet.as_manager()

    has_working_code = True  # of one just received: whether its return code opens the request as it is stored

    class Meta:
        verbose_name = "call for help"
        verbose_name_plural = "calls for help"
        ordering = ["-created_at"]
        permissions = [
            ("answer_callforhelp", "Can answer requests"),
            ("view_clinical_callforhelp", "Can read what people wrote about their use and health"),
            ("break_glass_callforhelp", "Can open that in an emergency, with a reason"),
            ("approve_erasure", "Can approve erasures and set legal holds"),
            ("view_statistics", "Can view waiting-time statistics"),
        ]
        indexes = [
            models.Index(fields=["status", "created_at"], name="call_queue"),
            models.Index(fields=["created_at"], name="call_created"),
            models.Index(*QUEUE_ORDER, name="call_queue_order"),
            models.Index(
                fields=["created_at"],
                name="call_own",
                condition=Q(is_synthetic=False, is_quarantined=False, is_sample=False),
            ),
            models.Index(fields=["created_at"], name="call_sample", condition=Q(is_sample=True)),
            models.Index(
                fields=["created_at"],
                name="call_quarantined",
                condition=~Q(status=Status.CLOSED) & Q(is_quarantined=True),
            ),
            models.Index(fields=["stored_at"], name="call_open_stored", condition=~Q(status=Status.CLOSED)),
            models.Index(
                fields=["warning_count", "outcome", "closed_at"],
                name="call_retention",
                include=["warning_sent_at"],
                condition=Q(
                    status=Status.CLOSED, is_synthetic=False, erased_at=None, hold_reason="", erasure_batch=None
                ),
            ),
            models.Index(
                fields=["warning_sent_at"], name="call_last_warning", condition=Q(warning_sent_at__isnull=False)
            ),
            GinIndex(fields=["contact_digests"], name="call_contact_digests"),
        ]
        constraints = [
            models.CheckConstraint(
                name="call_can_be_answered",
                condition=Q(contact_digests__len__gt=0) | Q(erased_at__isnull=False),
            ),
            models.CheckConstraint(
                name="call_erased_completely",
                condition=Q(erased_at__isnull=True)
                | Q(
                    sealed=b"",
                    sealed_for_author=b"",
                    return_key=b"",
                    contact_digests=[],
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
            # removal erases the content; the fact that someone asked stays
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
        """Bind to these answers of this row: the same person may send others (AnswersRevision)."""
        return f"{super().sealing_context(field)}:{bytes(self.fingerprint).hex()}"

    def reset_to_new(self) -> None:
        """Clear claim, outcome and erasure warnings, without saving."""
        self.status, self.outcome = Status.NEW, ""
        self.closed_at = self.claimed_at = self.claimed_by = None
        self.warning_count, self.warning_sent_at, self.erasure_batch = 0, None, None

    def add_contact_digests(self, digests: Iterable[bytes]) -> None:
        """Be found by these too, without saving. Those of earlier answers stay until the request is erased."""
        self.contact_digests = list(dict.fromkeys(map(bytes, [*self.contact_digests, *digests])))

    def is_claimed(self, now=None):
        """Whether a colleague with an active account said "I am calling" within CLAIM_TIMEOUT."""
        return (
            self.status == Status.CALLING
            and self.claimed_at is not None
            and self.claimed_by is not None
            and self.claimed_by.is_active
            and self.claimed_at > (now or timezone.now()) - CLAIM_TIMEOUT
        )

    def related(self, name: str) -> Iterable:
        """All rows of a relation. Those that a list read for all its requests at once are in ``read_`` and the name."""
        read = vars(self).get(f"read_{name}")
        return getattr(self, name).all() if read is None else read

    def current_answers(self) -> dict:
        """Each answer as it was last given. Opens what is sealed."""
        answers = {}
        for version in sorted([self, *self.related("revisions")], key=lambda version: version.given_at):
            answers |= version.payload
        return answers

    def signs(self) -> list[str]:
        """Risk signs, worst first, from every version of the answers and every message of the person."""
        messages = [message.payload for message in self.related("messages") if message.is_from_person]
        answers = [version.payload for version in (self, *self.related("revisions"))]
        found = {sign for payload in (*answers, *messages) for sign in payload.get("signs", ())}
        return [sign.value for sign in Sign if sign.value in found]

    @property
    def given_at(self):
        return self.created_at


class AnswersRevision(SealedModel):
    """A change by the person: the form sent again with other answers, or edited on the private page.

    ``payload`` has only the changed answers.
    """

    owner_field = "call"

    call = models.ForeignKey(CallForHelp, models.CASCADE, related_name="revisions")
    at = models.DateTimeField(default=timezone.now, editable=False)
    fingerprint = models.BinaryField(default=b"")
    sealed_for_author = models.BinaryField(default=b"")

    class Meta:
        ordering = ["at"]
        verbose_name_plural = "answers revisions"

    def __str__(self):
        return f"Changed at {self.at:%Y-%m-%d %H:%M}"

    @property
    def given_at(self):
        return self.at

    def sealing_context(self, field: str = "sealed") -> str:
        """Bind to the request, because a form is sealed before it is known to be a revision."""
        return f"{CallForHelp._meta.label}.{field}:{self.call_id}:{bytes(self.fingerprint).hex()}"
