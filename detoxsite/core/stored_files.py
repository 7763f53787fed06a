"""Large media files over HTTP: in parts (RFC 9110, Range), without holding them in memory or keeping a thread busy.

A name in the media storage never gets another content, so the name is the validator (ETag).
"""

import errno
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from mimetypes import guess_type
from pathlib import PurePosixPath

from django.core.files.storage import FileSystemStorage, default_storage
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags
from whitenoise.responders import StaticFile

from .exceptions import MediaUnavailable

TYPES = {".pdf": "application/pdf", ".mp4": "video/mp4", ".webm": "video/webm", ".vtt": "text/vtt; charset=utf-8"}
PIECE = 8 * 1024 * 1024  # bytes held in memory at once, from a storage service
MAX_STREAMS = 4  # whole files on their way from a storage service; each keeps one of the sixteen threads busy

_streams = threading.BoundedSemaphore(MAX_STREAMS)


class FilePart(io.RawIOBase):
    """The bytes ``start`` to ``end`` of a file as a file, which the web server sends without a thread of ours."""

    def __init__(self, file, start: int, end: int) -> None:
        self._file, self._start, self._length, self._place = file, start, max(0, end - start), 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self._place

    def seek(self, place, whence=io.SEEK_SET):
        self._place = place + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._length}[whence]
        return self._place

    def readinto(self, buffer):
        self._file.seek(self._start + self._place)
        data = self._file.read(max(0, min(len(buffer), self._length - self._place)))
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)

    def close(self):
        self._file.close()
        super().close()


@contextmanager
def not_found():
    """Raise Http404 where the storage has no such file. A name too long for the disk is of none."""
    try:
        yield
    except FileNotFoundError:
        raise Http404 from None
    except OSError as exc:
        if exc.errno == errno.ENAMETOOLONG:
            raise Http404 from None
        raise


def respond(request, name: str, *, save_as: str = ""):
    """The file ``name`` of the media storage, or the part of it that is asked for. Raises Http404.

    ``save_as``: browsers save it under this name, and never show it as a page of this site.
    """
    with not_found():
        size = default_storage.size(name)
    etag = f'"{PurePosixPath(name).stem}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if etag in (one.removeprefix("W/") for one in known):  # a proxy that packs an answer weakens its validator
        response = HttpResponse(status=304)
    else:
        response = _answer(request, name, size, etag)
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    if save_as:
        response.headers["Content-Disposition"] = content_disposition_header(True, save_as)
    return response


def _answer(request, name: str, size: int, etag: str):
    span = _asked_for(request, size, etag)
    if span is not None and span[0] >= span[1]:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = span or (0, size)
    if span and not _is_folder():
        end = min(end, start + PIECE)  # a browser asks for the rest when it needs it
    response = HttpResponse() if request.method == "HEAD" else _content(name, start, end)
    response.headers["Content-Type"] = (
        TYPES.get(PurePosixPath(name).suffix) or guess_type(name)[0] or "application/octet-stream"
    )
    response.headers["Content-Length"] = str(end - start)
    if span:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return response


def _asked_for(request, size: int, etag: str) -> tuple[int, int] | None:
    """The one part of the file that is asked for, its end excluded; None: all of it, also where several parts are."""
    header = request.headers.get("Range", "")
    if not header or request.method != "GET" or request.headers.get("If-Range", etag) != etag:
        return None
    try:
        start, last = StaticFile.parse_byte_range(header)
    except ValueError:
        return None
    if last is not None and last < start:
        return None
    return max(0, start + size) if start < 0 else start, size if last is None else min(size, last + 1)


def _is_folder() -> bool:
    return isinstance(default_storage, FileSystemStorage)


def _content(name: str, start: int, end: int):
    if _is_folder():
        return FileResponse(FilePart(default_storage.open(name), start, end))
    if end - start <= PIECE:
        return HttpResponse(default_storage.read_part(name, start, end))
    return StreamingHttpResponse(_Pieces(name, start, end))


class _Pieces:
    """A part of a file, read piece by piece; one of few at once, until Django closes it with the response."""

    def __init__(self, name: str, start: int, end: int) -> None:
        if not _streams.acquire(blocking=False):
            raise MediaUnavailable("too many at once")
        self.name, self.start, self.end = name, start, end

    def __iter__(self) -> Iterator[bytes]:
        for place in range(self.start, self.end, PIECE):
            yield default_storage.read_part(self.name, place, min(self.end, place + PIECE))

    def close(self) -> None:
        _streams.release()
