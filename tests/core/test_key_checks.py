"""A wrong INDEX_KEY is noticed, and keys can be made before there are any."""

import io
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError

from detoxsite.core import key_checks
from detoxsite.core.encryption import sealing
from detoxsite.core.models import KeyCheck
from tests.site_process import ROOT


@pytest.fixture
def wrong_key(db, settings):
    key_checks.store_index_key()
    settings.INDEX_KEY = "another"


def test_every_migrated_database_keeps_the_digest_and_not_the_key(db, settings):
    stored = bytes(KeyCheck.objects.get(name="INDEX_KEY").digest)

    assert stored == key_checks.index_key_digest()
    assert settings.INDEX_KEY.encode() not in stored
    call_command("check", databases=["default"])


def test_with_another_key_the_check_and_so_every_start_fails(wrong_key):
    with pytest.raises(SystemCheckError, match="INDEX_KEY is not the one this database was filled with"):
        call_command("check", databases=["default"])
    with pytest.raises(SystemCheckError, match="INDEX_KEY"):
        call_command("migrate", skip_checks=False, verbosity=0)
    assert not key_checks.is_index_key_right()  # a start does not replace the digest


def test_readyz_is_red_with_another_key(client, wrong_key, settings):
    assert client.get("/readyz").json()["keys"] is False
    KeyCheck.objects.all().delete()
    key_checks.store_index_key()
    assert client.get("/readyz").json()["keys"] is True


def test_a_database_that_is_not_migrated_yet_fails_no_check(db, monkeypatch):
    monkeypatch.setattr(KeyCheck._meta, "db_table", "not_there_yet")

    assert key_checks.check_index_key(databases=["default"]) == []


def test_the_command_names_keys_by_their_ids_and_shows_none(db, settings, capsys):
    call_command("keys")

    said = capsys.readouterr().out
    assert sealing.public_key().id.hex() in said
    assert "fits the database" in said
    for key in (settings.INDEX_KEY, settings.SEALING_PUBLIC_KEY, *settings.SEALING_PRIVATE_KEYS):
        assert key not in said


def test_a_lost_key_is_replaced_only_on_demand(wrong_key):
    with pytest.raises(CommandError, match="--accept-index-key"):
        call_command("keys")
    call_command("keys", accept_index_key=True, stdout=io.StringIO())
    assert key_checks.is_index_key_right()


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("rotate_keys", ["SEALING_PUBLIC_KEY", "SEALING_PRIVATE_KEYS"]),
        ("keys", ["SECRET_KEY", "INDEX_KEY", "SEALING_PUBLIC_KEY", "SEALING_PRIVATE_KEYS"]),
    ],
)
def test_keys_are_made_where_none_are_set_yet(tmp_path, command, names):
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none"}
    made = subprocess.run(
        [sys.executable, "-m", "detoxsite.ops.process_manager", "manage", command, "--new"],
        **{"cwd": ROOT, "env": environment | {"DETOX_VAR": str(tmp_path)}, "capture_output": True, "text": True},
    )

    assert (made.returncode, made.stderr) == (0, "")
    keys = dict(line.split("=", 1) for line in made.stdout.splitlines())
    assert list(keys) == names
    assert sealing.derive_public_key(keys["SEALING_PRIVATE_KEYS"]) == keys["SEALING_PUBLIC_KEY"]
    assert list(tmp_path.iterdir()) == []
