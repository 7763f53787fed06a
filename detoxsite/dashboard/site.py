"""The one admin site, where staff work, and its first page: what waits for whoever is looking."""

from dataclasses import dataclass

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.shortcuts import redirect
from django.urls import path, reverse, reverse_lazy
from django.utils.http import urlencode

from articles.models import Edition, State
from detoxsite.core import site_profile
from intake.alerting import deliveries, escalation, on_call
from intake.casework import statistics_page
from intake.models import CallForHelp, Urgency
from intake.models import Status as CallStatus
from intake.records import retention
from testimonials.models import OutgoingEmail, Report, Testimonial
from testimonials.models import Status as ReviewStatus
from testimonials.moderation import queues

ROTA = reverse_lazy("admin:intake_shift_changelist")
CALLS = reverse_lazy("admin:intake_callforhelp_changelist")
REVIEWS = reverse_lazy("admin:testimonials_testimonial_changelist")
LETTERS = reverse_lazy("admin:testimonials_outgoingemail_changelist")
EDITIONS = reverse_lazy("admin:articles_edition_changelist")


@dataclass
class Waiting:
    """A number on the first page, and where to find what it counts."""

    count: int
    one: str
    many: str
    url: str
    since: object = None  # the moment from which the oldest of them has been waiting
    urgent: bool = False

    @property
    def words(self) -> str:
        return self.one if self.count == 1 else self.many


class StaffSite(AdminSite):
    site_title = "Desk"
    site_header = "Desk"
    index_title = "What waits for you"
    enable_nav_sidebar = False

    def login(self, request, extra_context=None):
        """Staff sign in on one page, with their second factor; the admin has no page of its own for that."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")

    def logout(self, request, extra_context=None):
        super().logout(request, extra_context)
        return redirect("account_login")

    def get_urls(self):
        figures = path("intake/figures/", self.admin_view(statistics_page.page), name="intake_figures")
        return [figures, *super().get_urls()]

    def index(self, request, extra_context=None):
        first = {"waiting": list(waiting_for(request.user)), "sees_figures": statistics_page.may_see(request.user)}
        return super().index(request, {**first, **(extra_context or {})})


def waiting_for(user):
    """Yields what the roles of ``user`` have to see to, most urgent first."""
    if user.has_perm("intake.answer_callforhelp"):
        yield from _calls()
        yield from _telling()
    if user.has_perm("testimonials.decide_testimonial"):
        yield from _reviews(user)
    if user.has_perm("articles.sign_off_edition"):
        in_review = Edition.objects.filter(state=State.IN_REVIEW).count()
        yield Waiting(in_review, "article to sign off", "articles to sign off", f"{EDITIONS}?standing=in_review")
    if user.has_perm("articles.change_edition"):
        drafts = Edition.objects.filter(state=State.DRAFT)
        remarks, sent_back = drafts.exclude(note="").count(), f"{EDITIONS}?standing=remarks"
        yield Waiting(remarks, "draft sent back with remarks", "drafts sent back with remarks", sent_back)
        yield Waiting(drafts.count() - remarks, "other open draft", "other open drafts", f"{EDITIONS}?standing=draft")
        overdue = Edition.objects.live().overdue().count()
        words = "page whose review is overdue", "pages whose review is overdue"
        yield Waiting(overdue, *words, f"{EDITIONS}?review=overdue")
    if user.has_perm("intake.keep_callforhelp"):
        words = "request to erase, once you approve", "requests to erase, once you approve"
        yield Waiting(retention.due().count(), *words, reverse("admin:intake_erasurebatch_due"))


def _reviews(user):
    """How many there are to decide on, and what else presses, while there is something."""
    count = queues.counts(user)
    hidden = Testimonial.objects.filter(hidden_at__isnull=False)
    if oldest := hidden.aggregate(oldest=Min("hidden_at"))["oldest"]:
        words = "review hidden because somebody may be in danger", "reviews hidden because somebody may be in danger"
        yield Waiting(hidden.count(), *words, f"{REVIEWS}?pile=doubt", since=oldest, urgent=True)
    oldest = Testimonial.objects.waiting().values_list("submitted_at", flat=True).first()
    yield Waiting(count["waiting"], "review to decide on", "reviews to decide on", REVIEWS, since=oldest)
    if count["second"]:
        words = "review that needs a second person", "reviews that need a second person"
        oldest = Testimonial.objects.for_second(user).aggregate(oldest=Min("proposed_at"))["oldest"]
        yield Waiting(count["second"], *words, f"{REVIEWS}?pile=second", since=oldest)
    remarks = Report.objects.open().filter(review__status=ReviewStatus.PUBLISHED)
    found = remarks.aggregate(count=Count("pk"), oldest=Min("at"))
    if found["count"]:
        words = "remark of a reader to look at", "remarks of readers to look at"
        yield Waiting(found["count"], *words, f"{REVIEWS}?pile=doubt", since=found["oldest"])
    failed = OutgoingEmail.objects.filter(state=OutgoingEmail.State.FAILED).count()
    if failed and user.has_perm("testimonials.view_outgoingemail"):
        words = "letter to a writer that could not be sent", "letters to writers that could not be sent"
        yield Waiting(failed, *words, f"{LETTERS}?state__exact=failed")


def _calls():
    real = CallForHelp.objects.real()
    new = real.unclaimed().filter(is_quarantined=False)
    in_danger = new.filter(urgency=Urgency.DANGER)
    if count := in_danger.count():
        oldest = in_danger.aggregate(oldest=Min("created_at"))["oldest"]
        words = "request in danger now", "requests in danger now"
        yield Waiting(count, *words, f"{CALLS}?pile=unclaimed", since=oldest, urgent=True)
    if count := real.open().unanswered().count():
        words = "person wrote and has no answer", "people wrote and have no answer"
        yield Waiting(count, *words, f"{CALLS}?pile=wrote", urgent=True)
    oldest = new.aggregate(oldest=Min("created_at"))["oldest"]
    words = "request that nobody has claimed", "requests that nobody has claimed"
    yield Waiting(new.count(), *words, f"{CALLS}?pile=unclaimed", since=oldest, urgent=True)
    doubtful = real.open().filter(is_quarantined=True)
    oldest = doubtful.aggregate(oldest=Min("created_at"))["oldest"]
    words = (
        "request that looks like spam: look at it this shift",
        "requests that look like spam: look at them this shift",
    )
    if oldest:
        yield Waiting(doubtful.count(), *words, f"{CALLS}?pile=spam", since=oldest)
    for status, one, many in (
        (CallStatus.UNREACHED, "person not reached yet", "people not reached yet"),
        (CallStatus.REACHED, "person reached, still open", "people reached, still open"),
    ):
        calls = real.filter(status=status)
        oldest = calls.aggregate(oldest=Min("created_at"))["oldest"]
        yield Waiting(calls.count(), one, many, f"{CALLS}?pile={status}", since=oldest)


def _telling():
    """What stands between a request and somebody who is told of it. Shown only while there is something."""
    for count, one, many, url in (
        (escalation.overdue_alerts().count(), "alert that reached nobody", "alerts that reached nobody", CALLS),
        (
            deliveries.late().count(),
            "alert on its way too long",
            "alerts on their way too long",
            _deliveries("waiting"),
        ),
        (
            deliveries.failed().count(),
            "alert that could not be sent",
            "alerts that could not be sent",
            _deliveries("failed"),
        ),
    ):
        if count:
            yield Waiting(count, one, many, url, urgent=True)
    here = site_profile.current()
    open_hours = (
        sum(end - begin for begin, end in on_call.gaps(on_call.spans(here))) // on_call.HOUR if here.shifts else 0
    )
    if open_hours:
        yield Waiting(open_hours, "hour a week with nobody on duty", "hours a week with nobody on duty", ROTA)


def _deliveries(state: str) -> str:
    return f"{reverse('admin:intake_delivery_changelist')}?state__exact={state}"
