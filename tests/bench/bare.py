"""The baseline: a Django view that returns the same 18 kB, without middleware, database or template.

gunicorn serves it alone (bare_wsgi.py); it is also an address of the measured site (urls.py).
"""

from django.http import HttpResponse
from django.urls import path

BODY = b"<!doctype html><title>bare</title>" + b"<p>The same words in every answer.</p>" * 480  # 18 kB


def view(request):
    return HttpResponse(BODY, headers={"Content-Length": str(len(BODY))})


urlpatterns = [path("", view)]
