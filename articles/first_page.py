"""Starting the first page: a draft with the very blocks that readers see by default."""

from django.core.exceptions import ValidationError
from django.db import transaction

from detoxsite.core import site_profile
from detoxsite.core.exceptions import Refused

from .content.default_first_page import default_blocks
from .models import Article, Block, Edition, EditionEvent, Kind, Person, refresh_text
from .relocation import lock_address
from .services import record_event


def newest_edition() -> Edition | None:
    """The newest edition of the first page, in any state; None while there is only the default."""
    return Edition.objects.filter(article__path="").order_by("-number").first()


@transaction.atomic
def start(*, by, author: Person) -> Edition:
    """Make the first draft, filled with the default blocks. ``author``: who is named as its author to colleagues.

    Raises Refused where there is a first page already, or where words of the center details do not fit into a block.
    """
    lock_address(Kind.HOME, "")
    if Article.objects.filter(path="").exists():
        raise Refused("There is a first page already. Someone else may have just started it.")
    site_profile.refresh()
    center = site_profile.current()
    article = Article.objects.create(kind=Kind.HOME, owner=by)
    edition = Edition.objects.create(
        article=article, number=1, title=center.tagline, summary=center.description, author=author, created_by=by
    )
    for block in default_blocks(center):
        block.parent = edition
        _require_fitting(block)
        block.save()
    edition.contributors.add(by)
    refresh_text(edition)
    record_event(edition, EditionEvent.Kind.STARTED, by=by, note="From the default")
    return edition


def _require_fitting(block: Block) -> None:
    try:
        block.clean_fields(exclude=["parent"])
    except ValidationError as exc:
        raise Refused(f"“{block}” does not fit: {' '.join(exc.messages)} Change it in the center details.") from None
