"""The public forms: no cookie, no session, no script, and nothing typed is lost.

Django's own CSRF protection needs a cookie, and a visitor gets none before they send something. These forms carry
no authority that a foreign page could borrow; what is kept out is other sites posting in a visitor's name. So the
form holds a signed, dated token, and the browser's word on where the request comes from is heard
(docs/decisions/0008-forms-without-cookies.md).
"""

import re
import secrets
import time
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic.edit import FormView

from ..encryption import sealing, symmetric

TOKEN_FIELD = "csrfmiddlewaretoken"  # noqa: S105 the field's name, as in every other form of the site
TOKEN_LIFE = 12 * 60 * 60  # seconds; a page left open overnight still sends
_signer = signing.TimestampSigner(salt="detoxsite.core.public_forms.forms")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True)
class Token:
    """What a form of ours carries back: how many seconds ago it was shown, and what it then ``said``."""

    age: float
    said: str


def new_token(said: str = "") -> str:
    return _signer.sign(f"{secrets.token_urlsafe(9)}~{said}")


def token_of(request) -> Token | None:
    """The token of a post, if it is ours and not too old, and the browser does not say that it comes from elsewhere."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return None
    origin = request.headers.get("Origin", "null")
    if origin not in {"null", f"{request.scheme}://{request.get_host()}"}:
        return None
    sent = request.POST.get(TOKEN_FIELD, "")
    try:
        value = _signer.unsign(sent, max_age=TOKEN_LIFE)
        shown_at = signing.b62_decode(sent.split(_signer.sep)[-2])
    except (signing.BadSignature, ValueError, IndexError):
        return None
    return Token(age=time.time() - shown_at, said=value.partition("~")[2])


def remember(response, request, cookie: str, what: dict, *, path: str, life: int) -> None:
    """Leave something on the device that only this site can read, below ``path``, for ``life`` seconds."""
    response.set_cookie(
        cookie,
        symmetric.encrypt(what, cookie),
        max_age=life,
        path=path,
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )


def remembered(request, cookie: str) -> dict | None:
    """What was left there; None where there is nothing of ours. A browser may keep it longer than it was told to."""
    try:
        return symmetric.decrypt(request.COOKIES.get(cookie, ""), cookie)
    except sealing.Unreadable:
        return None


class NotStored(Exception):
    """What was sent could not be written anywhere; the visitor has to be told so."""


class NotDone(Exception):
    """Nothing is stored; the form is shown again with ``flags``, and all that was typed."""

    def __init__(self, status: int, **flags):
        self.status, self.flags = status, flags


class VisitorForm(forms.Form):
    """A form with an idempotency ``key``, made when the form was shown; the same key is stored once."""

    key = forms.Field(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["key"] = secrets.token_urlsafe(18)
        for field in self.fields.values():
            field.error_messages = {**field.error_messages, **COMMON_ERRORS}

    def full_clean(self):
        """Also ties the error of a group of choices to each of its controls, as a screen reader needs it."""
        super().full_clean()
        for name in self._errors:
            if name in self.fields and self[name].use_fieldset:
                self.fields[name].widget.attrs["aria-describedby"] = f"{self[name].auto_id}_error"

    def clean_key(self):
        """What nobody typed is nobody's mistake: a key that is not one of ours is replaced."""
        key = self.cleaned_data["key"] or ""
        return key if _KEY.fullmatch(key) else secrets.token_urlsafe(18)

    def problems(self):
        """What has to be mended, for the list at the top: dicts of ``id`` (where to go), ``label`` and ``error``."""
        found = []
        for name, errors in self.errors.items():
            if name == "__all__":
                found += [{"id": self.group_id, "label": "", "error": error} for error in errors]
                continue
            field = self[name]
            first = f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label
            found += [{"id": first, "label": str(field.label), "error": error} for error in errors]
        return found

    group_id = "main"  # where an error over several fields leads


COMMON_ERRORS = {
    "invalid_choice": "Choose one of the answers in the list.",
    "null_characters_not_allowed": "This holds a character that cannot be stored. Type it again, please.",
}


class VisitorFormView(FormView):
    """Shows a VisitorForm, checks what comes back, hands it to ``store`` and redirects.

    Refused input is shown again with its errors (422); so is a form whose token is missing or too old (403).
    The empty form may be kept by the browser for its Back button, so that going back and sending again uses the
    same key; what holds somebody's words is kept nowhere.
    """

    http_method_names = ["get", "head", "post", "options"]
    sent_url: str

    @classmethod
    def as_view(cls, **given):
        """The token of the form stands for Django's cookie, and what is typed is left out of error reports.

        Said here and not on ``dispatch``, so that a view with a ``dispatch`` of its own does not lose it.
        """
        return csrf_exempt(sensitive_post_parameters()(super().as_view(**given)))

    def dispatch(self, request, *args, **kwargs):
        if "public" not in settings.SITES:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def store(self, form):
        """Save what was sent and return what ``thank`` needs to know of it. Raises NotStored or NotDone."""
        raise NotImplementedError

    def keep_files(self, form):
        """Keep what a browser does not send again, also where the form is refused. Raises NotStored."""

    def thank(self, response, stored):
        """Put what the next page needs onto the redirect."""

    def page(self, *, error: bool):
        raise NotImplementedError

    @method_decorator(cache_control(private=True, no_cache=True))
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)

    @method_decorator(never_cache)
    def post(self, request, *args, **kwargs):
        form = self.get_form()
        self.token = token_of(request)
        if self.token is None:
            return self.show(form, status=403, stale=True)
        try:
            self.keep_files(form)
            if not form.is_valid():
                return self.show(form, status=422)
            stored = self.store(form)
        except NotStored:
            return self.show(form, status=503, not_stored=True)
        except NotDone as exc:
            return self.show(form, status=exc.status, **exc.flags)
        response = HttpResponseRedirect(self.get_success_url())
        self.thank(response, stored)
        return response

    def get_success_url(self):
        return str(self.sent_url)

    def show(self, form, /, *, status, **flags):
        context = self.get_context_data(**{"form": form, "page": self.page(error=status >= 400), **flags})
        return self.render_to_response(context, status=status)

    def said(self) -> str:
        """What the form tells the visitor that has to be known when it comes back."""
        return ""

    def get_context_data(self, **kwargs):
        kwargs.setdefault("page", self.page(error=False))
        return super().get_context_data(token=new_token(self.said()), **kwargs)
