"""Key rotation: everything is sealed again in batches; an interruption loses nothing."""

import pytest
from django.core.management import CommandError, call_command

from detoxsite.core.encryption import key_rotation, sealing
from intake import services
from intake.models import CallForHelp, ContactAttempt
from tests.factories import make_call, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def rotated(settings):
    """Seven requests and contacts under the old key, with a new key in front; returns the old private key."""
    old, new = sealing.new_private_key(), sealing.new_private_key()
    settings.SEALING_PUBLIC_KEY, settings.SEALING_PRIVATE_KEYS = sealing.derive_public_key(old), [old]
    nurse = make_user("admissions")
    for number in range(7):
        call = make_call(story=f"story {number}")
        services.record_attempt(call.pk, by=nurse, outcome="no_answer", note=f"note {number}")
    services.erase(make_call().pk)
    settings.SEALING_PUBLIC_KEY, settings.SEALING_PRIVATE_KEYS = sealing.derive_public_key(new), [new, old]
    return old


def test_everything_opens_with_the_new_key_alone_afterwards(rotated, settings, capsys):
    call_command("rotate_keys")

    settings.SEALING_PRIVATE_KEYS = settings.SEALING_PRIVATE_KEYS[:1]
    stories = {call.payload["story"] for call in CallForHelp.objects.filter(erased_at=None)}
    assert stories == {f"story {number}" for number in range(7)}
    assert {contact.payload["note"] for contact in ContactAttempt.objects.all()} == {
        f"note {number}" for number in range(7)
    }
    assert "Everything is sealed to the newest key" in capsys.readouterr().out


def test_an_interrupted_rotation_continues_where_it_stopped(rotated, monkeypatch):
    monkeypatch.setattr(key_rotation, "BATCH_SIZE", 2)
    seal, sealed = CallForHelp.seal, []

    def stop_at_the_fourth(self, payload):
        sealed.append(self.pk)
        if len(sealed) == 4:
            raise KeyboardInterrupt
        seal(self, payload)

    monkeypatch.setattr(CallForHelp, "seal", stop_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        list(key_rotation.rotate())
    monkeypatch.setattr(CallForHelp, "seal", seal)

    assert len({call.payload["story"] for call in CallForHelp.objects.filter(erased_at=None)}) == 7
    done = dict(key_rotation.rotate())
    assert done["call for help"] == 5  # the first two were committed
    assert key_rotation.count_remaining() == 0


def test_rows_that_no_key_opens_are_left_unchanged_and_counted(rotated, settings):
    settings.SEALING_PRIVATE_KEYS = settings.SEALING_PRIVATE_KEYS[:1]
    before = set(CallForHelp.objects.values_list("sealed", flat=True))

    with pytest.raises(CommandError, match="14 cannot be opened"):
        call_command("rotate_keys")

    assert set(CallForHelp.objects.values_list("sealed", flat=True)) == before


def test_a_process_without_private_keys_cannot_rotate(settings):
    settings.SEALING_PRIVATE_KEYS = []

    with pytest.raises(CommandError, match="no private key"):
        call_command("rotate_keys")
