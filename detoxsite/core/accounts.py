"""Staff accounts: one-time sign-in links, choosing a password, resets of the second factor, sign-out everywhere."""

from allauth.account.utils import perform_login
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from .exceptions import Refused
from .models import SecondFactorReset
from .sign_in import second_factor, sessions


class SignInTokens(PasswordResetTokenGenerator):
    """Tokens of links to choose a password: good for one use, and no longer once the account was disabled."""

    def _make_hash_value(self, user, timestamp):
        return f"{super()._make_hash_value(user, timestamp)}{user.session_version}"


def sign_in_path(user) -> str:
    """Path of a link that signs ``user`` in once, to choose a password; valid for settings.PASSWORD_RESET_TIMEOUT."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("welcome", args=[uid, SignInTokens().make_token(user)])


def _account(user_id: int, *, by, purpose: str):
    """The account. Raises Refused if it has more rights than ``by``."""
    user = get_user_model().objects.get(pk=user_id)
    if user.is_superuser and not by.is_superuser:
        raise Refused(f"Only a superuser can {purpose} this account.")
    return user


def authorize_sign_in_link(user_id: int, *, by):
    """The account, if ``by`` may create a sign-in link for it. Raises Refused for an account with more rights."""
    return _account(user_id, by=by, purpose="create a sign-in link for")


def sign_out_everywhere(user_id: int, *, by):
    """End all sessions of an account, and the links and known devices from before. Raises Refused."""
    user = _account(user_id, by=by, purpose="sign out")
    sessions.end_all(user)
    return user


def ask_second_factor_reset(user_id: int, *, by, reason: str):
    """Ask another manager to reset the second factor. Raises Refused for one's own, or if that was asked already."""
    user = _account(user_id, by=by, purpose="reset the second factor of")
    if user == by:
        raise Refused("You cannot reset your own second factor. Ask two other managers.")
    if not second_factor.is_enrolled(user):
        raise Refused("This account has no second factor.")
    if user.second_factor_resets.pending().exists():
        raise Refused("Someone has asked for this already. Another manager has to approve it.")
    SecondFactorReset.objects.create(user=user, by=by, reason=reason)
    return user


def approve_second_factor_reset(user_id: int, *, by):
    """Remove the second factor and the password: the account opens by a new one-time link alone. Raises Refused."""
    user = _account(user_id, by=by, purpose="reset the second factor of")
    reset = user.second_factor_resets.pending().select_for_update().first()
    if reset is None:
        raise Refused("No one has asked for this within 24 hours.")
    if by in (reset.by, user):
        raise Refused("Another manager has to approve this, neither the one who asked nor the owner of the account.")
    reset.approved_by, reset.approved_at = by, timezone.now()
    reset.save(update_fields=["approved_by", "approved_at"])
    reset_second_factor(user)
    return user


def reset_second_factor(user) -> None:
    """Whoever knows the password must not be the one who sets up the next second factor: it ends too."""
    Authenticator.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    sessions.end_all(user)
    user.refresh_from_db()  # its new session_version, which the next link carries


class WelcomeView(PasswordResetConfirmView):
    """Target of a one-time link: choose a password and be signed in."""

    template_name = "account/welcome.html"
    token_generator = SignInTokens()
    success_url = reverse_lazy("admin:index")

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def form_valid(self, form):
        """Sign in as the sign-in page does: whoever has a second factor is asked for it."""
        super().form_valid(form)
        return perform_login(self.request, self.user, redirect_url=str(self.success_url))
