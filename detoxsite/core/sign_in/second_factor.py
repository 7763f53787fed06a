"""Codes of the second factor: from an authenticator app, or a recovery code. Each is accepted once."""

import time

from allauth.core.internal.cryptokit import compare_user_code, normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.utils import decrypt
from django.db import transaction

USED = "used_codes"  # in the data of an authenticator app: {code: time of use}


def is_valid(user, code: str) -> bool:
    """Whether ``code`` would be accepted now. Does not use it up."""
    return any(_accepts(authenticator, code) for authenticator in _authenticators(user))


def use(user, code: str) -> Authenticator | None:
    """Use the code up. Returns what it belongs to, or None if it is wrong or was used before."""
    for authenticator in _authenticators(user):
        if authenticator.wrap().validate_code(code) and mark_used(authenticator, code):
            return authenticator
    return None


@transaction.atomic
def mark_used(authenticator: Authenticator, code: str) -> bool:
    """Note that a code was accepted. Returns False if it was used before.

    allauth notes it in the cache for one step of 30 seconds, but with MFA_TOTP_TOLERANCE a code is good for three.
    """
    if authenticator.type != Authenticator.Type.TOTP:
        return True  # recovery codes are crossed off by allauth
    now, code = time.time(), normalize_user_code(code)
    lifetime = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    used = {old: at for old, at in row.data.get(USED, {}).items() if at > now - lifetime}
    if code in used:
        return False
    row.data[USED] = {**used, code: now}
    row.save(update_fields=["data"])
    return True


def _authenticators(user):
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)


def _accepts(authenticator: Authenticator, code: str) -> bool:
    if authenticator.type == Authenticator.Type.TOTP:
        is_used = normalize_user_code(code) in authenticator.data.get(USED, {})
        return not is_used and validate_totp_code(decrypt(authenticator.data["secret"]), code)
    return any(compare_user_code(actual=code, expected=unused) for unused in authenticator.wrap().get_unused_codes())
