"""Charts as SVG, rendered on the server: no script, no inline style, colors by classes of static/css/admin.css.

To a screen reader each chart is one picture with a name and a description; the page has the numbers in a table beside
it. Every chart is WIDTH units wide (a unit is about a pixel on a phone) and grows with its container up to what the
stylesheet allows. ``name`` is a slug, unique on the page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH = 330
EMPTY = "Nothing to show yet"


@dataclass(frozen=True)
class Cell:
    """One cell of a grid: ``shade`` 1 (pale) to 5 (deep), or 0 for a dashed frame, meaning no value."""

    shade: int
    text: str
    detail: str  # smaller, below the text
    tooltip: str  # the value in a sentence


class Day(NamedTuple):
    label: str
    first: int
    second: int


def bars(name: str, title: str, description: str, rows: Sequence[tuple[str, int]]) -> SafeString:
    """Horizontal bars of (label, number), on one scale from zero."""
    if not rows:
        return _nothing(name, title)
    scale = WIDTH / max(1, *(number for _, number in rows))
    parts = []
    for top, (label, number) in zip(count(0, 42), rows, strict=False):
        parts += [
            _text(0, top + 14, label, "label"),
            _text(WIDTH, top + 14, number, "value end"),
            _box(0, top + 20, number * scale, 12, "solid"),
            _box(0, top + 18, 1, 16, "floor"),
        ]
    return _drawing(name, title, description, 42 * len(rows), parts)


def grid(
    name: str,
    title: str,
    description: str,
    *,
    columns: Sequence[str],
    rows: Sequence[str],
    cells: dict[tuple[int, int], Cell],
    legend: Sequence[tuple[int, str]],
) -> SafeString:
    """A heat map with the value written in each cell. ``cells`` by (row, column); a missing one stays empty.

    ``legend``: the meaning of each shade.
    """
    if not cells:
        return _nothing(name, title)
    left, head, high = 48, 18, 30
    wide = (WIDTH - left) / len(columns)
    parts = [_text(left + wide * (number + 0.5), 12, label, "label mid") for number, label in enumerate(columns)]
    parts += [_text(left - 5, head + high * number + 19, label, "label end") for number, label in enumerate(rows)]
    parts += [
        _field(cell, left + wide * column, head + high * row, wide, high) for (row, column), cell in cells.items()
    ]
    bottom = head + high * len(rows)
    return _drawing(name, title, description, bottom + _legend_height(legend), [*parts, *_legend(legend, bottom)])


def columns(name: str, title: str, description: str, *, series: tuple[str, str], days: Sequence[Day]) -> SafeString:
    """Two vertical columns a day, one week in each row, so that equal weekdays line up.

    ``series``: labels of the first and the second column. One scale for all rows, from zero.
    """
    if not days:
        return _nothing(name, title)
    head, high, tall = 24, 98, 60
    scale = tall / max(1, *(max(day.first, day.second) for day in days))
    parts = [*_key(0, series[0], "pale"), *_key(WIDTH / 2, series[1], "solid")]
    weeks = [days[start : start + 7] for start in range(0, len(days), 7)]
    for top, week in zip(count(head, high), weeks, strict=False):
        floor = top + high - 22
        parts.append(_box(0, floor, WIDTH, 1, "floor"))
        for number, day in enumerate(week):
            parts += _day(day, WIDTH / 7 * (number + 0.5), floor, scale)
    return _drawing(name, title, description, head + high * len(weeks), parts)


def _day(day: Day, middle: float, floor: float, scale: float) -> Iterable[SafeString]:
    """The two columns of a day around ``middle``, on the baseline ``floor``."""
    for number, left, kind in ((day.first, middle - 21, "pale"), (day.second, middle + 1, "solid")):
        yield _box(left, floor - number * scale, 20, number * scale, kind)
        if day.first or day.second:  # a row of zeros says less than the empty baseline
            yield _text(left + 10, floor - number * scale - 3, number, "small mid")
    yield _text(middle, floor + 15, day.label, "label mid")


def _field(cell: Cell, left: float, top: float, wide: float, high: float) -> SafeString:
    return format_html(
        '<g class="shade-{}"><title>{}</title>{}{}{}</g>',
        *(cell.shade, cell.tooltip),
        _box(left + 1, top + 1, wide - 2, high - 2, "field"),
        _text(left + wide / 2, top + 13, cell.text, "value mid"),
        _text(left + wide / 2, top + 25, cell.detail, "small mid"),
    )


def _legend_height(legend: Sequence) -> int:
    return 12 + 20 * -(-len(legend) // 3)


def _legend(legend: Sequence[tuple[int, str]], top: float) -> Iterable[SafeString]:
    for number, (shade, label) in enumerate(legend):
        left, line = WIDTH / 3 * (number % 3), top + 12 + 20 * (number // 3)
        yield format_html('<g class="shade-{}">{}</g>', shade, _box(left + 1, line + 1, 14, 12, "field"))
        yield _text(left + 20, line + 11, label, "label")


def _key(left: float, label: str, kind: str) -> Iterable[SafeString]:
    yield _box(left + 1, 2, 14, 12, kind)
    yield _text(left + 20, 12, label, "label")


def _box(left: float, top: float, wide: float, high: float, kind: str) -> SafeString:
    places = (f"{number:g}" for number in (left, top, wide, high))
    return format_html('<rect x="{}" y="{}" width="{}" height="{}" class="{}"/>', *places, kind)


def _text(left: float, line: float, text: object, kind: str) -> SafeString:
    return format_html('<text x="{}" y="{}" class="{}">{}</text>', f"{left:g}", f"{line:g}", kind, text)


def _nothing(name: str, title: str) -> SafeString:
    return _drawing(name, title, EMPTY, 60, [_text(WIDTH / 2, 34, EMPTY, "label mid")])


def _drawing(name: str, title: str, description: str, height: int, parts: Iterable[SafeString]) -> SafeString:
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img"'
        ' aria-labelledby="{}-title" aria-describedby="{}-description">'
        '<title id="{}-title">{}</title><desc id="{}-description">{}</desc>{}</svg>',
        *(WIDTH, height, name, name, name, title, name, description),
        format_html_join("", "{}", ((part,) for part in parts)),
    )
