"""What a process answers where the site runs in two halves (DETOX_SITES): nothing of the other half.

The address of a page is known to both, since each names pages of the other: a link of the admin leads to the public
site, an email to an author as well. So addresses are not taken out of the URL configuration; they are refused here.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from . import http_cache
from .root_addresses import is_reserved

HEALTH = ("/healthz", "/readyz")
SHARED_DRAFTS = "/articles/shown/"  # unpublished: only the staff half can read them where the halves are apart
STAFF_MEDIA = ("/media/pictures/", "/media/__processed__/")
STAFF_HALF = (*http_cache.STAFF_PATHS, *HEALTH, SHARED_DRAFTS, "/fetch/", "/ack/", *STAFF_MEDIA)
PUBLISHED = re.compile(r"/(?:articles|people)/.*|/reviews/(?:\d+/)?")  # the admin links to it, and to pages at the root
NO_ROBOTS = "User-agent: *\nDisallow: /\n"


def health_checks_by_any_name(get_response):
    """Answer health checks also by address: a monitor or load balancer does not know our host names."""

    def middleware(request):
        if request.path_info in HEALTH:
            request.META["HTTP_HOST"] = settings.SYNTHETIC_HOST
        return get_response(request)

    return middleware


def only_own_half(get_response):
    """From the staff half, lead to what staff publish where that is another host; refuse everything else."""

    def middleware(request):
        path = request.path_info
        if http_cache.REFUSED in request.META:  # has no path; core/middleware.py answers it
            return get_response(request)
        if "public" not in settings.SITES and not path.startswith(STAFF_HALF):
            return _on_staff_half(request, path)
        if "staff" not in settings.SITES and path.startswith(SHARED_DRAFTS):
            raise Http404
        return get_response(request)

    return middleware


def _on_staff_half(request, path: str):
    if path == "/":
        return redirect("admin:index")
    if path == "/robots.txt":
        return HttpResponse(NO_ROBOTS, content_type="text/plain; charset=utf-8")
    is_elsewhere = urlsplit(settings.PUBLIC_ORIGIN).netloc != request.get_host()
    if request.method not in ("GET", "HEAD") or not _is_published(path) or not is_elsewhere:
        raise Http404
    return redirect(settings.PUBLIC_ORIGIN + request.get_full_path())


def _is_published(path: str) -> bool:
    is_page = path.endswith("/") and not is_reserved(path.removeprefix("/"))
    return is_page or PUBLISHED.fullmatch(path) is not None
