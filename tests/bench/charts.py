"""Bars of measured rows, with the goal as a mark on each and the spread of the rounds as a line, as SVG.

The same rules as in detoxsite/core/charts.py: one picture to a screen reader, colors by class, the numbers in a table
beside it. Its bars show whole numbers and no goals, so these are drawn here.
"""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from . import rows
from .rows import Row

WIDTH, HIGH = 480, 46
LABELS = 120  # room to the right of the bars for values


def bars(name: str, title: str, description: str, measured: list[Row]) -> SafeString:
    """``name`` is a slug, unique on the page. One scale from zero for all rows."""
    most = max(max(row.value, row.high or 0, row.goal.limit if row.goal else 0) for row in measured) or 1
    scale = (WIDTH - LABELS) / most
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title" aria-describedby="{}-more">'
        '<title id="{}-title">{}</title><desc id="{}-more">{}</desc>{}</svg>',
        *(WIDTH, HIGH * len(measured), name, name, name, title, name, _sentence(description, measured)),
        format_html_join("", "{}", ((_row(row, number * HIGH, scale),) for number, row in enumerate(measured))),
    )


def _sentence(description: str, measured: list[Row]) -> str:
    return f"{description}: " + "; ".join(f"{row.name} {rows.shown(row.value)}" for row in measured)


def _row(row: Row, top: int, scale: float) -> SafeString:
    end = row.value * scale
    parts = [
        _text(0, top + 15, row.name, "label"),
        _box(0, top + 22, max(1, end), 14, row.verdict or "plain"),
    ]
    if row.high is not None:
        parts.append(_box(row.low * scale, top + 28, max(1, (row.high - row.low) * scale), 2, "spread"))
    if row.goal:
        parts.append(_box(row.goal.limit * scale - 1, top + 18, 2, 22, "goal"))
    at = max(end, (row.high or 0) * scale, row.goal.limit * scale if row.goal else 0) + 8
    goal = f" ({row.goal})" if row.goal else ""
    parts.append(_text(at, top + 34, f"{rows.shown(row.value)}{goal}", "value"))
    return format_html_join("", "{}", ((part,) for part in parts))


def _box(left: float, top: float, wide: float, high: float, kind: str) -> SafeString:
    places = (f"{number:.1f}" for number in (left, top, wide, high))
    return format_html('<rect x="{}" y="{}" width="{}" height="{}" class="{}"/>', *places, kind)


def _text(left: float, line: float, text: str, kind: str) -> SafeString:
    return format_html('<text x="{}" y="{}" class="{}">{}</text>', f"{left:.1f}", line, kind, text)
