"""The roles, what each may do, and how their people get in."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse, reverse_lazy
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from .exceptions import Refused

_BLOCKS = ("text", "figure", "callout", "keyfacts", "pullquote", "source")


def _all(app: str, *models: str) -> set[str]:
    """Every stock permission on the models."""
    return {f"{app}.{act}_{model}" for model in models for act in ("add", "change", "delete", "view")}


def _edit(app: str, *models: str) -> set[str]:
    """All but deleting."""
    return {f"{app}.{act}_{model}" for model in models for act in ("add", "change", "view")}


def _view(app: str, *models: str) -> set[str]:
    return {f"{app}.view_{model}" for model in models}


_EDITOR = _edit("articles", "edition", "topic", "person") | _all("articles", "picture", "synonym", *_BLOCKS)
_CLINICIAN = _view("articles", "edition", "topic", "person", "picture", *_BLOCKS) | {"articles.sign_off_edition"}
_MODERATOR = _view("testimonials", "testimonial", "staffname", "report") | {"testimonials.decide_testimonial"}
_ADMISSIONS = _view("intake", "callforhelp", "contactattempt", "shift", "escalationstep", "delivery") | {
    *("intake.answer_callforhelp", "intake.view_statistics")
}
_RECORDS = _view("intake", "disclosure", "accesslogentry", "erasurebatch", "delivery") | {
    *("detoxsite.view_consenttext", "intake.view_statistics")
}

ROLES: dict[str, set[str]] = {
    "editor": _EDITOR,
    "clinician": _CLINICIAN,
    "moderator": _MODERATOR,
    "admissions": _ADMISSIONS,
    "compliance": _RECORDS
    | _view("testimonials", "testimonial", "report", "outgoingemail")
    | _view("articles", "edition")
    | _view("admin", "logentry"),
    "manager": _EDITOR
    | _CLINICIAN
    | _MODERATOR
    | _ADMISSIONS
    | _RECORDS
    | _all("intake", "shift", "escalationstep", "webhook")
    | {"detoxsite.add_consenttext", "intake.approve_erasure"}
    | _all("testimonials", "staffname")
    | _view("testimonials", "outgoingemail")
    | _edit("detoxsite", "user")
    | {"detoxsite.change_siteprofile", "detoxsite.view_siteprofile"}
    | _view("admin", "logentry"),
}


def sign_in_path(user) -> str:
    """The path of a link that lets ``user`` in once, to choose a password. Good for settings.PASSWORD_RESET_TIMEOUT."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("welcome", args=[uid, default_token_generator.make_token(user)])


def may_get_link(user_id: int, *, by):
    """The account, if ``by`` may let somebody into it. Raises Refused for one that may do more than they."""
    user = get_user_model().objects.get(pk=user_id)
    if user.is_superuser and not by.is_superuser:
        raise Refused("Only somebody with every right can let somebody into this account.")
    return user


class Welcome(PasswordResetConfirmView):
    """The end of a one-time link: choose a password, and be signed in."""

    template_name = "account/welcome.html"
    post_reset_login = True
    post_reset_login_backend = "django.contrib.auth.backends.ModelBackend"
    success_url = reverse_lazy("admin:index")


class StaffAdapter(DefaultAccountAdapter):
    """Accounts are made by a manager, never by whoever comes along."""

    def is_open_for_signup(self, request):
        return False


def find(email: str):
    """The account with this address in any case, or None."""
    return get_user_model().objects.filter(email__iexact=email).first()
