"""How long copies of a page that may have to go at once can live outside of this site."""

from django.views.decorators.cache import cache_control

IN_BROWSERS, IN_BETWEEN = 10, 15  # seconds

cache_briefly = cache_control(public=True, max_age=IN_BROWSERS, s_maxage=IN_BETWEEN, must_revalidate=True)
"""A view whose answer browsers and proxies may keep for a moment.

A proxy need not tell a browser how old its copy is (nginx does not), nor another proxy. So the times add up: gone
everywhere within 25 seconds behind one proxy, within 40 behind two. What is promised is a minute.
"""
