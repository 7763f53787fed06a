"""The second factor: who has to show one, and its codes, each of which is accepted once."""

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal.cryptokit import compare_user_code, normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode

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


# --- who has one, and who has shown it -------------------------------------------------------------------------------

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes come with one of these
ENROLMENT = {  # names of the pages that are open to someone who has none yet
    *("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "account_logout"),
}
CONFIRMATION = {"mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_logout"}  # to someone who has one

HAS_ONE = Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))  # in querysets of accounts


def is_enrolled(user) -> bool:
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def was_shown(request) -> bool:
    """Whether the second factor was used in this session."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def note_enrolment(sender, request, user, authenticator, **kwargs) -> None:
    """Receiver of ``authenticator_added``: who has just set one up has shown it."""
    if authenticator.type in FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def note_removal(sender, request, user, **kwargs) -> None:
    """Receiver of ``authenticator_removed``: without any left, the next page is the one to set one up."""
    if not is_enrolled(user):
        others = [record for record in get_authentication_records(request, user) if record["method"] != "mfa"]
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = others


def missing_step(request) -> str:
    """Address of the page where the person has to go before this one; "" if this one may open."""
    if not settings.SECOND_FACTOR_REQUIRED or was_shown(request):
        return ""
    enrolled = is_enrolled(request.user)
    if _url_name(request) in (CONFIRMATION if enrolled else ENROLMENT):
        return ""
    if not enrolled:
        return reverse("mfa_index")
    by_code = Authenticator.objects.filter(user=request.user).exclude(type=Authenticator.Type.WEBAUTHN).exists()
    page = reverse("mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn")
    return f"{page}?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else page


def _url_name(request) -> str | None:
    try:
        return resolve(request.path_info).url_name
    except Resolver404:
        return None
