"""What blocks show of the libraries (pictures, PDF files, videos), as plain data for the snapshot of an edition."""

import hashlib
from collections.abc import Iterable

from ..models import Download, Figure, GalleryPicture, MapPicture, PdfFile, Picture, Video, VideoPlayer

MISSING = "missing"  # in place of the digest of a file that is gone
FORM_FIELDS = {  # of each kind of block that shows a row of a library: the last is that row
    Figure: ["caption", "is_opening", "picture"],
    GalleryPicture: ["caption", "picture"],
    MapPicture: ["title", "body", "address", "picture"],
    Download: ["file"],
    VideoPlayer: ["caption", "video"],
}


def of_block(block) -> dict:
    *own, shown = FORM_FIELDS[type(block)]
    row = getattr(block, shown) if getattr(block, f"{shown}_id") else _library(type(block))()
    return {**{name: getattr(block, name) for name in own}, **_of_row(row)}


def shown_by(model, rows: Iterable[dict[str, str]]) -> dict:
    """The rows of the library that rows of a form name, by key."""
    if model not in FORM_FIELDS:
        return {}
    return _library(model).objects.in_bulk([int(key) for row in rows if (key := digits(row[FORM_FIELDS[model][-1]]))])


def with_shown(model, block: dict, shown: dict) -> dict:
    """A block of a form with what it shows in place of the key."""
    *_, name = FORM_FIELDS[model]
    key = digits(block[name])
    row = shown.get(int(key) if key else 0) or _library(model)()
    return {**{field: value for field, value in block.items() if field != name}, **_of_row(row)}


def lines_of(block: dict, paragraphs: list[str]) -> list[str]:
    """The lines of such a block in a comparison. ``paragraphs``: of its rich text."""
    match block["kind"]:
        case "map":
            return [block["title"], _picture_line("Map", block), f"[Address: {block['address']}]", *paragraphs]
        case "download":
            facts = f"{block['title']} ({block['language']}, {block['dated_on']}): {block['note']}"
            return [f"PDF file {block['digest'][:8]}: {facts}"]
        case "video":
            captions = f"captions {block['captions'][:8]}" if block["captions"] else "no captions"
            video = f"Video {block['digest'][:8]}: {block['title']} ({block['language']}, {captions})"
            return [video, *filter(None, [block["caption"], *map(str.strip, block["transcript"].splitlines())])]
        case "gallery":
            return [_picture_line("Gallery picture", block), *filter(None, [block["caption"]])]
    place = "Opening picture" if block.get("is_opening") else "Picture"
    return [_picture_line(place, block), *filter(None, [block["caption"]])]


def digits(value: str) -> str:
    """A key as it is typed; empty for anything else."""
    return value if value.isdecimal() and value.isascii() and len(value) < 10 else ""


def _library(model) -> type[Picture] | type[PdfFile] | type[Video]:
    return model._meta.get_field(FORM_FIELDS[model][-1]).related_model


def _of_row(row: Picture | PdfFile | Video) -> dict:
    match row:
        case PdfFile():
            facts = {"title": row.title, "language": row.get_language_display(), "note": row.note}
            return {**facts, "dated_on": str(row.dated_on), "digest": row.digest}
        case Video():
            facts = {"title": row.title, "language": row.get_language_display(), "transcript": row.transcript}
            poster = _of_row(row.poster)["image"] if row.poster_id else ""
            return {**facts, "digest": row.digest, "captions": _digest(row.captions), "poster": poster}
    return {"alt": row.alt, "credit": row.credit, "image": _digest(row.image)}


def _digest(stored) -> str:
    """SHA-256 of a file, or MISSING: without it the edition could not be opened, and so not be mended."""
    if not stored:
        return ""
    try:
        with stored.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return MISSING


def _picture_line(place: str, block: dict) -> str:
    return f"{place} {block['image'][:8]}: {block['alt']} ({block['credit']})"
