"""Middleware of Django that runs on staff pages alone: sessions, sign-in, messages (docs/decisions/0028-shell.md)."""

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware

from .http_cache import STAFF_PATHS


class _OnStaffPages:
    """Before a middleware class of Django: it runs on staff pages, and public pages pass it by."""

    def __call__(self, request):
        if request.path_info.startswith(STAFF_PATHS):
            return super().__call__(request)
        return self.get_response(request)


class StaffSession(_OnStaffPages, SessionMiddleware):
    pass


class StaffAuthentication(_OnStaffPages, AuthenticationMiddleware):
    pass


class StaffMessages(_OnStaffPages, MessageMiddleware):
    pass
