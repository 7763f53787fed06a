"""Site-wide pages: home, privacy, accessibility, and the quick way out."""

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles.views import first_page
from detoxsite.core import site_profile
from detoxsite.core.page_cache import finished_page
from detoxsite.core.page_metadata import Page
from intake.portal.views import portal_cookie
from intake.reception.views import sent_cookie
from testimonials.crisis_notice import crisis_cookie

from . import kept_data


@require_safe
@finished_page("articles", "reviews", "center")
def home(request):
    return first_page(request)


@require_safe
@finished_page("center")
def privacy(request):
    page = Page(
        "Your privacy", "What we know about you, what we keep, who can see it, and how to leave this site quickly."
    )
    return render(request, "privacy.html", {"page": page, "kept": kept_data.tables(public=True)})


@require_safe
@finished_page("center")
def accessibility(request):
    page = Page(
        "Accessibility",
        "How we build and check this site so that everyone can use it, and how to report a problem.",
    )
    return render(request, "accessibility.html", {"page": page})


@never_cache
@require_safe
def leave(request):
    """Redirect to a harmless page: no referrer, our cookies deleted, our pages removed from the browser's cache."""
    response = redirect(site_profile.current().leave_url)
    for cookie in (sent_cookie, portal_cookie, crisis_cookie):
        cookie.delete(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
