"""Files for tests: small PDFs, videos that have nothing but their headers, captions."""

import io
import struct
from functools import cache

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter
from pypdf.actions import JavaScript
from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, NameObject, TextStringObject

from articles.models import PdfFile, Picture, Video
from articles.uploads import pdf, video
from tests.core.test_images import picture_file

CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello, and welcome.\n"


def pdf_bytes(pages=1, *, author="", script=False, attachment=False, launch=False, password="", tagged=False) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if author:
        writer.add_metadata({"/Author": author})
    if script:
        writer.add_open_action(JavaScript("app.alert(1)"))
    if attachment:
        writer.add_attachment("notes.txt", b"x")
    if launch:  # written inside an annotation inside a list inside a page
        action = DictionaryObject(
            {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")}
        )
        link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action})
        writer.pages[0][NameObject("/Annots")] = ArrayObject([link])
    if tagged:
        marks = DictionaryObject({NameObject("/Marked"): BooleanObject(True)})
        writer.root_object[NameObject("/MarkInfo")] = marks
        writer.root_object[NameObject("/StructTreeRoot")] = DictionaryObject()
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _box(kind: bytes, *content: bytes) -> bytes:
    data = b"".join(content)
    return struct.pack(">I4s", 8 + len(data), kind) + data


def mp4_bytes(width=640, height=360, seconds=12, *, codec=b"avc1", turned=False, extra=b"", size=0) -> bytes:
    """An MP4 without a single picture; ``size``: bytes of what stands in for them."""
    matrix = (
        (0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30) if turned else (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    )
    header = _box(b"tkhd", bytes(40), struct.pack(">9iII", *matrix, width << 16, height << 16))
    entry = _box(b"stsd", struct.pack(">II", 0, 1), _box(codec, bytes(78)))
    media = _box(b"mdia", _box(b"hdlr", bytes(8), b"vide", bytes(13)), _box(b"minf", _box(b"stbl", entry)))
    movie = _box(b"mvhd", bytes(12), struct.pack(">II", 1000, seconds * 1000), bytes(80))
    return b"".join(
        [
            _box(b"ftyp", b"isom", bytes(4), b"isom"),
            _box(b"mdat", bytes(size)),
            _box(b"moov", movie, _box(b"trak", header, media), extra),
        ]
    )


def element(name: str, content: bytes) -> bytes:
    """An element of WebM; its name in hexadecimal."""
    return bytes.fromhex(name) + b"\x01" + len(content).to_bytes(7, "big") + content


def webm_bytes(tags=b"") -> bytes:
    """A WebM without a single picture: 640 × 360, four seconds. ``tags``: the content of its Tags."""
    sides = element("b0", b"\x02\x80") + element("ba", b"\x01\x68")
    track = element("ae", element("83", b"\x01") + element("86", b"V_VP8") + element("e0", sides))
    info = element("2ad7b1", b"\x0f\x42\x40") + element("4489", struct.pack(">f", 3200))
    movie = bytes.fromhex("18538067 01ffffffffffffff")  # of unknown length, as browsers record
    parts = [element("1549a966", info), element("1654ae6b", track), element("1254c367", tags) if tags else b""]
    return b"".join([element("1a45dfa3", element("4282", b"webm")), movie, *parts])


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def measured(facts, names) -> dict:
    return {name: getattr(facts, name) for name in names}


def make_picture(**fields) -> Picture:
    picture = Picture(**{"title": "Room", "alt": "A bed by a window.", "credit": "us", **fields})
    picture.image.save("room.png", ContentFile(picture_file("PNG").read()), save=True)
    return picture


@cache
def _facts_of(content: bytes) -> pdf.PdfFacts:
    return pdf.inspect(upload("form.pdf", content))


def make_pdf(content=b"", **fields) -> PdfFile:
    content = content or pdf_bytes()
    facts = _facts_of(content)
    fields = {"title": "Referral form", "note": "Can be read aloud.", **fields}
    names = ("size", "digest", "pages", "is_tagged")
    return PdfFile.objects.create(file=ContentFile(content, name="form.pdf"), **measured(facts, names), **fields)


def make_video(content=b"", captions=CAPTIONS, *, name="tour.mp4", **fields) -> Video:
    content = content or mp4_bytes()
    facts = video.inspect(upload(name, content))
    names = ("size", "digest", "width", "height", "seconds")
    return Video.objects.create(
        file=ContentFile(content, name=name),
        captions=ContentFile(captions, name="tour.vtt") if captions else "",
        **measured(facts, names),
        **{"title": "A tour", "transcript": "Hello, and welcome.", **fields},
    )
