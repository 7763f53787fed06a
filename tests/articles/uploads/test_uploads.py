"""What is refused of uploaded PDF files, videos and captions, and in which words; what is measured."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from articles.uploads import captions, pdf, pdf_process, video
from tests.articles.media import CAPTIONS, element, mp4_bytes, pdf_bytes, upload, webm_bytes


def refusal(check, content, name="file"):
    with pytest.raises(ValidationError) as raised:
        check(upload(name, content))
    return " ".join(raised.value.messages)


def dictionary(**entries) -> DictionaryObject:
    """Of a PDF; strings are names."""
    made = DictionaryObject()
    for key, value in entries.items():
        value = dictionary(**value) if type(value) is dict else NameObject(value) if type(value) is str else value
        made[NameObject(f"/{key}")] = value
    return made


def pdf_with(**catalog) -> bytes:
    """A PDF with these entries in its catalog."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    metadata = catalog.pop("Metadata", None)
    writer.root_object.update(dictionary(**catalog))
    if metadata is not None:
        writer.root_object[NameObject("/Metadata")] = writer._add_object(metadata)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# --- PDF -------------------------------------------------------------------------------------------------------------


def test_a_pdf_is_measured():
    facts = pdf.inspect(upload("form.pdf", pdf_bytes(3, author="Jane Doe", tagged=True)))

    assert (facts.pages, facts.author, facts.is_tagged) == (3, "Jane Doe", True)
    assert not pdf.inspect(upload("form.pdf", pdf_bytes())).is_tagged


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GIF89a", "not a PDF that we can read"),
        (b"%PDF-1.7\nnothing else", "not a PDF that we can read"),
        (b"%PDF-1.7\n" + b"<<" * 5_000, "not a PDF that we can read"),
        (pdf_bytes()[:300], "not a PDF that we can read"),
        (pdf_bytes(password="secret"), "protected by a password"),  # noqa: S106
        (pdf_bytes(script=True), "holds a script"),
        (pdf_bytes(attachment=True), "other files inside"),
        (pdf_bytes(launch=True), "starts another program"),
        (pdf_bytes(0), "not a PDF that we can read"),
    ],
)
def test_a_pdf_that_is_none_or_does_more_than_be_read_is_refused(content, words):
    assert words in refusal(pdf.inspect, content)


@pytest.mark.parametrize("kind", ["/GoToR", "/GoToE", "/Rendition"])
def test_a_pdf_that_opens_something_else_is_refused(kind):
    assert "opens another file" in refusal(pdf.inspect, pdf_with(B={"S": kind}))


def test_a_pdf_may_link_to_an_address_and_not_call_it_by_itself():
    call = {"S": "/URI"}
    for start in ({"OpenAction": call}, {"AA": {"WC": {"S": "/GoTo", "Next": call}}}):
        assert "calls a web address by itself" in refusal(pdf.inspect, pdf_with(**start))
    for fine in ({"A": call}, {"OpenAction": {"S": "/GoTo"}}, {"AA": {}}):
        pdf.inspect(upload("form.pdf", pdf_with(**fine)))


def test_a_pdf_with_tags_that_are_not_marked_and_wrong_metadata_is_measured():
    metadata = StreamObject()
    metadata.set_data(b"<x:xmpmeta")

    facts = pdf.inspect(upload("form.pdf", pdf_with(StructTreeRoot={}, Metadata=metadata)))

    assert (facts.pages, facts.is_tagged, facts.author) == (1, False, "")


def bomb(streams: int, megabytes: int) -> bytes:
    """A PDF whose object streams unpack to much more than it has itself."""
    packed = zlib.compress(b"9 0 null" + b" " * (megabytes << 20), 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ]
    head = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    objects += [head + packed + b"\nendstream"] * streams
    out, rows = b"%PDF-1.7\n", [struct.pack(">BIB", 0, 0, 0)]
    for number, content in enumerate(objects, 1):
        rows.append(struct.pack(">BIB", 1, len(out), 0))
        out += b"%d 0 obj" % number + content + b"\nendobj\n"
    rows += [struct.pack(">BIB", 2, 4 + number, 0) for number in range(streams)]  # each object in a stream of its own
    size, table = len(rows), b"".join(rows)
    head = b"<</Type/XRef/W[1 4 1]/Size %d/Root 1 0 R/Length %d>>stream\n" % (size, len(table))
    return out + b"%d 0 obj" % size + head + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % len(out)


def test_a_pdf_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(pdf_process, "MEMORY", 256 << 20)
    assert pdf.inspect(upload("form.pdf", bomb(2, 1))).pages == 1
    assert "not a PDF that we can read" in refusal(pdf.inspect, bomb(5, 60))


def test_a_pdf_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_SIZE", 300)
    assert "larger than" in refusal(pdf.inspect, pdf_bytes())


# --- videos ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("turned", "size"), [(False, (640, 360)), (True, (360, 640))])
def test_an_mp4_is_measured_as_it_is_shown(turned, size):
    facts = video.inspect(upload("tour.mp4", mp4_bytes(turned=turned, seconds=75, size=5_000)))
    assert (facts.width, facts.height, facts.seconds, facts.codec) == (*size, 75, "avc1")


def test_a_webm_is_measured():
    facts = video.inspect(upload("tour.webm", webm_bytes()))

    assert (facts.width, facts.height, facts.seconds, facts.codec) == (640, 360, 4, "V_VP8")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not an MP4 or WebM"),
        (b"RIFF....AVI ", "not an MP4 or WebM"),
        (b"\x1a\x45\xdf\xa3", "not an MP4 or WebM"),
        (b"\x1a\x45\xdf\xa3" + bytes(200), "not an MP4 or WebM"),
        (mp4_bytes()[:60], "not an MP4 or WebM"),
        (mp4_bytes(0, 0), "not an MP4 or WebM"),
        (mp4_bytes(codec=b"hvc1"), "Many browsers cannot play this video"),
        (
            mp4_bytes(extra=b"\x00\x00\x00\x20udta\x00\x00\x00\x18\xa9xyz\x00\x0c\x15\xc7+43.6-70.2/"),
            "where it was recorded",
        ),
    ],
)
def test_what_is_no_video_for_a_website_is_refused(content, words):
    assert words in refusal(video.inspect, content)


def test_a_webm_that_says_where_it_was_recorded_is_refused():
    def tag(name):
        return element("7373", element("67c8", element("45a3", name) + element("4487", b"+43.6-70.2/")))

    assert video.inspect(upload("tour.webm", webm_bytes(tag(b"TITLE")))).codec == "V_VP8"
    for name in (b"LOCATION", b"RECORDING_LOCATION", b"location"):
        assert "where it was recorded" in refusal(video.inspect, webm_bytes(tag(name)))


def test_a_video_that_is_too_large_is_refused(settings):
    settings.VIDEO_MAX_MB = 1
    assert "larger than 1 MB" in refusal(video.inspect, mp4_bytes(size=1 << 20))


# --- captions --------------------------------------------------------------------------------------------------------


def test_captions_as_programs_write_them_are_accepted():
    captions.check(upload("a.vtt", CAPTIONS))
    captions.check(
        upload(
            "a.vtt",
            "\ufeffWEBVTT - A tour\r\nKind: captions\r\n\r\nNOTE\r\nby us\r\n\r\n"
            "1\r\n00:00:01.000 --> 00:00:02.500 align:start\r\n<v Nurse>Hello.\r\nCome in.\r\n\r\n"
            "00:02.500 --> 01:00:00.000\r\n[waves]".encode(),
        )
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"1\n00:00:01,000 --> 00:00:02,000\nHello\n", "Line 1: this is an SRT file."),
        (b"Hello", "Line 1: a file of captions begins with the word WEBVTT."),
        (b"WEBVTT\n", "not a single caption"),
        (b"WEBVTT\n\n00:01.000 --> 00:02\nHello", "Line 3: the times have to look like"),
        (b"WEBVTT\n\n00:02.000 --> 00:01.000\nHello", "Line 3: this caption ends before it begins."),
        (b"WEBVTT\n\n00:02.000 --> 00:03.000\nHi\n\n00:01.000 --> 00:02.000\nHo", "Line 6: this caption begins before"),
        (b"WEBVTT\n\n1\n00:01.000 --> 00:02.000\n\nHello", "Line 4: there are no words below these times."),
        (b"WEBVTT\n\nHello", "Line 3: there is no time here"),
        (b"WEBVTT\n\nSTYLE\n::cue { background: url(https://x) }", "Line 3: leave out STYLE"),
        (
            b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n00:02.000 --> 00:03.000\nHo",
            "Line 3: there has to be an empty line",
        ),
        (b"\xff\xfe\x00", "not plain text in UTF-8"),
    ],
)
def test_what_is_wrong_with_captions_is_said_by_line(content, words):
    assert words in refusal(captions.check, content)


def test_of_many_errors_the_first_are_told():
    content = b"WEBVTT\n\n" + b"hello\n\n" * 9
    assert refusal(captions.check, content).endswith(
        "Line 11: there is no time here, such as “00:01.000 --> 00:04.000”. And 4 more."
    )
