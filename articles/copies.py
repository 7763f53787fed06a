"""Copying what belongs to one edition into another."""

from .content import moved_links
from .models import BLOCKS, Edition


def copy_parts(edition: Edition, draft: Edition) -> None:
    """Copy the blocks of all kinds and the sources. Links to pages that have moved get their new addresses."""
    for model in BLOCKS:
        copy_rows(model.objects.filter(parent=edition), parent=draft)
    copy_rows(edition.sources.all(), edition=draft)
    moved_links.follow(draft)


def copy_rows(rows, **owner) -> None:
    made = list(rows)
    for copy in made:
        copy.pk = None
        copy._state.adding = True
        for name, value in owner.items():
            setattr(copy, name, value)
    rows.model.objects.bulk_create(made)
