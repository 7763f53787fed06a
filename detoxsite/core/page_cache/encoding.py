"""Compressed forms of a page, and which one a visitor's browser takes."""

import struct
import zlib
from functools import lru_cache

import brotli

MIN_SIZE = 200  # bytes; Django's GZipMiddleware compresses nothing shorter either
COMPRESSIBLE = ("text/", "application/xml", "application/json", "application/atom+xml", "image/svg+xml")
GZIP_LEVEL, BROTLI_QUALITY = 5, 4  # the first visit pays for it: docs/decisions/0026-page-cache.md
MAX_HEADER = 200  # characters; no browser sends that many
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # no name, no time: the same page gives the same bytes
_GZIP_END = b"\x03\x00"  # an empty last block


@lru_cache(maxsize=256)
def _preferred(header: str) -> tuple[str, ...]:
    weights = {}
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weights[name] = _weight(parameters)
    other = weights.get("*", 0.0)
    offered = {name: weights.get(name, other) for name in ("br", "gzip")}
    plain = weights.get("identity", 0.0)
    taken = [name for name in offered if offered[name] > 0 and offered[name] >= plain]
    return tuple(sorted(taken, key=lambda name: -offered[name]))


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, float(value))
            except ValueError:
                return 0.0
    return 1.0


def preferred(header: str) -> tuple[str, ...]:
    """The encodings of ours that an Accept-Encoding header asks for, best first; those it refuses are left out."""
    return _preferred(header) if header and len(header) <= MAX_HEADER else ()


def brotli_of(body: bytes) -> bytes:
    return brotli.compress(body, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY)


def gzip_of(body: bytes) -> bytes:
    return join_gzip([deflated(body)], body)


def deflated(part: bytes) -> bytes:
    """A part of a gzip body that refers to nothing outside itself and ends on a whole byte."""
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)


def stored(part: bytes) -> bytes:
    """The same of a part below 64 kB, not compressed: filling a hole costs nothing, and its length tells nothing."""
    return b"\x00" + struct.pack("<HH", len(part), len(part) ^ 0xFFFF) + part


def join_gzip(blocks: list[bytes], body: bytes) -> bytes:
    """A gzip body made of ``deflated`` and ``stored`` parts, whose plain text is ``body``."""
    end = struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    return b"".join((_GZIP_HEADER, *blocks, _GZIP_END, end))
