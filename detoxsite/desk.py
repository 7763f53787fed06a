"""The one admin site, where staff work, and its first page: what waits for whoever is looking."""

from dataclasses import dataclass

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Min
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode


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


class Desk(AdminSite):
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

    def index(self, request, extra_context=None):
        return super().index(request, {"waiting": list(waiting_for(request.user)), **(extra_context or {})})


def waiting_for(user):
    """Yields what the roles of ``user`` have to see to, most urgent first."""
    from articles.models import Edition, State
    from intake.models import CallForHelp, Status
    from testimonials.models import Status as ReviewStatus
    from testimonials.models import Testimonial

    if user.has_perm("intake.answer_callforhelp"):
        new = CallForHelp.objects.unclaimed()
        yield Waiting(
            new.count(),
            "request that nobody has claimed",
            "requests that nobody has claimed",
            reverse("admin:intake_callforhelp_changelist"),
            since=new.aggregate(oldest=Min("created_at"))["oldest"],
            urgent=True,
        )
        yield Waiting(
            CallForHelp.objects.filter(status=Status.UNREACHED).count(),
            "person not reached yet",
            "people not reached yet",
            reverse("admin:intake_callforhelp_changelist") + "?status__exact=unreached",
        )
    if user.has_perm("testimonials.decide_testimonial"):
        yield Waiting(
            Testimonial.objects.filter(status=ReviewStatus.PENDING).count(),
            "review to decide on",
            "reviews to decide on",
            reverse("admin:testimonials_testimonial_changelist") + "?status__exact=pending",
        )
    editions = reverse("admin:articles_edition_changelist")
    if user.has_perm("articles.sign_off_edition"):
        yield Waiting(
            Edition.objects.filter(state=State.IN_REVIEW).count(),
            "article to sign off",
            "articles to sign off",
            f"{editions}?state__exact=in_review",
        )
    if user.has_perm("articles.change_edition"):
        drafts = Edition.objects.filter(state=State.DRAFT)
        yield Waiting(
            drafts.exclude(note="").count(),
            "draft sent back with remarks",
            "drafts sent back with remarks",
            f"{editions}?state__exact=draft",
        )
        yield Waiting(drafts.count(), "open draft", "open drafts", f"{editions}?state__exact=draft")
