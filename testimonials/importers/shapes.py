"""Names what a file is that is not what its ending says, from its first bytes."""

import zipfile

SAVE_AS_CSV = "open it there and save it as “CSV UTF-8”"
OTHER_JSON = "it is JSON, but holds no reviews as Google’s Business Profile exports them"
OWN_REVIEWS = "it holds the reviews that this Google account wrote, not those of your center: export Business Profile"
_WORKBOOKS = (  # a file in the zip that it is, and what the workbook is called
    ("xl/workbook.xml", "an Excel workbook (.xlsx)"),
    ("xl/workbook.bin", "an Excel workbook (.xlsb)"),
    ("content.xml", "an OpenDocument file (.ods)"),
    ("Index/Document.iwa", "a Numbers spreadsheet"),
    ("word/document.xml", "a Word document"),
)
_SIGNATURES = (
    (b"PK\x03\x04", f"it is an Excel workbook (.xlsx) or another zip file: {SAVE_AS_CSV}"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"it is an Excel workbook (.xls): {SAVE_AS_CSV}"),
    (b"%PDF-", "it is a PDF document"),
    (b"\x1f\x8b", "it is compressed (.gz): unpack it first"),
    (b"SQLite format 3\x00", "it is a database, not an export"),
    (b"{\\rtf", "it is a text document (.rtf): save the table as CSV"),
)
_WEB_PAGE = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<div", b"<meta", b"<script")


def workbook_in(archive: zipfile.ZipFile) -> str:
    """What a zip is that is a spreadsheet or another document; "" for an archive of files."""
    names = set(archive.namelist())
    kind = next((kind for name, kind in _WORKBOOKS if name in names), "")
    return f"it is {kind}: {SAVE_AS_CSV}" if kind else ""


def wrong_shape(start: bytes, *, expects_json: bool) -> str:
    """What a file is that begins like this and is neither a table nor JSON, whichever is expected; else ""."""
    for signature, sentence in _SIGNATURES:
        if start.startswith(signature):
            return sentence
    if expects_json and (utf_16_without_mark(start) or start.startswith((b"\xff\xfe", b"\xfe\xff"))):
        return "it is in UTF-16: save it in UTF-8"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_WEB_PAGE):
        return "it is a web page (HTML), perhaps of the sign-in: export the reviews again"
    if text.startswith((b"<?xml", b"<rss")):
        return "it is XML: export the reviews as CSV"
    if expects_json:
        is_text = text and not text.startswith((b"{", b"[")) and all(byte >= 9 for byte in text)
        return "it is not JSON: for a table, use --format csv" if is_text else ""
    if text.startswith((b"{", b'[{"', b"[\n", b"[\r")) or text.rstrip() == b"[]":
        return "it is JSON, not a table: for reviews from Google, use --format google"
    return ""


def utf_16_without_mark(start: bytes) -> str:
    """The encoding of a text in UTF-16 without a byte order mark that begins with ASCII; "" for others."""
    even, odd = start[0:16:2], start[1:16:2]
    if len(odd) < 2:
        return ""
    if not any(odd) and all(even):
        return "utf-16-le"
    return "utf-16-be" if not any(even) and all(odd) else ""
