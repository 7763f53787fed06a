"""The blocks of pages: how each kind is added and filled in, from the data of a sample page."""

from collections.abc import Callable

from playwright.sync_api import Locator

from . import texts
from .staff import Staff

GROUPS = {"license": "License and accreditation", "insurer": "Insurance plans", "house": "The house"}


def _text(editor, block):
    editor.paste(_box(editor.add_block("Text", "text")), block["body"])


def _figure(editor, block):
    row = editor.add_block("Picture", "figure")
    _pick_picture(editor, row, block)
    if caption := block.get("caption"):
        editor.fill(row.locator("[name$=-caption]"), caption)
    editor.check(row.locator("[name$=-is_opening]"), wanted=block.get("is_opening", False))


def _callout(editor, block):
    row = editor.add_block(f"{block['tone'].title()} box", "callout")
    editor.fill(row.locator("[name$=-title]"), block["title"])
    editor.paste(_box(row), block["body"])


def _facts(editor, block):
    row = editor.add_block("Key facts", "keyfacts")
    editor.fill(row.locator("[name$=-title]"), block["title"])
    editor.paste_cells(row.locator(".grid-input input").first, "\n".join("\t".join(cells) for cells in block["rows"]))


def _pull(editor, block):
    row = editor.add_block("Pull quote", "pullquote")
    editor.fill(row.locator("[name$=-quote]"), block["quote"])
    editor.fill(row.locator("[name$=-attribution]"), block["attribution"])


def _step(editor, block):
    row = editor.add_block("Step", "step")
    editor.fill(row.locator("[name$=-label]"), block["label"])
    editor.fill(row.locator("[name$=-title]"), block["title"])
    editor.paste(_box(row), block["body"])


def _question(editor, block):
    row = editor.add_block("Question and answer", "question")
    editor.fill(row.locator("[name$=-title]"), block["title"])
    editor.paste(_box(row), block["body"])


def _action(editor, block):
    row = editor.add_block("Call to action", "calltoaction")
    editor.fill(row.locator("[name$=-title]"), block["title"])
    editor.paste(_box(row), block["body"])
    for name, default in (("call", True), ("ask", True), ("visit", False)):
        editor.check(row.locator(f"[name$=-{name}]"), wanted=block.get(name, default))


def _person(editor, block):
    person = next(person for person in texts.people() if person["key"] == block["person"])
    row = editor.add_block("Person", "personcard")
    editor.choose(row.locator("[name$=-person]"), f"{person['name']}, {person['credentials']}")


def _center_facts(editor, block):
    row = editor.add_block("Facts about the center", "centerfacts")
    editor.fill(row.locator("[name$=-title]"), block["title"])
    editor.choose(row.locator("[name$=-group]"), GROUPS[block["group"]])


def _column(editor, block):
    row = editor.add_block("Column", "column")
    editor.choose(row.locator("[name$=-icon]"), block["icon"])
    editor.fill(row.locator("[name$=-title]"), block["title"])
    editor.paste(_box(row), block["body"])


def _comparison(editor, block):
    row = editor.add_block("Table", "comparison")
    editor.fill(row.locator("[name$=-title]"), block["title"])
    editor.paste_cells(row.locator(".grid-input input").first, block["cells"].strip())
    if "own_row" in block:
        editor.fill(row.locator("[name$=-own_row]"), str(block["own_row"]))
    editor.check(row.locator("[name$=-is_coverage]"), wanted=block.get("is_coverage", False))
    if "checked_on" in block:
        editor.fill_date(row.locator("[name$=-checked_on]"), block["checked_on"])


def _gallery(editor, block):
    row = editor.add_block("Gallery picture", "gallerypicture")
    _pick_picture(editor, row, block)
    editor.fill(row.locator("[name$=-caption]"), block["caption"])


def _map(editor, block):
    row = editor.add_block("Map", "mappicture")
    editor.fill(row.locator("[name$=-title]"), block["title"])
    _pick_picture(editor, row, block)
    editor.paste(_box(row), block["body"])
    editor.fill(row.locator("[name$=-address]"), block["address"])


def _download(editor, block):
    editor.pick(editor.add_block("File to download", "download"), texts.files()[block["file"]]["title"])


def _video(editor, block):
    row = editor.add_block("Video", "videoplayer")
    editor.pick(row, texts.videos()[block["video"]]["title"])
    editor.fill(row.locator("[name$=-caption]"), block["caption"])


def add_source(editor: Staff, number: int, source: dict) -> None:
    editor.click(editor.page.get_by_role("button", name="Add another Source"))
    row = editor.page.locator(f"#sources-{number}")
    editor.click(row.locator(".folded summary"))
    values = {"position": number + 1, **source}
    for name in ("position", "year", "authors", "title", "container", "detail", "doi", "pmid", "url"):
        if value := values.get(name):
            editor.fill(row.locator(f"[name$=-{name}]"), str(value))
    if day := values.get("accessed_on"):
        editor.fill_date(row.locator("[name$=-accessed_on]"), day)


def _pick_picture(editor, row, block):
    editor.pick_picture(row, texts.pictures()[block["picture"]]["title"])


def _box(row: Locator) -> Locator:
    return row.locator(".ProseMirror[contenteditable=true]")


BLOCKS: dict[str, Callable] = {
    "text": _text,
    "figure": _figure,
    "callout": _callout,
    "facts": _facts,
    "pull": _pull,
    "step": _step,
    "question": _question,
    "action": _action,
    "person": _person,
    "centerfacts": _center_facts,
    "column": _column,
    "comparison": _comparison,
    "gallery": _gallery,
    "map": _map,
    "download": _download,
    "video": _video,
}
