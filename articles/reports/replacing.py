"""Replaces words of a live edition in a new draft, at the places that somebody chose."""

from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked

from .. import services, versions
from ..models import Article, Edition, EditionEvent, blocks_of, refresh_text
from .words import Words, passages_in, place_of, text_fields, with_replacement


@transaction.atomic
def replace_in_new_draft(edition_id: int, *, by, words: Words, replacement: str, keys: Iterable[str]) -> Edition:
    """Start a draft from a live edition with ``replacement`` at the places named by ``keys`` (``Passage.key``).

    Raises Refused where the article has a draft or something scheduled, where readers see another edition by now, and
    where the new words do not fit.
    """
    edition = Edition.objects.get(pk=edition_id)
    article = locked(Article.objects, edition.article_id)
    if article.live_edition_id != edition.pk:
        raise Refused("Readers see another edition now. Search again.")
    [found] = passages_in([edition.pk], words) or [None]
    known = {passage.key for passage in found.passages} if found else set()
    chosen = [key for key in keys if key in known]
    if not chosen:
        raise Refused("These words are no longer there. Search again.")
    if found.reason:
        raise Refused(found.reason)
    draft = services.start_draft(edition.pk, by=by)
    _replace(edition, draft, words, replacement, chosen)
    draft.contributors.add(by)
    refresh_text(draft)
    draft.revision += 1
    draft.save(update_fields=["revision"])
    note = f"“{words.typed}” replaced by “{replacement}” in {len(chosen)} of {len(known)} places"
    services.record_event(draft, EditionEvent.Kind.SAVED, by=by, note=note)
    versions.keep(draft, by=by)
    return draft


def _replace(edition: Edition, draft: Edition, words: Words, replacement: str, keys: list[str]) -> None:
    places: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for key in keys:
        _, place, name, number = key.split(":")
        places[place][name].add(int(number))
    pairs = [(edition, draft), *zip(blocks_of(edition), blocks_of(draft), strict=True)]
    for old, new in pairs:
        chosen = places.get(place_of(old))
        if chosen:
            _replace_in(new, words, replacement, chosen)


def _replace_in(thing, words: Words, replacement: str, chosen: dict[str, set[int]]) -> None:
    names = []
    for field in text_fields(type(thing)):
        if numbers := chosen.get(field.name):
            value = with_replacement(getattr(thing, field.name), field, words, replacement, numbers)
            setattr(thing, field.name, value)
            names.append(field.name)
    try:
        thing.clean_fields(exclude=[field.name for field in thing._meta.fields if field.name not in names])
        thing.clean()
    except ValidationError as exc:
        raise Refused(f"The new words do not fit: {' '.join(exc.messages)}") from None
    thing.save(update_fields=names)
