"""Middleware of staff pages alone: sessions, sign-in and messages (docs/decisions/0028-shell.md), and the gate."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import MiddlewareNotUsed
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string

from .access_log.recording import recording
from .http_cache import STAFF_PATHS
from .sign_in import second_factor, sessions
from .typed_text import is_form_of_staff, is_sign_out, not_saved

NOT_SIGNED_IN = "You are no longer signed in."  # signed out elsewhere, the browser was closed, or it was too long ago


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


def staff_gate(get_response):
    """Let no one further whose session is over, or who has not shown a second factor; log what sealed data they open.

    docs/decisions/0032-doors.md
    """
    if "staff" not in settings.SITES:
        raise MiddlewareNotUsed  # there is nothing behind it

    def middleware(request):
        if not request.path_info.startswith(STAFF_PATHS):
            return get_response(request)
        if request.user.is_anonymous:
            return _session_ended(request, NOT_SIGNED_IN) if is_form_of_staff(request) else get_response(request)
        if reason := sessions.end_reason(request.session):
            return _session_ended(request, reason)
        sessions.note_activity(request)
        if page := second_factor.missing_step(request):
            return redirect(page)
        with recording(request.user) as recorder:
            response = get_response(request)
        try:
            recorder.write()
        except (OperationalError, InterfaceError):  # what cannot be logged is not shown
            return import_string(settings.SERVICE_UNAVAILABLE_VIEW)(request)
        return response

    return middleware


def _session_ended(request, reason: str):
    """Sign out. What was typed into a form comes back, to be copied: nothing is saved for someone who may be gone.

    What a page asks by itself signs nobody out: it would come before the form, whose text would not come back then.
    """
    if sessions.BACKGROUND in request.headers:
        return HttpResponse(reason, status=401, content_type="text/plain")
    logout(request)
    if request.method != "POST" or is_sign_out(request):
        messages.info(request, reason)
        target = reverse("admin:index") if is_sign_out(request) else request.get_full_path()
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
    return not_saved(request, reason, status=401)
