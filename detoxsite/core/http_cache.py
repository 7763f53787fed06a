"""Who may keep an answer, and for how long: the one place that says so.

A public page may have to disappear within a minute, behind a proxy too (tests/testimonials/test_withdrawal.py). A proxy
need not pass on how old its copy is (nginx does not), so the times add up along the way. In seconds, for a browser
behind one proxy: 10 + 10 in the proxy, 5 + 10 in the browser, 35 in all; behind two proxies 55. While the site answers
with errors, a proxy may go on for 30 after its 10: with the browser 55.
"""

from functools import wraps

from django.utils.cache import patch_cache_control

BROWSER_MAX_AGE, PROXY_MAX_AGE, WHILE_REVALIDATING, IF_ERROR = 5, 10, 10, 30  # seconds
ONE_YEAR = 365 * 24 * 60 * 60  # seconds
BRIEF_STATUSES = {301, 308, 404, 410}
REFUSED = "detoxsite.refused"  # in the WSGI environment: the status of a request that the web server refused
STAFF_PATHS = ("/admin/", "/accounts/")
PERSONAL_PATHS = (  # what the address says is no one else's business, even where nothing is found there
    *STAFF_PATHS,
    *("/search", "/help/own", "/help/sent", "/r/", "/articles/shown/", "/reviews/sent", "/reviews/link", "/leave"),
    "/ack/",
)


def cache_public_page(response) -> None:
    """For everyone, briefly. An old copy may be shown while a new one is fetched, and for a moment when that fails."""
    patch_cache_control(
        response,
        public=True,
        max_age=BROWSER_MAX_AGE,
        s_maxage=PROXY_MAX_AGE,
        stale_while_revalidate=WHILE_REVALIDATING,
        stale_if_error=IF_ERROR,
    )


def cache_briefly(response) -> None:
    """For answers that may be otherwise in a moment: what has moved, is gone, or is not there yet."""
    patch_cache_control(response, public=True, max_age=BROWSER_MAX_AGE, s_maxage=PROXY_MAX_AGE)


def cache_nowhere(response) -> None:
    patch_cache_control(response, private=True, no_store=True)


def immutable(view):
    """Decorator for files whose content never changes under their name."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        patch_cache_control(response, public=True, max_age=ONE_YEAR, immutable=True)
        return response

    return wrapped


def set_default(request, response) -> None:
    """Say it for an answer that does not. Whatever nobody thought of is kept nowhere."""
    if "Cache-Control" in response.headers:
        return
    is_brief = request.method in ("GET", "HEAD") and response.status_code in BRIEF_STATUSES
    if is_brief and not request.path_info.startswith(PERSONAL_PATHS):
        cache_briefly(response)
    else:
        cache_nowhere(response)
