"""Pasting with the clipboard of Chromium, and typing: what is stored is what was meant."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from articles.models import Callout, Text, blocks_of
from articles.rich_text import elements, sanitizer
from tests.articles.rich_text.pieces import PIECES
from tests.articles.rich_text.test_sanitizer import Seen
from tests.browser.test_admin import open_draft, save
from tests.factories import make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTES = Path(__file__).parent.parent / "articles" / "rich_text" / "pastes"
SOURCES = sorted(path.stem for path in PASTES.glob("*.html") if ".expected" not in path.name)
CITATION = "Doe J, Roe AB. Sleep after drinking. J Rest. 2019;13(2):101-10. doi:10.1000/rest.101"
COPY = """([html, text]) => document.addEventListener("copy", (event) => {
  if (html) event.clipboardData.setData("text/html", html);
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true, once: true })"""


def box_of(page, number):
    return page.locator(f"#articles_text_set-{number} .ProseMirror[contenteditable=true]")


def paste(page, box, html="", text=" "):
    """Put this on the clipboard, as it is, and paste it over everything in the box."""
    page.evaluate(COPY, [html, text])
    box.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")


def put_cursor_behind(box, text):
    """The editor takes the focus in a frame of its own, after the command: keys pressed before it go elsewhere."""
    box.evaluate(
        """(box, text) => box.editor.state.doc.descendants((node, at) => {
      if (node.text === text) box.editor.commands.focus(at + node.nodeSize);
    })""",
        text,
    )
    expect(box).to_be_focused()


def value_of(box):
    return box.evaluate("box => box.closest('.prose-editor').querySelector('textarea').value")


def status_of(box):
    return box.evaluate("box => box.closest('.prose-editor').querySelector('[role=status]').textContent")


def open_boxes(editor, house, number=1):
    blocks = [Text(ordering=20 + extra, body="<p>x</p>") for extra in range(number - 1)]
    draft = make_draft("<p>x</p>", blocks=blocks, created_by=house["editor"])
    editor.sign_in(house["editor"])
    return draft, open_draft(editor, draft)


def test_a_paste_from_each_program_is_stored_as_it_was_meant(visitor, house):
    draft, page = open_boxes(editor := visitor(), house, len(SOURCES))

    for number, source in enumerate(SOURCES):
        paste(page, box_of(page, number), (PASTES / f"{source}.html").read_text())
    page.set_viewport_size({"width": 360, "height": 800})
    editor.check()
    told = {source: status_of(box_of(page, number)) for number, source in enumerate(SOURCES)}
    save(page)

    for source, block in zip(SOURCES, blocks_of(draft), strict=True):
        expected = (PASTES / f"{source}.expected.html").read_text().replace(">\n<", "><").strip()
        assert block.body.replace("\xa0", "&nbsp;") == expected, source
    picture = " 1 picture was left out. Add pictures as Picture blocks."
    footnote = " 1 footnote is now in brackets, like [1]. Compare the numbers with the sources."
    assert told == {
        "gmail": "3 struck-out or hidden words were left out.",
        "google_docs": f"4 struck-out or hidden words were left out.{picture}",
        "pages": "3 struck-out or hidden words were left out.",
        "word_desktop": f"4 struck-out or hidden words were left out.{picture}{footnote}",
        "word_web": "3 struck-out or hidden words were left out.",
        "wordpress": f"3 struck-out or hidden words were left out.{picture}{footnote}",
    }


LIST = "<ul><li><p>{}</p></li><li><p>{}</p></li></ul>"
HTML = [  # what is on the clipboard, what it becomes
    *PIECES,
    ('<span style="font-weight:700">a</span> b', "<p><strong>a</strong> b</p>"),
    ('<p style="font-weight:bold">a <span style="font-weight:400">b</span></p>', "<p><strong>a</strong> b</p>"),
    ('<p data-pm-slice="1 1 []">a <s>b</s></p>', "<p>a</p>"),
    (
        "<ul>a<li>b</li><ul><li>c</li></ul></ul><ol><ol><li>d</li></ol></ol>",
        "<ul><li><p>a</p></li><li><p>b</p><ul><li><p>c</p></li></ul></li></ul><ol><li><p>d</p></li></ol>",
    ),
    ('<p>Only the note. <a href="#_ftnref1">[1]</a></p>', "<p>Only the note.</p>"),
    ("a<br><br>b<br>c", "<p>a</p><p>b<br>c</p>"),
    ("<p>a &nbsp; &nbsp;b&nbsp; c</p>", "<p>a b c</p>"),
    (
        '<p>a <strike>b</strike> <s>c</s> <span style="text-decoration: underline line-through">d</span>e</p>',
        "<p>a e</p>",
    ),
    ('<p>a <a href="../b">b</a> <a href="#c">c</a> <a href="file:///d">d</a></p>', "<p>a b c d</p>"),
    (
        '<p>a<sup><a href="#ftnt1">[1]</a></sup></p><hr><div><p><a href="#ftnt_ref1">[1]</a> Jones.</p></div>',
        "<p>a[1]</p><ol><li><p>Jones.</p></li></ol>",
    ),
    (
        '<p>a<a href="#_edn1" name="_ednref1">[i]</a> b<a href="#_edn2" name="_ednref2">[ii]</a></p>',
        "<p>a[1] b[2]</p>",
    ),
    (
        '<p>a<a href="#cmnt1">[a]</a></p><div style="mso-element:comment-list"><p>Is this so?</p></div>',
        "<p>a</p>",
    ),
    ("<p>• a</p><p>• b</p>", LIST.format("a", "b")),
    ("<div>1. a<br>2. b</div>", LIST.format("a", "b").replace("ul", "ol")),
    (
        "<table><caption>c</caption><tr><td>a<table><tr><td>b</td><td>d</td></tr></table></td></tr></table>",
        "<p>c</p><table><tbody><tr><td><p>a</p><p>b d</p></td></tr></tbody></table>",
    ),
    (
        "<table><tr><td><ul><li>a</li></ul></td><td><h2>b</h2></td></tr></table>",
        "<table><tbody><tr><td><ul><li><p>a</p></li></ul></td><td><p>b</p></td></tr></tbody></table>",
    ),
    ("<p>a<!-- b --><o:p>&nbsp;</o:p><script>c</script><style>d</style></p>", "<p>a</p>"),
    ("<pre>a\nb</pre>", "<p>a<br>b</p>"),
]
TEXT = [
    ("• a\n• b", LIST.format("a", "b")),
    ("- a\n- b", LIST.format("a", "b")),
    ("* a\r\n* b", LIST.format("a", "b")),
    ("– a\n– b", LIST.format("a", "b")),  # noqa: RUF001 a dash
    ("·\ta\n\n·\tb", LIST.format("a", "b")),
    ("•\ta\no\tb\n•\tc", "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li><li><p>c</p></li></ul>"),
    ("1. a\n2. b", LIST.format("a", "b").replace("ul", "ol")),
    ("3) a\n4) b", LIST.format("a", "b").replace("<ul", '<ol start="3"').replace("ul", "ol")),
    ("a) a\nb) b", LIST.format("a", "b").replace("<ul", '<ol type="a"').replace("ul", "ol")),
    ("1. a\n   - b\n2. c", "<ol><li><p>a</p><ul><li><p>b</p></li></ul></li><li><p>c</p></li></ol>"),
    ("First\n1. a\n2. b\nLast", "<p>First</p><ol><li><p>a</p></li><li><p>b</p></li></ol><p>Last</p>"),
    ("2020. A year\n- one dash", "<p>2020. A year</p><p>- one dash</p>"),
    ("1. Introduction\nWords.\n2. More", "<p>1. Introduction</p><p>Words.</p><p>2. More</p>"),
    ("a < b & <b>c</b>", "<p>a &lt; b &amp; &lt;b&gt;c&lt;/b&gt;</p>"),
]


def test_each_pasted_piece_becomes_what_it_means(visitor, house):
    _, page = open_boxes(visitor(), house)
    box, wrong = box_of(page, 0), []

    for clipboard, expected in [*(((html, " "), to) for html, to in HTML), *((("", text), to) for text, to in TEXT)]:
        paste(page, box, *clipboard)
        if (stored := sanitizer.clean(value_of(box))) != expected:
            wrong.append((clipboard, stored, expected))

    assert wrong == []

    page.get_by_role("button", name="Add another Source").click()
    page.locator("[name=sources-0-position]").fill("2")
    page.locator("[name=sources-0-title]").fill("Naloxone at home")
    paste(
        page,
        box,
        '<p>a<a href="#_ftn1">[1]</a> b<a href="#_ftn2">[2]</a></p>'
        '<div id="ftn1"><p><a href="#_ftnref1">[1]</a> Smith J. Naloxone at home.</p></div>'
        '<div id="ftn2"><p><a href="#_ftnref2">[2]</a> Jones. Rest.</p></div>',
    )
    stored = sanitizer.clean(value_of(box))
    assert stored == '<p>a[2] b[3]</p><ol start="3"><li><p>Jones. Rest.</p></li></ol>'

    notes = (f"Note: the dose was halved, see {CITATION}", "Naloxone at home: a trial of 2019.")
    paste(
        page,
        box,
        '<p>a<a href="#_ftn1">[1]</a> b<a href="#_ftn2">[2]</a></p>'
        f'<div id="ftn1"><p><a href="#_ftnref1">[1]</a> {notes[0]}</p></div>'
        f'<div id="ftn2"><p><a href="#_ftnref2">[2]</a> {notes[1]}</p></div>',
    )
    kept = LIST.format(*notes).replace("<ul", '<ol start="3"').replace("ul>", "ol>")
    assert sanitizer.clean(value_of(box)) == f"<p>a[3] b[4]</p>{kept}", "a source has no room for other words"

    paste(
        page,
        box,
        '<p>Call 911</p><p>Nobody wakes.<a href="#_ftn1">[1]</a></p>'
        f'<div id="ftn1"><p><a href="#_ftnref1">[1]</a> {CITATION}</p></div>',
    )
    assert sanitizer.clean(value_of(box)) == "<p>Call 911</p><p>Nobody wakes.[3]</p>"
    assert status_of(box).endswith("1 footnote is now a source. Check what was found.")
    expect(page.locator("[name=sources-1-title]")).to_have_value("Sleep after drinking")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+Alt+t")
    expect(page.get_by_role("listbox")).to_be_focused()
    page.keyboard.type("dang")
    page.keyboard.press("Enter")
    expect(page.locator("[name=articles_callout_set-0-title]")).to_have_value("Call 911")


def test_what_is_pasted_fits_where_it_is_pasted_and_is_undone_in_one_step(visitor, house):
    note = Callout(ordering=30, title="Note", body="<p>x</p>")
    draft = make_draft(
        "<ul><li><p>one</p></li></ul><table><tbody><tr><td><p>x</p></td></tr></tbody></table>",
        blocks=[note],
        created_by=house["editor"],
    )
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    callout = page.locator("#articles_callout_set-0 .ProseMirror[contenteditable=true]")
    paste(page, callout, "<h1>a</h1><table><tr><td>b</td><td>c</td></tr></table><p>10<sup>3</sup></p>")
    box = box_of(page, 0)
    put_cursor_behind(box, "one")
    page.evaluate(COPY, ["<ul><li>two</li><li>three <s>four</s></li></ul>", " "])
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    in_list = value_of(box)
    page.keyboard.press("Control+z")
    undone = value_of(box)
    page.keyboard.press("Control+Shift+z")
    put_cursor_behind(box, "x")
    page.evaluate(COPY, ["<p>y <b>z</b></p>", " "])
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    editor.check()
    save(page)

    text, callout = blocks_of(draft)
    assert in_list.startswith("<ul><li><p>onetwo</p></li><li><p>three</p></li></ul>")
    assert undone.startswith("<ul><li><p>one</p></li></ul>")
    assert text.body.endswith("<td><p>xy <strong>z</strong></p></td></tr></tbody></table>")
    assert callout.body == "<p>a</p><p>b c</p><p>10<sup>3</sup></p>"


SCHEMA = """box => {
  const names = Object.keys({ ...box.editor.schema.nodes, ...box.editor.schema.marks });
  return names.map((name) => name[0].toUpperCase() + name.slice(1)).sort();
}"""
FULL = (
    "<h2>a</h2><h3>b</h3><p><strong>c</strong> <em>d</em> 10<sup>3</sup> H<sub>2</sub>O<br>"
    '<a href="https://example.org/">e</a></p><blockquote><p>f</p></blockquote><ul><li><p>g</p></li></ul>'
    '<ol start="3" type="a"><li><p>h</p></li></ol><table><tbody><tr><th colspan="2"><p>i</p></th>'
    '<th rowspan="2"><p>j</p></th></tr><tr><td rowspan="2"><p>k</p></td><td><p>l</p></td></tr>'
    '<tr><td colspan="2"><p>m</p></td></tr></tbody></table><p>n</p>'
)


def test_the_editor_and_the_allowlist_know_the_same_elements(visitor, house):
    """Each element that may be stored is one that the editor reads and writes again, in both kinds of box."""
    callout = Callout(ordering=30, title="Note", body="<p>x</p>")
    draft = make_draft(FULL, blocks=[callout], created_by=house["editor"])
    plain = sanitizer.clean(FULL, elements.PLAIN)
    Callout.objects.update(body=plain)
    editor = visitor()
    editor.sign_in(house["editor"])
    page = open_draft(editor, draft)
    boxes = [box_of(page, 0), page.locator("#articles_callout_set-0 .ProseMirror[contenteditable=true]")]
    schemas = [box.evaluate(SCHEMA) for box in boxes]
    for box in boxes:
        box.locator("p").last.click()
        page.keyboard.press("End")
        page.keyboard.type(" typed")
    save(page)

    for names, schema in zip((elements.ALL, elements.PLAIN), schemas, strict=True):
        assert schema == sorted({*names, "Doc", "Text"} - {"PasteCleaning"})
    allowed = {(tag, name) for tag, names in elements.allowlist(elements.ALL).items() for name in ("", *names)}
    assert {(tag, name) for tag, name in Seen(FULL).attributes} | {(tag, "") for tag in Seen(FULL).tags} == allowed
    assert [block.body for block in blocks_of(draft)] == [FULL[:-4] + " typed</p>", plain[:-4] + " typed</p>"]


def test_what_is_typed_becomes_a_list_a_superscript_a_link(visitor, house):
    draft, page = open_boxes(visitor(), house, 2)
    box, lists = box_of(page, 0), {}
    for typed in ("1. ", "- ", "* ", "3. ", "2) ", "• "):
        box.click()
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        page.keyboard.type(f"{typed}a")
        lists[typed] = sanitizer.clean(value_of(box))

    paste(page, box, text="10")
    bar = page.locator("#articles_text_set-0 .bar")
    for name, text in (("superscript", "3"), ("subscript", "2")):
        bar.get_by_role("button", name=name).click()
        page.keyboard.type(text)
        bar.get_by_role("button", name=name).click()
        page.keyboard.type(" ")
    page.keyboard.press("Control+.")
    page.keyboard.type("a")
    page.keyboard.press("Control+.")
    page.keyboard.press("Control+,")
    page.keyboard.type("b")

    box_of(page, 1).click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").fill(
        "https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fa&sa=D"
    )
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    save(page)

    item = "<li><p>a</p></li>"
    bullets = f"<ul>{item}</ul>"
    assert lists == {
        "1. ": f"<ol>{item}</ol>",
        "- ": bullets,
        "* ": bullets,
        "• ": bullets,
        "3. ": f'<ol start="3">{item}</ol>',
        "2) ": f'<ol start="2">{item}</ol>',
    }
    assert [block.body for block in blocks_of(draft)] == [
        "<p>10<sup>3</sup> <sub>2</sub> <sup>a</sup><sub>b</sub></p>",
        '<p><a href="https://example.org/a">x</a></p>',
    ]
