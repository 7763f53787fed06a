"""The sample content stays out of a center's own database, and its passwords out of a journal."""

import pytest
from django.core.management import CommandError, call_command

from articles.models import Edition
from detoxsite.core.models import User
from detoxsite.ops.management.commands.bootstrap import Command as Bootstrap
from tests.factories import make_call

pytestmark = pytest.mark.django_db


def test_the_sample_refuses_a_database_that_has_content_of_its_own():
    User.objects.create_user("director@center.test", is_staff=True)

    with pytest.raises(CommandError, match="This database has content of its own: 1 account. "):
        call_command("sample")
    with pytest.raises(CommandError, match="This database has content of its own"):
        call_command("sample", articles=3)

    assert not Edition.objects.exists()


def test_the_sample_refuses_a_call_for_help_that_is_real():
    make_call()

    with pytest.raises(CommandError, match="1 request. "):
        call_command("sample")


def test_without_a_private_key_the_sample_says_what_it_lacks(settings):
    settings.SEALING_PRIVATE_KEYS = []

    with pytest.raises(CommandError, match="takes a private key"):
        call_command("sample")
    assert not User.objects.exists()


def test_a_start_prints_no_password_where_the_database_is_not_embedded(settings, capsys, tmp_path):
    settings.SAMPLE, settings.HAS_OWN_DATABASE, settings.MEDIA_ROOT = True, True, tmp_path

    Bootstrap().load_sample()

    said = capsys.readouterr().out
    assert "Sign in with a link: script/manage staff manager@example.org" in said
    assert "shown once" not in said
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_the_start_of_a_site_for_the_public_alone_goes_on_without_the_sample(settings, capsys):
    settings.SEALING_PRIVATE_KEYS = []

    Bootstrap().load_sample()

    assert "load it where DETOX_SITES includes staff" in capsys.readouterr().out
    assert not User.objects.exists()
