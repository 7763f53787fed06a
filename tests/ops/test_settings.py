"""What production asks of its settings, and what they become where nothing is said."""

import json
import os
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.db import connection
from whitenoise.compress import Compressor

from detoxsite.core import email_url
from tests.production import PRODUCTION
from tests.site_process import ROOT

READ = """
import json, sys, detoxsite.settings as settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}))
"""


def read(environment, *names):
    """The values of settings in a process with this environment, or what it says where it refuses to start."""
    kept = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", READ, *names]
    done = subprocess.run(command, cwd=ROOT, env=kept | environment, capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


@pytest.fixture
def production(tmp_path):
    return {**PRODUCTION, "DETOX_VAR": str(tmp_path)}


@pytest.mark.parametrize(("given", "expected"), [({}, False), ({"DETOX_SAMPLE": "1"}, True)])
def test_sample_content_is_off_wherever_a_database_is_given(production, given, expected):
    assert read({**production, **given}, "SAMPLE") == {"SAMPLE": expected}
    assert read({**production, **given, "DEBUG": "1"}, "SAMPLE") == {"SAMPLE": expected}


def test_sample_content_is_off_where_the_database_comes_from_a_file_and_on_in_a_trial(production, tmp_path):
    (tmp_path / "url").write_text(production.pop("DATABASE_URL") + "\n")

    assert read({**production, "DATABASE_URL_FILE": str(tmp_path / "url")}, "SAMPLE") == {"SAMPLE": False}
    assert read(production, "SAMPLE") == {"SAMPLE": True}


def test_a_secret_file_that_is_missing_is_named_in_words_and_its_content_never(production, tmp_path):
    environment = {**production, "SECRET_KEY_FILE": str(tmp_path / "none"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "manage.py"), "check"]
    done = subprocess.run(command, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True)

    words = f"SECRET_KEY_FILE names {tmp_path / 'none'}, which cannot be read: No such file or directory."
    assert (done.returncode, done.stderr.strip()) == (1, words)

    (tmp_path / "none").write_bytes(b"\xff\xfe canary")
    assert "canary" not in read(environment, "DEBUG")
    assert "SECRET_KEY_FILE names" in read(environment, "DEBUG")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("folder", "words"),
    [
        (None, "The database has not been prepared for this version. Run the command bootstrap first.\n"),
        ("/nowhere", "The database cannot be reached: "),
    ],
)
def test_a_command_says_in_a_sentence_that_the_database_is_not_ready(production, folder, words):
    """A regression: whoever typed the next command of docs/deploy.md too soon got a trace."""
    server = connection.settings_dict
    host = quote(folder or server["HOST"] or server["OPTIONS"]["host"], safe="")
    url = f"postgres://{server['USER']}:{server['PASSWORD']}@/template1?host={host}"
    command = [sys.executable, str(ROOT / "manage.py"), "staff", "a@b.test", "--role", "manager"]
    environment = {**production, "PATH": os.environ["PATH"], "DATABASE_URL": url}

    done = subprocess.run(command, env=environment, capture_output=True, text=True)

    assert (done.returncode, done.stderr[: len(words)]) == (1, words)


def test_email_comes_from_the_host_of_the_site_unless_a_sender_is_set(production):
    names = ("DEFAULT_FROM_EMAIL", "NEUTRAL_FROM")

    assert set(read(production, *names).values()) == {"desk@detox.example.org"}
    assert read({**production, "EMAIL_FROM": "A <a@b.test>"}, *names)["NEUTRAL_FROM"] == "a@b.test"
    for hosts in ("*", "192.0.2.7"):
        assert "EMAIL_FROM is missing" in read({**production, "ALLOWED_HOSTS": hosts}, *names)


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp+tls://user:p%40ss@mail.test:587", 587, True, False),
        ("smtp+tls://user:p%40ss@mail.test", 587, True, False),
        ("submission://user:p%40ss@mail.test", 587, True, False),
        ("smtp+ssl://user:p%40ss@mail.test", 465, False, True),
        ("smtp://user:p%40ss@mail.test:2525", 2525, False, False),
        ("smtp://user:p%40ss@mail.test:587?tls=true", 587, True, False),
    ],
)
def test_a_mail_server_gets_the_password_only_as_encrypted_as_was_asked_for(url, port, tls, ssl):
    """A regression: of smtp+tls:// everything but the scheme was taken, and the password went out in clear."""
    found = email_url.parse(url)

    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (port, tls, ssl)
    assert (found["EMAIL_HOST"], found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == (
        "mail.test",
        "user",
        "p@ss",
    )
    assert found["EMAIL_TIMEOUT"] == 10  # a server that hangs would hold up every alert


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("EMAIL_URL", "mail.test:587", "EMAIL_URL has to begin with smtp"),
        ("EMAIL_URL", "smpt://mail.test", "EMAIL_URL has to begin with smtp"),
        ("CACHE_URL", "memcache://127.0.0.1", "CACHE_URL has to begin with redis://"),
        ("DATABASE_POOLING", "statement", "DATABASE_POOLING may be transaction or session"),
        ("DATABASE_CONNECTIONS", "1", "DATABASE_CONNECTIONS has to be 4 or more"),
    ],
)
def test_what_cannot_work_stops_the_start(production, name, value, words):
    assert words in read({**production, name: value}, "DEBUG")


def test_a_shared_cache_needs_nothing_that_is_not_among_the_pins(production):
    found = read({**production, "CACHE_URL": "redis://127.0.0.1:6379/1"}, "CACHES")["CACHES"]

    assert found["default"]["BACKEND"].endswith(".SharedCache")
    assert "redis==" in (ROOT / "requirements.txt").read_text()


@pytest.mark.parametrize("script", ["serve", "manage"])
@pytest.mark.parametrize(
    ("given", "installed"),
    [
        ({}, "script/requirements.txt"),
        ({"DATABASE_URL": "postgres://x"}, "requirements.txt"),
        ({"DATABASE_URL_FILE": "/x"}, "requirements.txt"),
    ],
)
def test_the_embedded_database_is_installed_for_a_trial_only(tmp_path, script, given, installed):
    for folder in ("script", ".venv/bin"):
        (tmp_path / folder).mkdir(parents=True)
    for name in (script, "_env.sh"):
        (tmp_path / "script" / name).write_bytes((ROOT / "script" / name).read_bytes())
    for name in ("requirements.txt", "script/requirements.txt"):
        (tmp_path / name).write_text(name)
    python = tmp_path / ".venv/bin/python"
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)

    done = subprocess.run(
        ["sh", tmp_path / "script" / script], env={"PATH": os.environ["PATH"], **given}, capture_output=True, text=True
    )

    assert f"--require-hashes -r {installed}\n" in done.stdout, done.stderr


def test_source_maps_are_not_compressed(settings):
    compressor = Compressor(extensions=settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS)

    assert [name for name in ("editor.js", "editor.js.map", "editor.woff2") if compressor.should_compress(name)] == [
        "editor.js"
    ]
