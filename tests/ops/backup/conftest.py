"""A center with something of everything, its own folders, and an empty installation beside it."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from articles.models import Picture
from detoxsite.core import key_checks
from intake.models import CallForHelp
from intake.reception import journal, spool
from intake.reception import receive as reception
from intake.reception.identifiers import Identity
from intake.records.consent_texts import CONSENT
from testimonials.models import Status
from tests.core.test_images import picture_file
from tests.database import template
from tests.factories import make_live, make_review, receive

STORY = "I cannot stop by myself."


@pytest.fixture
def folders(settings, tmp_path):
    """VAR and MEDIA_ROOT of the center."""
    settings.VAR, settings.MEDIA_ROOT = tmp_path / "center", tmp_path / "center" / "media"
    settings.VAR.mkdir()
    return settings.VAR


@pytest.fixture
def center(transactional_db, folders):
    """Articles with a picture, reviews with a photo, requests in the database and on the disk."""
    make_live()
    Picture.objects.create(image=picture_file(), alt="A quiet room", credit="Staff")
    review = make_review(Status.PUBLISHED, allow=("words", "name", "photo"))
    review.shown_photo.save("photo.jpg", ContentFile(b"not quite a photo"))
    receive("a" * 20, story=STORY)
    put_on_disk("b" * 20)
    (spool.folder() / "broken").mkdir()
    (spool.folder() / "broken" / "torn.json").write_bytes(b"{")
    key_checks.store_index_key()
    journal.empty_reserve()


def put_on_disk(key: str) -> CallForHelp:
    """Receive a request while the database is down."""
    call = reception.seal_request({"phone": "(212) 555-0123", "story": STORY}, Identity.of(key))
    spool.put(call, CONSENT["sha256"])
    journal.acknowledge(call, "disk")
    return call


@pytest.fixture
def elsewhere(settings, tmp_path):
    """A function whose block runs on another machine: an empty database, empty folders, the same keys."""

    @contextmanager
    def move(name="other"):
        before = settings.VAR, settings.MEDIA_ROOT, connection.settings_dict["NAME"]
        database = f"{before[2]}_{name}"
        with template.maintenance() as cursor:
            cursor.execute(f'CREATE DATABASE "{database}"')
        try:
            _be_on(tmp_path / name, tmp_path / name / "media", database)
            yield settings.VAR
        finally:
            _be_on(*before)
            with template.maintenance() as cursor:
                cursor.execute(template.DROP.format(database))

    def _be_on(var: Path, media: Path, database: str):
        settings.VAR, settings.MEDIA_ROOT = var, media
        connection.close()
        connection.settings_dict["NAME"] = database

    return move


def tables() -> dict[str, list[str]]:
    """Every row of every table, as PostgreSQL writes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        found = {}
        for (name,) in cursor.fetchall():
            cursor.execute(f'SELECT row::text FROM "{name}" row')
            found[name] = sorted(row for (row,) in cursor.fetchall())
        return found


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
