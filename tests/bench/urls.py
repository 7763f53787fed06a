"""The site's addresses and two more: an empty page, and the constant view that is the baseline for the others."""

from django.http import HttpResponse
from django.urls import path

from detoxsite import urls

from . import bare

handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500
urlpatterns = [
    path("bare/", lambda request: HttpResponse("bare")),
    path("constant/", bare.view),
    *urls.urlpatterns,
]
