"""Codes of an authenticator app, as a phone would show them."""

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value


def code_now(secret: str, steps: int = 0) -> str:
    """The code of an app whose clock is ``steps`` times 30 seconds ahead."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def enrol(user) -> str:
    """Give the account an authenticator app, and recovery codes as allauth adds them; returns the secret of the app."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret
