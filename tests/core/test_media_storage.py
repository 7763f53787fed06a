"""Pictures in a storage service: as from a folder for visitors, who never hear of the service."""

import socket
from datetime import timedelta
from io import BytesIO

import boto3
import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import override_settings
from django.utils import timezone
from moto.server import ThreadedMotoServer
from PIL import Image

from articles.models import Figure, Picture
from detoxsite.core import media_storage
from detoxsite.ops.backup import create
from testimonials import jobs
from testimonials.models import Photo, Status
from testimonials.services import author, moderation, photos
from tests.core.test_images import picture_file
from tests.factories import make_live, make_review, make_user

pytestmark = pytest.mark.django_db
BUCKET = "center"


@pytest.fixture(scope="module")
def service():
    """A storage service with a bucket: its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", **keys)
    client.create_bucket(Bucket=BUCKET)
    yield f"{host}:{port}"
    client.close()
    server.stop()


def stored_at(host: str):
    return override_settings(
        STORAGES={
            "default": media_storage.storage_of(f"s3://key:secret@{host}/{BUCKET}?tls=0"),
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        }
    )


@pytest.fixture
def in_service(service):
    with stored_at(service):
        yield service


def a_picture() -> Picture:
    picture = Picture(title="Stairs", alt="Six steps.", credit="us")
    picture.image.save("stairs.png", ContentFile(picture_file("PNG", (1200, 800)).read()), save=True)
    return picture


def a_shown_photo():
    review = make_review(Status.PENDING, allow=["words", "photo"])
    photo = photos.hold(ContentFile(picture_file().read(), name="picture.jpeg"))
    Photo.objects.filter(pk=photo.pk).update(review=review)
    moderation.approve(review.pk, by=make_user("moderator"), version=1, with_photo=True)
    review.refresh_from_db()
    return review


def test_an_article_shows_its_pictures_from_this_site(in_service, client):
    edition = make_live(blocks=[Figure(ordering=20, picture=a_picture())])

    html = client.get(edition.get_absolute_url()).content.decode()

    assert in_service not in html
    address = html.partition('src="')[2].partition('"')[0]
    assert address.startswith("/media/__processed__/")
    response = client.get(address)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/webp")
    assert "immutable" in response.headers["Cache-Control"]
    assert Image.open(BytesIO(response.content)).size == (480, 320)
    assert client.get("/media/pictures/none.png").status_code == 404


def test_a_photo_is_gone_from_the_service_when_its_review_is(in_service, client):
    review = a_shown_photo()
    name, url = review.shown_photo.name, review.shown_photo.url
    assert client.get(url).status_code == 200

    author.withdraw(review.pk, how="by phone")

    assert client.get(url).status_code == 410
    assert not default_storage.exists(name)


def test_pictures_that_no_review_shows_are_deleted_from_the_service(in_service):
    shown = a_shown_photo().shown_photo.name
    lost = default_storage.save("reviews/lost.jpeg", ContentFile(b"x"))
    jobs.delete_orphaned_pictures()
    assert default_storage.exists(lost)  # its row may be on its way

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        jobs.delete_orphaned_pictures()

    assert (default_storage.exists(lost), default_storage.exists(shown)) == (False, True)


def test_a_name_is_never_used_twice(in_service):
    first, second = (default_storage.save("pictures/a.png", ContentFile(content)) for content in (b"1", b"2"))

    assert first != second
    with default_storage.open(first) as file:
        assert file.read() == b"1"


def test_while_the_service_is_away_pages_are_served_and_pictures_say_so(service, client):
    with stored_at(service):
        edition = make_live(blocks=[Figure(ordering=20, picture=a_picture())])
        review = a_shown_photo()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        with stored_at(f"127.0.0.1:{nobody.getsockname()[1]}"):
            assert client.get(edition.get_absolute_url()).status_code == 200
            for url in ("/media/pictures/a.png", review.shown_photo.url):
                response = client.get(url)
                assert (response.status_code, response.headers["Retry-After"]) == (503, "120"), url
                assert "no-store" in response.headers["Cache-Control"]


def test_a_backup_leaves_out_what_the_service_keeps(in_service):
    assert not create._has_media_folder()


@pytest.mark.parametrize(
    "url",
    [
        *("s3://host/bucket", "s3://key@host/bucket", "s3://key:secret@host", "s3://key:secret@host/a/b"),
        *("https://key:secret@host/bucket", "s3://key:secret@host:x/bucket", "s3://key:secret@host/bucket?acl=public"),
    ],
)
def test_an_incomplete_address_is_refused_without_repeating_the_secret(url):
    with pytest.raises(ImproperlyConfigured) as raised:
        media_storage.storage_of(url)

    assert "secret@host" not in str(raised.value)
    assert "MEDIA_STORAGE_URL" in str(raised.value)
