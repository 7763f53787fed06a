"""What needs attention: numbers on the dashboard, by role, each with a link to what it counts.

They are read in one query, those of reviews in a second, whenever the page is opened.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse, reverse_lazy
from django.utils import timezone

from articles import editorial_gate
from articles.models import (
    Kind,
    Reminder,
    WorkflowEmail,
)
from detoxsite.core import roles, site_profile
from detoxsite.core.kept_queries import Figure, Found, KeptFigures
from detoxsite.core.models import SealedAccess
from intake.alerting import on_call
from intake.models import RetentionWarning, week
from intake.models import Status as CallStatus
from testimonials.moderation import queues

from . import access_report, figures

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


Numbers = dict[str, Found]  # by the name of the figure


@dataclass(frozen=True)
class Section:
    """``items`` makes the lines of the ``figures`` for those who have one of the permissions."""

    permissions: tuple[str, ...]
    figures: dict[str, Figure]
    items: Callable[[Numbers, object], Iterator[AttentionItem]]


def items_for(user) -> Iterator[AttentionItem]:
    """Yield what the roles of ``user`` have to do, most urgent first."""
    sections = [section for section in SECTIONS if any(map(user.has_perm, section.permissions))]
    names = [name for section in sections for name in section.figures]
    found = _figures.read(names, now=timezone.now(), today=timezone.localdate(), user=user.pk)
    for section in sections:
        yield from section.items(found, user)


# --- requests for help -----------------------------------------------------------------------------------------------


def _requests(found: Numbers, user) -> Iterator[AttentionItem]:
    danger, spam = found["danger"], found["spam"]
    if danger.count:
        labels = "request about someone in danger now", "requests about people in danger now"
        url = f"{CALLS}?queue=danger"
        yield AttentionItem(danger.count, *labels, url, since=danger.since, urgent=True)
    if count := found["wrote"].count:
        labels = "person wrote back and has no answer", "people wrote back and have no answer"
        yield AttentionItem(count, *labels, f"{CALLS}?queue=wrote", urgent=True)
    labels, unclaimed = ("unclaimed request", "unclaimed requests"), found["unclaimed"]
    yield AttentionItem(unclaimed.count, *labels, f"{CALLS}?queue=unclaimed", since=unclaimed.since, urgent=True)
    if spam.count:
        labels = (
            "request that looks like spam: check it this shift",
            "requests that look like spam: check them this shift",
        )
        yield AttentionItem(spam.count, *labels, f"{CALLS}?queue=spam", since=spam.since)
    for status, singular, plural in (
        (CallStatus.UNREACHED, "person not reached yet", "people not reached yet"),
        (CallStatus.REACHED, "person reached but still open", "people reached but still open"),
    ):
        yield AttentionItem(found[status].count, singular, plural, f"{CALLS}?queue={status}", since=found[status].since)


def _alerts(found: Numbers, user) -> Iterator[AttentionItem]:
    """Alerts that have not reached anyone; nothing while all is well."""
    for name, singular, plural, url in (
        ("unalerted", "alert that reached no one", "alerts that reached no one", f"{CALLS}?queue=unalerted"),
        ("late", "delayed alert", "delayed alerts", f"{DELIVERIES}?problem=late"),
        ("failed", "failed alert", "failed alerts", f"{DELIVERIES}?problem=failed"),
        ("failing phones", "phone that alerts cannot ring", "phones that alerts cannot ring", SHIFTS),
    ):
        if count := found[name].count:
            yield AttentionItem(count, singular, plural, url, urgent=True)


def _on_call(found: Numbers, user) -> Iterator[AttentionItem]:
    profile = site_profile.current()
    if not profile.shifts:
        return
    hours = sum(end - begin for begin, end in week.gaps(on_call.first_shifts(profile))) // week.HOUR
    if hours:
        yield AttentionItem(hours, "hour a week with no one on call", "hours a week with no one on call", SHIFTS)


def _to_erase(found: Numbers, user) -> Iterator[AttentionItem]:
    labels = "request ready to erase, after your approval", "requests ready to erase, after your approval"
    if count := found["to erase"].count:
        yield AttentionItem(count, *labels, reverse("admin:intake_erasurebatch_due"))


# --- reviews ---------------------------------------------------------------------------------------------------------


def _reviews(found: Numbers, user) -> Iterator[AttentionItem]:
    """Reviews to decide on, and, while there are any, what else is pressing."""
    count, hidden, second = queues.counts(user), found["hidden"], found["second"]
    if hidden.count:
        labels = "review reported, or hidden as a danger", "reviews reported, or hidden as a danger"
        yield AttentionItem(count["reported"], *labels, f"{REVIEWS}?queue=reported", since=hidden.since, urgent=True)
    yield AttentionItem(
        count["waiting"], "review to decide on", "reviews to decide on", REVIEWS, since=found["awaiting"].since
    )
    if second.count:
        labels = "review that needs a second person", "reviews that need a second person"
        yield AttentionItem(count["second"], *labels, f"{REVIEWS}?queue=second", since=second.since)
    if count["reported"] and not hidden.count:
        labels = "review that a reader reported", "reviews that readers reported"
        since = found["reports"].since
        yield AttentionItem(count["reported"], *labels, f"{REVIEWS}?queue=reported", since=since)
    failed = found["failed author emails"].count
    if failed and user.has_perm("testimonials.view_outgoingemail"):
        labels = "email to an author that failed", "emails to authors that failed"
        yield AttentionItem(failed, *labels, f"{EMAILS}?state__exact=failed")


# --- articles --------------------------------------------------------------------------------------------------------


def _to_sign(found: Numbers, user) -> Iterator[AttentionItem]:
    """What the user may sign off. Articles are mentioned to those who sign them off, though none waits."""
    url = f"{EDITIONS}?status=in_review&assigned=possible"
    if editorial_gate.SIGNERS[Kind.ARTICLE] & roles.of(user):
        yield AttentionItem(found["articles to sign"].count, "article to sign off", "articles to sign off", url)
    if count := found["pages to sign"].count:
        yield AttentionItem(count, "page to sign off", "pages to sign off", f"{url}&kind=page")


def _articles(found: Numbers, user) -> Iterator[AttentionItem]:
    sent_back, drafts = found["sent back"].count, found["drafts"].count
    labels = "draft sent back with a note", "drafts sent back with a note"
    yield AttentionItem(sent_back, *labels, f"{EDITIONS}?status=sent_back&kind=all")
    labels = "other open draft", "other open drafts"
    yield AttentionItem(drafts - sent_back, *labels, f"{EDITIONS}?status=draft&kind=all")
    labels = "page overdue for review", "pages overdue for review"
    yield AttentionItem(found["overdue"].count, *labels, f"{EDITIONS}?review=overdue&kind=all")
    for noun, address in (("PDF file", PDF_FILES), ("video", VIDEOS)):
        labels = f"{noun} missing: pages leave it out", f"{noun}s missing: pages leave them out"
        if count := found[f"missing {noun}s"].count:
            yield AttentionItem(count, *labels, f"{address}?is_missing__exact=1")


def _facts(found: Numbers, user) -> Iterator[AttentionItem]:
    """Facts about the center, prices and plans that readers see and somebody has to look up; nothing while all are new.

    What ended is hidden from readers already, so that the page may say too little.
    """
    for name, singular, plural, url, urgent in (
        (
            "ending facts",
            "license or fact that has ended or ends within 60 days",
            "licenses or facts that have ended or end within 60 days",
            f"{FACTS}?attention=ending",
            bool(found["ended facts"].count),
        ),
        (
            "unchecked facts",
            "fact about the center not checked for half a year",
            "facts about the center not checked for half a year",
            f"{FACTS}?attention=unchecked",
            False,
        ),
        (
            "unchecked tables",
            "page with prices or plans not checked for half a year",
            "pages with prices or plans not checked for half a year",
            f"{EDITIONS}?review=unchecked&kind=all",
            False,
        ),
    ):
        if count := found[name].count:
            yield AttentionItem(count, singular, plural, url, urgent=urgent)


# --- accounts and records --------------------------------------------------------------------------------------------


def _second_factor_resets(found: Numbers, user) -> Iterator[AttentionItem]:
    """Accounts whose second factor another manager wants to reset; nothing while there are none."""
    if count := found["resets"].count:
        labels = "account to let in again, after your approval", "accounts to let in again, after your approval"
        yield AttentionItem(count, *labels, f"{reverse('admin:detoxsite_user_changelist')}?second_factor=reset")


def _access_report(found: Numbers, user) -> Iterator[AttentionItem]:
    week = access_report.Week.last()
    if SealedAccess.objects.filter(at__range=week.bounds).exists() and not access_report.is_read(week):
        url = f"{reverse('admin:access_report')}?week={week.name}"
        yield AttentionItem(1, "weekly access report to read", "", url)


def _failed(model, app: str, name: str, singular: str, plural: str) -> Section:
    """Emails to staff that the outbox gave up on; nothing while there are none."""
    figure = Figure(lambda: model.objects.filter(state=model.State.FAILED))

    def items(found: Numbers, user) -> Iterator[AttentionItem]:
        if count := found[plural].count:
            url = reverse(f"admin:{app}_{name}_changelist")
            yield AttentionItem(count, singular, plural, f"{url}?state__exact=failed")

    return Section((f"{app}.view_{name}",), {plural: figure}, items)


_ANSWER = ("intake.answer_callforhelp",)
SECTIONS = (  # the most urgent first
    Section(_ANSWER, figures.REQUESTS, _requests),
    Section(_ANSWER, figures.ALERTS, _alerts),
    Section(_ANSWER, {}, _on_call),
    Section(("testimonials.decide_testimonial",), figures.REVIEWS_WAITING, _reviews),
    Section(("articles.sign_off_edition", "articles.sign_off_house_edition"), figures.TO_SIGN, _to_sign),
    Section(("articles.change_edition",), figures.ARTICLES, _articles),
    Section(("articles.change_centerfact",), figures.FACTS_TO_CHECK, _facts),
    Section(("intake.approve_erasure",), figures.TO_ERASE, _to_erase),
    Section(("detoxsite.change_user",), figures.RESETS, _second_factor_resets),
    Section((access_report.PERMISSION,), {}, _access_report),
    *(_failed(*row) for row in STAFF_EMAILS),
)
_figures = KeptFigures({name: figure for section in SECTIONS for name, figure in section.figures.items()})
