"""Who may keep an answer, and for how long: the one place that says so.

A public page may have to disappear within a minute, behind a proxy too (tests/testimonials/test_withdrawal.py). A proxy
need not pass on how old its copy is (nginx does not), so the times add up along the way. In seconds, for a browser
behind one proxy: 10 + 10 in the proxy, 5 + 10 in the browser, 35 in all; behind two proxies 55. While the site answers
with errors, a proxy may go on for 30 after its 10: with the browser 55.
"""

from django.utils.cache import patch_cache_control

BROWSER_MAX_AGE, PROXY_MAX_AGE, WHILE_REVALIDATING, IF_ERROR = 5, 10, 10, 30  # seconds


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


def cache_short(response) -> None:
    """For answers that may be otherwise in a moment: what moved, is gone, or is not there yet."""
    patch_cache_control(response, public=True, max_age=BROWSER_MAX_AGE, s_maxage=PROXY_MAX_AGE)
