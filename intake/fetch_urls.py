"""What other systems fetch. Served only where the staff work: the private key is held there."""

from django.urls import path

from . import fetching

urlpatterns = [path("fetch/<slug:reference>/", fetching.fetch, name="fetch")]
