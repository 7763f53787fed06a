"""Videos and files over HTTP: in parts, from a folder and from a storage service, and with headers that fit."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from detoxsite.core import stored_files
from tests.core.test_media_storage import in_service, service  # noqa: F401 fixtures

pytestmark = pytest.mark.django_db

CONTENT = bytes(range(256)) * 40
SIZE = len(CONTENT)
NAME = "videos/tour-1a2b3c4d.mp4"


@pytest.fixture
def url(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return default_storage.url(default_storage.save(NAME, ContentFile(CONTENT)))


@pytest.fixture
def url_of_service(in_service):  # noqa: F811
    yield default_storage.url(default_storage.save(NAME, ContentFile(CONTENT)))
    default_storage.delete(NAME)


def body_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


PARTS = [
    ("bytes=0-1", 0, 2),
    ("bytes=100-", 100, SIZE),
    ("bytes=-100", SIZE - 100, SIZE),
    ("bytes=10000-99999", 10_000, SIZE),
]


@pytest.mark.parametrize(("asked", "start", "end"), PARTS)
def test_a_part_is_sent_from_a_folder(client, url, asked, start, end):
    response = client.get(url, headers={"Range": asked})

    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert response.headers["Content-Length"] == str(end - start)
    assert body_of(response) == CONTENT[start:end]


@pytest.mark.parametrize(("asked", "start", "end"), PARTS)
def test_a_part_is_sent_from_a_service(client, url_of_service, asked, start, end):
    response = client.get(url_of_service, headers={"Range": asked})
    assert (response.status_code, body_of(response)) == (206, CONTENT[start:end])


def test_from_a_service_no_more_than_a_piece_is_held_at_once(client, url_of_service, monkeypatch):
    monkeypatch.setattr(stored_files, "PIECE", 1000)
    part = client.get(url_of_service, headers={"Range": "bytes=500-"})
    assert part.headers["Content-Range"] == f"bytes 500-1499/{SIZE}"
    assert body_of(part) == CONTENT[500:1500]

    whole = client.get(url_of_service)
    assert [len(piece) for piece in whole.streaming_content] == [1000] * 10 + [240]
    others = [client.get(url_of_service) for _ in range(stored_files.MAX_STREAMS)]
    assert client.get(url_of_service).status_code == 503  # the threads stay free for people asking for help
    assert [body_of(response) for response in others] == [CONTENT] * len(others)
    assert body_of(client.get(url_of_service)) == CONTENT


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Range": f"bytes={SIZE}-"}, 416),
        ({"Range": "bytes=0-1,5-6"}, 200),
        ({"Range": "bytes=9-1"}, 200),
        ({"Range": "lines=1-2"}, 200),
        ({"Range": "bytes=x"}, 200),
        ({"Range": "bytes=0-1", "If-Range": '"another"'}, 200),
        ({"Range": "bytes=0-1", "If-Range": '"tour-1a2b3c4d"'}, 206),
        ({"If-None-Match": '"tour-1a2b3c4d"'}, 304),
        ({"If-None-Match": 'W/"tour-1a2b3c4d"'}, 304),
    ],
)
def test_other_wishes_are_answered_as_the_standard_says(client, url, headers, status):
    response = client.get(url, headers=headers)

    assert response.status_code == status
    assert response.headers["Accept-Ranges"] == "bytes"
    if status == 416:
        assert response.headers["Content-Range"] == f"bytes */{SIZE}"
    assert body_of(response) == {200: CONTENT, 206: CONTENT[:2]}.get(status, b"")


@pytest.mark.parametrize(("asked", "status", "body"), [("", 200, CONTENT), ("bytes=0-999", 206, CONTENT[:1000])])
def test_what_is_sent_in_parts_is_never_compressed(client, url, asked, status, body):
    response = client.get(url, headers={"Accept-Encoding": "gzip", **({"Range": asked} if asked else {})})

    assert (response.status_code, body_of(response)) == (status, body)
    assert "Content-Encoding" not in response.headers
    assert response.headers["ETag"] == '"tour-1a2b3c4d"'
    assert response.headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize(
    "address", ["videos/{}.mp4", "pictures/{}.png", "cards/{}.png", "__processed__/{}/a.webp", "files/{}.pdf"]
)
def test_a_name_longer_than_the_disk_allows_is_not_found(client, url, address):
    assert client.get(f"/media/{address.format('n' * 300)}").status_code == 404
    assert client.get(f"/media/{address.format('ü' * 200)}").status_code == 404


def test_headers_say_what_it_is_and_that_it_may_be_gone_in_a_minute(client, url):
    captions = default_storage.url(default_storage.save("videos/tour.vtt", ContentFile(b"WEBVTT")))

    video, text = client.get(url), client.get(captions)

    assert video.headers["Content-Type"] == "video/mp4"
    assert text.headers["Content-Type"] == "text/vtt; charset=utf-8"
    for response in (video, text):
        assert {"max-age=5", "s-maxage=10"} <= set(response.headers["Cache-Control"].split(", "))
    assert video.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in video.headers["Content-Security-Policy"]
    assert client.get("/media/videos/none.mp4").status_code == 404
    assert client.get("/media/videos/..%2Fsecret.mp4").status_code == 404
    assert client.head(url).headers["Content-Length"] == str(SIZE)
    assert (body_of(video), body_of(text)) == (CONTENT, b"WEBVTT")
