"""The site's addresses and one more: a page that does nothing, as the baseline for the others."""

from django.http import HttpResponse
from django.urls import path

from detoxsite import urls

handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500
urlpatterns = [path("bare/", lambda request: HttpResponse("bare")), *urls.urlpatterns]
