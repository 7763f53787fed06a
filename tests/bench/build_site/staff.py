"""Someone at a browser who works with mouse and keyboard alone, and whose clicks and keys are counted."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from playwright.sync_api import Browser, Locator, expect

PASSWORD = "correct horse battery"
CLIPBOARD = """(copied) => document.addEventListener("copy", (event) => {
  for (const [type, content] of Object.entries(copied)) event.clipboardData.setData(type, content);
  event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true, once: true })"""
BLOCK = ".blocks > .blk:not([hidden])"


class Staff:
    """One member of staff with a browser of their own. Pages are reached by links, as no one types addresses.

    ``jobs``: for each job ``clicks`` (a choice from a list is two, a file three), ``keys`` (pressed for anything but
    text), ``typed`` characters and ``pasted`` ones.
    """

    def __init__(self, browser: Browser, role: str, origin: str) -> None:
        self.role, self.origin = role, origin
        self.page = browser.new_page(viewport={"width": 1280, "height": 900})
        self.page.set_default_timeout(20_000)
        self.jobs: dict[str, Counter] = {}
        self._count = Counter()

    @contextmanager
    def job(self, name: str) -> Iterator[None]:
        self._count = self.jobs[name] = Counter()
        yield
        shown = self.page.locator(".errorlist, .messagelist .error").all_inner_texts()
        if faults := [text for text in shown if text]:
            raise RuntimeError(f"{self.role}, {name}: {faults}")

    def click(self, target: Locator, *, clicks: int = 1) -> None:
        self._count["clicks"] += clicks
        target.click()

    def follow(self, target: Locator) -> None:
        """Click something that leads to another page, or sends a form, and wait for the page."""
        with self.page.expect_navigation():
            self.click(target)

    def link(self, name: str) -> None:
        self.follow(self.page.get_by_role("link", name=name, exact=True).first)

    def button(self, name: str) -> None:
        self.follow(self.page.get_by_role("button", name=name, exact=True).first)

    def told(self, words: str) -> None:
        """The page has to say this."""
        expect(self.page.locator(".messagelist")).to_contain_text(words)

    def open_list(self, address: str) -> None:
        """Follow a link to a page of the admin: by way of the first page, or out of a fold, if it is not in sight."""
        links = self.page.locator(f'a[href="/admin/{address}"]')
        if not links.count():
            self.follow(self.page.locator('a[href="/admin/"]').first)
        if not links.locator("visible=true").count():
            self.click(self.page.locator("details:not([open])", has=links).first.locator("summary"))
        self.follow(links.locator("visible=true").first)

    def write(self, text: str) -> None:
        """Type where the cursor is."""
        self._count["typed"] += len(text)
        self.page.keyboard.insert_text(text)

    def press(self, key: str) -> None:
        self._count["keys"] += 1
        self.page.keyboard.press(key)

    def fill(self, field: Locator, text: str) -> None:
        """Type into a field, over what it holds."""
        self._enter(field)
        if field.input_value():
            self.press("Control+a")
        self.write(text)

    def _enter(self, field: Locator) -> None:
        """Click into a field, unless the cursor is there already."""
        if not field.evaluate("field => field === document.activeElement"):
            self.click(field)
        expect(field).to_be_focused()

    def choose(self, field: Locator, words: str) -> None:
        """Choose the first option with these words."""
        self._count["clicks"] += 2
        field.select_option(field.locator("option", has_text=words).first.get_attribute("value"))

    def check(self, field: Locator, *, wanted: bool = True) -> None:
        if field.is_checked() != wanted:
            self.click(field)

    def attach(self, field: Locator, file) -> None:
        self._count["clicks"] += 3
        field.set_input_files(file)

    def fill_date(self, field: Locator, day: date) -> None:
        """Type a date into a field that takes it apart into month, day and year."""
        self._count["clicks"] += 1
        field.click(position={"x": 14, "y": 14})  # on the month, which comes first
        digits = day.strftime("%m%d%Y")
        self._count["typed"] += len(digits)
        self.page.keyboard.type(digits)
        expect(field).to_have_value(day.isoformat())

    def pick(self, row: Locator, title: str) -> None:
        """Look something of a library up by its title, in the field of a row that does that."""
        self.click(row.locator(".select2-selection"))
        expect(self.page.locator(".select2-search__field")).to_be_focused()
        self.write(title)
        found = self.page.locator(".select2-results__option--highlighted", has_text=title)
        expect(found).to_have_count(1)
        self.click(found)

    def pick_picture(self, row: Locator, title: str) -> None:
        """Choose a picture of the library by its title, in the field of a row. In a new block the library is open."""
        library = self.page.get_by_role("dialog", name="Choose a picture")
        if not library.is_visible():
            self.click(row.locator(".picture-button"))
        expect(library.get_by_role("searchbox")).to_be_focused()
        self.write(title)
        found = library.get_by_role("option").filter(has=self.page.get_by_text(title, exact=True))
        expect(found).to_have_count(1)
        self.click(found)
        expect(row.get_by_role("button", name=f"Change the picture: {title}")).to_be_visible()

    def paste(self, box: Locator, html: str) -> None:
        """Paste from a word processor into an editor for rich text."""
        self._paste(box, html, {"text/html": html.replace('href="/', f'href="{self.origin}/'), "text/plain": " "})
        expect(box).not_to_have_text("")

    def paste_cells(self, cell: Locator, text: str) -> None:
        """Paste from a spreadsheet into a grid, from this cell on; ``text`` has tabs between cells."""
        self._paste(cell, text, {"text/plain": text})
        expect(cell).to_have_value(re.split("[\t\n]", text)[0])

    def _paste(self, target: Locator, counted: str, copied: dict[str, str]) -> None:
        """``copied``: what the other program put on the clipboard, by type."""
        self._enter(target)
        self.page.evaluate(CLIPBOARD, copied)
        self.page.keyboard.press("Control+c")  # in the other program
        self._count["pasted"] += len(counted)
        self.press("Control+v")

    def add_block(self, kind: str, model: str) -> Locator:
        """Add a block of a kind at the end. The first text of a new page is there already."""
        last = self.page.locator(f"{BLOCK}[data-kind={model}]").last
        if (
            model == "text"
            and last.count()
            and not last.inner_text().replace("Text", "").replace("Holds doses", "").strip()
        ):
            return last
        blocks = self.page.locator(f"{BLOCK}[id^=articles_{model}_set-]")
        number = blocks.count()
        self.click(self.page.locator(".blocks > .add:last-child button"))
        self.click(self.page.get_by_role("option", name=kind).first)
        expect(blocks).to_have_count(number + 1)
        return self.page.locator(f"#articles_{model}_set-{number}")

    def set_password(self, link: str) -> None:
        """Open the link of an invitation."""
        self.page.goto(link)
        self.fill(self.page.get_by_label("New password", exact=True), PASSWORD)
        self.fill(self.page.get_by_label("New password confirmation"), PASSWORD)
        self.button("Save and sign in")
