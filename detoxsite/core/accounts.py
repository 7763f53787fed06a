"""Staff accounts: one-time sign-in links, choosing a password."""

from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse, reverse_lazy
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from .exceptions import Refused
from .sign_in import devices


class SignInTokens(PasswordResetTokenGenerator):
    """Tokens of links to choose a password: good for one use, and no longer once the account was disabled."""

    def _make_hash_value(self, user, timestamp):
        return f"{super()._make_hash_value(user, timestamp)}{user.session_version}"


def sign_in_path(user) -> str:
    """Path of a link that signs ``user`` in once, to choose a password; valid for settings.PASSWORD_RESET_TIMEOUT."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("welcome", args=[uid, SignInTokens().make_token(user)])


def authorize_sign_in_link(user_id: int, *, by):
    """The account, if ``by`` may create a sign-in link for it. Raises Refused for an account with more rights."""
    user = get_user_model().objects.get(pk=user_id)
    if user.is_superuser and not by.is_superuser:
        raise Refused("Only a superuser can create a sign-in link for this account.")
    return user


class WelcomeView(PasswordResetConfirmView):
    """Target of a one-time link: choose a password and be signed in."""

    template_name = "account/welcome.html"
    token_generator = SignInTokens()
    post_reset_login = True
    post_reset_login_backend = "django.contrib.auth.backends.ModelBackend"
    success_url = reverse_lazy("admin:index")

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def form_valid(self, form):
        response = super().form_valid(form)
        devices.remember(self.request, response, self.user)
        return response
