"""Google's reviews: responses of the Business Profile API v4, a list, JSON lines, or a Takeout as a folder or a zip.

Format of a review: https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews
"""

import io
import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from django.utils import timezone

from .files import CHUNK, READ_ERRORS, ImportSource, describe_error, open_files
from .json_stream import MAX_VALUE, BrokenJson, split_values
from .records import (
    InvalidRow,
    Location,
    RejectedRow,
    ReviewRow,
    UnreadablePart,
    parse_id,
    parse_moment,
    parse_name,
    parse_stars,
    parse_words,
)
from .shapes import OTHER_JSON, OWN_REVIEWS, wrong_shape

SITE_NAME = "Google"
PAGE_KEYS = {"nextPageToken", "averageRating", "totalReviewCount"}
REVIEW_KEYS = {"reviewId", "reviewer", "comment", "starRating", "createTime", "updateTime"}
_TRANSLATED, _ORIGINAL = "(Translated by Google)", "(Original)"
_TRANSLATION_BELOW = re.compile(r"^[ \t]*\(Translated by Google\)", re.MULTILINE)


def read_rows(source: ImportSource) -> Iterator[ReviewRow | RejectedRow | UnreadablePart]:
    """Every review of every file; of a damaged file, those before the damage."""
    now = timezone.now()
    for file in open_files(source, "reviews*.json"):
        if isinstance(file, UnreadablePart):
            yield file
            continue
        number = 0
        try:
            stream = file.buffered()
            if shape := wrong_shape(stream.peek(512)[:512], expects_json=True):
                yield UnreadablePart(file.name, shape)
                continue
            for number, value in _numbered_values(stream):
                location = Location(file.name, number)
                review, error = _parse(value)
                if number == 1 and not error and (shape := _other_shape(review)):
                    yield UnreadablePart(file.name, shape)
                    break
                if error:
                    yield RejectedRow(location, "", error)
                elif not review or review.keys() - PAGE_KEYS:
                    yield _row(review, location, now)
        except BrokenJson as exc:
            reason = f"it is damaged at byte {exc.position:,}; nothing after review {number:,} was read"
            yield UnreadablePart(file.name, reason)
        except READ_ERRORS as exc:
            yield UnreadablePart(file.name, f"{describe_error(exc)}; nothing after review {number:,} was read")


def _other_shape(review: dict) -> str:
    """What a JSON file is whose first object has nothing of a review by Google, nor of a page of reviews; else ""."""
    if not review or review.keys() & (PAGE_KEYS | REVIEW_KEYS | {"reviews"}):
        return ""
    return OWN_REVIEWS if "features" in review else OTHER_JSON


def _numbered_values(stream: io.BufferedReader) -> Iterator[tuple[int, bytes | None]]:
    """Each value with its line in JSON lines, elsewhere with its number."""
    first = stream.readline(CHUNK).removeprefix(BOM_UTF8)
    if _is_review_line(first):
        return _lines(stream, first)
    return enumerate(split_values(chain([first], iter(lambda: stream.read(CHUNK), b""))), 1)


def _is_review_line(line: bytes) -> bool:
    """Whether a first line is a review of its own, so that each of the others is too."""
    review, error = _parse(line)
    return not error and bool(review) and not isinstance(review.get("reviews"), list)


def _lines(stream, first: bytes) -> Iterator[tuple[int, bytes | None]]:
    """Line by line; None for one that is too long. Raises BrokenJson where the last one is cut off."""
    number, is_whole, position = 1, True, 0
    for piece in chain([first], iter(lambda: stream.readline(MAX_VALUE), b"")):
        position += len(piece)
        is_end = piece.endswith(b"\n")
        if is_whole and not is_end and len(piece) < MAX_VALUE and _parse(piece)[1]:
            raise BrokenJson(position)
        if is_end or len(piece) < MAX_VALUE:
            line = piece if is_whole else None
            if line is None or line.strip():
                yield number, line
            is_whole, number = True, number + 1
        else:
            is_whole = False


def _parse(value: bytes | None) -> tuple[dict, str]:
    """The review, and what is wrong with it."""
    if value is None:
        return {}, "the entry is too large for a review"
    try:
        review = json.loads(value.decode(), strict=False, parse_int=float)
    except (ValueError, RecursionError):
        return {}, "the entry is not valid JSON"
    return (review, "") if isinstance(review, dict) else ({}, "the entry is not a review")


def _row(review: dict, location: Location, now: datetime) -> ReviewRow | RejectedRow:
    review_id = ""
    try:
        review_id = parse_id(_id(review))
        return ReviewRow(
            location=location,
            id=review_id,
            words=parse_words(strip_translation(review.get("comment"))),
            name=_name(review.get("reviewer")),
            stars=parse_stars(review.get("starRating")),
            written_at=parse_moment(review.get("createTime"), now),
            changed_at=parse_moment(review["updateTime"], now) if review.get("updateTime") else None,
        )
    except InvalidRow as exc:
        return RejectedRow(location, review_id, str(exc))


def _id(review: dict):
    """reviewId, or the end of the resource name, which is the same."""
    if review.get("reviewId"):
        return review["reviewId"]
    name = review.get("name")
    return name.rsplit("/", 1)[-1] if isinstance(name, str) else name


def _name(reviewer) -> str:
    if not isinstance(reviewer, dict) or reviewer.get("isAnonymous"):
        return ""
    return parse_name(reviewer.get("displayName"))


def strip_translation(comment):
    """The original text, without Google's translation above or below it. Raises InvalidRow if only that is there.

    Anything but text is returned as it is.
    """
    if not isinstance(comment, str):
        return comment
    text = comment.strip()
    if text.startswith(_TRANSLATED):
        _, separator, original = text.partition(_ORIGINAL)
        if not separator:
            raise InvalidRow("it contains only a translation")
        return original
    if text.startswith(_ORIGINAL):
        return text.removeprefix(_ORIGINAL).partition(_TRANSLATED)[0]
    return _TRANSLATION_BELOW.split(text, maxsplit=1)[0]
