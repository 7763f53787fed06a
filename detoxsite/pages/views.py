"""The pages of no app: home, privacy, accessibility, errors, and what machines ask for."""

import logging

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles.models import Edition
from detoxsite.core import db_timeout, jobs, site_profile
from detoxsite.core.http_cache import kept_briefly
from detoxsite.core.page_metadata import Page
from detoxsite.ops import worker
from intake.assurance import reconciliation, synthetic_check
from intake.portal import views
from intake.reception import spool
from intake.reception.views import COOKIE as SENT_COOKIE
from testimonials import crisis_notice
from testimonials.models import Testimonial

RETRY_AFTER = 120  # seconds
READY_TIMEOUT = 1.0  # seconds


def frame(request):
    """Context of every page: the center, with its topics."""
    return {"center": site_profile.current()}


@require_safe
@kept_briefly
def home(request):
    here = site_profile.current()
    page = Page(here.tagline, here.description)
    latest = Edition.objects.live().light()[:3]
    reviews = Testimonial.objects.shown()[:3]
    return render(request, "home.html", {"page": page, "latest": latest, "reviews": reviews})


@require_safe
def privacy(request):
    page = Page(
        "Your privacy", "What this site knows of you, what it keeps, who may see it, and how to leave it quickly."
    )
    return render(request, "privacy.html", {"page": page})


@require_safe
def accessibility(request):
    page = Page(
        "Accessibility",
        "How this site is built and checked so that everybody can use it, and how to tell us of a fault.",
    )
    return render(request, "accessibility.html", {"page": page})


@never_cache
@require_safe
def leave(request):
    """Away from here, to a page that says nothing: no referrer, no cookie of ours left, our pages out of the cache."""
    response = redirect(site_profile.current().leave_url)
    response.delete_cookie(SENT_COOKIE, path=reverse("intake:call"))
    views.forget(response)
    crisis_notice.forget(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


# --- errors ----------------------------------------------------------------------------------------------------------

TITLES = {
    400: "We could not read that",
    403: "This page is not open to you",
    404: "We cannot find that page",
    500: "Something broke on our side",
    503: "The website is resting. The phone is not.",
}


def _error(request, code):
    page = Page(TITLES[code], "Call us, or ask for help in writing.", index=False)
    return render(request, f"{code}.html", {"page": page, "code": code}, status=code)


def bad_request(request, exception=None):
    return _error(request, 400)


def permission_denied(request, exception=None):
    return _error(request, 403)


def refused_token(request, reason=""):
    return _error(request, 403)


def not_found(request, exception=None):
    return _error(request, 404)


def server_error(request):
    try:
        return _error(request, 500)
    except Exception:
        logging.getLogger(__name__).exception("The error page failed")
        return HttpResponseServerError("Something broke on our side. In danger right now? Call 911 or 988.")


def service_unavailable(request):
    response = _error(request, 503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


# --- for machines ----------------------------------------------------------------------------------------------------


@require_safe
def robots(request):
    lines = ["User-agent: *", "Disallow: /help/sent/", "Disallow: /help/own/", "Disallow: /leave/", "Disallow: /r/", ""]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


class PageSitemap(Sitemap):
    """The pages that are always there."""

    def items(self):
        return [
            *("home", "articles:list", "articles:search", "testimonials:list", "testimonials:how", "testimonials:new"),
            *("intake:call", "privacy", "accessibility"),
        ]

    def location(self, item):
        return reverse(item)


class TopicSitemap(Sitemap):
    def items(self):
        return [topic for topic in site_profile.current().topics if topic["live"]]

    def location(self, item):
        return reverse("articles:topic", args=[item["slug"]])


class EditionSitemap(Sitemap):
    limit = 10_000

    def items(self):
        return Edition.objects.live().select_related("article").only("article__slug", "publish_at")

    def lastmod(self, item):
        return item.publish_at


SITEMAPS = {"pages": PageSitemap, "topics": TopicSitemap, "articles": EditionSitemap}


@never_cache
@require_safe
def healthz(request):
    """Whether this process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def readyz(request):
    """Whether the site can do its work: 200, or 503 with what is missing. Names overdue jobs; shows the runs of all.

    For a monitor that wakes people. What decides whether visitors are sent here is /healthz: the help pages work
    without a database, and a request that nobody answers is no reason to take the site away from the others.
    """
    checks, detail = _database()
    checks |= {"disk": _can_write(), "spool": spool.is_writable() and not spool.broken()}
    found = reconciliation.kept()
    checks["calls"] = found is not None and found.holds
    checks["synthetic"] = synthetic_check.is_well()
    response = JsonResponse({**checks, **detail}, status=200 if all(checks.values()) else 503)
    response._has_been_logged = True  # a red light is an answer, not an error to log each time it is looked at
    return response


def _database() -> tuple[dict[str, bool], dict]:
    """What only the database can tell: the checks, and detail that turns nothing red by itself."""
    try:
        with db_timeout.up_to(READY_TIMEOUT), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            overdue = jobs.overdue()
            checks = {"database": True, "worker": worker.is_running(), "jobs": not overdue}
            return checks, {"overdue": overdue, "job_runs": jobs.report()}
    except (DatabaseError, InterfaceError):
        return {"database": False, "worker": False, "jobs": False}, {}


def _can_write() -> bool:
    try:
        (settings.VAR / "ready").write_text(timezone.now().isoformat())
    except OSError:
        return False
    return True
