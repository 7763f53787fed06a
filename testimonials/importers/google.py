"""Google's reviews: answers of the Business Profile API v4, a list, JSON lines, or a Takeout as a folder or a zip.

The shape of one: https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews
"""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from django.utils import timezone

from .files import CHUNK, Source, opened
from .json_stream import MAX_LENGTH, BrokenOff, values
from .records import (
    NotTaken,
    Place,
    Refusal,
    Row,
    Unread,
    id_of,
    moment_of,
    name_of,
    stars_of,
    words_of,
)

NAME = "Google"
ABOUT_A_PAGE = {"nextPageToken", "averageRating", "totalReviewCount"}
_TRANSLATED, _ORIGINAL = "(Translated by Google)", "(Original)"
_TRANSLATION_BELOW = re.compile(r"^[ \t]*\(Translated by Google\)", re.MULTILINE)


def rows(source: Source) -> Iterator[Row | Refusal | Unread]:
    """Every review of every file; of a broken file what stands before the break."""
    now = timezone.now()
    for file in opened(source, "reviews*.json"):
        if isinstance(file, Unread):
            yield file
            continue
        number = 0
        try:
            for number, value in _numbered(file):
                place = Place(file.name, number)
                review, refusal = _read(value)
                if refusal:
                    yield Refusal(place, "", refusal)
                elif not review or review.keys() - ABOUT_A_PAGE:
                    yield _row(review, place, now)
        except BrokenOff as exc:
            yield Unread(file.name, f"it breaks off at byte {exc.at:,}; nothing after review {number:,} was read")
        except file.problems as exc:
            yield Unread(file.name, f"{file.what(exc)}; nothing after review {number:,} was read")


def _numbered(file) -> Iterator[tuple[int, bytes | None]]:
    """Each value with its line in JSON lines, its number elsewhere."""
    stream = file.buffered()
    first = stream.readline(CHUNK).removeprefix(BOM_UTF8)
    if _is_line(first):
        return _lines(stream, first)
    return enumerate(values(chain([first], iter(lambda: stream.read(CHUNK), b""))), 1)


def _is_line(line: bytes) -> bool:
    """Whether a first line is a review of its own, and so each of the others."""
    review, refusal = _read(line)
    return not refusal and bool(review) and not isinstance(review.get("reviews"), list)


def _lines(stream, first: bytes) -> Iterator[tuple[int, bytes | None]]:
    """Line by line; None for one that is too long. Raises BrokenOff where the last one ends too early."""
    number, is_whole, place = 1, True, 0
    for piece in chain([first], iter(lambda: stream.readline(MAX_LENGTH), b"")):
        place += len(piece)
        is_end = piece.endswith(b"\n")
        if is_whole and not is_end and len(piece) < MAX_LENGTH and _read(piece)[1]:
            raise BrokenOff(place)
        if is_end or len(piece) < MAX_LENGTH:
            line = piece if is_whole else None
            if line is None or line.strip():
                yield number, line
            is_whole, number = True, number + 1
        else:
            is_whole = False


def _read(value: bytes | None) -> tuple[dict, str]:
    """The review, or why it is none."""
    if value is None:
        return {}, "it is longer than a review can be"
    try:
        review = json.loads(value.decode(), strict=False, parse_int=float)
    except (ValueError, RecursionError):
        return {}, "it is no JSON"
    return (review, "") if isinstance(review, dict) else ({}, "it is no review")


def _row(review: dict, place: Place, now: datetime) -> Row | Refusal:
    known = ""
    try:
        known = id_of(_id(review))
        return Row(
            place=place,
            id=known,
            words=words_of(original(review.get("comment"))),
            name=_name(review.get("reviewer")),
            stars=stars_of(review.get("starRating")),
            written_at=moment_of(review.get("createTime"), now),
            changed_at=moment_of(review["updateTime"], now) if review.get("updateTime") else None,
        )
    except NotTaken as exc:
        return Refusal(place, known, str(exc))


def _id(review: dict):
    """reviewId, or the end of the resource name, which is the same."""
    if review.get("reviewId"):
        return review["reviewId"]
    name = review.get("name")
    return name.rsplit("/", 1)[-1] if isinstance(name, str) else name


def _name(reviewer) -> str:
    if not isinstance(reviewer, dict) or reviewer.get("isAnonymous"):
        return ""
    return name_of(reviewer.get("displayName"))


def original(comment):
    """What the person wrote, without Google's translation above or below it. Raises NotTaken where only that is left.

    What is no text comes back as it is.
    """
    if not isinstance(comment, str):
        return comment
    text = comment.strip()
    if text.startswith(_TRANSLATED):
        _, found, own = text.partition(_ORIGINAL)
        if not found:
            raise NotTaken("it has only a translation")
        return own
    if text.startswith(_ORIGINAL):
        return text.removeprefix(_ORIGINAL).partition(_TRANSLATED)[0]
    return _TRANSLATION_BELOW.split(text, maxsplit=1)[0]
