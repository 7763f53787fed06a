"""Videos: MP4 and WebM, measured from their headers. Nothing is decoded.

Six numbers of two headers do not justify a library that decodes every format (docs/decisions/0046-files-and-video.md).
Formats: ISO/IEC 14496-12 (boxes of MP4) and RFC 8794 with RFC 9559 (elements of WebM).
"""

import hashlib
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.conf import settings
from django.core.exceptions import ValidationError

WEBM = b"\x1a\x45\xdf\xa3"  # how every WebM file begins
ACCEPT = "video/mp4,video/webm,.mp4,.webm"
MAX_HEADER = 32 * 1024 * 1024  # bytes
MAX_PARTS = 100_000  # boxes or elements looked at
MAX_SIDE = 10_000  # pixels
PLAYED = {"avc1", "avc3", "av01", "vp09", "V_VP8", "V_VP9", "V_AV1"}  # H.264, AV1, VP9 and VP8: by all browsers
UNREADABLE = "This file is not an MP4 or WebM video that we can read. Export it as MP4 (H.264) and upload that one."
_PLACE_TOLD = (
    "This video says where it was recorded. Export it without the location, and upload that one: everybody could "
    "read it."
)
_WEBM_PLACE = re.compile(rb"\x45\xa3.{1,8}?[A-Za-z_]{0,40}(?i:location)", re.DOTALL)  # TagName, its length, the name
_PLACES = (b"\xa9xyz", b"com.apple.quicktime.location", b"loci")


@dataclass(frozen=True)
class VideoFacts:
    width: int = 0  # pixels, as shown
    height: int = 0
    seconds: int = 0  # rounded up
    codec: str = ""  # as the file calls it
    size: int = 0  # bytes
    digest: str = ""  # SHA-256 in hexadecimal


def too_large() -> str:
    return (
        f"This video is larger than {settings.VIDEO_MAX_MB} MB. Export it smaller, for example with 720 lines, "
        "and upload that one."
    )


def inspect(upload) -> VideoFacts:
    """Measure an uploaded video. Raises ValidationError, worded for the person who sent it."""
    if upload.size > settings.VIDEO_MAX_MB << 20:
        raise ValidationError(too_large())
    try:
        upload.seek(0)
        facts = _of_webm(upload) if upload.read(len(WEBM)) == WEBM else _of_mp4(upload, upload.size)
        upload.seek(0)
        digest = hashlib.file_digest(upload, "sha256").hexdigest()
    except ValidationError:
        raise
    except Exception:  # on a hostile file anything may be raised
        raise ValidationError(UNREADABLE) from None
    finally:
        upload.seek(0)
    if facts.codec not in PLAYED:
        raise ValidationError(
            "Many browsers cannot play this video. Export it as MP4 (H.264); on an iPhone: Settings, Camera, Formats, "
            "Most Compatible."
            if facts.codec
            else UNREADABLE
        )
    if not (0 < facts.width <= MAX_SIDE and 0 < facts.height <= MAX_SIDE):
        raise ValidationError(UNREADABLE)
    return replace(facts, size=upload.size, digest=digest)


# --- MP4 -------------------------------------------------------------------------------------------------------------


def _of_mp4(file, size: int) -> VideoFacts:
    header, place = b"", 0
    for _ in range(MAX_PARTS):
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:
            break
        length, kind = struct.unpack(">I4s", head[:8])
        start = 8
        if length == 1:
            length, start = struct.unpack(">Q", head[8:16])[0], 16
        length = length or size - place  # 0: to the end
        if place == 0 and kind != b"ftyp" or length < start:
            raise ValidationError(UNREADABLE)
        if kind == b"moov" and length <= MAX_HEADER:
            file.seek(place + start)
            header = file.read(length - start)
            break
        place += length
    if any(place in header for place in _PLACES):
        raise ValidationError(_PLACE_TOLD)
    facts = VideoFacts()
    for kind, content in _boxes(header):
        if kind == b"mvhd":
            facts = replace(facts, seconds=_seconds(content))
        elif kind == b"trak" and (track := _track(content)):
            facts = replace(track, seconds=facts.seconds)
    return facts


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    for _ in range(MAX_PARTS):
        if len(data) - place < 8:
            return
        length, kind = struct.unpack_from(">I4s", data, place)
        if length < 8:
            return
        yield kind, data[place + 8 : place + length]
        place += length


def _box(data: bytes, *path: bytes) -> bytes:
    for name in path:
        data = next((content for kind, content in _boxes(data) if kind == name), b"")
    return data


def _seconds(header: bytes) -> int:
    scale, duration = struct.unpack_from(">IQ", header, 20) if header[0] == 1 else struct.unpack_from(">II", header, 12)
    return min(-(-duration // scale), 2**31 - 1) if scale else 0


def _track(track: bytes) -> VideoFacts | None:
    """Size and codec of a track of pictures."""
    if _box(track, b"mdia", b"hdlr")[8:12] != b"vide":
        return None
    header = _box(track, b"tkhd")
    a, b, *_, width, height = struct.unpack_from(">9iII", header, 52 if header[0] == 1 else 40)
    if a == 0 and b != 0:  # recorded upright: turned by a quarter
        width, height = height, width
    codec = _box(track, b"mdia", b"minf", b"stbl", b"stsd")[12:16].decode("latin-1")
    return VideoFacts(width >> 16, height >> 16, codec=codec)


# --- WebM ------------------------------------------------------------------------------------------------------------

_SEGMENT, _INFO, _TRACKS, _TRACK, _VIDEO = 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0
_CODEC, _WIDTH, _HEIGHT, _SCALE, _DURATION, _DOCTYPE, _CLUSTER = 0x86, 0xB0, 0xBA, 0x2AD7B1, 0x4489, 0x4282, 0x1F43B675


def _of_webm(file) -> VideoFacts:
    if _has_place(file):
        raise ValidationError(_PLACE_TOLD)
    file.seek(0)
    data = file.read(MAX_HEADER)
    (_, header), *rest = _elements(data, {_SEGMENT})
    if dict(_elements(header)).get(_DOCTYPE) != b"webm":
        raise ValidationError(UNREADABLE)
    found = dict(rest)
    info, facts = dict(_elements(found.get(_INFO, b""))), VideoFacts()
    for kind, track in _elements(found.get(_TRACKS, b"")):
        parts = dict(_elements(track))
        if kind == _TRACK and _VIDEO in parts:
            sides = dict(_elements(parts[_VIDEO]))
            facts = VideoFacts(_number(sides[_WIDTH]), _number(sides[_HEIGHT]), codec=parts[_CODEC].decode("latin-1"))
    length = info.get(_DURATION, b"")
    ticks = struct.unpack(">d" if len(length) == 8 else ">f", length)[0] if length else 0
    seconds = ticks * (_number(info[_SCALE]) if _SCALE in info else 1_000_000) / 1e9
    return replace(facts, seconds=min(max(0, int(seconds + 0.999)), 2**31 - 1))


def _has_place(file) -> bool:
    """Whether a tag anywhere in the file names a place: programs write tags before the pictures, or after them."""
    file.seek(0)
    last = b""
    while data := file.read(1 << 20):
        if _WEBM_PLACE.search(last + data):
            return True
        last = data[-64:]
    return False


def _number(data: bytes) -> int:
    return int.from_bytes(data[:8], "big")


def _elements(data: bytes, opened: set[int] = frozenset()) -> Iterator[tuple[int, bytes]]:
    """Elements up to the first pictures; of those in ``opened`` what is inside instead."""
    place = 0
    for _ in range(MAX_PARTS):
        if place >= len(data):
            return
        kind, place = _variable(data, place, keep_marker=True)
        length, place = _variable(data, place)
        if kind == _CLUSTER:
            return
        if kind in opened:
            continue
        yield kind, data[place : place + length]
        place += length


def _variable(data: bytes, place: int, *, keep_marker: bool = False) -> tuple[int, int]:
    """A number of variable length, and the place after it."""
    count = 9 - data[place].bit_length()  # bytes, as the leading zeros of the first one say
    number = int.from_bytes(data[place : place + count], "big")
    return number if keep_marker else number & ~(1 << (7 * count)), place + count
