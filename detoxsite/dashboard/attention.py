"""What needs attention: numbers on the dashboard, by role, each with a link to what it counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from articles import editorial_gate
from articles.models import (
    CHECK_INTERVAL,
    CenterFact,
    Edition,
    Kind,
    PdfFile,
    Reminder,
    Video,
    WorkflowEmail,
)
from detoxsite.core import roles, site_profile
from detoxsite.core.models import SealedAccess, SecondFactorReset
from intake.alerting import deliveries, on_call
from intake.casework.queues import in_queue
from intake.models import Phone, RetentionWarning, week
from intake.models import Status as CallStatus
from intake.records import retention
from testimonials.models import OutgoingEmail, Report, Testimonial
from testimonials.moderation import queues

from . import access_report

CALLS = reverse_lazy("admin:intake_callforhelp_changelist")
DELIVERIES = reverse_lazy("admin:intake_delivery_changelist")
EDITIONS = reverse_lazy("admin:articles_edition_changelist")
EMAILS = reverse_lazy("admin:testimonials_outgoingemail_changelist")
FACTS = reverse_lazy("admin:articles_centerfact_changelist")
PDF_FILES = reverse_lazy("admin:articles_pdffile_changelist")
REVIEWS = reverse_lazy("admin:testimonials_testimonial_changelist")
SHIFTS = reverse_lazy("admin:intake_shift_changelist")
VIDEOS = reverse_lazy("admin:articles_video_changelist")


STAFF_EMAILS = [  # model, app and name in addresses and permissions, singular, plural
    (Reminder, "articles", "reminder", "reminder of a review that failed", "reminders of reviews that failed"),
    (WorkflowEmail, "articles", "workflowemail", "workflow email that failed", "workflow emails that failed"),
    (RetentionWarning, "intake", "retentionwarning", "retention warning that failed", "retention warnings that failed"),
]


@dataclass
class AttentionItem:
    count: int
    singular: str
    plural: str
    url: str
    since: datetime | None = None  # since when the oldest has been waiting
    urgent: bool = False

    @property
    def label(self) -> str:
        return self.singular if self.count == 1 else self.plural


def items_for(user) -> Iterator[AttentionItem]:
    """Yield what the roles of ``user`` have to do, most urgent first."""
    if user.has_perm("intake.answer_callforhelp"):
        yield from _requests()
        yield from _alerts()
        yield from _on_call()
    if user.has_perm("testimonials.decide_testimonial"):
        yield from _reviews(user)
    if user.has_perm("articles.sign_off_edition") or user.has_perm("articles.sign_off_house_edition"):
        yield from _to_sign(user)
    if user.has_perm("articles.change_edition"):
        yield from _articles()
    if user.has_perm("articles.change_centerfact"):
        yield from _facts()
    if user.has_perm("intake.approve_erasure"):
        labels = "request ready to erase, after your approval", "requests ready to erase, after your approval"
        if count := retention.due().count():
            yield AttentionItem(count, *labels, reverse("admin:intake_erasurebatch_due"))
    yield from _second_factor_resets(user)
    week = access_report.Week.last()
    if access_report.may_view(user) and _has_entries(week) and not access_report.is_read(week):
        url = f"{reverse('admin:access_report')}?week={week.name}"
        yield AttentionItem(1, "weekly access report to read", "", url)
    yield from _failed_staff_emails(user)


# --- articles --------------------------------------------------------------------------------------------------------


def _to_sign(user) -> Iterator[AttentionItem]:
    """What the user may sign off. Articles are mentioned to those who sign them off, though none waits."""
    to_sign = editorial_gate.to_sign_by(user.pk)
    url = f"{EDITIONS}?status=in_review&assigned=possible"
    if editorial_gate.SIGNERS[Kind.ARTICLE] & roles.of(user):
        count = to_sign.filter(article__kind=Kind.ARTICLE).count()
        yield AttentionItem(count, "article to sign off", "articles to sign off", url)
    if count := to_sign.exclude(article__kind=Kind.ARTICLE).count():
        yield AttentionItem(count, "page to sign off", "pages to sign off", f"{url}&kind=page")


def _articles() -> Iterator[AttentionItem]:
    sent_back = Edition.objects.sent_back().count()
    labels = "draft sent back with a note", "drafts sent back with a note"
    yield AttentionItem(sent_back, *labels, f"{EDITIONS}?status=sent_back&kind=all")
    others = Edition.objects.drafts().count() - sent_back
    yield AttentionItem(others, "other open draft", "other open drafts", f"{EDITIONS}?status=draft&kind=all")
    overdue = Edition.objects.live().overdue().count()
    labels = "page overdue for review", "pages overdue for review"
    yield AttentionItem(overdue, *labels, f"{EDITIONS}?review=overdue&kind=all")
    for model, noun, address in ((PdfFile, "PDF file", PDF_FILES), (Video, "video", VIDEOS)):
        missing = model.objects.filter(is_missing=True).count()
        labels = f"{noun} missing: pages leave it out", f"{noun}s missing: pages leave them out"
        if missing:
            yield AttentionItem(missing, *labels, f"{address}?is_missing__exact=1")


def _facts() -> Iterator[AttentionItem]:
    """Facts about the center, prices and plans that readers see and somebody has to look up; nothing while all are new.

    What ended is hidden from readers already, so that the page may say too little.
    """
    today = timezone.localdate()
    facts, tables = CenterFact.objects, Edition.objects.live().with_tables_checked_before(today - CHECK_INTERVAL)
    for count, singular, plural, url, urgent in (
        (
            facts.ending(today).count(),
            "license or fact that has ended or ends within 60 days",
            "licenses or facts that have ended or end within 60 days",
            f"{FACTS}?attention=ending",
            facts.filter(ends_on__lt=today).exists(),
        ),
        (
            facts.unchecked(today).count(),
            "fact about the center not checked for half a year",
            "facts about the center not checked for half a year",
            f"{FACTS}?attention=unchecked",
            False,
        ),
        (
            tables.count(),
            "page with prices or plans not checked for half a year",
            "pages with prices or plans not checked for half a year",
            f"{EDITIONS}?review=unchecked&kind=all",
            False,
        ),
    ):
        if count:
            yield AttentionItem(count, singular, plural, url, urgent=urgent)


# --- reviews ---------------------------------------------------------------------------------------------------------


def _reviews(user) -> Iterator[AttentionItem]:
    """Reviews to decide on, and, while there are any, what else is pressing."""
    count = queues.counts(user)
    if hidden_since := Testimonial.objects.hidden().aggregate(oldest=Min("hidden_at"))["oldest"]:
        labels = "review reported, or hidden as a danger", "reviews reported, or hidden as a danger"
        yield AttentionItem(count["reported"], *labels, f"{REVIEWS}?queue=reported", since=hidden_since, urgent=True)
    oldest = Testimonial.objects.awaiting_decision().values_list("submitted_at", flat=True).first()
    yield AttentionItem(count["waiting"], "review to decide on", "reviews to decide on", REVIEWS, since=oldest)
    if count["second"]:
        labels = "review that needs a second person", "reviews that need a second person"
        oldest = Testimonial.objects.proposed_by_others(user).aggregate(oldest=Min("proposed_at"))["oldest"]
        yield AttentionItem(count["second"], *labels, f"{REVIEWS}?queue=second", since=oldest)
    if count["reported"] and not hidden_since:
        labels = "review that a reader reported", "reviews that readers reported"
        oldest = Report.objects.open().aggregate(oldest=Min("at"))["oldest"]
        yield AttentionItem(count["reported"], *labels, f"{REVIEWS}?queue=reported", since=oldest)
    failed = OutgoingEmail.objects.filter(state=OutgoingEmail.State.FAILED).count()
    if failed and user.has_perm("testimonials.view_outgoingemail"):
        labels = "email to an author that failed", "emails to authors that failed"
        yield AttentionItem(failed, *labels, f"{EMAILS}?state__exact=failed")


# --- requests for help -----------------------------------------------------------------------------------------------


def _requests() -> Iterator[AttentionItem]:
    count, oldest = _count_and_oldest("danger")
    if count:
        labels = "request about someone in danger now", "requests about people in danger now"
        url = f"{CALLS}?queue=danger"
        yield AttentionItem(count, *labels, url, since=oldest, urgent=True)
    if count := in_queue("wrote").count():
        labels = "person wrote back and has no answer", "people wrote back and have no answer"
        yield AttentionItem(count, *labels, f"{CALLS}?queue=wrote", urgent=True)
    labels = "unclaimed request", "unclaimed requests"
    count, oldest = _count_and_oldest("unclaimed")
    yield AttentionItem(count, *labels, f"{CALLS}?queue=unclaimed", since=oldest, urgent=True)
    count, oldest = _count_and_oldest("spam")
    if count:
        labels = (
            "request that looks like spam: check it this shift",
            "requests that look like spam: check them this shift",
        )
        yield AttentionItem(count, *labels, f"{CALLS}?queue=spam", since=oldest)
    for status, singular, plural in (
        (CallStatus.UNREACHED, "person not reached yet", "people not reached yet"),
        (CallStatus.REACHED, "person reached but still open", "people reached but still open"),
    ):
        count, oldest = _count_and_oldest(status)
        yield AttentionItem(count, singular, plural, f"{CALLS}?queue={status}", since=oldest)


def _count_and_oldest(queue: str) -> tuple[int, datetime | None]:
    found = in_queue(queue).aggregate(count=Count("pk"), oldest=Min("created_at"))
    return found["count"], found["oldest"]


def _alerts() -> Iterator[AttentionItem]:
    """Alerts that have not reached anyone; nothing while all is well."""
    unalerted = f"{CALLS}?queue=unalerted"
    for count, singular, plural, url in (
        (in_queue("unalerted").count(), "alert that reached no one", "alerts that reached no one", unalerted),
        (deliveries.late().count(), "delayed alert", "delayed alerts", f"{DELIVERIES}?problem=late"),
        (deliveries.failed().count(), "failed alert", "failed alerts", f"{DELIVERIES}?problem=failed"),
    ):
        if count:
            yield AttentionItem(count, singular, plural, url, urgent=True)
    if failing := Phone.objects.failing().count():
        labels = "phone that alerts cannot ring", "phones that alerts cannot ring"
        yield AttentionItem(failing, *labels, SHIFTS, urgent=True)


def _on_call() -> Iterator[AttentionItem]:
    profile = site_profile.current()
    if not profile.shifts:
        return
    hours = sum(end - begin for begin, end in week.gaps(on_call.first_shifts(profile))) // week.HOUR
    if hours:
        yield AttentionItem(hours, "hour a week with no one on call", "hours a week with no one on call", SHIFTS)


def _has_entries(week) -> bool:
    return SealedAccess.objects.filter(at__range=week.bounds).exists()


def _second_factor_resets(user) -> Iterator[AttentionItem]:
    """Accounts whose second factor another manager wants to reset; nothing while there are none."""
    if user.has_perm("detoxsite.change_user"):
        pending = SecondFactorReset.objects.pending().exclude(by=user).exclude(user=user)
        if count := pending.count():
            labels = "account to let in again, after your approval", "accounts to let in again, after your approval"
            yield AttentionItem(count, *labels, f"{reverse('admin:detoxsite_user_changelist')}?second_factor=reset")


def _failed_staff_emails(user):
    """Yield the kinds of emails to staff that the outbox gave up on, while there are any."""
    for model, app, name, singular, plural in STAFF_EMAILS:
        failed = model.objects.filter(state=model.State.FAILED)
        if user.has_perm(f"{app}.view_{name}") and (count := failed.count()):
            url = reverse(f"admin:{app}_{name}_changelist")
            yield AttentionItem(count, singular, plural, f"{url}?state__exact=failed")
