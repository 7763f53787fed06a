"""The allowlist against whatever a machine can think of."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import html

PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<h2>",
            "<a href='",
            "javascript:x()",
            "data:text/html,",
            "//evil.example",
            "https://a.example",
        ),
        *(
            "'>",
            '">',
            "</a>",
            "<script>",
            "</script>",
            "<svg/onload=",
            "x()",
            "<img src=x onerror=",
            "<style>",
            "&lt;",
            "&#106;",
        ),
        *("<table>", "<td colspan=9>", "<iframe>", "<math>", "<!--", "-->", "]]>", "text", "\x00", "<", ">", "'", '"'),
    ]
)


class Seen(HTMLParser):
    """What a browser would make of a fragment: its tags and their attributes."""

    def __init__(self, fragment):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.addresses = []
        self.feed(fragment)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attributes}
        self.addresses += [value for name, value in attributes if name == "href"]


@settings(deadline=None, max_examples=500)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_nothing_outside_the_allowlist_comes_through(typed):
    cleaned = html.clean(typed)

    seen = Seen(cleaned)
    assert seen.tags <= html.TAGS
    assert seen.attributes <= {(tag, name) for tag, names in html.ATTRIBUTES.items() for name in names}
    for address in seen.addresses:
        scheme = re.match(r"[\x00-\x20]*([a-zA-Z][a-zA-Z0-9+.-]*):", address)  # as a browser reads it
        assert scheme is None or scheme[1].lower() in html.SCHEMES
        assert not re.match(r"[/\\]{2}", address)
    assert html.clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("<h2>One</h2><p>two<br>three</p>", "One two three"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("<p>5 &lt; 6 &amp; 7</p>", "5 < 6 & 7"),
        ("<table><tr><th>Day</th><td>1</td></tr></table>", "Day 1"),
        ("", ""),
    ],
)
def test_words_of_a_fragment(fragment, words):
    assert html.text(fragment) == words
