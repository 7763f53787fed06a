"""Pictures of the public pages for docs/pages: ``python -m tests.page_pictures URL``, with a fresh sample center.

The first screen of each page, and some blocks and the open menu, on a desk in light and on a phone in dark.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from . import chromium, screens

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pages"
LOOKS = {  # color scheme: width and height of the screen, width of the picture
    "light": (1280, 960, 560),
    "dark": (390, 780, 210),
}
QUALITY = 62


@dataclass(frozen=True)
class View:
    name: str
    address: str
    at: str = ""  # what stands at the top of the screen, instead of the beginning of the page
    opened: str = ""  # what is pressed before


PAGES = ("about", "team", "levels-of-care", "insurance", "visit", "faq", "what-to-bring", "for-professionals")
VIEWS = (
    View("first-page", "/"),
    View("menu", "/", opened=".menu > summary"),
    *(View(name, f"/{name}/") for name in (*PAGES, "careers")),
    View("person", "/people/maya-ortiz/"),
    View("topic", "/articles/topics/withdrawal/"),
    View("columns", "/about/", at="h2:has-text('What we do')"),
    View("table", "/levels-of-care/", at=".compare"),
    View("coverage", "/insurance/", at=".compare"),
    View("map", "/visit/", at="h2:has-text('The way to us')"),
    View("video", "/visit/", at="figure:has(video)"),
    View("gallery", "/visit/", at="h2:has-text('The house')"),
    View("download", "/for-professionals/", at="h2:has-text('A form to print')"),
)


def main(origin: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium.OPTIONS)
        for scheme, (width, height, kept) in LOOKS.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            for view in VIEWS:
                show(page, origin.rstrip("/"), view)
                screens.save(page, FOLDER / f"{view.name}-{scheme}.webp", width=kept, quality=QUALITY)
        browser.close()


def show(page: Page, origin: str, view: View) -> None:
    if not page.goto(origin + view.address, timeout=90_000).ok:
        raise RuntimeError(f"There is no page at {view.address}.")
    if view.opened:
        page.locator(view.opened).click()
    if view.at:
        page.locator(view.at).first.evaluate("element => element.scrollIntoView({ behavior: 'instant' })")
        page.wait_for_load_state("networkidle")  # pictures further down are fetched now


if __name__ == "__main__":
    main(*sys.argv[1:])
