"""Pictures side by side, a map, a file and a video on a page; a file that is too large in the form for it."""

import pytest
from playwright.sync_api import expect

from articles.models import Download, GalleryPicture, MapPicture, VideoPlayer
from detoxsite.core import upload_pass
from detoxsite.sample.loader.content import FOLDER
from tests.articles.media import make_pdf, make_picture, make_video
from tests.factories import make_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PLAY = """async (video) => {
  video.muted = true;
  await video.play();
  await new Promise((done) => video.addEventListener("timeupdate", () => video.currentTime > 0 && done()));
  const [captions] = video.textTracks;
  return [captions.mode, captions.cues.length, video.error];
}"""


def test_a_page_shows_them_to_everybody_and_fetches_a_video_only_when_it_is_started(visitor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    files = FOLDER / "files"
    video = make_video(
        (files / "walk-to-the-door.webm").read_bytes(), (files / "walk-to-the-door.vtt").read_bytes(), name="walk.webm"
    )
    make_page(
        "visit",
        body="<h2>The house</h2><p>By the water.</p>",
        blocks=[
            *(GalleryPicture(picture=make_picture(), caption="A room.", ordering=number) for number in (20, 21)),
            MapPicture(
                picture=make_picture(), title="The way", body="<p>Walk down.</p>", address="1 Pier", ordering=30
            ),
            Download(file=make_pdf(), ordering=40),
            VideoPlayer(video=video, ordering=50),
        ],
    )
    asked_for = []
    for width, dark in ((320, True), (1280, False)):
        someone = visitor(width=width, dark=dark)
        someone.page.on("request", lambda request: asked_for.append(request.url))
        someone.open("/visit/")
    assert not [url for url in asked_for if "/media/videos/" in url and url.endswith(".webm")]

    assert someone.page.locator("video").evaluate(PLAY) == ["showing", 3, None]
    assert [url for url in asked_for if url.endswith(".webm")]
    someone.check()


def test_a_file_that_is_too_large_is_refused_beside_its_field_before_it_is_sent(visitor, house, settings, tmp_path):
    settings.VIDEO_MAX_MB = 1
    large, small = tmp_path / "large.mp4", tmp_path / "small.mp4"
    large.write_bytes(bytes(3 << 20))
    small.write_bytes(b"x")
    editor = visitor()
    editor.sign_in(house["editor"])
    editor.open(upload_pass.PATH)
    page = editor.page
    page.get_by_label("Title").fill("A tour of the house")
    field = page.locator("#id_file")

    field.set_input_files(large)
    page.get_by_role("button", name="Save", exact=True).click()
    alert = page.get_by_role("alert").filter(has_text="This file has 3 MB, and 1 MB is the most that can be sent.")
    expect(alert).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("A tour of the house")
    editor.check()

    field.set_input_files(small)
    expect(alert).to_have_count(0)
    assert field.evaluate("input => input.checkValidity()")
