"""The picture library at the door: search and tags, choosing, adding one or several, the focal point."""

import json
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import held_pictures
from articles.lookup import pictures
from articles.models import Figure, HeldPicture, Picture, Rendering
from tests.articles.media import make_picture
from tests.core.test_images import bomb, picture_file
from tests.factories import make_draft, make_live, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/picture/"
CHOOSE, UPLOAD, SEVERAL = f"{LIST}choose/", f"{LIST}upload/", f"{LIST}add-several/"
SIZE = {"image_width": 8, "image_height": 8}
HOSTILE = ["\0", "9" * 5000, "-1", "²", "'':* | & !", '"]} \\u0000', "😀", "x" * 5000, "%00", "<!--"]


@pytest.fixture(autouse=True)
def library(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    pictures.kept_tags.clear()


@pytest.fixture
def editor(as_role):
    return as_role("editor")


def named_file(name="reading-room_2.jpg"):
    return SimpleUploadedFile(name, picture_file().read(), "image/jpeg")


def bare_picture(**fields):
    """A picture without a file that anybody opens."""
    return Picture(**{"title": "Room", "alt": "A bed.", "credit": "us", "image": "pictures/none.png", **SIZE, **fields})


def found(client, **data):
    answer = client.post(CHOOSE, data)
    assert answer.status_code == 200
    return answer.json()


def titles(answer):
    return [picture["title"] for picture in answer["found"]]


# --- search and tags ---


def test_pictures_are_found_by_all_their_words_in_any_order_and_by_tag(editor):
    make_picture(title="Reading room", alt="Two chairs.", credit="Ann Lee, CC BY", tags=["indoors", "quiet place"])
    make_picture(title="Pier", alt="A pier at dusk, two chairs.", credit="us", tags=["sea"])

    assert titles(found(editor)) == ["Pier", "Reading room"]  # the newest first
    for typed in ("read", "CHAIR ann", "quiet", "place two", "cc by"):
        assert titles(found(editor, typed=typed)) == ["Reading room"], typed
    assert titles(found(editor, typed="chairs")) == ["Pier", "Reading room"]
    assert titles(found(editor, typed="oom")) == titles(found(editor, typed="***")) == []
    assert titles(found(editor, tag="sea")) == ["Pier"]
    assert found(editor, tags="1")["tags"] == [["indoors", 1], ["quiet place", 1], ["sea", 1]]
    listed = editor.get(LIST, {"q": "chair read", "tag": "indoors"}).content.decode()
    assert ("Reading room" in listed, "Pier" in listed) == (True, False)


def test_the_search_can_use_its_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "picture_search" in pictures.matching(Picture.objects.order_by(), "room").explain()


def test_pages_of_the_chooser_hold_24_and_a_number_beyond_the_last_is_the_last(editor):
    Picture.objects.bulk_create(bare_picture(title=f"No. {number}") for number in range(50))
    first, last = found(editor), found(editor, page="3")
    assert (len(first["found"]), first["total"], first["pages"], len(last["found"])) == (24, 50, 3, 2)
    assert found(editor, page="9" * 30)["page"] == 3


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_requests_are_answered_in_order(editor, typed):
    make_picture()
    assert found(editor, typed=typed, tag=typed, page=typed)["page"] == 1
    for query in ({"q": typed}, {"tag": typed}, {"p": typed}):
        assert editor.get(LIST, query).status_code in {200, 302}
    words = {"title": typed, "alt": typed, "credit": typed, "tags": typed}
    assert editor.post(UPLOAD, {**words, "image": typed}).status_code == 422
    assert editor.post(SEVERAL, {**words, "act": f"remove {typed}", "files": typed}).status_code == 200
    assert editor.post(SEVERAL, {**words, "act": typed}).status_code == 200


def test_only_who_may_see_or_add_pictures_gets_in(as_role, client):
    assert as_role("clinician").post(CHOOSE).status_code == 200
    assert [client.post(address).status_code for address in (UPLOAD, SEVERAL)] == [403, 403]
    client.force_login(make_user("admissions"))
    assert [client.post(address).status_code for address in (CHOOSE, UPLOAD, SEVERAL)] == [403, 403, 403]
    assert as_role("editor").get(CHOOSE).status_code == 405


# --- one on the way ---


def test_a_picture_uploaded_while_choosing_is_in_the_library_with_its_words(editor):
    words = {"alt": "A bed by a window.", "credit": "us", "tags": "Rooms,  quiet   place, rooms"}
    answer = editor.post(UPLOAD, {**words, "image": named_file()})

    picture = Picture.objects.get()
    assert answer.json()["picture"]["id"] == picture.pk
    assert (picture.title, picture.tags) == ("Reading room 2", ["rooms", "quiet place"])
    assert picture.image.square == answer.json()["picture"]["square"]
    assert LogEntry.objects.filter(object_id=picture.pk).exists()


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"alt": " "}, "alt", "Describe what the picture shows"),
        ({"credit": ""}, "credit", "Say who made it"),
        ({"image": ""}, "image", "required"),
        ({"image": SimpleUploadedFile("x.png", b"<svg/>")}, "image", "picture that we can read"),
        ({"tags": "a" * 31}, "tags", "Put commas between the tags"),
        ({"tags": ",".join(map(str, range(13)))}, "tags", "12 tags are the most"),
    ],
)
def test_what_is_wrong_with_an_upload_is_said_by_field(editor, change, field, words):
    answer = editor.post(UPLOAD, {"title": "Bed", "alt": "A bed.", "credit": "us", "image": named_file(), **change})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert words in answer.json()["errors"][field][0]
    assert not Picture.objects.exists()


# --- several at once ---


def rows_of(html):
    return re.findall(r'name="held-(\d+)-alt"', html)


def test_several_files_are_added_at_once_and_a_bad_one_costs_none_of_the_others(editor):
    files = [named_file("pier.jpg"), SimpleUploadedFile("notes.txt", b"hello"), bomb(), named_file("hall.jpg")]
    files[2].name = "bomb.png"
    held = editor.post(SEVERAL, {"act": "hold", "files": files, "credit": "Ann Lee"})
    html = held.content.decode()

    pier, hall = rows_of(html)
    assert held.status_code == 422
    assert re.search(r"<b>notes.txt</b>: This file is not a .* picture that we can read", html)
    assert re.search(r"<b>bomb.png</b>: This picture has more than 70 megapixels", html)
    assert 'value="Ann Lee"' in html
    assert not Picture.objects.exists()

    row = {f"held-{pier}-title": "Pier", f"held-{pier}-alt": "A pier at dusk.", f"held-{pier}-tags": "sea"}
    other = {f"held-{hall}-title": "The hall", f"held-{hall}-alt": "", f"held-{hall}-tags": ""}
    shared = {"credit": "Ann Lee", "tags": "house", "act": "save"}
    left = editor.post(SEVERAL, {**shared, **row, **other})
    assert left.status_code == 422
    assert rows_of(left.content.decode()) == [hall]
    assert "Describe what the picture shows" in left.content.decode()
    assert 'value="The hall"' in left.content.decode()
    picture = Picture.objects.get()
    assert (picture.title, picture.alt, picture.credit) == ("Pier", "A pier at dusk.", "Ann Lee")
    assert picture.tags == ["house", "sea"]

    done = editor.post(SEVERAL, {**shared, **other, f"held-{hall}-alt": "A hall with a bench."})
    assert (done.status_code, done.headers["Location"]) == (302, LIST)
    assert [one.title for one in Picture.objects.order_by("pk")] == ["Pier", "The hall"]
    assert not HeldPicture.objects.exists()


def test_without_a_credit_nothing_is_stored_and_nothing_is_lost(editor):
    editor.post(SEVERAL, {"act": "hold", "files": [named_file()]})
    held = HeldPicture.objects.get()
    row = {f"held-{held.pk}-title": "Hall", f"held-{held.pk}-alt": "A hall.", f"held-{held.pk}-tags": ""}
    html = editor.post(SEVERAL, {**row, "act": "save", "credit": ""}).content.decode()
    assert "Say who made it" in html
    assert 'value="A hall."' in html
    assert (Picture.objects.count(), HeldPicture.objects.count()) == (0, 1)


def test_a_file_sent_by_the_script_comes_back_as_its_row(editor):
    answer = editor.post(SEVERAL, {"act": "hold", "part": "rows", "files": [named_file()]}).json()
    assert rows_of(answer["rows"]) == [str(HeldPicture.objects.get().pk)]
    assert 'value="Reading room 2"' in answer["rows"]
    assert answer["refused"] == []


def test_held_pictures_are_their_owners_alone_bounded_and_deleted_after_a_week(as_role, monkeypatch):
    monkeypatch.setattr(held_pictures, "MAX_HELD", 1)
    client = as_role("editor")
    client.post(SEVERAL, {"act": "hold", "files": [named_file()]})
    full = client.post(SEVERAL, {"act": "hold", "files": [named_file("more.jpg")]}).content.decode()
    assert "<b>more.jpg</b>: You have 1 pictures here already" in full

    held = HeldPicture.objects.get()
    other = as_role("manager")
    assert rows_of(other.get(SEVERAL).content.decode()) == []
    row = {f"held-{held.pk}-title": "Mine now", f"held-{held.pk}-alt": "X.", "credit": "me", "act": "save"}
    other.post(SEVERAL, row)
    other.post(SEVERAL, {"act": f"remove {held.pk}"})
    assert (Picture.objects.count(), HeldPicture.objects.count()) == (0, 1)

    assert held_pictures.delete_old() == 0
    assert held_pictures.delete_old(timezone.now() + held_pictures.RETENTION + timedelta(minutes=1)) == 1


# --- the field ---


def test_without_scripts_the_field_is_a_list_with_the_chosen_and_the_newest_pictures(editor):
    chosen = make_picture(title="Chosen")
    Picture.objects.bulk_create(bare_picture(title=f"No. {number}") for number in range(30))
    draft = make_draft(blocks=[Figure(ordering=20, picture=chosen)], created_by=make_user("editor"))
    html = editor.get(f"/admin/articles/edition/{draft.pk}/change/").content.decode()
    field = re.search(r'<select name="articles_figure_set-0-picture".*?</select>', html, re.DOTALL)[0]
    assert re.search(rf'value="{chosen.pk}" selected data-src="{re.escape(chosen.image.preview)}"', field)
    assert len(re.findall("<option", field)) == 2 + 10
    blank = re.search(r'<select name="articles_figure_set-__prefix__-picture".*?</select>', html, re.DOTALL)[0]
    assert len(re.findall("<option", blank)) == 1


def test_the_pictures_of_all_blocks_are_read_at_once(editor):
    pictures_of_it = [make_picture(title=f"No. {number}") for number in range(3)]
    draft = make_draft(blocks=[Figure(ordering=20, picture=pictures_of_it[0])], created_by=editor.user)

    def queries():
        with CaptureQueriesContext(connection) as queries:
            editor.get(f"/admin/articles/edition/{draft.pk}/change/")
        return len(queries)

    queries()  # what a process keeps
    one = queries()
    for number, picture in enumerate(pictures_of_it[1:]):
        Figure.objects.create(parent=draft, region="main", ordering=30 + number, picture=picture)
    assert queries() == one


@pytest.mark.parametrize("typed", ["9" * 5000, "-1", "²", "x"])
def test_a_row_with_a_picture_that_does_not_exist_is_refused_beside_its_field(editor, typed):
    make_picture()
    person = {"name": "Ann Lee", "slug": "ann-lee", "credentials": "MD", "role": "Nurse", "picture": typed}
    answer = editor.post("/admin/articles/person/add/", person)
    assert answer.status_code == 200
    assert "Select a valid choice" in answer.content.decode()


# --- the focal point ---


def saved(client, picture, **fields):
    data = {"title": picture.title, "alt": picture.alt, "credit": picture.credit, **fields}
    answer = client.post(f"{LIST}{picture.pk}/change/", data)
    picture.refresh_from_db()
    return answer


def test_the_focal_point_is_two_numbers_without_a_script(editor):
    picture = make_picture(image_ppoi="0.214x0.7")
    html = editor.get(f"{LIST}{picture.pk}/change/").content.decode()
    assert re.search(r'name="image_ppoi_left"[^>]* value="21"', html)
    assert re.search(r'name="image_ppoi_top"[^>]* value="70"', html)
    assert saved(editor, picture, image_ppoi_left="21", image_ppoi_top="70").status_code == 302
    assert picture.image_ppoi == "0.214x0.7"  # unchanged
    assert saved(editor, picture, image_ppoi_left="5", image_ppoi_top="").status_code == 302
    assert picture.image_ppoi == "0.050x0.500"


def test_another_image_begins_with_its_middle(editor):
    picture = make_picture(image_ppoi="0.100x0.700")
    point = {"image_ppoi_left": "10", "image_ppoi_top": "70"}
    assert saved(editor, picture, image=named_file(), **point).status_code == 302
    assert picture.image_ppoi == "0.5x0.5"
    assert saved(editor, picture, image=named_file(), **point).status_code == 302
    assert picture.image_ppoi == "0.100x0.700"


@pytest.mark.parametrize("number", ["101", "-1", "nan", "1e9", "\0", "9" * 400])
def test_a_focal_point_outside_the_picture_is_refused(editor, number):
    picture = make_picture()
    assert saved(editor, picture, image_ppoi_left=number, image_ppoi_top="5").status_code == 200
    assert picture.image_ppoi == "0.5x0.5"


@pytest.mark.parametrize("stored", ["", "x", "nanxinf", "1e999x0", "0.5", "0.1x0.2x0.3"])
def test_a_focal_point_that_was_stored_by_other_means_does_not_break_the_page(editor, stored):
    picture = make_picture()
    Picture.objects.update(image_ppoi=stored)
    assert editor.get(f"{LIST}{picture.pk}/change/").status_code == 200


def test_of_a_signed_picture_words_and_image_stay_and_the_focal_point_moves_what_is_cut(editor, client):
    picture = make_picture()
    signed = make_live(blocks=[Figure(ordering=20, picture=picture)])
    square, words = picture.image.square, (picture.alt, picture.credit, picture.image.name)

    for typed in ({"alt": "A long hall."}, {"image": named_file()}):
        refused = saved(editor, picture, title="Stairs", **typed)  # from a page that was opened before
        message = " ".join(refused.context["adminform"].form.non_field_errors())
        assert "its image, text alternative and credit stay as they are" in message
        assert ("You typed: “A long hall.”" in message) == ("alt" in typed)
        assert picture.title != "Stairs"
    answer = saved(editor, picture, title="Stairs", tags="a, B", image_ppoi_left="0")

    assert answer.status_code == 302
    assert (picture.alt, picture.credit, picture.image.name) == words
    assert (picture.title, picture.tags, picture.image_ppoi) == ("Stairs", ["a", "b"], "0.000x0.500")
    assert picture.image.square != square
    assert Rendering.objects.get(edition=signed).renderer == ""  # its addresses of pictures are outdated
    page = client.get(signed.get_absolute_url()).content.decode()
    assert picture.image.webp_960 in page
    assert json.loads(LogEntry.objects.get().change_message)[0]["changed"]["fields"]
