"""Cache headers for public pages that may have to disappear within a minute."""

from django.views.decorators.cache import cache_control

BROWSER_MAX_AGE, PROXY_MAX_AGE = 10, 15  # seconds

cache_briefly = cache_control(public=True, max_age=BROWSER_MAX_AGE, s_maxage=PROXY_MAX_AGE, must_revalidate=True)
"""Decorator: let browsers and proxies cache the response briefly.

A proxy need not pass on how old its copy is (nginx does not), so the times add up: gone everywhere within 25 seconds
behind one proxy, within 40 behind two. We promise a minute.
"""
