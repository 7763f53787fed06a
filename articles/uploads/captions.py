"""Captions in WebVTT (https://www.w3.org/TR/webvtt1/), checked line by line.

Styles are refused: they could fetch something from elsewhere, and readers set the look of captions themselves.
"""

import re

from django.core.exceptions import ValidationError

MAX_SIZE = 1024 * 1024  # bytes; an hour of talk has some 60 kB
MAX_ERRORS = 5  # told at once

_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+\S.*)?")
_SRT_TIMING = re.compile(r"\d{1,2}:\d\d:\d\d,\d{3}\s*-->")


def check(upload) -> None:
    """Raise ValidationError with what is wrong in which lines."""
    if upload.size > MAX_SIZE:
        raise ValidationError(f"This file is larger than {MAX_SIZE >> 20} MB. Captions are much smaller.")
    upload.seek(0)
    try:
        text = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError("This file is not plain text in UTF-8. Save the captions as WebVTT (.vtt).") from None
    finally:
        upload.seek(0)
    errors = errors_in(text)
    if errors:
        more = len(errors) - MAX_ERRORS
        raise ValidationError([*errors[:MAX_ERRORS], *([f"And {more} more."] if more > 0 else [])])


def errors_in(text: str) -> list[str]:
    """What is wrong, in sentences that begin with the line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if "\0" in text:
        return ["This file is not plain text. Save the captions as WebVTT (.vtt)."]
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        if any(_SRT_TIMING.match(line) for line in lines[:20]):
            return ["Line 1: this is an SRT file. Save or convert the captions as WebVTT (.vtt)."]
        return ["Line 1: a file of captions begins with the word WEBVTT."]
    errors, count, last_start = [], 0, 0
    for first, block in _blocks(lines):
        is_cue, found, last_start = _errors_of(first, block, last_start)
        count, errors = count + is_cue, errors + found
    return errors if errors or count else ["There is not a single caption in this file."]


def _blocks(lines: list[str]):
    """Parts between empty lines, each with the number of its first line; without the header."""
    block, first = [], 1
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            first, block = (number, [line]) if not block else (first, [*block, line])
        elif block:
            if first > 1:
                yield first, block
            block = []


def _errors_of(first: int, block: list[str], last_start: int) -> tuple[bool, list[str], int]:
    """Whether a part is a caption, what is wrong with it, and when the last caption so far begins."""
    if re.match(r"NOTE(?:[ \t]|$)", block[0]):
        return False, [], last_start
    if re.fullmatch(r"(?:STYLE|REGION)[ \t]*", block[0]):
        word = block[0].strip()
        return False, [f"Line {first}: leave out {word}; captions look as the reader has set them."], last_start
    timing = next((index for index, line in enumerate(block[:2]) if "-->" in line), None)
    if timing is None:
        return False, [f"Line {first}: there is no time here, such as “00:01.000 --> 00:04.000”."], last_start
    number, match = first + timing, _TIMING.fullmatch(block[timing].strip())
    if match is None:
        return True, [f"Line {number}: the times have to look like “00:01.000 --> 00:04.000”."], last_start
    start, end = _milliseconds(match.groups()[:4]), _milliseconds(match.groups()[4:])
    errors = []
    if end <= start:
        errors.append(f"Line {number}: this caption ends before it begins.")
    if start < last_start:
        errors.append(f"Line {number}: this caption begins before the one above it.")
    words = block[timing + 1 :]
    if not words:
        errors.append(f"Line {number}: there are no words below these times.")
    if any("-->" in line for line in words):
        errors.append(f"Line {number}: there has to be an empty line between two captions.")
    return True, errors, max(start, last_start)


def _milliseconds(parts) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
