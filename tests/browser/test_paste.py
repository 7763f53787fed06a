"""Pasting from word processors and mails, with the clipboard of Chromium, and typing: what is stored is what was meant."""

from pathlib import Path

import pytest

from articles.models import Callout, Text, blocks_of
from articles.rich_text import elements, sanitizer
from tests.browser.test_admin import open_draft, save
from tests.factories import make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTES = Path(__file__).parent.parent / "articles" / "rich_text" / "pastes"
SOURCES = sorted(path.stem for path in PASTES.glob("*.html") if ".expected" not in path.name)
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


def value_of(box):
    return box.evaluate("box => box.closest('.prose-editor').querySelector('textarea').value")


def status_of(box):
    return box.evaluate("box => box.closest('.prose-editor').querySelector('[role=status]').textContent")


def open_boxes(visitor, house, number=1, **fields):
    blocks = [Text(ordering=20 + extra, body="<p>x</p>") for extra in range(number - 1)]
    draft = make_draft("<p>x</p>", blocks=blocks, created_by=house["editor"], **fields)
    editor = visitor()
    editor.sign_in(house["editor"])
    return draft, open_draft(editor, draft)


def test_a_paste_from_each_program_is_stored_as_it_was_meant(visitor, house):
    draft, page = open_boxes(visitor, house, len(SOURCES))

    for number, source in enumerate(SOURCES):
        paste(page, box_of(page, number), (PASTES / f"{source}.html").read_text())
    told = {source: status_of(box_of(page, number)) for number, source in enumerate(SOURCES)}
    save(page)

    for source, block in zip(SOURCES, blocks_of(draft), strict=True):
        expected = (PASTES / f"{source}.expected.html").read_text().replace(">\n<", "><").strip()
        assert block.body.replace("\xa0", "&nbsp;") == expected, source
    assert told == {}
