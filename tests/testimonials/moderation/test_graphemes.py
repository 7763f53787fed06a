"""Grapheme clusters: the boundaries are those of Unicode, as in the browser."""

import pytest

from testimonials.moderation.graphemes import Graphemes


@pytest.mark.parametrize(
    ("text", "boundaries"),
    [
        ("", [0]),
        ("ab", [0, 1, 2]),
        ("a\r\nb", [0, 1, 3, 4]),
        ("e\u0301a", [0, 2, 3]),
        ("👩\u200d👩\u200d👦b", [0, 5, 6]),
        ("👍🏽❤\ufe0f", [0, 2, 4]),
        ("🇺🇸🇲🇽🇺", [0, 2, 4, 5]),
        ("한\u1112\u1161\u11ab", [0, 1, 4]),
        ("กำ", [0, 2]),
        ("a\u200db", [0, 2, 3]),  # a joiner joins emoji, not letters
        ("\ud83d\ude00x", [0, 2, 3]),
    ],
)
def test_boundaries_are_between_clusters(text, boundaries):
    graphemes = Graphemes(text)

    assert [place for place in range(-1, len(text) + 2) if graphemes.is_boundary(place)] == boundaries
