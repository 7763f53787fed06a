"""A database from before reviews were sealed: afterwards all is there, shown is what was shown, the rest unreadable."""

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from django.db import connection
from PIL import Image

from tests.running import ROOT

COLUMNS = (
    "key, status, words, shown_name, email, photo, stars, reason, note, reply,"
    " allow_words, allow_name, allow_photo, decided_at, decided_by_id"
)
NOBODY, NORA = "NULL, NULL", "'2026-10-09 12:00+00', (SELECT id FROM detoxsite_user)"
ALL, WORDS, NONE = "true, true, true", "true, false, false", "false, false, false"
ROWS = [  # key, status, stars, reason, note, reply, photo, allowed, decided
    ("shown", "published", "5", "", "", "Thank you.", "reviews/shown.jpg", ALL, NORA),
    ("shown-quietly", "published", "NULL", "", "", "", "reviews/quiet.jpg", WORDS, NORA),
    ("shown-broken-photo", "published", "4", "", "", "", "reviews/broken.jpg", ALL, NORA),
    ("shown-lost-photo", "published", "4", "", "", "", "reviews/lost.jpg", ALL, NORA),
    ("waiting", "pending", "1", "", "", "", "reviews/waiting.jpg", ALL, NOBODY),
    ("unconfirmed", "unconfirmed", "2", "", "", "", "", ALL, NOBODY),
    ("withheld", "declined", "1", "ad", "canary note", "canary reply", "", ALL, NORA),
    ("unpermitted", "declined", "3", "permission", "", "", "", NONE, NORA),
    ("withdrawn", "withdrawn", "3", "false", "canary note", "canary reply", "", WORDS, NORA),
    ("expired", "expired", "3", "", "", "canary reply", "", ALL, NORA),
]


def before():
    yield """
        INSERT INTO detoxsite_user (email, password, is_superuser, first_name, last_name, is_staff, is_active,
            date_joined) VALUES ('nora@example.org', '', false, 'Nora', 'Quill', true, true, now())"""
    for key, status, stars, reason, note, reply, photo, allowed, decided in ROWS:
        words = "I had a seizure, shown words" if key.startswith("shown") else f"canary words of {key}"
        yield f"""
            INSERT INTO testimonials_testimonial ({COLUMNS}, tie, submitted_at, is_sample) VALUES
            ('{key}', '{status}', '{words}', 'Canaryname', 'canary@example.org', '{photo}', {stars}, '{reason}',
             '{note}', '{reply}', {allowed}, {decided}, 'stayed', '2026-10-08 12:00+00', false)"""


AFTER = """
import json
from detoxsite import sealing
from testimonials.models import Permission, Step, Tally, Testimonial, Writer
def told(review):
    version, writer = review.versions.last(), Writer.objects.filter(review=review).first()
    own = None
    if writer:
        own = sealing.PrivateKey.of_code(writer.words["token"]).open(
            bytes(version.sealed_back), version.about("sealed_back"))
        assert bytes(writer.email_index) == sealing.blind("email", "canary@example.org")
        assert bytes(writer.link) == Writer.known_by(writer.words["token"])
    return {
        "status": review.status,
        "words": version and version.words,
        "own": own,
        "email": writer and writer.words["email"],
        "photo": hasattr(review, "photo") and sorted(review.photo.words),
        "shown": [review.shown_words, review.shown_name, bool(review.shown_photo), review.reply],
        "shown_photo": review.shown_photo.name,
        "allowed": [[row.act, row.text.purpose] for row in review.permissions.order_by("pk")],
        "allow": [review.allow_words, review.allow_name, review.allow_photo],
        "proposed": [str(review.proposed_by or ""), review.proposed_reason, review.reason],
        "steps": [[step.kind, step.by_name, step.words.get("note", "")] for step in review.steps.order_by("at")],
        "erased": bool(review.erased_at),
    }
counted = {}
for review in Testimonial.objects.all():
    at = str((review.status, review.stars or 0, review.reason, review.allow_words))
    counted[at] = counted.get(at, 0) + 1
tally = {str((row.status, row.stars, row.reason, row.allow_words)): row.n for row in Tally.objects.exclude(n=0)}
print(json.dumps([{review.key: told(review) for review in Testimonial.objects.all()}, tally == counted]))
"""


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_old_reviews_are_sealed_and_what_was_shown_is_shown_on(tmp_path):
    server = connection.get_connection_params()
    name = f"{server['dbname']}_old_reviews"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    url = f"postgres://{server['user']}:{server['password']}@/{name}?host={quote(server['host'], safe='')}"
    environment = {**os.environ, "DATABASE_URL": url, "DETOX_VAR": str(tmp_path), "DEBUG": "1"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    photos = tmp_path / "private/reviews"
    photos.mkdir(parents=True)
    for file in ("shown", "quiet", "waiting", "nobodys"):
        (photos / f"{file}.jpg").write_bytes(picture())
    (photos / "broken.jpg").write_bytes(b"no picture")

    def manage(*arguments):
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    try:
        manage("migrate", "testimonials", "0001")
        with contextlib.closing(psycopg2.connect(url)) as old, old.cursor() as cursor:
            for statement in before():
                cursor.execute(statement)
            old.commit()
        manage("migrate", "testimonials", "0004")
        assert len(list(photos.iterdir())) == 5  # a failure up to here, and the earlier version still has them
        manage("migrate")
        told, is_counted = json.loads(manage("shell", "--no-imports", "-c", AFTER))
        with contextlib.closing(psycopg2.connect(url)) as new, new.cursor() as cursor:
            new.autocommit = True
            cursor.execute("CHECKPOINT")
            cursor.execute("SELECT pg_relation_filepath('testimonials_testimonial')")
            [file] = cursor.fetchone()
            cursor.execute("SHOW data_directory")
            on_disk = Path(cursor.fetchone()[0], file).read_bytes()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    statuses = {key: review["status"] for key, review in told.items()}
    assert statuses == {row[0]: row[1] for row in ROWS} | {"withheld": "pending", "unpermitted": "pending"}
    for key, review in told.items():
        if key == "withdrawn":
            assert (review["words"], review["email"], review["erased"]) == (None, None, True)
            continue
        is_shown = key.startswith("shown")
        words = "I had a seizure, shown words" if is_shown else f"canary words of {key}"
        assert review["words"] == {"words": words, "name": "Canaryname", "signs": ["seizure"] if is_shown else []}
        assert review["own"] == {"words": words, "name": "Canaryname", "email": "canary@example.org"}
        assert (review["email"], review["erased"]) == ("canary@example.org", False)
    words = "I had a seizure, shown words"
    assert {key: review["shown"] for key, review in told.items() if review["shown"] != ["", "", False, ""]} == {
        "shown": [words, "Canaryname", True, "Thank you."],
        "shown-quietly": [words, "", False, ""],
        "shown-broken-photo": [words, "Canaryname", False, ""],
        "shown-lost-photo": [words, "Canaryname", False, ""],
    }
    assert {key for key, review in told.items() if review["photo"] == ["file", "kind"]} == {
        *("shown", "shown-quietly", "shown-broken-photo", "waiting")
    }
    with Image.open(tmp_path / "media" / told["shown"]["shown_photo"]) as small:
        assert small.size == (480, 320)
    assert not list(photos.iterdir())

    given = [["given", f"review_{part}"] for part in ("words", "name", "photo")]
    assert told["waiting"]["allowed"] == given
    assert told["unpermitted"]["allowed"] == []
    assert told["withdrawn"]["allowed"] == [["given", "review_words"], ["revoked", "review_words"]]
    assert told["withdrawn"]["allow"] == [False, False, False]

    assert told["withheld"]["proposed"] == ["Nora Quill", "elsewhere", ""]
    assert told["unpermitted"]["proposed"] == ["", "", ""]
    assert told["withdrawn"]["proposed"] == ["", "", ""]
    assert told["withheld"]["steps"] == [["received", "", ""], ["proposed", "Nora Quill", "canary note"]]
    assert told["shown"]["steps"] == [["received", "", ""], ["published", "Nora Quill", ""]]
    assert is_counted

    assert b"shown words" in on_disk
    for gone in (b"canary words", b"canary note", b"canary reply", b"canary@", b"reviews/waiting.jpg"):
        assert gone not in on_disk
