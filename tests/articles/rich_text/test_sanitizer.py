"""The allowlist against generated input."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.rich_text import sanitizer
from articles.rich_text.elements import ALL, PLAIN, SCHEMES, allowlist
from tests.articles.rich_text.pieces import PIECES as SHARED_PIECES

TAGS = allowlist(ALL)

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
        *(
            "<b style='font-weight:normal'>",
            "</b>",
            "<i>",
            "</i>",
            "<span style='font-weight:700'>",
            "</span>",
            "<p>&nbsp;",
        ),
        *("&shy;", "\u200b", "java\u00adscript:x()", "<del>", "<s>", "</s>", "<h1>", "<h6>", "<caption>", "<thead>"),
        *("<a href='#_ftn1'>", "<ol start=3>", "<ol start=x type=a>", "www.a.example", "\u0338", "\r\n"),
        *("<a href='https://www.google.com/url?q=", "https%3A%2F%2Fa.example", "javascript%3Ax()"),
        *("<![if !supportLists]>", "<![endif]>", "<tr>", "</table>", "<strong>", "</strong>", "<br>"),
        *("<table>", "<td colspan=9>", "<iframe>", "<math>", "<!--", "-->", "]]>", "text", "\x00", "<", ">", "'", '"'),
    ]
)


class Seen(HTMLParser):
    """Parse a fragment as a browser would: its tags and their attributes."""

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
def test_nothing_outside_the_allowlist_gets_through(typed):
    cleaned = sanitizer.clean(typed)

    seen = Seen(cleaned)
    assert seen.tags <= set(TAGS)
    assert seen.attributes <= {(tag, name) for tag, names in TAGS.items() for name in names}
    for address in seen.addresses:
        scheme = re.match(r"[\x00-\x20]*([a-zA-Z][a-zA-Z0-9+.-]*):", address)  # as a browser reads it
        assert scheme is None or scheme[1].lower() in SCHEMES
        assert not re.match(r"[/\\]{2}", address)
    assert sanitizer.clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("<h2>One</h2><p>two<br>three</p>", "One two three"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("<p>5 &lt; 6 &amp; 7</p>", "5 < 6 & 7"),
        ("<table><tr><th>Day</th><td>1</td></tr></table>", "Day 1"),
        ("", ""),
    ],
)
def test_the_text_of_a_fragment_is_read_without_tags(fragment, text):
    assert sanitizer.text(fragment) == text


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><title>Draft 3</title>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<xml><w:Zoom>0</w:Zoom></xml><style><!-- p.MsoNormal {mso-style-parent:"";} --></style></head><body lang=EN-US>
<!--StartFragment--><h2 style='mso-margin-top-alt:auto'><span
style='font-family:"Arial",sans-serif;color:#333'>Taper<o:p></o:p></span></h2>
<p class=MsoNormal><b style='mso-bidi-font-weight:normal'><span style='color:red'>Never</span></b> stop
<i>at once</i>.<o:p>&nbsp;</o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-.25in;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>Call us<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><!--[if !supportLists]--><span
style='mso-list:Ignore'>2.<span>&nbsp; </span></span><!--[endif]-->Ask a <a href="javascript:x()">nurse</a></p>
<p class=MsoNormal>H<sub>2</sub>O<a style='mso-comment-reference:A_1'></a></p><!--EndFragment--></body></html>"""

GOOGLE = """<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1a2b"><h2 dir="ltr"
style="line-height:1.38"><span style="font-size:16pt;font-weight:400;white-space:pre-wrap;">Taper</span></h2>
<p dir="ltr"><span style="font-weight:700;">Never</span>
<span style="font-weight:400;font-style:italic;">at once</span><span style="font-weight:400">.</span></p><br>
<ul style="margin-top:0"><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span
style="font-weight:400">Call us</span></p></li></ul>
<p dir="ltr"><a href="data:text/html,x" style="text-decoration:none"><span>a link</span></a>
x<span style="vertical-align:super">2</span></p></b>"""


def squeezed(fragment):
    return re.sub(r">\s+<", "><", " ".join(sanitizer.clean(fragment).split()))


def test_text_pasted_from_word_keeps_its_meaning_and_loses_its_junk():
    assert squeezed(WORD) == (
        "<h2>Taper</h2><p><strong>Never</strong> stop <em>at once</em>.&nbsp;</p>"
        "<p>Call us</p><p>Ask a <a>nurse</a></p><p>H<sub>2</sub>O</p>"
    )


def test_text_pasted_from_google_docs_is_bold_only_where_it_was():
    assert squeezed(GOOGLE) == (
        "<h2>Taper</h2><p><strong>Never</strong><em>at once</em>.</p><br><ul><li><p>Call us</p></li></ul>"
        "<p><a>a link</a> x<sup>2</sup></p>"
    )


def test_a_nested_table_becomes_lines_of_its_cell():
    cleaned = sanitizer.clean(
        "<table><tr><td>Day 1<table><tr><th>a</th><td>b</td></tr><tr><td>c<table><tr><td>deep</td></tr></table></td>"
        "</tr></table></td><td>last</td></tr></table><p>After.</p>"
    )

    assert cleaned.count("<table>") == 1
    assert sanitizer.text(cleaned) == "Day 1 a b c deep last After."
    assert "<td>last</td>" in cleaned
    assert sanitizer.clean(cleaned) == cleaned


def test_no_part_of_an_address_is_taken_for_a_tag():
    for nasty in (
        """<a href='https://a.example/<table y'>a</a> " onclick="x() """,
        """<table><tr><td><a href='https://a.example/<table '>a</a> " onclick="x()"></td></tr></table>""",
        """<a href='https://a.example/<b style="'>a</a><b " onclick="x()">""",
    ):
        cleaned = sanitizer.clean(nasty)

        assert Seen(cleaned).attributes <= {("a", "href")}
        assert sanitizer.clean(cleaned) == cleaned


@pytest.mark.parametrize(
    "piece",
    [
        "<p>Take it with food.</p>",
        "<b style='font-weight:normal'>",
        "<![if !supportLists]>",
        "<p>&nbsp;",
        "<strong>",
        "<table><tr><td>",
        "<b ",
        "</span></b></i>",
        "<p><br>",
        WORD,
    ],
)
def test_a_megabyte_is_cleaned_in_a_moment(piece):
    many = 1_000_000 // len(piece) if piece in {"<p>Take it with food.</p>", WORD} else 20_000
    begun = time.process_time()

    sanitizer.clean(piece * many)

    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    "opening", ["<ul><li>", "<blockquote>", "<b>", "<div><span>", "<table><tr><td>", "<strong><em>"]
)
def test_excessive_nesting_is_flattened_and_its_text_is_kept(opening):
    cleaned = sanitizer.clean(opening * 2_000 + "words" + "</x>" * 5)

    assert sanitizer.text(cleaned) == "words"
    assert cleaned.count("<") <= 2 * sanitizer.MAX_DEPTH * 3
    assert sanitizer.clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        *SHARED_PIECES,
        ("<ul><li style='display: none'>a</li><li>b</li></ul>", "<ul><li>b</li></ul>"),
        (
            "<table><caption>a</caption><thead><tr><th>b</th></tr></thead><tfoot><tr><td>c</td></tr></tfoot></table>",
            "<p>a</p><table><tbody><tr><th>b</th></tr><tr><td>c</td></tr></tbody></table>",
        ),
        ("<ol start=3 type=a><li>a</li></ol>", '<ol start="3" type="a"><li>a</li></ol>'),
        ("<ol start=x type=disc><li>a</li></ol>", "<ol><li>a</li></ol>"),
        (
            "<table><tr><td colspan=0 rowspan=2>a</td></tr></table>",
            '<table><tbody><tr><td rowspan="2">a</td></tr></tbody></table>',
        ),
        ("<p>guar\u00adanteed 10&#8203;mg &shy;\u2060a\u202eb\u202c\x07&#11;</p>", "<p>guaranteed 10mg ab\n</p>"),
        ("<p>ﬁrst e\u0301</p>", "<p>first é</p>"),
        ("<p>\U0001f469\u200d⚕\ufe0f &amp;shy;</p>", "<p>\U0001f469\u200d⚕\ufe0f &amp;shy;</p>"),
        ("<a href='java&shy;script:x()'>a</a>", "<a>a</a>"),
        ('<p>a<a style=\'x\' href="#_ftn1" name="_ftnref1"><![if !x]><sup>[1]</sup><![endif]></a></p>', "<p>a[1]</p>"),
    ],
)
def test_what_code_saves_is_stored_as_it_was_meant(written, stored):
    assert sanitizer.clean(written) == stored
    assert sanitizer.clean(stored) == stored


def test_a_plain_box_keeps_the_words_of_what_it_cannot_hold():
    written = "<h2>a</h2><blockquote><p>b</p></blockquote><table><tr><td>5 mg</td><td>10 mg</td></tr></table><p>c</p>"

    assert sanitizer.clean(written, PLAIN) == "<p>a</p><p>b</p><br>5 mg 10 mg <br><p>c</p>"
