"""What every staff page promises in a browser, checked on the page as it is: each fault is one line of text."""

from playwright.sync_api import Page

from tests.looks import faults

WIDE, NARROW, NARROWEST = (1280, 800), (390, 844), (320, 568)
NOTE_VIOLATIONS = """
    window.violations = []
    addEventListener("securitypolicyviolation", (event) => {
        violations.push(`${event.violatedDirective} blocked ${event.blockedURI} ${event.sourceFile} ${event.sample}`)
    })
"""
SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# What stands out to the right, the innermost first: what makes the page scroll is among them.
STANDS_OUT = """() => [...document.querySelectorAll("main *, body > *")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120)).reverse().slice(0, 3)"""
# Colors that are on their way to those of the other look.
SETTLED = "Promise.all(document.getAnimations().map((one) => one.finished)).then(() => null)"
# Targets of a thumb that are too small, in the frame and in the bars that stay on the screen.
TOO_SMALL = """() => [...document.querySelectorAll(".thumbs > *, .rail .go, .top a, nav.tabs a")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
    .map((one) => one.outerHTML.slice(0, 120))"""
# What has the focus and cannot be seen, because a bar that stays in place lies over the middle of it.
COVERED = """() => {
    const found = []
    const stays = (one) => one && one !== document.body &&
        (["sticky", "fixed"].includes(getComputedStyle(one).position) ? one : stays(one.parentElement))
    const focusable = "a[href], button, input, select, textarea, summary, [tabindex='0'], [contenteditable='true']"
    for (const one of document.querySelectorAll(focusable)) {
        if (one.disabled || !one.checkVisibility({ visibilityProperty: true }) || one.closest("[inert]")) continue
        one.focus({ preventScroll: false })
        if (document.activeElement !== one) continue
        const { left, right, top, bottom } = one.getClientRects()[0] || {}
        if (left === undefined || right - left < 2 || bottom - top < 2) continue
        const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2
        const line = one.matches("textarea, [contenteditable]") ? top + 20 : bottom // the cursor is in the first line
        const y = (Math.max(top, 0) + Math.min(line, bottom, innerHeight)) / 2
        const above = document.elementFromPoint(x, y)
        const bar = stays(above)
        if (bar && !bar.contains(one) && !one.contains(above))
            found.push(`${one.outerHTML.slice(0, 120)} under ${bar.outerHTML.slice(0, 60)}`)
    }
    document.activeElement.blur()
    return found
}"""


class Watch:
    """Follows one browser window from page to page, and collects what is wrong with each."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.origin, self.said = page, origin, []
        page.set_default_timeout(60_000)
        page.add_init_script(NOTE_VIOLATIONS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", self._see)

    def _see(self, request) -> None:
        """Staff pages have icons of their own, and the fonts of the computer."""
        if request.resource_type == "font" or "material-icons" in request.url:
            self.said.append(f"It fetches {request.url}")

    def _hear(self, message) -> None:
        if message.type in ("error", "warning"):
            self.said.append(message.text)

    def faults_at(self, path: str, *, is_first: bool) -> list[str]:
        """Open the page and return all faults.

        ``is_first``: nobody has seen the page, so that it is looked at in both looks; after that, with axe alone.
        """
        self.said.clear()
        self.put_on(WIDE, "light")
        answer = self.page.goto(self.origin + path)
        if not answer.ok or self.page.url != self.origin + path:
            return [f"answers {answer.status} at {self.page.url}"]
        heard = self._heard()
        found = list(self._faults() if is_first else self._found_by_axe("wide, light"))
        return [*heard, *found, *self._heard()]

    def put_on(self, size: tuple[int, int], scheme: str) -> None:
        self.page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        self.page.emulate_media(color_scheme=scheme)

    def _faults(self):
        if self.page.locator("h1").count() != 1:
            yield f"{self.page.locator('h1').count()} main headings"
        yield from self._looked_at("wide, light")
        self.put_on(NARROW, "dark")
        yield from (f"too small for a thumb: {one}" for one in self.page.evaluate(TOO_SMALL))
        yield from self._looked_at("narrow, dark")
        self.put_on(NARROWEST, "dark")
        yield from self._sideways("narrowest")

    def _heard(self) -> list[str]:
        heard = [*self.page.evaluate("violations.splice(0)"), *self.said]
        self.said.clear()
        return heard

    def _looked_at(self, look: str):
        yield from self._sideways(look)
        yield from (f"{look}: covered at focus: {one}" for one in self.page.evaluate(COVERED))
        yield from self._found_by_axe(look)

    def _found_by_axe(self, look: str):
        self.page.evaluate(SETTLED)
        yield from (f"{look}: axe {rule}: {nodes}" for rule, nodes in faults(self.page))

    def _sideways(self, look: str):
        if self.page.evaluate(SCROLLS_SIDEWAYS):
            yield f"{look}: scrolls sideways: {self.page.evaluate(STANDS_OUT)}"
