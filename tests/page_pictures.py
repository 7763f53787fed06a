"""Pictures of the public pages for docs/pages: ``python -m tests.page_pictures URL``, with a fresh sample center.

The first screen of each page on a desk in light and on a phone in dark.
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from . import chromium

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pages"
PAGES = (
    "about",
    "team",
    "levels-of-care",
    "insurance",
    "visit",
    "faq",
    "what-to-bring",
    "for-professionals",
    "careers",
)
ADDRESSES = {"first-page": "/", **{name: f"/{name}/" for name in PAGES}, "person": "/people/maya-ortiz/"}
LOOKS = {  # color scheme: width and height of the screen, width of the picture
    "light": (1280, 960, 560),
    "dark": (390, 780, 210),
}
QUALITY = 62


def main(origin: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium.OPTIONS)
        for scheme, (width, height, kept) in LOOKS.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            for name, address in ADDRESSES.items():
                page.goto(origin.rstrip("/") + address, timeout=90_000)
                picture = Image.open(io.BytesIO(page.screenshot()))
                picture.resize((kept, round(kept * height / width)), Image.Resampling.LANCZOS).save(
                    FOLDER / f"{name}-{scheme}.webp", quality=QUALITY, method=6
                )
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
