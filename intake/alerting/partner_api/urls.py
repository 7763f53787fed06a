"""What other systems fetch. Served only where the staff work: the private key is held there."""

from django.urls import path

from . import views

urlpatterns = [path("fetch/<slug:reference>/", views.fetch, name="fetch")]
