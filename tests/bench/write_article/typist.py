"""Someone who types letter by letter, so that an editor sees what it sees of a person."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, expect

from tests.bench.build_site.staff import Staff

PAUSE = 5  # milliseconds between two letters


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

    def write_heading(self, text: str) -> None:
        """A line with the sign that Markdown has for it, as both editors take it."""
        self.line(f"## {text}")

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
