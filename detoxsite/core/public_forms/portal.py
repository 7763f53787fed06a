"""What private portals share: pages that a credential opens, for a person without an account.

A portal of a request is opened by its reference and return code, a portal of a review by the token in its link. The
key made from such a credential reads what was sealed for that person and nothing else, so portals work in a process
that cannot read what other people wrote. Neither credential nor key is kept anywhere in the clear.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, InterfaceError
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from ..encryption import sealing
from ..exceptions import Refused
from .rate_limit import RateLimit, client_address
from .views import NotStored, PublicFormView, Redisplay

CRISIS_STEPS_PERIOD = timedelta(days=1)  # how long what a person wrote still brings up the crisis steps


@dataclass(frozen=True)
class Portal:
    """Something of one person, with the key of their credential at hand."""

    key: sealing.ReturnKey

    def read(self, row) -> dict:
        """The part of a row that is sealed for the person; {} of none, and of what was sealed to another key."""
        try:
            return self.key.open(bytes(row.sealed_for_author), row.sealing_context("sealed_for_author"))
        except sealing.Unreadable:
            return {}


class CannotOpen(Exception):
    """The credential opens nothing (404), what it opened is gone (410), or too many wrong ones were tried (429)."""

    def __init__(self, status: int):
        self.status = status


class CredentialCheck:
    """Opens portals; an address that sent more than ``max_wrong`` wrong credentials within ``window`` has to wait."""

    def __init__(self, name: str, *, window: float, max_wrong: int) -> None:
        self._wrong = RateLimit(name, window=window, max_hits=max_wrong)

    def open(self, request, find: Callable[..., Portal | None], *credential: str) -> Portal:
        """``find(*credential)``. Raises CannotOpen with 404 or 429."""
        address = client_address(request)
        if self._wrong.is_exceeded(address):
            raise CannotOpen(429)
        portal = find(*credential)
        if portal is None:
            self._wrong.hit(address)
            raise CannotOpen(404)
        return portal


class PortalFormView(PublicFormView):
    """A form of a portal. ``act`` does what it says; a refusal changes nothing, and no failure loses what was typed."""

    def act(self, form):
        """Do it, and return what ``prepare_redirect`` needs. Raises Refused, Redisplay or a database error."""
        raise NotImplementedError

    def store(self, form):
        try:
            return self.act(form)
        except Refused as exc:
            raise Redisplay(409, refused=str(exc)) from exc
        except (DatabaseError, InterfaceError) as exc:
            raise NotStored from exc


class OpenPortalFormView(PortalFormView):
    """A form that is shown only where the portal is open."""

    portal: Portal | None = None

    def closed_response(self):
        """Open the portal as ``self.portal``; the response where it does not open, or not for this form."""
        raise NotImplementedError

    @method_decorator(never_cache)
    def get(self, request, *args, **kwargs):
        return self.closed_response() or super().get(request, *args, **kwargs)
