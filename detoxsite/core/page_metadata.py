"""What a public page says about itself: in its title, to search engines and to whoever it is shared with."""

from dataclasses import dataclass, field

from django.templatetags.static import static

CARD_SIZE = (1200, 630)  # pixels
MAX_TITLE = 70  # characters; search engines cut off what is longer


@dataclass
class Page:
    title: str
    description: str
    section: str = ""  # which link of the main navigation it belongs to
    here: bool = False  # whether it is what that link leads to
    neutral: bool = False  # its title names the center by its short name: it stays in the browser's history
    error: bool = False  # something on it has to be mended first
    index: bool = True  # whether search engines may list it
    kind: str = "WebPage"
    card: str = ""  # path of the picture that stands for it where it is shared; empty: the one of the whole site
    card_alt: str = ""
    facts: dict = field(default_factory=dict)  # more schema.org properties, all of them visible on the page

    def full_title(self, center) -> str:
        whole = f"{'Error: ' if self.error else ''}{self.title} | {center.short if self.neutral else center.name}"
        return whole if len(whole) <= MAX_TITLE else self.title

    def for_machines(self, request, center) -> dict:
        """The page as schema.org data, never more than what the page itself says."""
        return {
            "@context": "https://schema.org",
            "@type": self.kind,
            "name": self.title,
            "description": self.description,
            "url": request.build_absolute_uri(request.path),
            "inLanguage": "en-US",
            "isPartOf": {"@type": "WebSite", "name": center.name, "url": request.build_absolute_uri("/")},
            **self.facts,
        }

    def card_facts(self, request, center) -> dict:
        """The picture for whoever shares the page, as OpenGraph properties."""
        return {
            "og:image": request.build_absolute_uri(self.card or static("img/card.png")),
            "og:image:width": CARD_SIZE[0],
            "og:image:height": CARD_SIZE[1],
            "og:image:alt": self.card_alt or f"A lighthouse at night: {center.name}",
        }
