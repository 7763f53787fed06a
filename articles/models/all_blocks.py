"""All kinds of blocks: in order, and as the text that is searched and counted."""

from functools import cache

from django.db.models import Q

from detoxsite.core.plain_text import as_seen
from detoxsite.core.prepared import fetch

from .blocks import Callout, Figure, KeyFacts, PullQuote, Text
from .editions import Edition
from .files import PdfFile, Video
from .layout_blocks import Column, Comparison
from .listing_blocks import LISTING_BLOCKS
from .media_blocks import Download, GalleryPicture, MapPicture, VideoPlayer
from .page_blocks import CallToAction, CenterFacts, PersonCard, Question, Step
from .pictures import Picture

ARTICLE_BLOCKS = [Text, Figure, Callout, KeyFacts, PullQuote]
MEDIA_BLOCKS = [GalleryPicture, MapPicture, Download, VideoPlayer]
PAGE_BLOCKS = [  # which pages have besides
    *(Step, Question, CallToAction, PersonCard, CenterFacts, Column, Comparison),
    *(*MEDIA_BLOCKS, *LISTING_BLOCKS),
]
BLOCKS = [*ARTICLE_BLOCKS, *PAGE_BLOCKS]
_WITH = {  # what a block shows of other tables
    **dict.fromkeys((Figure, GalleryPicture, MapPicture), ["picture"]),
    **{PersonCard: ["person"], Download: ["file"], VideoPlayer: ["video__poster"]},
}


def blocks_of(edition: Edition) -> list:
    """Every block in order, as model instances; at one place by kind, then the older first.

    A query for which kinds there are, and one for each of those.
    """
    found = {kind for (kind,) in fetch(_kinds(), {"edition": edition.pk})}
    rows = (model.objects.filter(parent=edition).order_by("ordering", "pk") for model in BLOCKS if model.kind in found)
    blocks = [block for one in rows for block in one.select_related(*_WITH.get(one.model, [None]))]
    return sorted(blocks, key=lambda block: block.ordering)


def lock_library_rows(edition: Edition) -> None:
    """Lock what its blocks show of the libraries, until the transaction ends: it is frozen as it was read."""
    used = [f"{name}__parent" for name in ("figures", "gallery_pictures", "maps", "videos__players")]
    pictures = Q(*((path, edition) for path in used), _connector=Q.OR)
    for rows in (
        Picture.objects.filter(pictures),
        PdfFile.objects.filter(downloads__parent=edition),
        Video.objects.filter(players__parent=edition),
    ):
        list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


@cache
def _kinds() -> str:
    return " UNION ALL ".join(
        f"SELECT '{model.kind}' WHERE EXISTS (SELECT FROM {model._meta.db_table} WHERE parent_id = %(edition)s::bigint)"  # noqa: S608 our own names
        for model in BLOCKS
    )


def refresh_text(edition: Edition) -> None:
    """Recompute and save ``text`` (for search) and ``word_count`` (for lists) from the blocks."""
    edition.text, edition.word_count = text_and_word_count(blocks_of(edition))
    edition.save(update_fields=["text", "word_count"])


def text_and_word_count(blocks) -> tuple[str, int]:
    """Return the searchable text of blocks, as a reader sees it, and how many words readers see.

    Blocks with doses are counted but not searched: a search result must not show what the page hides.
    """
    text = "\n".join(filter(None, (block.plain_text() for block in blocks if not getattr(block, "is_dosing", False))))
    return as_seen(text), sum(len(block.plain_text().split()) for block in blocks)
