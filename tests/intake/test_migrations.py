"""A database from before requests were sealed: afterwards everything is there, and nothing can be read."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from django.db import connection

from tests.running import ROOT

BEFORE = """
INSERT INTO detoxsite_user (email, password, is_superuser, first_name, last_name, is_staff, is_active, date_joined)
    VALUES ('nora@example.org', '', false, 'Nora', 'Quill', true, true, now());
INSERT INTO intake_callforhelp (id, reference, key, phone, phone_e164, email, name, whom, leave, times, language, story,
        substances, recent, status, created_at, outcome, is_sample)
    VALUES ('6f6f6f6f-0000-4000-8000-000000000001', 'K7QD4MRX', 'a key of a form', '(212) 555-0199', '+12125550199',
        'canary@example.org', 'Canaryname', 'me', '{voicemail}', '{now}', 'es', 'canary story of mine', '{alcohol}',
        'yes', 'new', now(), '', false);
INSERT INTO intake_earlieranswers (call_id, at, answers) VALUES ('6f6f6f6f-0000-4000-8000-000000000001', now(),
    '{"phone": "(212) 555-0100", "email": "", "name": "Canaryname", "whom": "", "leave": [], "times": [],
      "language": "en", "story": "canary before", "substances": [], "recent": ""}');
INSERT INTO intake_contact (call_id, by_id, at, outcome, note)
    SELECT '6f6f6f6f-0000-4000-8000-000000000001', id, now(), 'no_answer', 'canary note' FROM detoxsite_user;
"""
AFTER = """
import json
from intake.models import CallForHelp
call = CallForHelp.objects.get()
contact = call.contacts.get()
print(json.dumps([call.words, call.current(), contact.words, contact.by_name, call.reference]))
"""


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_was_readable_is_sealed_and_gone_from_the_disk(tmp_path):
    server = connection.get_connection_params()
    name = f"{server['dbname']}_old"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    url = f"postgres://{server['user']}:{server['password']}@/{name}?host={quote(server['host'], safe='')}"
    environment = {**os.environ, "DATABASE_URL": url, "DETOX_VAR": str(tmp_path), "DEBUG": "1"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)

    def manage(*arguments):
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    try:
        manage("migrate", "detoxsite", "0002")
        manage("migrate", "intake", "0001")
        with contextlib.closing(psycopg2.connect(url)) as old, old.cursor() as cursor:
            cursor.execute(BEFORE)
            old.commit()
        manage("migrate")
        first, now, contact, by_name, reference = json.loads(manage("shell", "--no-imports", "-c", AFTER))
        with contextlib.closing(psycopg2.connect(url)) as new, new.cursor() as cursor:
            new.autocommit = True
            cursor.execute("CHECKPOINT")
            cursor.execute("SELECT pg_relation_filepath('intake_callforhelp'), pg_relation_filepath('intake_contact')")
            files = cursor.fetchone()
            cursor.execute("SHOW data_directory")
            folder = Path(cursor.fetchone()[0])
            on_disk = b"".join((folder / file).read_bytes() for file in files)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    assert (first["phone"], first["story"]) == ("(212) 555-0100", "canary before")
    assert (now["phone"], now["story"], now["leave"]) == ("(212) 555-0199", "canary story of mine", ["voicemail"])
    assert (contact["note"], by_name, reference) == ("canary note", "Nora Quill", "K7QD4MRX")
    assert b"K7QD4MRX" in on_disk
    assert b"anary" not in on_disk
    assert b"5550199" not in on_disk
