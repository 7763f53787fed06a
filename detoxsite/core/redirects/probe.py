"""Whether a page answers at an address, as a visitor without cookies would find out; asked when staff type one."""

from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404
from django.urls import Resolver404, resolve

from .addresses import path_of

KEPT = ("SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_HOST")


def is_page(request, address: str) -> bool:
    """Whether there is a page at a decoded address of this site. ``request``: of the person who asks.

    Only views whose pages are the same for everybody are run; what else has an address counts as a page.
    """
    path = f"{path_of(address)}/"
    return any(_answers(request, each) for each in (path, path.rstrip("/")) if each)


def _answers(request, path: str) -> bool:
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if not hasattr(match.func, "finished_page"):
        return True
    kept = {name: value for name, value in request.META.items() if name in KEPT or name.startswith("wsgi.")}
    asked = WSGIRequest({**kept, "REQUEST_METHOD": "GET", "PATH_INFO": path.encode().decode("latin-1")})
    asked.resolver_match = match
    try:
        return match.func(asked, *match.args, **match.kwargs).status_code < 400
    except Http404:
        return False
