"""Someone who types letter by letter, so that an editor sees what it sees of a person."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, expect

from tests.bench.build_site.staff import Staff

PAUSE = 5  # milliseconds between two letters
LINES = """paragraph => {
  const range = document.createRange();
  range.selectNodeContents(paragraph);
  const lines = [...range.getClientRects()], [first, last] = [lines[0], lines.at(-1)];
"""
FIRST = "return [first.left + 1, (first.top + first.bottom) / 2]; }"
LAST = "return [last.right - 1, (last.top + last.bottom) / 2]; }"


class Typist(Staff):
    """Counts as its parent does. Enter that ends a paragraph is a key, and so is Tab; letters are what is typed."""

    @contextmanager
    def continued(self, name: str) -> Iterator[None]:
        """A part of a job that is done in several parts."""
        self._count = self.jobs.setdefault(name, Counter())
        yield

    def write(self, text: str) -> None:
        self._count["typed"] += len(text)
        self.page.keyboard.type(text, delay=PAUSE)

    def line(self, text: str) -> None:
        self.write(text)
        self.press("Enter")

    def paste_document(self, html: str) -> None:
        """Paste where the cursor is what a word processor put on the clipboard."""
        self._paste(self.page.locator(":focus"), html, {"text/html": html, "text/plain": " "})

    def paste_again(self) -> None:
        """What was cut before."""
        self.press("Control+v")

    def click_end(self, paragraph: Locator) -> None:
        """Put the cursor behind the last word."""
        self._click_in(paragraph, LAST)

    def select(self, first: Locator, last: Locator) -> None:
        """Select from the first word of a paragraph to the last of one: two clicks, the second with Shift."""
        self._click_in(first, FIRST)
        self.page.keyboard.down("Shift")
        self._click_in(last, LAST)
        self.page.keyboard.up("Shift")

    def _click_in(self, paragraph: Locator, place: str) -> None:
        self._count["clicks"] += 1
        paragraph.scroll_into_view_if_needed()
        self.page.mouse.click(*paragraph.evaluate(LINES + place))

    def write_heading(self, text: str) -> None:
        """With the sign that Markdown has for it, as both editors take it."""
        self.write(f"## {text}")

    def write_bullets(self, text: str) -> None:
        self._write_list("- ", text)

    def write_numbers(self, text: str) -> None:
        self._write_list("1. ", text)

    def _write_list(self, sign: str, text: str) -> None:
        self.write(sign)
        for item in text.splitlines():
            self.line(item)
        self.press("Enter")  # out of the list

    def reach(self, field: Locator) -> None:
        """Go to a field with Tab, if it leads there at once, or with a click."""
        self.page.keyboard.press("Tab")
        if field.evaluate("field => field === document.activeElement"):
            self._count["keys"] += 1
        else:
            self.click(field)
        expect(field).to_be_focused()
