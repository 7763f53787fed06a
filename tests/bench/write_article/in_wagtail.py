"""How the article is written in Wagtail by someone who knows its editor: one rich text with the signs of Markdown, and
other blocks by its slash, which is quicker than a block for each paragraph."""

from itertools import pairwise

from playwright.sync_api import Browser, expect

from . import article, document
from .typist import Typist
from .wagtail_process import WagtailSite

BOX = ".public-DraftEditor-content"
STORED = ["paragraph", "picture", "paragraph", "danger_box", "paragraph", "source", "headings: 6", "lists: 2"]


def write(browser: Browser, origin: str, session: str) -> Typist:
    """``session``: the key of the editor's."""
    editor = _begin(browser, origin, session, article.TITLE)
    for (kind, text), (following, _) in pairwise((*article.PARTS, ("source", ""))):
        with editor.continued("text" if kind == "heading" else kind):
            PARTS[kind](editor, text)
            if kind in {"heading", "text"} and following not in {"picture", "danger", "source"}:
                editor.press("Enter")
    with editor.job("source"):
        _source(editor)
    _hand_in(editor)
    return editor


def paste(browser: Browser, origin: str, session: str) -> Typist:
    """The same from a document, and then what the document does not have.

    What is inserted in the middle of a text splits it, so no text has to be added below.
    """
    editor = _begin(browser, origin, session, article.PASTED_TITLE)
    page = editor.page
    boxes = page.locator(BOX)
    paragraph = page.locator(f"{BOX} [data-block]")
    with editor.job("text"):
        editor.paste_document(document.html())
        expect(paragraph.get_by_text(document.SOURCE_LINE)).to_be_visible()
    with editor.job("source"):
        line = paragraph.get_by_text(document.SOURCE_LINE)
        editor.select(line, line)
        editor.press("Backspace")
        _source(editor)
    with editor.job("danger"):
        title, body = article.text_of("danger").splitlines()
        first, second = paragraph.get_by_text(title, exact=True), paragraph.get_by_text(body)
        editor.select(first, first)
        editor.press("Backspace")
        editor.press("Backspace")  # the empty line
        editor.select(second, second)
        editor.press("Control+x")
        expect(second).to_have_count(0)
        expect(paragraph.get_by_text(article.before("danger"))).to_be_visible()
        _insert(editor, "/da", "Danger box")
        editor.click(page.locator("[name$='-value-title']").first)
        editor.write(title)
        editor.reach(boxes.nth(1))
        editor.paste_again()
    with editor.job("picture"):
        editor.click_end(paragraph.get_by_text(article.before("picture").rpartition(". ")[2]))
        _choose_picture(editor)
    _hand_in(editor)
    return editor


def _begin(browser: Browser, origin: str, session: str, title: str) -> Typist:
    editor = Typist(browser, "editor", origin)
    page = editor.page
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": origin}])
    page.goto(f"{origin}/admin/")
    with editor.job("open a new article"):
        editor.click(page.get_by_role("button", name="Pages").first)
        editor.click(page.locator(".c-page-explorer__item__action").last)  # the pages below the first
        editor.follow(page.get_by_role("link", name="Articles").first)
        editor.follow(page.get_by_role("link", name="Add child page").first)
    with editor.job("title, summary, topic"):
        editor.fill(page.locator("#id_title"), title)
        editor.fill(page.locator("#id_summary"), article.SUMMARY)
        editor.choose(page.locator("#id_topic"), article.TOPIC)
    with editor.job("text"):
        _add_text(editor)
    return editor


def _hand_in(editor: Typist) -> None:
    with editor.job("hand in"):
        editor.click(editor.page.get_by_role("button", name="More actions").last)
        editor.button("Submit to Moderators approval")
        editor.page.wait_for_load_state("networkidle")  # its autosave changes the address, too


def check(site: WagtailSite) -> None:
    """What was stored is the article, with all of its parts, both times."""
    for title in (article.TITLE, article.PASTED_TITLE):
        if (found := site.stored(title)) != STORED:
            raise RuntimeError(f"Another article was stored: {found}")


def _add_text(editor: Typist) -> None:
    """A text block at the end; the cursor is in it then."""
    boxes = editor.page.locator(BOX)
    number = boxes.count()
    editor.click(editor.page.get_by_role("button", name="Insert a block").last)
    editor.click(editor.page.get_by_role("option", name="Paragraph"))
    expect(boxes).to_have_count(number + 1)
    expect(boxes.last).to_be_focused()


def _text(editor: Typist, text: str) -> None:
    editor.write(text)


def _insert(editor: Typist, typed: str, kind: str) -> None:
    """By the slash, which Wagtail takes at the end of a paragraph, too, after a space."""
    editor.write(typed)
    option = editor.page.get_by_role("option", name=kind).first
    expect(option).to_be_visible()
    expect(option).to_have_attribute("aria-selected", "true")
    editor.press("Enter")


def _picture(editor: Typist, _) -> None:
    _choose_picture(editor)
    _add_text(editor)


def _choose_picture(editor: Typist) -> None:
    _insert(editor, " /pi", "Picture")
    editor.click(editor.page.get_by_role("button", name="Choose an image"))
    editor.click(editor.page.get_by_role("link", name=article.PICTURE).first)
    expect(editor.page.get_by_text(article.PICTURE).first).to_be_visible()


def _danger(editor: Typist, text: str) -> None:
    title, body = text.splitlines()
    boxes = editor.page.locator(BOX)
    number = boxes.count()
    _insert(editor, " /da", "Danger box")
    expect(boxes).to_have_count(number + 1)
    editor.click(editor.page.locator("[name$='-value-title']").last)
    editor.write(title)
    editor.reach(boxes.last)
    editor.write(body)
    _add_text(editor)


def _source(editor: Typist) -> None:
    _insert(editor, " /so", "Source")
    source = article.SOURCE
    values = {name: getattr(source, name) for name in ("authors", "title", "journal", "year", "detail", "doi")}
    for name, value in values.items():
        editor.reach(editor.page.locator(f"[name$='-value-{name}']").last)
        editor.write(value)


PARTS = {
    "heading": Typist.write_heading,
    "text": _text,
    "bullets": Typist.write_bullets,
    "numbers": Typist.write_numbers,
    "picture": _picture,
    "danger": _danger,
}
