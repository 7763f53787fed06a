"""Galleries, maps, files and videos on pages: how they are rendered, compared, checked and frozen."""

import re
from pathlib import Path

import pytest
from django.db import InternalError, transaction

from articles import editorial_gate, jobs, services
from articles.content import edition_snapshot
from articles.models import Article, Download, GalleryPicture, Kind, MapPicture, PdfFile, Picture, Text, VideoPlayer
from tests.articles.media import make_pdf, make_picture, make_video, mp4_bytes, pdf_bytes
from tests.factories import make_draft, make_page, make_user

pytestmark = pytest.mark.django_db

WAY = "<p>From the church, walk down to the water.</p>"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def page_with(*blocks, **fields):
    for number, block in enumerate(blocks, 2):
        block.ordering = number * 10
    return make_page(body="<h2>The house</h2><p>By the water.</p>", blocks=blocks, **fields)


def prose_of(client, page):
    html = client.get(page.get_absolute_url()).content.decode()
    return " ".join(re.search(r'<div class="prose broad">.*</article>', html, re.DOTALL)[0].split())


def found_in(*blocks):
    article = Article.objects.create(kind=Kind.HOUSE, slug="house")
    for number, block in enumerate(blocks, 2):
        block.ordering = number * 10
    result = editorial_gate.check_edition(make_draft("<p>Call us.</p>", article=article, blocks=blocks))
    return {finding.code for finding in result.red}, {finding.code for finding in result.amber}


# --- galleries and maps ----------------------------------------------------------------------------------------------


def test_pictures_in_a_row_are_one_gallery_and_keep_their_size(client):
    room, garden = make_picture(), make_picture(alt="A bench under a tree.")
    page = page_with(GalleryPicture(picture=room, caption="A single room."), GalleryPicture(picture=garden))

    prose = prose_of(client, page)

    assert prose.count('<ul class="plain gallery">') == 1
    assert re.search(r'alt="A bed by a window\." width="\d+" height="\d+" loading="lazy"', prose)
    assert re.search(r"<figcaption>A single room\.</figcaption>.*A bench under a tree", prose)


@pytest.mark.parametrize(("count", "is_refused"), [(1, True), (2, False), (9, False), (10, True)])
def test_a_gallery_has_two_to_nine_pictures(count, is_refused):
    picture = make_picture()
    red, _ = found_in(*(GalleryPicture(picture=picture) for _ in range(count)))
    assert ("gallery-size" in red) == is_refused


def test_text_alternatives_of_galleries_and_maps_are_checked():
    picture = make_picture(alt="picture of a room")
    for blocks in (
        [GalleryPicture(picture=picture), GalleryPicture(picture=picture)],
        [MapPicture(picture=picture, title="Map", body=WAY, address="1 Main Street")],
    ):
        with transaction.atomic():
            assert "alt-poor" in found_in(*blocks)[1]
            transaction.set_rollback(True)


def test_a_map_is_a_picture_with_words_and_a_link_that_says_where_it_leads(client):
    block = MapPicture(picture=make_picture(), title="The way", body=WAY, address="12 Pier & Main, ME 00000")
    page = page_with(block)

    prose = prose_of(client, page)

    assert re.search(r'<h2 id="the-way">The way</h2> <address>12 Pier &amp; Main, ME 00000</address>', prose)
    assert "walk down to the water" in prose
    assert (
        '<a href="https://www.openstreetmap.org/search?query=12+Pier+%26+Main%2C+ME+00000" rel="noreferrer">'
        "Look up this address on OpenStreetMap</a> (another website, which then learns which address you look for)."
    ) in prose
    assert "<iframe" not in prose
    assert "12 Pier & Main" in page.text


# --- files -----------------------------------------------------------------------------------------------------------


def test_files_in_a_row_are_one_list_with_what_was_measured(client):
    files = [make_pdf(pdf_bytes(2), language="es"), make_pdf(title="Consent", note="Ask us to read it to you.")]
    page = page_with(*(Download(file=file) for file in files))

    prose = prose_of(client, page)

    assert prose.count('<ul class="plain files">') == 1
    assert re.search(
        rf'href="{files[0].file.url}" hreflang="es" type="application/pdf" download>.*Referral form '
        r"<small>PDF, 2 pages, \d+ bytes, \w+ \d+, \d{4}, Spanish</small>",
        prose,
    )
    assert "Ask us to read it to you." in prose
    assert "Ask us to read it to you." in page.text


def test_a_missing_file_leaves_the_page_and_comes_back(client):
    file, other = make_pdf(), make_pdf(title="Consent")
    page = page_with(Download(file=file), Download(file=other))
    path = Path(file.file.path)
    content = path.read_bytes()
    file.file.storage.delete(file.file.name)

    assert jobs.find_missing_files() == 1
    prose = prose_of(client, page)
    assert "Referral form" not in prose
    assert prose.count('<ul class="plain files">') == 1  # begins with the other one

    path.write_bytes(content)
    assert jobs.find_missing_files() == 1
    assert "Referral form" in prose_of(client, page)


# --- videos ----------------------------------------------------------------------------------------------------------


def test_a_video_plays_when_it_is_started_and_has_captions_and_a_transcript(client):
    row = make_video(mp4_bytes(640, 360, 75), poster=make_picture(), transcript="Hello.\n\nCome in.")
    page = page_with(VideoPlayer(video=row, caption="Filmed by us."))

    prose = prose_of(client, page)

    assert re.search(
        r'<video controls preload="none" width="640" height="360" aria-label="A tour" poster="/media/[^"]+">'
        rf' <source src="{row.file.url}" type="video/mp4">'
        rf' <track kind="captions" src="{row.captions.url}" srclang="en" label="English" default>',
        prose,
    )
    assert "1:15 min," in prose
    assert "Nothing of the video is loaded before you press play." in prose
    assert '<section class="transcript" aria-label="Transcript of “A tour”" lang="en" dir="auto">' in prose
    assert re.search(r'<section class="transcript".*<p>Hello\.</p> <p>Come in\.</p>', prose)
    assert "Come in." in page.text


def test_a_video_without_captions_is_not_signed_off():
    red, amber = found_in(VideoPlayer(video=make_video(captions=b"", transcript="")))
    assert "captions-missing" in red
    assert "transcript-missing" in amber


def test_an_edition_can_be_opened_where_captions_and_pictures_are_missing(as_role):
    video, picture = make_video(poster=make_picture()), make_picture()
    page = page_with(VideoPlayer(video=video), GalleryPicture(picture=picture), GalleryPicture(picture=make_picture()))
    for gone in (video.captions, video.poster.image, picture.image):
        gone.storage.delete(gone.name)

    shown = edition_snapshot.from_edition(page)["blocks"]

    assert [(block.get("captions"), block.get("poster"), block.get("image")) for block in shown[1:3]] == [
        ("missing", "missing", None),
        (None, None, "missing"),
    ]
    assert as_role("editor").get(f"/admin/articles/edition/{page.pk}/change/").status_code == 200


# --- all of them -----------------------------------------------------------------------------------------------------


def blocks():
    return [
        GalleryPicture(picture=make_picture(), caption="A single room."),
        GalleryPicture(picture=make_picture()),
        MapPicture(picture=make_picture(alt="A map."), title="The way", body=WAY, address="1 Main Street"),
        Download(file=make_pdf()),
        VideoPlayer(video=make_video(), caption="Filmed by us."),
    ]


def test_every_word_is_in_the_snapshot_and_in_the_comparison():
    page = page_with(*blocks())

    lines = [
        re.sub(r"[0-9a-f]{8}", "…", line) for line in edition_snapshot.as_lines(edition_snapshot.from_edition(page))
    ]

    day = page.articles_download_set.get().file.dated_on
    assert lines[5:] == [
        *("Gallery picture …: A bed by a window. (us)", "A single room.", "Gallery picture …: A bed by a window. (us)"),
        *("The way", "Map …: A map. (us)", "[Address: 1 Main Street]", "From the church, walk down to the water."),
        f"PDF file …: Referral form (English, {day}): Can be read aloud.",
        *("Video …: A tour (English, captions …)", "Filmed by us.", "Hello, and welcome."),
    ]
    assert services.is_as_signed(page)


def test_what_is_typed_makes_the_same_snapshot_as_what_is_stored():
    page = page_with(*blocks())
    fields = {}
    for name, shown, typed in (
        ("gallerypicture", "picture", ["caption"]),
        ("mappicture", "picture", ["title", "body", "address"]),
        ("download", "file", []),
        ("videoplayer", "video", ["caption"]),
    ):
        rows = getattr(page, f"articles_{name}_set").order_by("ordering")
        fields[f"articles_{name}_set-TOTAL_FORMS"] = str(len(rows))
        for number, row in enumerate(rows):
            start = f"articles_{name}_set-{number}"
            fields |= {f"{start}-{field}": str(getattr(row, field)) for field in [*typed, "ordering"]}
            fields[f"{start}-{shown}"] = str(getattr(row, f"{shown}_id"))

    typed = edition_snapshot.from_form(fields)["blocks"]

    stored = edition_snapshot.from_edition(page)["blocks"][1:]
    assert [{key: value for key, value in block.items() if key != "anchor"} for block in typed] == stored


@pytest.mark.parametrize(
    "block",
    [
        lambda: GalleryPicture(picture=make_picture(), caption="Stop taking Xanax at home, alone."),
        lambda: MapPicture(
            picture=make_picture(), title="Way", body="<p>Stop taking Xanax at home, alone.</p>", address="1"
        ),
        lambda: Download(file=make_pdf(note="Stop taking Xanax at home, alone.")),
        lambda: VideoPlayer(video=make_video(transcript="Hello.\nStop taking Xanax at home, alone.")),
    ],
)
def test_dangerous_advice_is_found_in_every_block(block):
    assert "stop-alone" in found_in(block())[0]


def test_blocks_are_copied_into_a_new_draft():
    page = page_with(*blocks())
    draft = services.start_draft(page.pk, by=make_user())
    kinds = [block["kind"] for block in edition_snapshot.from_edition(draft)["blocks"]]
    assert kinds == ["text", "gallery", "gallery", "map", "download", "video"]
    assert Text.objects.filter(parent=draft).exists()


@pytest.mark.parametrize(
    ("model", "column", "value"),
    [
        *((Picture, "alt", "Other"), (PdfFile, "note", "Other"), (PdfFile, "file", "files/other.pdf")),
        *((PdfFile, "title", "Other"), (Picture, "image", "pictures/other.png")),
    ],
)
def test_what_signed_pages_show_of_the_libraries_is_frozen(model, column, value):
    picture = make_picture(title="Map")
    page_with(
        MapPicture(picture=picture, title="The way", body=WAY, address="1 Main Street"), Download(file=make_pdf())
    )
    with pytest.raises(InternalError, match="used in a frozen edition"), transaction.atomic():
        model.objects.update(**{column: value})


def test_a_signed_video_is_frozen_with_its_captions_and_the_picture_before_it():
    row = make_video(poster=make_picture())
    page_with(VideoPlayer(video=row))
    for rows, change in (
        (type(row).objects, {"captions": ""}),
        (type(row).objects, {"transcript": "Other"}),
        (type(row).objects, {"poster": None}),
        (Picture.objects, {"alt": "Other"}),
    ):
        with pytest.raises(InternalError, match="used in a frozen edition"), transaction.atomic():
            rows.update(**change)
    type(row).objects.update(is_missing=True)  # what the job finds out is no change of the words
