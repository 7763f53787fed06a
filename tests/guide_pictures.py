"""Pictures of docs/guides: ``script/guide-pictures``, or ``python -m tests.guide_pictures URL < FILE``.

Without a URL, a sample center is started for it in a folder that goes afterwards. With one, the site is a fresh sample
center, and FILE has what its first start printed. What cannot be taken in two tries is named, and the picture stays.
"""

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

from . import chromium, screens
from .site_process import Site

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "guides"
PHONE, DESK = 390, 1280  # width of the screen
HEIGHT = {PHONE: 780, DESK: 800}
KEPT = {PHONE: 300, DESK: 760}  # width of the picture
QUALITIES = (60, 50, 40, 30, 20, 12)  # the first with which the picture is small enough
MAX_BYTES = 25_000
PATIENCE = 15_000  # milliseconds for one step
# below what the bar at the top of a page may cover
OPEN = "details:has({}) > summary"  # of what is folded
LIFT = """element => {
  element.style.scrollMarginTop = "90px";
  element.scrollIntoView({ block: "start", behavior: "instant" });
}"""

EDITIONS, REVIEWS, CALLS = "/admin/articles/edition/", "/admin/testimonials/testimonial/", "/admin/intake/callforhelp/"
LIVE = "#result_list tr:has-text('Live') th a"
DRAFT = "#result_list .field-edit_draft > *"
MENU = "[role=listbox]:visible"
WRITTEN = f"{EDITIONS}?q=naloxone"  # a draft with several kinds of blocks
TEXT = ".blk[data-name=Text] .ProseMirror"


@dataclass(frozen=True)
class Shot:
    """What is on the screen at ``address``, after the steps that are not empty, in this order."""

    name: str
    role: str
    address: str = ""  # without one, the page of the shot before
    link: str = ""  # followed
    press: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()  # a field and its value, and sent
    typed: str = ""
    wait: str = ""  # for what comes then
    top: str = ""  # moved to the top of the screen
    width: int = DESK


SHOTS = (
    Shot("staff-home", "admissions", "/admin/"),
    Shot(
        "staff-find", "editor", "/admin/", press=(".rail .jump",), typed="review", wait=".palette h2:has-text('Guides')"
    ),
    Shot("staff-account", "editor", "/accounts/2fa/"),
    Shot("editors-list", "editor", EDITIONS),
    Shot("editors-pictures", "editor", "/admin/articles/picture/"),
    Shot("editors-words", "editor", f"{EDITIONS}reports/words/?q=withdrawal", top="#content"),
    Shot(
        "editors-menus",
        "editor",
        "/admin/articles/menuedition/",
        press=("button:has-text('Edit the menus')",),
        wait="iframe",
    ),
    Shot("editors-redirects", "editor", "/admin/detoxsite/redirect/import/"),
    Shot("editors-pdf", "editor", "/admin/articles/pdffile/add/"),
    Shot("editors-write", "editor", WRITTEN, link=DRAFT, top=".flow"),
    Shot("editors-submit", "editor", press=("[name=_continue]",), wait=".messagelist .success", top="#act-submit"),
    Shot(
        *("editors-versions", "editor"),
        press=("[role=tab]:has-text('Details')", "a:has-text('Versions')"),
        wait="text=All versions",
    ),
    # typed last: what is not saved holds back whoever leaves the page
    Shot("editors-slash", "editor", WRITTEN, DRAFT, press=(TEXT,), typed="\n\n/", wait=MENU, top=MENU),
    Shot(
        *("editors-checks", "editor"),
        press=(TEXT,),
        typed="\nYou are guaranteed to get sober here.",
        wait="text=Fix before sign-off",
    ),
    Shot("editors-preview", "editor", press=("[data-view=both]",), wait="iframe", top=".flow"),
    Shot("clinicians-home", "clinician", "/admin/"),
    Shot("clinicians-read", "clinician", "/admin/", link=".tasks a", top="h2:has-text('Full text')"),
    Shot("clinicians-sign-off", "clinician", top="#act-sign-off"),
    Shot("clinicians-send-back", "clinician", top="#act-send-back", width=PHONE),
    Shot("clinicians-calendar", "clinician", f"{EDITIONS}calendar/"),
    Shot("clinicians-withdraw", "clinician", EDITIONS, link=LIVE, top="[id^=act-withdraw]"),
    Shot("moderators-queue", "moderator", REVIEWS),
    Shot("moderators-review", "moderator", REVIEWS, link=".queue a"),
    Shot("moderators-publish", "moderator", top="#act-approve", width=PHONE),
    Shot("moderators-withhold", "moderator", top="#act-propose", width=PHONE),
    Shot("moderators-reply", "moderator", f"{REVIEWS}?queue=shown", link=".queue a", top="#act-reply"),
    Shot("admissions-queue", "admissions", CALLS, width=PHONE),
    Shot("admissions-request", "admissions", CALLS, link=".queue a", width=PHONE),
    Shot("admissions-note", "admissions", top="#act-contact", width=PHONE),
    Shot("admissions-plan", "admissions", press=(OPEN.format("#act-plan"),), top="#act-plan", width=PHONE),
    Shot("admissions-message", "admissions", press=(OPEN.format("#act-message"),), top="#act-message", width=PHONE),
    Shot("admissions-close", "admissions", top="#act-close", width=PHONE),
    Shot("admissions-enter", "admissions", f"{CALLS}enter/"),
    Shot("admissions-phone", "admissions", "/admin/intake/phone/add/"),
    Shot("managers-home", "manager", "/admin/"),
    Shot("managers-center", "manager", "/admin/detoxsite/siteprofile/"),
    Shot("managers-accounts", "manager", "/admin/detoxsite/user/"),
    Shot("managers-shifts", "manager", "/admin/intake/shift/"),
    Shot("managers-escalation", "manager", "/admin/intake/escalationstep/"),
    Shot("managers-consent", "manager", "/admin/detoxsite/consenttext/"),
    Shot("managers-webhook", "manager", "/admin/intake/webhook/add/"),
    Shot("managers-sent", "manager", "/admin/intake/delivery/"),
    Shot("managers-roster", "manager", "/admin/testimonials/staffname/"),
    Shot("managers-erasures", "manager", "/admin/intake/erasurebatch/due/"),
    Shot("managers-statistics", "manager", "/admin/intake/figures/"),
    Shot("compliance-report", "compliance", f"/admin/access-report/?week={date.today():%G-W%V}"),
    Shot("compliance-log", "compliance", "/admin/detoxsite/sealedaccess/"),
    Shot(
        *("compliance-as-of", "compliance", EDITIONS),
        link=LIVE,
        press=("a:has-text('View as of a date')",),
        filled=("#on", f"{date.today()}"),
        wait=".timeline",
    ),
)


def main(origin: str = "", printed: str = "") -> list[str]:
    """Take all pictures; return which could not be taken, and why."""
    if origin:
        return take_all(origin.rstrip("/"), printed)
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        site.environment["DETOX_SAMPLE"] = "1"
        command = ("detoxsite.ops.process_manager", "manage", "bootstrap")
        printed, _ = site.run(*command, stdout=subprocess.PIPE, text=True).communicate()
        try:
            site.start()
            return take_all(f"http://127.0.0.1:{site.port}", printed)
        finally:
            site.close()


def take_all(origin: str, printed: str) -> list[str]:
    FOLDER.mkdir(exist_ok=True)
    failed = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium.OPTIONS)
        for role in dict.fromkeys(shot.role for shot in SHOTS):
            page = screens.sign_in(browser, origin, role, printed)
            page.set_default_timeout(PATIENCE)
            for shot in (shot for shot in SHOTS if shot.role == role):
                if reason := take_or_say_why(page, origin, shot) and take_or_say_why(page, origin, shot):
                    failed.append(f"{shot.name}: {reason}")
            page.context.close()
        browser.close()
    return failed


def take_or_say_why(page: Page, origin: str, shot: Shot) -> str:
    try:
        take(page, origin, shot)
    except Error as exc:
        return exc.message.splitlines()[0]
    return ""


def take(page: Page, origin: str, shot: Shot) -> None:
    page.set_viewport_size({"width": shot.width, "height": HEIGHT[shot.width]})
    if shot.address:
        page.goto(origin + shot.address, wait_until="networkidle")
    if shot.link:
        page.locator(shot.link).first.click()
        page.wait_for_url(re.compile("/change/"), wait_until="networkidle")
    for selector in shot.press:
        page.locator(selector).first.evaluate("element => element.removeAttribute('target')")  # no other tab
        page.locator(selector).first.click()
    if shot.filled:
        field, value = shot.filled
        page.locator(field).fill(value)
        page.locator(field).press("Enter")
    if shot.typed:
        page.wait_for_timeout(500)  # an editor puts the cursor where somebody clicked a moment later
        if shot.typed.startswith("\n"):
            page.keyboard.press("Control+End")
        page.keyboard.type(shot.typed, delay=30)
    if shot.wait:
        page.locator(shot.wait).first.wait_for()
    if shot.top:
        page.locator(shot.top).first.evaluate(LIFT)
    file = FOLDER / f"{shot.name}.webp"
    for quality in QUALITIES:
        screens.save(page, file, width=KEPT[shot.width], quality=quality)
        if file.stat().st_size <= MAX_BYTES:
            break


if __name__ == "__main__":
    missing = main(*sys.argv[1:], *([sys.stdin.read()] if sys.argv[1:] else []))
    sys.exit("\n".join(missing))
