"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "detoxsite.settings")

django_application = get_wsgi_application()

from detoxsite.core.page_cache.wsgi import PageCache  # noqa: E402 Django has to be set up

application = PageCache(django_application)
