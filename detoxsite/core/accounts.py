"""Staff accounts: one-time sign-in links, choosing a password, no sign-up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse, reverse_lazy
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from .exceptions import Refused


def sign_in_path(user) -> str:
    """Path of a link that signs ``user`` in once, to choose a password; valid for settings.PASSWORD_RESET_TIMEOUT."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("welcome", args=[uid, default_token_generator.make_token(user)])


def authorize_sign_in_link(user_id: int, *, by):
    """The account, if ``by`` may create a sign-in link for it. Raises Refused for an account with more rights."""
    user = get_user_model().objects.get(pk=user_id)
    if user.is_superuser and not by.is_superuser:
        raise Refused("Only a superuser can create a sign-in link for this account.")
    return user


class WelcomeView(PasswordResetConfirmView):
    """Target of a one-time link: choose a password and be signed in."""

    template_name = "account/welcome.html"
    post_reset_login = True
    post_reset_login_backend = "django.contrib.auth.backends.ModelBackend"
    success_url = reverse_lazy("admin:index")


class StaffAdapter(DefaultAccountAdapter):
    """No sign-up: managers create accounts."""

    def is_open_for_signup(self, request):
        return False


def find_account(email: str):
    """The account with this email address, ignoring case, or None."""
    return get_user_model().objects.filter(email__iexact=email).first()
