"""Someone at a browser who works with mouse and keyboard alone, and whose clicks and keys are counted."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, expect

PASSWORD = "correct horse battery"
CLIPBOARD = """(html) => document.addEventListener("copy", (event) => {
  event.clipboardData.setData("text/html", html);
  event.clipboardData.setData("text/plain", " ");
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
        if faults := self.page.locator(".errorlist, .messagelist .error").all_inner_texts():
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

    def paste(self, box: Locator, html: str) -> None:
        """Paste from a word processor into an editor for rich text."""
        self._enter(box)
        self.page.evaluate(CLIPBOARD, html.replace('href="/', f'href="{self.origin}/'))
        self.page.keyboard.press("Control+c")  # in the other program
        self._count["pasted"] += len(html)
        self.press("Control+v")
        expect(box).not_to_have_text("")

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
