"""Secrets of second factors are sealed in the database, stay usable when keys are rotated, and fail closed."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command

from detoxsite.core import jobs
from detoxsite.core.encryption import sealing
from detoxsite.core.sign_in import factor_secrets, second_factor
from tests.factories import make_user

from .codes import code_now, enrol

pytestmark = pytest.mark.django_db
PLAIN = {"totp": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "recovery_codes": "5e" * 40}


def stored() -> str:
    return json.dumps(list(Authenticator.objects.order_by("pk").values_list("data", flat=True)))


def recovery_codes(user) -> list[str]:
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


def accepts(user, code) -> bool:
    cache.clear()
    return second_factor.use(user, code) is not None


def test_the_database_holds_no_secret_and_the_codes_are_accepted():
    user = make_user("editor")
    secret = enrol(user)
    codes = recovery_codes(user)

    assert secret not in stored()
    assert stored().count('"sealed:') == 2
    assert accepts(user, code_now(secret))
    assert accepts(user, codes[0])
    assert not accepts(user, codes[0])


def test_the_secrets_of_an_older_version_work_and_are_sealed_by_the_worker():
    user = make_user("editor")
    Authenticator.objects.create(user=user, type="totp", data={"secret": PLAIN["totp"]})
    Authenticator.objects.create(
        user=user, type="recovery_codes", data={"seed": PLAIN["recovery_codes"], "used_mask": 0}
    )
    codes = recovery_codes(user)
    assert accepts(user, code_now(PLAIN["totp"], -1))

    [job] = [job for job in jobs.registered() if job.run == factor_secrets.seal_again]
    job.run()

    assert not [secret for secret in PLAIN.values() if secret in stored()]
    assert recovery_codes(user) == codes
    assert accepts(user, code_now(PLAIN["totp"]))


def test_they_are_sealed_to_the_newest_key_with_everything_else(settings, capsys):
    user = make_user("editor")
    secret = enrol(user)
    old, new = settings.SEALING_PRIVATE_KEYS[0], sealing.new_private_key()
    settings.SEALING_PUBLIC_KEY, settings.SEALING_PRIVATE_KEYS = sealing.derive_public_key(new), [new, old]

    call_command("rotate_keys")

    assert "second factor: 2 sealed" in capsys.readouterr().out
    settings.SEALING_PRIVATE_KEYS = [new]
    assert accepts(user, code_now(secret))
    call_command("rotate_keys")
    assert "second factor: 0 sealed" in capsys.readouterr().out


def test_without_its_key_a_secret_lets_nobody_in_and_is_counted(settings, caplog):
    user = make_user("editor")
    secret = enrol(user)
    codes = recovery_codes(user)
    new = sealing.new_private_key()
    settings.SEALING_PUBLIC_KEY, settings.SEALING_PRIVATE_KEYS = sealing.derive_public_key(new), [new]

    assert not accepts(user, code_now(secret))
    assert not accepts(user, codes[0])

    assert "does not open with any of SEALING_PRIVATE_KEYS" in caplog.text
    with pytest.raises(CommandError, match="2 cannot be opened"):
        call_command("rotate_keys")
