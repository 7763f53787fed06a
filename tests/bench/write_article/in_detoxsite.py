"""How the article is written in our editor: with the keys that it offers, from the first page of the desk."""

from itertools import pairwise

from playwright.sync_api import Browser, expect

from tests.bench.build_site.staff import BLOCK

from . import article, document
from .typist import Typist


def write(browser: Browser, origin: str, session: str) -> Typist:
    """``session``: the key of the editor's."""
    editor = _begin(browser, origin, session, article.TITLE)
    for (kind, text), (following, _) in pairwise((*article.PARTS, ("end", ""))):
        with editor.continued("text" if kind == "heading" else kind):
            PARTS[kind](editor, text)
            if kind in {"heading", "text"} and following not in {*SIGNS, "end"}:
                editor.press("Enter")
    _hand_in(editor)
    return editor


def paste(browser: Browser, origin: str, session: str) -> Typist:
    """The same from a document, and then what the document does not have."""
    editor = _begin(browser, origin, session, article.PASTED_TITLE)
    page = editor.page
    texts = page.locator(f"{BLOCK}[data-kind=text]")
    with editor.job("text"):
        editor.paste_document(document.html())
        expect(texts.get_by_text(document.SOURCE_LINE)).to_be_visible()
    with editor.job("danger"):
        title, body = article.text_of("danger").splitlines()
        editor.select(texts.get_by_text(title, exact=True), texts.get_by_text(body))
        editor.press("Control+Alt+t")
        expect(page.get_by_role("listbox")).to_be_focused()
        editor.write("da")
        expect(page.locator("[role=option][aria-selected=true]")).to_contain_text("Danger box")
        editor.press("Enter")
        expect(page.locator(f"{BLOCK}.on [name$=-title]")).to_have_value(title)
    with editor.job("picture"):
        editor.click_end(texts.get_by_text(article.before("picture").rpartition(". ")[2]))
        _choose_picture(editor)
    with editor.job("source"):
        line = texts.get_by_text(document.SOURCE_LINE)
        editor.select(line, line)
        editor.press("Control+x")
        editor.press("Backspace")  # the empty line
        editor.click(page.get_by_label("Cite a source"))
        editor.paste_again()
        editor.press("Enter")
        expect(page.locator("[name=sources-0-doi]")).to_have_value(article.SOURCE.doi)
    _hand_in(editor)
    return editor


def _begin(browser: Browser, origin: str, session: str, title: str) -> Typist:
    editor = Typist(browser, "editor", origin)
    editor.page.context.add_cookies([{"name": "sessionid", "value": session, "url": origin}])
    editor.page.goto(f"{origin}/admin/")
    with editor.job("open a new article"):
        editor.link("New article")
    with editor.job("title, summary, topic"):
        _head(editor, title)
    return editor


def _hand_in(editor: Typist) -> None:
    with editor.job("hand in"):
        editor.button("Save and send")
        editor.told("Sent for review")


def _head(editor: Typist, title: str) -> None:
    page = editor.page
    expect(page.locator("#id_title")).to_be_focused()
    editor.line(title)
    expect(page.locator("#id_summary")).to_be_focused()
    editor.line(article.SUMMARY)
    expect(page.locator("#id_topic")).to_be_focused()
    editor.line(article.TOPIC[:2])
    expect(page.locator("#id_topic option:checked")).to_have_text(article.TOPIC)
    expect(page.locator(f"{BLOCK}.on .ProseMirror")).to_be_focused()


def _text(editor: Typist, text: str) -> None:
    """The source is typed where it is cited, in brackets."""
    editor.write(text.replace("[1]", f"[{article.SOURCE.citation}]"))


def _picture(editor: Typist, _) -> None:
    _choose_picture(editor)
    editor.press("Enter")  # on to the text below
    expect(editor.page.locator(f"{BLOCK}.on .ProseMirror")).to_be_focused()


def _choose_picture(editor: Typist) -> None:
    editor.write(SIGNS["picture"])
    editor.pick_picture(editor.page.locator(f"{BLOCK}.on"), article.PICTURE)
    expect(editor.page.locator(f"{BLOCK}.on [name$=-caption]")).to_be_focused()


def _danger(editor: Typist, text: str) -> None:
    title, body = text.splitlines()
    editor.write(SIGNS["danger"])
    expect(editor.page.locator(f"{BLOCK}.on [name$=-title]")).to_be_focused()
    editor.line(title)
    editor.write(body)
    editor.press("ArrowDown")  # out of the box
    expect(editor.page.locator(f"{BLOCK}.on[data-kind=text]")).to_be_visible()


SIGNS = {"picture": " ![", "danger": " !!! "}  # at the end of a paragraph
PARTS = {
    "heading": Typist.write_heading,
    "text": _text,
    "bullets": Typist.write_bullets,
    "numbers": Typist.write_numbers,
    "picture": _picture,
    "danger": _danger,
}


def check() -> None:
    """What was stored is the article, with all of its parts, both times."""
    for title in (article.TITLE, article.PASTED_TITLE):
        _check(title)


def _check(title: str) -> None:
    from articles.models import Edition, State, blocks_of

    edition = Edition.objects.get(title=title, state=State.IN_REVIEW)
    kinds = [block.kind for block in blocks_of(edition)]
    html = "".join(block.body for block in blocks_of(edition) if block.kind == "text")
    found = (kinds, html.count("<h2>"), html.count("<ul>"), html.count("<ol"), edition.sources.count(), "[1]" in html)
    if found != (["text", "figure", "text", "callout", "text"], 6, 1, 1, 1, True):
        raise RuntimeError(f"Another article was stored: {found}")
