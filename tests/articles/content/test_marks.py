"""The words of a finding in the HTML of a page: found across tags and invisible characters, and marked safely."""

import re

import pytest

from articles.content.marks import Words, mark_parts


def marked(html, excerpt, match="", **more):
    """The HTML with the ids and classes of the marks left out, and the ids that were found."""
    parts, found = mark_parts([html], [Words("finding-1", "red", match, excerpt, **more)])
    return re.sub(r"<mark [^>]*>", "<mark>", parts[0]), found


@pytest.mark.parametrize(
    ("html", "excerpt", "match", "shown"),
    [
        ("<p>An addict.</p>", "An addict.", "addict", "<p>An <mark>addict</mark>.</p>"),
        (
            "<p>An <strong>add</strong>ict.</p>",
            *("An addict.", "addict"),
            "<p>An <strong><mark>add</mark></strong><mark>ict</mark>.</p>",
        ),
        ("<p>gu\u00adar\u200banteed</p>", "guaranteed", "guaranteed", "<p><mark>gu\u00adar\u200banteed</mark></p>"),
        ("<p>guаranteed</p>", "guaranteed", "guaranteed", "<p><mark>guаranteed</mark></p>"),  # noqa: RUF001
        ("<p>Ｃｕｒｅ, ﬁne</p>", "Cure, fine", "fine", "<p>Ｃｕｒｅ, <mark>ﬁne</mark></p>"),  # noqa: RUF001
        ("<p>cu\u0301re</p>", "cúre", "cúre", "<p><mark>cu\u0301re</mark></p>"),
        ("<p>10&nbsp;mg &amp; 5</p>", "10 mg & 5", "mg & 5", "<p>10&nbsp;<mark>mg &amp; 5</mark></p>"),
        ("An **add**ict", "An addict", "addict", "An **<mark>add**ict</mark>"),
        (
            "<p>a user</p><p>two users, a user</p>",
            "gone, a user",
            "user",
            "<p>a <mark>user</mark></p><p>two users, a user</p>",
        ),
        (
            "<tr><td>Dose</td><td>10 mg</td></tr>",
            "Dose 10 mg",
            "",
            "<tr><td><mark>Dose</mark></td><td><mark>10 mg</mark></td></tr>",
        ),
        (
            '<p><a href="/a?b=&quot;>">here</a></p>',
            "here (/a)",
            "",
            '<p><a href="/a?b=&quot;>"><mark>here</mark></a></p>',
        ),
        ("[2] Ann Lee. Study. JAMA", "[2] Study", "", "[2] Ann Lee. <mark>Study</mark>. JAMA"),
        ("&lt;b&gt; &lt;script&gt;", "<b> <script>", "<script>", "&lt;b&gt; <mark>&lt;script&gt;</mark>"),
    ],
)
def test_words_are_marked_where_a_reader_sees_them(html, excerpt, match, shown):
    assert marked(html, excerpt, match) == (shown, {"finding-1"})


@pytest.mark.parametrize("html", ["", "<p></p>", "<p>users</p>", "<p>&</p>", "<", "<p>&#0;&#xffffff;</p>"])
def test_what_is_not_there_is_not_marked(html):
    assert marked(html, "a user", "user") == (html, set())
    assert marked(html, "", "") == (html, set())


@pytest.mark.parametrize(("nth", "before"), [(0, ""), (1, "One addict. "), (2, "One addict. One addict. ")])
def test_of_equal_sentences_the_right_one_is_marked(nth, before):
    html = "One addict. One addict. One addict."

    assert marked(html, "One addict.", "addict", nth=nth)[0].startswith(f"{before}One <mark>")


def test_marks_overlap_and_each_has_one_id_that_a_link_can_lead_to():
    wanted = [
        Words("finding-1", "red", "very bad addict", "very bad addict"),
        Words("finding-2", "amber", "addict here", "addict here"),
    ]

    [part, rest], found = mark_parts(["<p>A very <em>bad</em> addict here</p>", "<p>addict here</p>"], wanted)

    assert part == (
        '<p>A <mark class="red" id="finding-1" tabindex="-1">very </mark><em><mark class="red">bad</mark></em>'
        '<mark class="red"> </mark>'
        '<mark class="red"><mark class="amber" id="finding-2" tabindex="-1">addict</mark></mark>'
        '<mark class="amber"> here</mark></p>'
    )
    assert rest == "<p>addict here</p>"
    assert found == {"finding-1", "finding-2"}
