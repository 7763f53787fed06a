"""Partner API. Served only on the staff site, which holds the private key."""

from django.urls import path

from . import views

urlpatterns = [path("fetch/<slug:reference>/", views.fetch, name="fetch")]
