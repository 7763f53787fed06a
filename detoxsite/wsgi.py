"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "detoxsite.settings")

django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402 Django has to be set up

from detoxsite.core.page_cache.wsgi import PageCache  # noqa: E402

# The staff half has no public page to keep.
application = PageCache(django_application) if "public" in settings.SITES else django_application
