"""Sign-in through the center's own identity provider (OpenID Connect), if one is configured: docs/settings.md.

It opens accounts that a manager made, and makes none.
"""

from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.shortcuts import redirect

NO_ACCOUNT = "No staff account has this address, or the provider has not verified it. Ask a manager for an account."


class OpenIdAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request, sociallogin):
        return False

    def pre_social_login(self, request, sociallogin):
        """Find the account by the address that the provider has verified; afterwards it is known by its identifier."""
        claims = sociallogin.account.extra_data
        if not sociallogin.is_existing:
            addresses = [one.email for one in sociallogin.email_addresses if one.verified is True]
            user = get_user_model().objects.find(addresses[0]) if addresses else None
            if user is None or not (user.is_active and user.is_staff):
                messages.error(request, NO_ACCOUNT)
                raise ImmediateHttpResponse(redirect("account_login"))
            sociallogin.connect(request, user)
        if "mfa" in claims.get("id_token", {}).get("amr", ()):  # RFC 8176: the provider asked for a second factor
            record_authentication(request, sociallogin.user, "mfa", type="openid")
