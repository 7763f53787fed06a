"""What scripts of the editor ask for while somebody writes. What is typed comes in a POST, and is in no log."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed, JsonResponse

from detoxsite.core.plain_text import tidy

from ..lookup import pages, sources

MAX_TYPED = 300  # characters


def _answer(model_admin, request, find):
    if not model_admin.has_write_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    return JsonResponse({"found": find(tidy(request.POST.get("typed", "")[:MAX_TYPED]))})


def link_targets_view(model_admin, request):
    """``{"found": [{"title", "url", "is_live"}]}``: pages and articles whose title or address is typed."""
    return _answer(model_admin, request, lambda typed: [vars(target) for target in pages.find(typed)])


def known_sources_view(model_admin, request):
    """``{"found": [{"authors", "title", "container", "year", "detail", "doi", "pmid", "url"}]}``: cited already."""
    return _answer(model_admin, request, sources.find)


LOOKUPS = (  # the address, the name of the URL, the view
    ("link-targets", "link_targets", link_targets_view),
    ("known-sources", "known_sources", known_sources_view),
)
