"""Metadata of a public page: title, description, structured data and the picture shown where it is shared."""

from dataclasses import dataclass, field
from functools import cache

from django.templatetags.static import static

from .plain_text import tidy

CARD_SIZE = (1200, 630)  # pixels
MAX_TITLE = 70  # characters; search engines cut off what is longer


@cache
def _site_card() -> str:
    return static("img/card.png")


@dataclass
class Page:
    title: str
    description: str
    section: str = ""  # the entry of the main navigation it belongs to
    here: bool = False  # whether it is the page that entry links to
    neutral: bool = False  # the title uses the short name of the center: it stays in the browser's history
    error: bool = False  # the form on it has errors
    index: bool = True  # whether search engines may index it
    kind: str = "WebPage"
    card: str = ""  # path of the social card; empty: the site's own
    card_alt: str = ""
    card_size: tuple[int, int] = CARD_SIZE
    facts: dict = field(default_factory=dict)  # more schema.org properties, all visible on the page

    def __post_init__(self):
        """What is frozen already may hold control characters; those are left out of the head."""
        self.title, self.description = tidy(self.title), tidy(self.description)

    def full_title(self, center) -> str:
        whole = f"{'Error: ' if self.error else ''}{self.title} | {center.short if self.neutral else center.name}"
        return whole if len(whole) <= MAX_TITLE else self.title

    def structured_data(self, request, center) -> dict:
        """The page as schema.org data; nothing that the page itself does not say."""
        return {
            "@context": "https://schema.org",
            "@type": self.kind,
            "name": self.title,
            "description": self.description,
            "url": request.build_absolute_uri(request.path),
            "inLanguage": "en-US",
            "isPartOf": {"@type": "WebSite", "name": center.name, "url": request.build_absolute_uri("/")},
            "publisher": self.publisher(request, center),
            **self.facts,
        }

    def publisher(self, request, center) -> dict:
        """The center, as the foot of every page names it."""
        known = {"legalName": center.legal_name, "telephone": center.phone and center.tel}
        return {
            "@type": "Organization",
            "name": center.name,
            "url": request.build_absolute_uri("/"),
            **{name: value for name, value in known.items() if value},
        }

    def open_graph_image(self, request, center) -> dict:
        """The social card as Open Graph properties."""
        return {
            "og:image": request.build_absolute_uri(self.card or _site_card()),
            "og:image:width": self.card_size[0],
            "og:image:height": self.card_size[1],
            "og:image:alt": self.card_alt or f"A lighthouse at night: {center.name}",
        }
