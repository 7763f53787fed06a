"""The picture library: uploads, renditions, where a picture is used, deletion."""

import io
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.db import IntegrityError
from PIL import Image

from articles.admin.pictures import PictureAdmin
from articles.models import Figure, Picture
from tests.core.test_images import bomb, picture_file, with_gps
from tests.factories import make_draft, make_live

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/picture/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def two_halves(size=(800, 400)):
    """A picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", size, "#0000ff")
    picture.paste("#ff0000", (0, 0, size[0] // 2, size[1]))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return ContentFile(file.getvalue(), name="halves.png")


def make_picture(title="Stairs", **fields):
    picture = Picture(title=title, alt="Six steps.", credit="us", **fields)
    picture.image.save("stairs.png", two_halves(), save=True)
    return picture


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def messages_of(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


FIELDS = {"title": "A title", "alt": "What it shows.", "credit": "us"}


@pytest.mark.parametrize(
    ("upload", "message"),
    [
        (ContentFile(b"<html><script>x()</script></html>", name="x.png"), "picture that we can read"),
        (ContentFile(b"<svg xmlns='http://www.w3.org/2000/svg'/>", name="x.png"), "picture that we can read"),
        (ContentFile(b"GIF89a<script>x()</script>", name="x.jpg"), "picture that we can read"),
        (ContentFile(b"\x89PNG\r\n\x1a\n" + b"\0" * 400, name="x.png"), "picture that we can read"),
        (bomb(), "megapixels"),
        (ContentFile(b"", name="x.png"), "empty"),
    ],
)
def test_a_file_that_is_no_picture_is_refused_with_a_message_and_the_form_is_kept(as_role, media, upload, message):
    upload.seek(0)

    response = as_role("editor").post(f"{LIST}add/", {**FIELDS, "image": upload})

    html = response.content.decode()
    assert response.status_code == 200
    assert re.search(message, re.search(r'<ul class="errorlist".*?</ul>', html, re.DOTALL)[0])
    assert 'value="A title"' in html
    assert 'value="What it shows."' in html
    assert not Picture.objects.exists()
    assert files(media) == []


@pytest.mark.parametrize("upload", [with_gps, lambda: ContentFile(picture_file().read() + b"<?php x()", name="p.jpg")])
def test_only_the_image_data_of_an_upload_is_kept(as_role, media, upload):
    as_role("editor").post(f"{LIST}add/", {**FIELDS, "image": upload()})

    assert Picture.objects.get().image.name.endswith(".jpeg")
    for path in files(media):
        assert not re.search(rb"SecretCamera|<\?php|GPS", path.read_bytes()), path
        with Image.open(path) as picture:
            assert dict(picture.getexif()) == {}


def test_every_rendition_a_page_may_need_is_made_at_the_upload(as_role, media, client):
    picture, free = make_picture(), make_picture("Free")
    made = sorted(files(media))
    edition = make_live(blocks=[Figure(ordering=20, picture=picture)])

    client.get(edition.get_absolute_url())
    as_role("editor")
    for url in (LIST, f"{LIST}{picture.pk}/change/", f"{LIST}{free.pk}/change/"):
        client.get(url)

    assert len(made) == 2 * 6  # each: the original, two sizes in two formats, the square
    assert sorted(files(media)) == made


@pytest.mark.parametrize(("point", "color"), [("0.1x0.5", 0), ("0.9x0.5", 2)])
def test_the_square_is_cut_out_around_the_focal_point(media, point, color):
    picture = make_picture(image_ppoi=point)

    with Image.open(media / picture.image.square.removeprefix("/media/")) as square:
        assert square.size == (240, 240)
        assert square.getpixel((120, 120)).index(max(square.getpixel((120, 120)))) == color


def test_the_library_shows_each_picture_and_links_to_where_it_is_used(as_role, django_assert_max_num_queries):
    picture, free = make_picture(), make_picture("Unused")
    live = make_live(title="Sleep", blocks=[Figure(ordering=20, picture=picture)])
    draft = make_draft(
        title="Rest", blocks=[Figure(ordering=20, picture=picture), Figure(ordering=30, picture=picture)]
    )
    client = as_role("editor")

    with django_assert_max_num_queries(14):
        listed = client.get(LIST).content.decode()
    page = client.get(f"{LIST}{picture.pk}/change/").content.decode()
    unused = client.get(f"{LIST}{free.pk}/change/").content.decode()

    for html in (listed, page):
        assert f'<a href="/admin/articles/edition/{live.pk}/change/">Sleep, edition 1 (signed off)</a>' in html
        assert html.count(f'<a href="/admin/articles/edition/{draft.pk}/change/">Rest, edition 1 (draft)</a>') == 1
    assert f'<img src="{picture.image.square}" alt="Six steps."' in listed
    assert f'src="{picture.image.preview}"' in page
    assert "Not used yet" in unused
    assert ["deletelink" in html for html in (page, unused)] == [False, True]
    assert f'src="{free.image.preview}"' in unused
    assert "js/focal-point.js" in unused
    assert 'name="image_ppoi_left"' in unused


@pytest.mark.parametrize("role", ["editor", "manager"])
def test_an_unused_picture_is_deleted_with_its_files(as_role, media, role, django_capture_on_commit_callbacks):
    picture = make_picture()
    client = as_role(role)

    assert "Are you sure" in client.get(f"{LIST}{picture.pk}/delete/").content.decode()
    with django_capture_on_commit_callbacks() as later:
        client.post(f"{LIST}{picture.pk}/delete/", {"post": "yes"})

    assert not Picture.objects.exists()
    assert len(files(media)) == 6  # deleted only on commit
    for act in later:
        act()
    assert files(media) == []


def test_a_replaced_picture_leaves_no_file_behind(as_role, media, django_capture_on_commit_callbacks):
    picture = make_picture()
    before = set(files(media))

    with django_capture_on_commit_callbacks(execute=True):
        as_role("editor").post(f"{LIST}{picture.pk}/change/", {**FIELDS, "image": picture_file()})

    assert Picture.objects.get().image.name.endswith(".jpeg")
    assert not before & set(files(media))
    assert len(files(media)) == 6


def test_a_picture_in_use_is_not_deleted_and_the_message_says_where_it_is_used(as_role, media):
    picture = make_picture()
    make_draft(title="Rest", blocks=[Figure(ordering=20, picture=picture)])
    client = as_role("editor")

    for response in (
        client.get(f"{LIST}{picture.pk}/delete/"),
        client.post(f"{LIST}{picture.pk}/delete/", {"post": "yes"}),
    ):
        assert (response.status_code, response.headers["Location"]) == (302, f"{LIST}{picture.pk}/change/")
        assert messages_of(response)[-1] == "“Stairs” was not deleted, because it is used in: Rest, edition 1 (draft)."
    assert Picture.objects.get() == picture
    assert len(files(media)) == 6
    assert not LogEntry.objects.exists()


def test_of_several_pictures_those_in_use_are_kept(as_role, media, django_capture_on_commit_callbacks):
    used, free = make_picture(), make_picture("Unused")
    make_draft(title="Rest", blocks=[Figure(ordering=20, picture=used)])
    client = as_role("editor")
    data = {"action": "delete_selected", "_selected_action": [used.pk, free.pk]}

    asked = client.post(LIST, data)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(LIST, {**data, "post": "yes"})

    html = asked.content.decode()
    assert "Unused" in html
    assert f'name="_selected_action" value="{used.pk}"' not in html
    assert Picture.objects.get() == used
    assert len(files(media)) == 6


@pytest.mark.parametrize("bulk", [False, True])
def test_a_picture_that_comes_into_use_during_the_deletion_is_kept(as_role, media, monkeypatch, bulk):
    picture = make_picture()
    client = as_role("editor")

    def too_late(*args):
        raise IntegrityError("still referenced")

    monkeypatch.setattr(PictureAdmin, "delete_queryset" if bulk else "delete_model", too_late)
    url, data = (
        (LIST, {"action": "delete_selected", "_selected_action": [picture.pk]})
        if bulk
        else (f"{LIST}{picture.pk}/delete/", {})
    )
    response = client.post(url, {**data, "post": "yes"})

    assert response.status_code == 302
    assert Picture.objects.get() == picture
    assert not any("uccessfully" in message for message in messages_of(response))


def test_a_clinician_can_view_and_cannot_delete(as_role):
    picture = make_picture()
    client = as_role("clinician")

    assert client.get(f"{LIST}{picture.pk}/change/").status_code == 200
    assert client.post(f"{LIST}{picture.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [picture.pk], "post": "yes"})
    assert Picture.objects.exists()
