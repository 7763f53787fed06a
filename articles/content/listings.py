"""What a finished page shows of things that change without a new edition: the rendering of such blocks, and its slots.

A *listing* is the HTML of such a thing, named by a word and numbers, for example ``articles_3`` for the three newest
articles (``published/listings.py`` makes them). The page has a slot for it, inside a part that ``finished.fill`` leaves
out while the listing is empty.
"""

from typing import NamedTuple

from ..models import NEWEST_REVIEWS, SitePart
from ..models.listing_blocks import Drawing

Part = SitePart.Part


class Slot(NamedTuple):
    """What a template puts around and in place of a listing: values, or the marks of slots."""

    begin: str  # where the part begins that is left out without the listing
    html: str
    end: str


class ListingBlocks:
    """The part of the block renderer for these blocks. The renderer supplies ``_add_heading`` and ``_fragment``."""

    def _opening(self, block):
        name = self._add_heading(block["title"])
        self.contents.pop()  # it is the title of the page
        return {"id": name, "level": 2, "is_night": block["drawing"] == Drawing.LIGHTHOUSE}

    def _sitepart(self, block):
        listing = {} if block["part"] == Part.CRISIS else {"listing": block["part"]}
        return {"id": self._add_heading(block["title"]), **listing}

    def _articlelist(self, block):
        topic, count = block["topic_id"], block["count"]
        names = (f"articles_{count}_{topic}", f"topic_{topic}") if topic else (f"articles_{count}", "topic")
        return {"id": self._add_heading(block["title"]), "listing": names[0], "more_listing": names[1]}

    def _reviews(self, block):
        key = block["review"]
        listing = f"review_{key}" if key else f"reviews_{NEWEST_REVIEWS}"
        return {"id": self._add_heading(block["title"]), "listing": listing}

    def _costs(self, block):
        return {"id": self._add_heading(block["title"]), "html": self._fragment(block["body"])}


def put_into(blocks: list[dict], slot_of) -> list[dict]:
    """The blocks with the ``Slot`` of their listing as ``live``; without those that have nothing to show.

    ``slot_of(name)``: the ``Slot`` of a listing.
    """
    for block in blocks:
        if "listing" in block:
            block["live"] = slot_of(block["listing"])
        if "more_listing" in block:
            block["more"] = slot_of(block["more_listing"]).html
    return [block for block in blocks if "live" not in block or block["live"].html]


def slot_with(html: str) -> Slot:
    """The slot of a listing that is known already."""
    return Slot("", html, "")
