"""The allowlist against whatever a machine can think of."""

import re

import pytest
from hypothesis import given
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


@given(st.lists(PIECES, max_size=12).map("".join))
def test_nothing_outside_the_allowlist_comes_through(typed):
    cleaned = html.clean(typed)

    tags = re.findall(r"<(/?)([a-zA-Z0-9]+)((?:\s[^>]*)?)>", cleaned)
    assert {name for _, name, _ in tags} <= html.TAGS
    for _, name, attributes in tags:
        assert set(re.findall(r"\s([\w-]+)=", attributes)) <= html.ATTRIBUTES.get(name, set())
    assert not re.search(r'href="(?!https?:|mailto:|tel:|/(?![/\\])|[\w#?."])', cleaned)
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
