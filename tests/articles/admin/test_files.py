"""The libraries of PDF files and videos: uploads through the forms, replacement, deletion, and the way to readers."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from articles import services
from articles.models import Download, GalleryPicture, PdfFile, State, Video, VideoPlayer
from detoxsite.core import upload_pass
from tests.articles.media import CAPTIONS, make_pdf, make_picture, make_video, mp4_bytes, pdf_bytes, webm_bytes
from tests.factories import make_draft, make_page, make_user

pytestmark = pytest.mark.django_db

PDFS, VIDEOS = "/admin/articles/pdffile/", "/admin/articles/video/"
FORM = {"title": "Referral form", "language": "en", "dated_on": "2026-11-03", "note": "Can be read aloud."}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def editor(as_role):
    return as_role("editor")


def upload(name, content):
    return SimpleUploadedFile(name, content)


def errors_of(response, field):
    found = re.search(rf'<ul class="errorlist" id="id_{field}_error">(.*?)</ul>', response.content.decode(), re.DOTALL)
    return re.sub(r"\s*<[^>]+>\s*", " ", found[1]).strip() if found else ""


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


# --- PDF files -------------------------------------------------------------------------------------------------------


def test_a_pdf_is_stored_under_a_new_name_and_measured(editor):
    content = pdf_bytes(2, tagged=True)

    response = editor.post(f"{PDFS}add/", {**FORM, "file": upload("Form (final).pdf", content)}, follow=True)

    file = PdfFile.objects.get()
    assert re.fullmatch(r"files/form-final-[0-9a-f]{8}\.pdf", file.file.name)
    assert (file.pages, file.size, file.is_tagged) == (2, len(content), True)
    assert len(messages_of(response)) == 1  # that it was added; there is nothing to warn of
    assert "2 pages" in editor.get(PDFS).content.decode()


def test_who_uploads_is_told_of_a_named_author_and_of_missing_tags(editor):
    file = upload("form.pdf", pdf_bytes(author="Jane Doe"))

    told = " ".join(messages_of(editor.post(f"{PDFS}add/", {**FORM, "file": file}, follow=True)))

    assert "names its author, and every reader can see that: Jane Doe" in told
    assert "not tagged" in told


@pytest.mark.parametrize(
    ("content", "words"), [(b"MZ not a PDF", "not a PDF"), (pdf_bytes(script=True), "holds a script"), (b"", "empty")]
)
def test_a_refused_pdf_says_so_beside_the_field_and_keeps_what_was_typed(editor, content, words):
    response = editor.post(f"{PDFS}add/", {**FORM, "file": upload("form.pdf", content)})

    assert words in errors_of(response, "file")
    page = response.content.decode()
    assert all(f'value="{typed}"' in page for typed in ("Referral form", "2026-11-03", "Can be read aloud."))
    assert not PdfFile.objects.exists()


def test_the_page_says_the_limit_before_and_the_browser_checks_it(editor):
    page = editor.get(f"{PDFS}add/").content.decode()
    assert "up to 20 MB" in page
    assert re.search(r'<input type="file"[^>]* data-max-mb="20"', page)
    assert "js/upload-size" in page


def test_who_may_not_upload_is_not_offered_a_newer_version(as_role):
    assert "newer version" not in as_role("clinician").get(f"{PDFS}{make_pdf().pk}/change/").content.decode()


def test_an_address_leads_to_the_newer_file_once_readers_find_that_on_a_page(client, as_role):
    old = make_pdf()
    make_page("for-professionals", blocks=[Download(file=old, ordering=20)])
    editor = as_role("editor")
    page = editor.get(f"{PDFS}{old.pk}/change/").content.decode()
    assert 'name="title"' not in page  # signed: read-only
    [link] = re.findall(rf'href="({re.escape(PDFS)}add/\?[^"]+)">Upload a newer version', page)
    form = editor.get(link.replace("&amp;", "&")).context["adminform"].form
    assert form.initial["title"] == "Referral form"

    data = {**FORM, "dated_on": "2026-12-01", "replaces": old.pk, "file": upload("form.pdf", pdf_bytes(2))}
    editor.post(f"{PDFS}add/", data)
    new = PdfFile.objects.get(replaces=old)
    response = client.get(old.file.url)
    assert response.status_code == 200  # nobody has signed the newer one
    assert b"".join(response.streaming_content).startswith(b"%PDF-")

    make_page("forms", blocks=[Download(file=new, ordering=20)])
    response = client.get(old.file.url)
    assert (response.status_code, response.headers["Location"]) == (302, new.file.url)
    assert "max-age=5" in response.headers["Cache-Control"]

    told = messages_of(editor.post(f"{PDFS}{old.pk}/delete/", {"post": "yes"}, follow=True))
    assert any("the newer file “Referral form" in words for words in told)
    assert PdfFile.objects.filter(pk=old.pk).exists()


@pytest.mark.parametrize("live", [{2}, {1, 2}])
def test_the_oldest_address_leads_to_the_newest_file_that_readers_find(client, live):
    files = [make_pdf()]
    for _ in range(3):
        files.append(make_pdf(replaces=files[-1]))
    for number in live:
        make_page(f"forms-{number}", blocks=[Download(file=files[number], ordering=20)])

    for old in files[:2]:
        assert client.head(old.file.url).headers["Location"] == files[2].file.url
    for kept in files[2:]:
        assert client.head(kept.file.url).status_code == 200

    PdfFile.objects.filter(pk=files[2].pk).update(is_missing=True)
    assert client.head(files[0].file.url).headers.get("Location") == (files[1].file.url if 1 in live else None)


def test_files_of_withdrawn_pages_are_gone_unless_another_page_has_them(client):
    file, kept, video = make_pdf(), make_pdf(), make_video()
    blocks = [
        Download(file=file, ordering=20),
        Download(file=kept, ordering=30),
        VideoPlayer(video=video, ordering=40),
    ]
    page = make_page("forms", blocks=blocks)
    make_page("other", blocks=[Download(file=kept, ordering=20)])
    addresses = [file.file.url, video.file.url, video.captions.url]
    assert {client.head(address).status_code for address in addresses} == {200}

    services.withdraw(page.pk, by=make_user("clinician"), whole=True)

    for address in addresses:
        response = client.get(address)
        assert (response.status_code, "We took it down" in response.content.decode()) == (410, True)
        assert "max-age=5" in response.headers["Cache-Control"]
    assert client.head(kept.file.url).status_code == 200
    make_draft(blocks=[Download(file=file, ordering=20)])
    assert client.head(file.file.url).status_code == 200  # for whoever checks the draft


def test_readers_save_a_file_under_a_name_that_says_what_it_is(client):
    file = make_pdf(title="Consent, 42 CFR Part 2")

    response = client.get(file.file.url)

    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="consent-42-cfr-part-2.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert {"max-age=5", "s-maxage=10"} <= set(response.headers["Cache-Control"].split(", "))
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert client.get("/media/files/none.pdf").status_code == 404


def test_what_is_used_is_not_deleted_and_the_message_says_where(editor):
    file, video, picture = make_pdf(), make_video(poster=make_picture()), make_picture()
    make_draft(
        title="For professionals",
        blocks=[
            Download(file=file, ordering=20),
            VideoPlayer(video=video, ordering=30),
            GalleryPicture(picture=picture, ordering=40),
        ],
    )
    for address, where in (
        (f"{PDFS}{file.pk}", "For professionals, edition 1 (draft)"),
        (f"{VIDEOS}{video.pk}", "For professionals, edition 1 (draft)"),
        (f"/admin/articles/picture/{picture.pk}", "For professionals, edition 1 (draft)"),
        (f"/admin/articles/picture/{video.poster_id}", "The video “A tour”"),
    ):
        [told] = messages_of(editor.post(f"{address}/delete/", {"post": "yes"}, follow=True))
        assert "was not deleted, because it is used in" in told
        assert where in told


def test_a_file_that_is_not_used_is_deleted_with_its_content(editor, django_capture_on_commit_callbacks):
    file = make_pdf()
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(PDFS, {"action": "delete_selected", "_selected_action": file.pk, "post": "yes"})
    assert not PdfFile.objects.exists()
    assert not file.file.storage.exists(file.file.name)


def test_missing_files_are_on_the_first_page_of_the_admin_and_in_the_list(editor):
    make_pdf(is_missing=True)
    assert "PDF file missing: pages leave it out" in editor.get("/admin/").content.decode()
    assert "File missing" in editor.get(f"{PDFS}?is_missing__exact=1").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_however_long(editor, django_assert_max_num_queries, count):
    for _ in range(count):
        page_file = make_pdf()
        make_draft(state=State.IN_REVIEW, blocks=[Download(file=page_file, ordering=20)])
        make_video()
    for address in (PDFS, VIDEOS):
        editor.get(address)
        with django_assert_max_num_queries(12):
            editor.get(address)


# --- videos ----------------------------------------------------------------------------------------------------------


def test_a_video_is_uploaded_on_a_small_page_and_its_captions_on_the_next(editor):
    page = editor.get(f"{VIDEOS}add/")
    assert "up to 200 MB" in page.content.decode()
    assert "captions" not in page.context["adminform"].form.fields
    morsel = page.cookies[upload_pass.COOKIE]
    assert (morsel["path"], morsel["httponly"], morsel["samesite"]) == (f"{VIDEOS}add/", True, "Strict")
    assert upload_pass.is_valid(f"a=1; {upload_pass.COOKIE}={morsel.value}")

    data = {"title": "A tour", "language": "en", "file": upload("tour.mp4", mp4_bytes(640, 360, 75))}
    response = editor.post(f"{VIDEOS}add/", data)

    video = Video.objects.get()
    assert response.headers["Location"] == f"{VIDEOS}{video.pk}/change/"
    assert (video.width, video.height, video.seconds) == (640, 360, 75)
    data = {"title": "A tour", "language": "en", "captions": upload("tour.vtt", CAPTIONS), "transcript": "Hello."}
    editor.post(f"{VIDEOS}{video.pk}/change/", data)
    video.refresh_from_db()
    assert re.fullmatch(r"videos/tour-[0-9a-f]{8}\.vtt", video.captions.name)


def test_a_video_that_was_sent_without_a_pass_is_not_stored_and_can_be_sent_again(editor):
    def send():
        data = {"title": "A tour", "language": "en", "file": upload("tour.mp4", mp4_bytes())}
        return editor.post(f"{VIDEOS}add/", data)

    response = send()  # the web server may have cut it (ops/request_limits.py)

    assert errors_of(response, "file") == "This page was open too long. Send it again."
    assert 'value="A tour"' in response.content.decode()
    assert not Video.objects.exists()
    assert send().status_code == 302


@pytest.mark.parametrize("name", ["IMG_1.MOV", "movie", f"a.{'long' * 40}"])
def test_the_ending_is_that_of_the_content_whatever_a_file_was_called(editor, client, name):
    editor.get(f"{VIDEOS}add/")
    for address, content in ((f"{PDFS}add/", pdf_bytes()), (f"{VIDEOS}add/", mp4_bytes())):
        editor.post(address, {**FORM, "file": upload(name, content)})
    file, video = PdfFile.objects.get(), Video.objects.get()
    data = {"title": "A tour", "language": "en", "captions": upload("captions.txt", CAPTIONS), "transcript": "Hello."}
    editor.post(f"{VIDEOS}{video.pk}/change/", data)
    video.refresh_from_db()

    assert [one.name[-4:] for one in (file.file, video.file, video.captions)] == [".pdf", ".mp4", ".vtt"]
    page = make_page("tour", blocks=[Download(file=file, ordering=20), VideoPlayer(video=video, ordering=30)])
    assert 'type="video/mp4"' in client.get(page.get_absolute_url()).content.decode()
    for stored in (file.file, video.file, video.captions):
        assert client.head(stored.url).status_code == 200
    assert make_video(webm_bytes(), name=name).file.name.endswith(".webm")


def test_wrong_captions_are_told_by_line_and_nothing_typed_is_lost(editor):
    video = make_video(captions=b"")
    wrong = upload("tour.vtt", b"WEBVTT\n\n00:02.000 --> 00:01.000\nHello")

    response = editor.post(
        f"{VIDEOS}{video.pk}/change/",
        {"title": "A tour", "language": "en", "captions": wrong, "transcript": "Words that took an hour."},
    )

    assert errors_of(response, "captions") == "Line 3: this caption ends before it begins."
    assert "Words that took an hour." in response.content.decode()


def test_only_who_may_upload_gets_a_pass(as_role, client):
    assert upload_pass.COOKIE not in as_role("moderator").get(f"{VIDEOS}add/").cookies
    client.logout()
    assert upload_pass.COOKIE not in client.get(f"{VIDEOS}add/").cookies
    assert not upload_pass.is_valid("")
    assert not upload_pass.is_valid(f"{upload_pass.COOKIE}=video:abc:def")
