"""script/bench build-site: a whole site out of nothing, built in Chromium by a manager, an editor and a clinician.

The site is a real one with an empty center (``DETOX_SAMPLE=0``). Nothing is stored but through its pages.
"""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import chromium
from tests.looks import LOOKS
from tests.site_process import Site

from . import jobs, photos, texts
from .staff import Staff

ADDRESSES = {
    "/": 200,
    **{f"/{slug}/": 200 for slug in texts.PAGES},
    **{f"/people/{person['key']}/": 200 for person in texts.people()},
    **dict.fromkeys(("/search/?q=insurance", "/help/", "/help/sent/", "/articles/"), 200),
    "/no-such-page/": 404,
}  # and the status of each
COLUMNS = ("clicks", "keys", "typed", "pasted")


def main(folder: Path, pictures: Path | None) -> bool:
    """Build the site in ``folder`` and print a table of jobs; return whether every page came out."""
    folder.mkdir(parents=True, exist_ok=True)
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    site = Site(folder)
    if site.run("detoxsite.ops.process_manager", "manage", "bootstrap").wait():
        raise RuntimeError("The site cannot be prepared.")
    site.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**chromium.OPTIONS)
            return _build(browser, site, pictures)
    finally:
        site.close()


def _build(browser, site: Site, pictures: Path | None) -> bool:
    origin = f"http://127.0.0.1:{site.port}"
    house = jobs.House(browser, origin, *(Staff(browser, name, origin) for name in ("manager", "editor", "clinician")))
    began = time.monotonic()
    with house.manager.job("first sign-in"):
        house.manager.set_password(_first_link(site))
    jobs.build(house)
    seconds = time.monotonic() - began
    faults = photos.take(browser, origin, ADDRESSES, pictures)
    found = f"{len(faults)} faults on {len(ADDRESSES)} pages in {len(LOOKS)} looks"
    sys.stdout.write("\n".join([*_table(house, seconds), *faults, found, ""]))
    return not faults


def _first_link(site: Site) -> str:
    """The link to the first account, which whoever installs the site makes."""
    command = ("detoxsite.ops.process_manager", "manage", "staff", "manager@example.org", "--role", "manager")
    return site.run(*command, stdout=subprocess.PIPE, text=True).communicate()[0].strip()


def _table(house: jobs.House, seconds: float) -> list[str]:
    """The lines of a table in Markdown: each job with its clicks, keys and characters."""
    total = Counter()
    lines = [_row("who", "job", *COLUMNS), "|---" * (len(COLUMNS) + 2) + "|"]
    for staff in house.staff:
        for job, count in staff.jobs.items():
            lines.append(_row(staff.role, job, *(f"{count[name]:,}" for name in COLUMNS)))
            total += count
    return [*lines, _row("all", f"{seconds:.0f} s of the script", *(f"{total[name]:,}" for name in COLUMNS))]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
