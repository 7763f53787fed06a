"""What scripts of the editor ask for while somebody writes. What is typed comes in a POST, and is in no log."""

import re

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed, JsonResponse
from django.urls import reverse

from detoxsite.core.plain_text import tidy
from detoxsite.core.redirects import probe

from ..content.library_snapshot import digits
from ..lookup import pages, sources

MAX_TYPED = 300  # characters
MAX_ADDRESS = 2_000


def _answer(model_admin, request, answer_to):
    if not model_admin.has_write_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    return JsonResponse(answer_to(tidy(request.POST.get("typed", "")[: MAX_ADDRESS + 1])))


def link_targets_view(model_admin, request):
    """What can be linked to: ``{"found": [target, …], "address": target or null}``, see ``lookup.pages.Target``.

    ``address``: what is at the address that was typed. A target has ``open`` in place of ``edition``: where staff can
    look at it. ``edition`` in the request: the key of the page that is written, whose headings are found after "#".
    """

    def answer_to(typed: str) -> dict:
        if typed.strip().startswith("#"):
            return {"found": _headings(request, typed.strip()), "address": None}
        if len(typed) > MAX_ADDRESS:
            return {"found": [], "address": None}
        address = pages.described(typed, lambda path: probe.is_page(request, path))
        at_it = re.match("[^?#]*", address.url)[0] if address else None
        found = [target for target in pages.find(typed[:MAX_TYPED]) if target.url != at_it]
        return {"found": [_row(target) for target in found], "address": address and _row(address)}

    return _answer(model_admin, request, answer_to)


def _headings(request, typed: str) -> list[dict]:
    edition = digits(request.POST.get("edition", ""))
    return [_row(target) for target in pages.headings(int(edition), typed[:MAX_TYPED])] if edition else []


def _row(target: pages.Target) -> dict:
    row = {"title": target.title, "url": target.url, "kind": target.kind, "note": target.note}
    return row | {"open": target.url if target.edition is None else _preview(target.edition)}


def _preview(edition: int) -> str:
    return reverse("admin:articles_edition_preview", args=[edition])


def known_sources_view(model_admin, request):
    """``{"found": [{"authors", "title", "container", "year", "detail", "doi", "pmid", "url"}]}``: cited already."""
    return _answer(model_admin, request, lambda typed: {"found": sources.find(typed[:MAX_TYPED])})


LOOKUPS = (  # the address, the name of the URL, the view
    ("link-targets", "link_targets", link_targets_view),
    ("known-sources", "known_sources", known_sources_view),
)
