"""Tables as they are typed, and as spreadsheets copy them."""

import pytest

from articles.models.grids import GridFormField, as_text, cells_of


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("A\tB\r\n1\t2\r\n", [["A", "B"], ["1", "2"]]),
        ("A\tB\n\n1", [["A", "B"], ["1", ""]]),  # shorter rows, and empty ones
        ("A\t\tB\n1\t\t2", [["A", "B"], ["1", "2"]]),  # a column without anything
        ('A\t"in two\nlines"\n1\t2', [["A", "in two lines"], ["1", "2"]]),
        ('A\t"say ""no"""\n1\t2', [["A", 'say "no"'], ["1", "2"]]),
        ('A\t5" pipe\n1\t2', [["A", '5" pipe'], ["1", "2"]]),
        ('A\t"never closed\n1\t2', [["A", '"never closed'], ["1", "2"]]),
        ("A\tB\u200b\u202e\n1\0\t 2 ", [["A", "B"], ["1", "2"]]),
        ("", []),
        (" \t\n\t", []),
    ],
)
def test_cells_are_read_as_they_were_copied(text, rows):
    assert cells_of(text) == rows


@pytest.mark.parametrize("cell", ['"quoted"', 'say "no"', '"', '""', '"never closed', "plain", "a | b"])
def test_what_is_stored_is_read_again_as_it_was(cell):
    rows = [["A", "B"], ["1", cell], [cell, "2"]]
    assert cells_of(as_text(rows)) == rows


def test_a_form_stores_the_plainest_text_of_a_table():
    assert GridFormField().clean("A\tB\t\r\n\t\t\r\n1\t2\t\r\n") == "A\tB\n1\t2"
