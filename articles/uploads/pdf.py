"""PDF files: measured, and refused where they could do more than be read.

A reader trusts a file of a detox center. So it may not run anything, start anything, send what is typed into it
somewhere, or carry other files.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from . import pdf_process

MAX_SIZE = 20 * 1024 * 1024  # bytes; less than the web server passes on (detoxsite/ops/request_limits.py)
MAX_OBJECTS = 200_000  # a book of a thousand pages has some ten thousand
MAX_ACTIONS = 1_000  # one after the other
MAX_DEPTH = 60  # of lists and dictionaries in each other

UNREADABLE = "This file is not a PDF that we can read. Open it, save it as PDF again, and upload the new file."
_SCRIPT = "This PDF holds a script. Print it into a new PDF, or save it without scripts, and upload that one."
_LAUNCH = "This PDF starts another program or opens another file. Remove that action and upload it again."
_SEND = "This PDF sends what is typed into it to an address. Remove that button and upload it again."
_INSIDE = "This PDF has other files inside. Remove the attachments and upload it again."
_CALL = "This PDF calls a web address by itself. Remove that action and upload it again."
_ACTIONS = {"/JavaScript": _SCRIPT, "/Launch": _LAUNCH, "/SubmitForm": _SEND, "/ImportData": _LAUNCH}
_ACTIONS |= dict.fromkeys(("/GoToR", "/GoToE", "/Rendition"), _LAUNCH)
_KEYS = {"/JS": _SCRIPT, "/JavaScript": _SCRIPT, "/XFA": _SCRIPT, "/EmbeddedFiles": _INSIDE, "/EF": _INSIDE}
_ANNOTATIONS = dict.fromkeys(("/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/3D"), _INSIDE)


@dataclass(frozen=True)
class PdfFacts:
    size: int  # bytes
    digest: str  # SHA-256 in hexadecimal
    pages: int
    is_tagged: bool  # whether it says in which order it is read aloud, and what its parts are
    author: str  # whom the file names as its author, if anybody


def inspect(upload) -> PdfFacts:
    """Measure an uploaded file. Raises ValidationError, worded for the person who sent it."""
    if upload.size > MAX_SIZE:
        raise ValidationError(f"This file is larger than {MAX_SIZE >> 20} MB. Make its pictures smaller and try again.")
    upload.seek(0)
    if not upload.read(5).startswith(b"%PDF-"):
        raise ValidationError(UNREADABLE)
    upload.seek(0)
    content = upload.read()
    upload.seek(0)
    try:
        found = pdf_process.measured(content)
    except ValueError:
        raise ValidationError(UNREADABLE) from None
    if "refusal" in found:
        raise ValidationError(found["refusal"])
    return PdfFacts(size=len(content), digest=hashlib.sha256(content).hexdigest(), **found)


def read(file) -> dict:
    """Pages, tags and author of a file, as of PdfFacts. Raises ValidationError, and on a hostile file anything.

    It may take any memory: ``pdf_process`` bounds it.
    """
    from pypdf import PdfReader  # here, or every process would load it

    reader = PdfReader(file)
    if reader.is_encrypted:
        raise ValidationError("This PDF is protected by a password. Save it without protection and upload it again.")
    for number, generation in _numbers(reader):
        _refuse_active(_read(reader, number, generation))
    marks = _resolved(reader.root_object.get("/MarkInfo"))
    is_tagged = "/StructTreeRoot" in reader.root_object and isinstance(marks, dict) and bool(marks.get("/Marked"))
    pages, author = len(reader.pages), _author(reader)
    if not pages:
        raise ValidationError(UNREADABLE)
    return {"pages": pages, "is_tagged": is_tagged, "author": author}


def _numbers(reader) -> Iterator[tuple[int, int]]:
    """Number and generation of every object: what is not linked from the pages counts as well."""
    found = [(number, generation) for generation, table in reader.xref.items() for number in table]
    found += [(number, 0) for number in reader.xref_objStm]
    if len(found) > MAX_OBJECTS:
        raise ValidationError("This PDF has too many parts. Print it into a new PDF and upload that one.")
    return iter(found)


def _read(reader, number: int, generation: int):
    from pypdf.generic import IndirectObject

    return reader.get_object(IndirectObject(number, generation, reader))


def _refuse_active(value, depth: int = 0) -> None:
    """Raise ValidationError where an object, or one written inside it, is more than something to read."""
    if depth > MAX_DEPTH:
        raise ValidationError(UNREADABLE)
    if isinstance(value, dict):
        refusal = (
            next((message for key, message in _KEYS.items() if key in value), None)
            or _ACTIONS.get(_name(value, "/S"))
            or _ANNOTATIONS.get(_name(value, "/Subtype"))
            or (_CALL if _calls_by_itself(value) else None)
        )
        if refusal:
            raise ValidationError(refusal)
        inside = dict.values(value)
    else:
        inside = value if isinstance(value, list) else ()
    for one in inside:
        if isinstance(one, (dict, list)):
            _refuse_active(one, depth + 1)


def _calls_by_itself(value) -> bool:
    """Whether an address is called without a reader's choice: when the file or a page is opened, or is left."""
    more = _resolved(value.get("/AA"))
    waiting = [value.get("/OpenAction"), *(dict.values(more) if isinstance(more, dict) else ())]
    for _ in range(MAX_ACTIONS):
        if not waiting:
            return False
        action = _resolved(waiting.pop())
        if isinstance(action, dict):
            if _name(action, "/S") == "/URI":
                return True
            following = _resolved(action.get("/Next"))
            waiting += following if isinstance(following, list) else [following]
    raise ValidationError(UNREADABLE)


def _resolved(value):
    return value.get_object() if hasattr(value, "get_object") else value


def _name(value, key: str) -> str:
    """The name under a key, also where it is an object of its own."""
    return str(_resolved(value.get(key)))


def _author(reader) -> str:
    names = []
    with suppress(Exception):  # programs write wrong metadata into files that are fine otherwise
        names += [reader.metadata.author] if reader.metadata and reader.metadata.author else []
    with suppress(Exception):
        names += (reader.xmp_metadata and reader.xmp_metadata.dc_creator) or []
    return ", ".join(dict.fromkeys(str(name).strip() for name in names if str(name).strip()))[:200]
