"""The twelve looks in which a public page has to be right: three widths, on screens of three kinds and on paper."""

import itertools
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe().axe_script
# without preload: axe would fetch every style sheet again, for rules that are off
FAULTS = """() => axe.run({ resultTypes: ["violations"], preload: false })
    .then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]))"""
WIDTHS = {320: 568, 360: 640, 1280: 800}  # with their heights
MEDIA = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "contrast": {"color_scheme": "dark", "contrast": "more"},
    "print": {"media": "print"},
}
ORDINARY = {"media": "screen", "color_scheme": "light", "contrast": "no-preference"}


@dataclass(frozen=True)
class Look:
    width: int
    media: str

    def put_on(self, page: Page) -> None:
        page.set_viewport_size({"width": self.width, "height": WIDTHS[self.width]})
        page.emulate_media(**ORDINARY | MEDIA[self.media])

    def __str__(self) -> str:
        return f"{self.width}-{self.media}"


LOOKS = [Look(width, media) for width, media in itertools.product(WIDTHS, MEDIA)]


def faults(page: Page) -> list:
    """What axe finds on the page as it is now: rules, each with the elements that break it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate(FAULTS)
