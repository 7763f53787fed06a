"""How the article is written in our editor: with the keys that it offers, from the first page of the desk."""

from playwright.sync_api import Browser, expect

from tests.bench.build_site.staff import BLOCK

from . import article
from .typist import Typist


def write(browser: Browser, origin: str, session: str) -> Typist:
    """``session``: the key of the editor's."""
    editor = Typist(browser, "editor", origin)
    editor.page.context.add_cookies([{"name": "sessionid", "value": session, "url": origin}])
    editor.page.goto(f"{origin}/admin/")
    with editor.job("open a new article"):
        editor.open_list("articles/edition/")
        editor.link("Add article")
    with editor.job("title, summary, topic"):
        _head(editor)
    for kind, text in article.PARTS:
        with editor.continued("text" if kind == "heading" else kind):
            PARTS[kind](editor, text)
    with editor.job("hand in"):
        with editor.page.expect_navigation():
            editor.press("Control+Enter")
        expect(editor.page.get_by_role("button", name="Send for review")).to_be_focused()
        with editor.page.expect_navigation():
            editor.press("Enter")
        editor.told("Sent for review")
    return editor


def _head(editor: Typist) -> None:
    page = editor.page
    expect(page.locator("#id_title")).to_be_focused()
    editor.line(article.TITLE)
    expect(page.locator("#id_summary")).to_be_focused()
    editor.line(article.SUMMARY)
    expect(page.locator("#id_topic")).to_be_focused()
    editor.line(article.TOPIC[:2])
    expect(page.locator("#id_topic option:checked")).to_have_text(article.TOPIC)
    expect(page.locator(f"{BLOCK}.on .ProseMirror")).to_be_focused()


def _text(editor: Typist, text: str) -> None:
    before, mark, after = text.partition("[1]")
    editor.write(before)
    if mark:
        _cite(editor)
        editor.write(after)
    editor.press("Enter")


def _cite(editor: Typist) -> None:
    """In the middle of a line there is no slash menu: the key of footnotes does it."""
    editor.press("Control+Alt+f")
    expect(editor.page.get_by_label("Cite a source")).to_be_focused()
    editor.line(article.SOURCE.citation)
    expect(editor.page.locator(f"{BLOCK}.on .ProseMirror")).to_be_focused()


def _insert(editor: Typist, typed: str, kind: str) -> None:
    editor.write(f"/{typed}")
    expect(editor.page.locator("[role=option][aria-selected=true]:visible")).to_contain_text(kind)
    editor.press("Enter")


def _picture(editor: Typist, _) -> None:
    _insert(editor, "pi", "Picture")
    editor.pick_picture(editor.page.locator(f"{BLOCK}.on"), article.PICTURE)
    editor.reach(editor.page.locator(f"{BLOCK}.on [name$=-caption]"))
    editor.press("Enter")  # on to the text below
    expect(editor.page.locator(f"{BLOCK}.on .ProseMirror")).to_be_focused()


def _danger(editor: Typist, text: str) -> None:
    title, body = text.splitlines()
    _insert(editor, "da", "Danger box")
    expect(editor.page.locator(f"{BLOCK}.on [name$=-title]")).to_be_focused()
    editor.line(title)
    editor.line(body)
    editor.press("Enter")  # out of the box
    expect(editor.page.locator(f"{BLOCK}.on[data-kind=text]")).to_be_visible()


PARTS = {
    "heading": Typist.write_heading,
    "text": _text,
    "bullets": Typist.write_bullets,
    "numbers": Typist.write_numbers,
    "picture": _picture,
    "danger": _danger,
}


def check() -> None:
    """What was stored is the article, with all of its parts."""
    from articles.models import Edition, blocks_of

    edition = Edition.objects.get(title=article.TITLE)
    kinds = [block.kind for block in blocks_of(edition)]
    html = "".join(block.body for block in blocks_of(edition) if block.kind == "text")
    found = (kinds, html.count("<h2>"), html.count("<ul>"), html.count("<ol"), edition.sources.count(), "[1]" in html)
    if found != (["text", "figure", "text", "callout", "text"], 6, 1, 1, 1, True):
        raise RuntimeError(f"Another article was stored: {found}")
