"""Charts are well-formed, named, within their frame, and give every value as text."""

from xml.etree import ElementTree

import pytest

from detoxsite.core import charts
from detoxsite.core.charts import Cell, Day

SVG = "{http://www.w3.org/2000/svg}"
LEGEND = [(1, "short"), (5, "long"), (0, "none")]
EVIL = '<script>"&'


def parse(drawing):
    """Parse the drawing as a browser does inside HTML, where it needs no namespace."""
    return ElementTree.fromstring(drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def texts(drawing):
    return [text.text for text in parse(drawing).iter(f"{SVG}text")]


def boxes(drawing, kind):
    return [box.attrib for box in parse(drawing).iter(f"{SVG}rect") if box.get("class") == kind]


def grid(**options):
    cells = {(0, 0): Cell(1, "7m", "12", "Monday"), (23, 6): Cell(0, "<½", "3", EVIL)}
    return charts.grid(
        *("g", EVIL, "Words"),
        **{"columns": "MTWTFSS", "rows": range(24), "cells": cells, "legend": LEGEND, **options},
    )


def days(*pairs):
    return [Day(f"Nov {number}", *pair) for number, pair in enumerate(pairs, 1)]


def columns(*pairs):
    return charts.columns("c", "Title", "Words", series=("In", "Out"), days=days(*pairs))


DRAWINGS = [
    charts.bars("b", "Title", "Words", [("One", 3), ("Two", 1_000_000)]),
    charts.bars("b", "Title", "Words", [("One", 0)]),
    charts.bars("b", "Title", "Words", []),
    grid(),
    grid(cells={}),
    columns(*[(9999, 1)] * 28),
    columns((0, 0)),
    columns(),
]


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_a_chart_is_one_picture_with_a_name_and_a_description(drawing):
    svg = parse(drawing)

    title, description = svg[0], svg[1]
    assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
    assert svg.get("role") == "img"
    assert (svg.get("aria-labelledby"), svg.get("aria-describedby")) == (title.get("id"), description.get("id"))
    assert title.text
    assert description.text


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_nothing_is_drawn_outside_the_frame_or_styled_in_place(drawing):
    svg = parse(drawing)

    _, _, wide, high = map(float, svg.get("viewBox").split())
    for box in svg.iter(f"{SVG}rect"):
        left, top, across, down = (float(box.get(name)) for name in ("x", "y", "width", "height"))
        assert 0 <= left <= left + across <= wide + 0.01
        assert 0 <= top <= top + down <= high + 0.01
    for text in svg.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x")) <= wide
        assert 8 <= float(text.get("y")) <= high
    assert not {"style", "fill", "onload"} & {name for one in svg.iter() for name in one.attrib}


def test_text_in_a_chart_is_escaped():
    drawing = grid()

    assert "<script" not in drawing
    assert parse(drawing)[0].text == EVIL


def test_bars_are_as_long_as_their_numbers():
    drawing = charts.bars("b", "Title", "Words", [("One", 25), ("Two", 100), ("None", 0)])

    assert texts(drawing) == ["One", "25", "Two", "100", "None", "0"]
    assert [float(bar["width"]) for bar in boxes(drawing, "solid")] == [charts.WIDTH / 4, charts.WIDTH, 0]


def test_a_grid_says_its_values_and_leaves_the_other_fields_empty():
    drawing = grid()

    assert texts(drawing)[31:] == ["7m", "12", "<½", "3", "short", "long", "none"]
    assert [group.get("class") for group in parse(drawing).iter(f"{SVG}g")] == [
        *("shade-1", "shade-0"),
        *("shade-1", "shade-5", "shade-0"),
    ]


def test_columns_are_in_rows_of_seven_on_one_scale():
    drawing = columns(*[(10, 5)] * 7, (20, 0))

    pale, solid = boxes(drawing, "pale")[1:], boxes(drawing, "solid")[1:]
    heights = [float(column["height"]) for column in pale]
    assert heights == [30] * 7 + [60]
    assert [float(column["height"]) for column in solid] == [15] * 7 + [0]
    assert float(pale[7]["x"]) == float(pale[0]["x"])
    assert texts(drawing)[-3:] == ["20", "0", "Nov 8"]


@pytest.mark.parametrize("drawing", [charts.bars("b", "Title", "Words", []), grid(cells={}), columns()])
def test_without_anything_to_show_a_chart_says_so(drawing):
    assert texts(drawing) == ["Nothing to show yet"]
