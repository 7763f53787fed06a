"""Pictures of the staff pages for docs/desk: ``python -m tests.screens FOLDER URL < FILE``.

Each page once on a phone and once on a desk, light and dark. The site is a fresh sample center; FILE has what its first
start printed, with an account for each role.
"""

import io
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from . import chromium

CALLS, REVIEWS, EDITIONS = "/admin/intake/callforhelp/", "/admin/testimonials/testimonial/", "/admin/articles/edition/"
PAGES = {  # name of the picture: role, address, link to follow from there
    **{f"home-{role}": (role, "/admin/", "") for role in ("editor", "clinician", "moderator", "admissions", "manager")},
    "list": ("editor", EDITIONS, ""),
    "editor": ("editor", f"{EDITIONS}?q=naloxone", "#result_list .field-edit_draft > *"),
    "sign-off": ("clinician", f"{EDITIONS}?status=in_review", "#result_list a[href*='/change/']"),
    "queue": ("admissions", CALLS, ""),
    "request": ("admissions", CALLS, ".queue a"),
    "moderation": ("moderator", REVIEWS, ".queue a"),
}
SIZES = {390: 780, 1280: 800}  # width and height of the screen
KEPT = {390: 300, 1280: 800}  # width of the picture
QUALITY = 45


def main(folder: Path, origin: str, printed: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium.OPTIONS)
        for role in dict.fromkeys(role for role, _, _ in PAGES.values()):
            page = sign_in(browser, origin, role, printed)
            for name, (_, path, link) in ((name, entry) for name, entry in PAGES.items() if entry[0] == role):
                page.goto(origin + path)
                if link:
                    page.locator(link).first.click()
                    page.wait_for_url(re.compile("/change/"))
                take(page, folder, name)
            page.context.close()
        browser.close()


def sign_in(browser: Browser, origin: str, role: str, printed: str) -> Page:
    """A page of a browser in which the sample account of this role is signed in, with the password that was printed."""
    page = browser.new_context().new_page()
    page.set_default_timeout(120_000)
    page.goto(origin + "/admin/")
    page.get_by_label("Email").fill(f"{role}@example.org")
    page.get_by_label("Password").fill(re.search(rf"^\s*{role}@example\.org\s+(\S+)", printed, re.MULTILINE)[1])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/admin/")
    return page


def take(page: Page, folder: Path, name: str) -> None:
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for mode in ("light", "dark"):
            page.emulate_media(color_scheme=mode)
            page.reload(wait_until="networkidle")
            save(page, folder / f"{name}-{width}-{mode}.webp", width=KEPT[width], quality=QUALITY)


def save(page: Page, path: Path, *, width: int, quality: int) -> None:
    """Save what is on the screen as a picture of this width."""
    shot = Image.open(io.BytesIO(page.screenshot()))
    height = round(shot.height * width / shot.width)
    shot.resize((width, height), Image.Resampling.LANCZOS).save(path, quality=quality, method=6)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.stdin.read())
