"""What someone typed into a form of the admin that is not saved: it comes back on a page, to be copied."""

import re

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse

_NOT_TYPED = re.compile(
    r"password|csrf|secret|token|code|url|_FORMS$|^(_|act$|action$|index$)"
    r"|(^|[-_])(id|key|seen|version|position|queue|opened|decided|read|DELETE|ORDER)$"
)


def is_form_of_staff(request) -> bool:
    """Whether a page of the admin sent this that was opened while someone was signed in.

    The cookie of the token outlives the session, and no other site's form comes with it.
    """
    is_admin = "staff" in settings.SITES and request.path_info.startswith(reverse("admin:index"))
    return is_admin and request.method == "POST" and settings.CSRF_COOKIE_NAME in request.COOKIES


def is_sign_out(request) -> bool:
    return request.path_info in (reverse("account_logout"), reverse("admin:logout"))


def not_saved(request, reason: str, *, status: int):
    """The page that says why nothing was saved, and has what was typed. Secrets and hidden fields are left out."""
    typed = [
        (name, text)
        for name, values in request.POST.lists()
        for text in values
        if text.strip() and not _NOT_TYPED.search(name)
    ]
    return render(request, "account/session_ended.html", {"reason": reason, "typed": typed}, status=status)
