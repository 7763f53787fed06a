"""Every page of the built site as people see it, in twelve looks, and what axe finds in each."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.looks import LOOKS, faults


def take(browser: Browser, origin: str, addresses: dict[str, int], folder: Path | None) -> list[str]:
    """Look at each address, which has to answer with this status, and photograph it if there is a folder for that.

    Returns what is wrong: another status, a page that scrolls sideways, what axe finds.
    """
    found = []
    page = browser.new_page(bypass_csp=True)
    for address, status in addresses.items():
        answer = page.goto(origin + address)
        if answer.status != status:
            found.append(f"{address}: {answer.status}")
        name = address.strip("/").replace("/", "-").replace("?", "-") or "home"
        for look in LOOKS:
            look.put_on(page)
            if page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") > 0:
                found.append(f"{address}: scrolls sideways, {look}")
            found += [f"{address}: {rule} {elements}, {look}" for rule, elements in faults(page)]
            if folder:
                page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
    page.close()
    return found
