"""The WSGI application of the baseline: Django with one view and nothing else."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.configure(ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[], ROOT_URLCONF="tests.bench.bare", USE_I18N=False)
application = get_wsgi_application()
