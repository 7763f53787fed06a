"""Extension points of allauth: no sign-up, whose wrong passwords count together, a code beside the password."""

import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from django.contrib.auth import get_user_model

from ..public_forms.rate_limit import client_address
from . import devices, factor_secrets, second_factor, sessions

logger = logging.getLogger(__name__)

PROVIDER_TIME = 60.0  # seconds
TOO_MANY = "too_many_login_attempts"  # allauth's name of the error


class StaffAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The email address, the password or the code is not correct.",
        TOO_MANY: (
            "Too many wrong passwords. Sign in with a passkey, or from a browser that you have signed in from before. "
            "Or enter your password again, with a code from your authenticator app. Or wait five minutes."
        ),
    }

    def is_open_for_signup(self, request):
        """Managers create accounts."""
        return False

    def authentication_failed(self, request, **credentials):
        """Name the internet address and nothing else: deploy/fail2ban reads this line."""
        logger.warning("Sign-in failed from %s", client_address(request))

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """A sign-in a moment ago is as good as a confirmation."""
        return not sessions.is_sign_in_recent(self.request)

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user)
        return response

    def get_login_stages(self):
        own = f"{__name__}.{SecondFactorStage.__qualname__}"
        return [own if path.endswith(".mfa.stages.AuthenticateStage") else path for path in super().get_login_stages()]

    def _get_login_attempts_cache_key(self, request, **credentials) -> str:
        """Whose wrong passwords are counted together: those for an account, but apart from them those of each browser
        that the account knows, and those that come with a valid code of the account's second factor.

        Whoever has neither can use up the attempts for the account, and keeps out no one but others like them.
        """
        email = credentials.get("email", "")
        user = get_user_model().objects.find(email)
        if user is None:
            return email.lower()
        if device := devices.known_device(request, user):
            return f"{user.pk}:{device}"
        if "code" in credentials and second_factor.is_valid(user, credentials["code"]):
            return f"{user.pk}:second factor"
        return str(user.pk)


class SecondFactorStage(AuthenticateStage):
    """Asks for the second factor, unless it came with the password or the identity provider has asked."""

    def handle(self) -> tuple:
        records = get_authentication_records(self.request, self.login.user)
        since = {"openid": self.login.initiated_at - PROVIDER_TIME}  # noted just before the sign-in begins
        if any(
            record["method"] == "mfa" and record["at"] >= since.get(record.get("type"), self.login.initiated_at)
            for record in records
        ):
            return None, True
        return super().handle()


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return factor_secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factor_secrets.decrypt(encrypted_text)
