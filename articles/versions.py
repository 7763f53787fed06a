"""Versions inside a draft: every save is kept, any two can be compared, and an earlier one restored as a new save.

At most MAX_VERSIONS of a draft, the oldest go first. RETENTION after an edition was signed off its versions go too: the
signed text stays, and what was tried on the way to it is no longer needed.
"""

from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked

from .content import edition_snapshot
from .models import BLOCKS, DraftVersion, Edition, EditionEvent, Person, Source, refresh_text
from .services import record_event

MAX_VERSIONS = 100
RETENTION = timedelta(days=30)
FIELDS = ("title", "summary", "changes", "author_id")
_PARTS = {model._meta.model_name: (model, "parent_id") for model in BLOCKS} | {"source": (Source, "edition_id")}


def keep(edition: Edition, *, by) -> None:
    """Keep what was just saved under the edition's revision, and no more than MAX_VERSIONS. Call it in the same
    transaction, with the row of the edition locked.
    """
    content = {name: getattr(edition, name) for name in FIELDS}
    content["parts"] = {name: _rows_of(model, owner, edition) for name, (model, owner) in _PARTS.items()}
    lines = edition_snapshot.as_lines(edition_snapshot.from_edition(edition))
    DraftVersion.objects.create(edition=edition, revision=edition.revision, by=by, content=content, lines=lines)
    kept = edition.versions.values("pk")[:MAX_VERSIONS]
    edition.versions.exclude(pk__in=kept).delete()


def _columns(model, owner: str) -> list[models.Field]:
    """The columns that hold the content of a block or a source: not its key, nor whose it is."""
    return [field for field in model._meta.concrete_fields if not field.primary_key and field.attname != owner]


def _rows_of(model, owner: str, edition: Edition) -> list[dict]:
    names = [field.attname for field in _columns(model, owner)]
    return list(model.objects.filter(**{owner: edition.pk}).order_by("pk").values(*names))


@transaction.atomic
def restore(edition_id: int, *, by, version: int) -> Edition:
    """Make an earlier version the content of the draft: a save like any other, so that nothing in between is lost.

    ``version``: its revision. Raises Refused where the draft has left its author's hands, where there is no such
    version, and where something that it shows (a picture, a person) was deleted since.
    """
    edition = locked(Edition.objects, edition_id)
    if not edition.is_editable:
        raise Refused("Only a draft can go back to an earlier version.")
    stored = edition.versions.filter(revision=version).first()
    if stored is None:
        raise Refused("This version is no longer kept.")
    for name in FIELDS:
        setattr(edition, name, stored.content[name])
    rows = {name: _as_rows(name, stored.content["parts"].get(name, []), edition) for name in _PARTS}
    _require_references(edition, [row for some in rows.values() for row in some])
    for name, (model, owner) in _PARTS.items():
        model.objects.filter(**{owner: edition.pk}).delete()
        model.objects.bulk_create(rows[name])
    edition.revision += 1
    edition.save(update_fields=["title", "summary", "changes", "author", "revision"])
    edition.contributors.add(by)
    refresh_text(edition)
    record_event(edition, EditionEvent.Kind.SAVED, by=by, note=f"Version {version} restored")
    keep(edition, by=by)
    return edition


def _as_rows(name: str, stored: list[dict], edition: Edition) -> list:
    """Rows of a table from what was kept; columns added since have their defaults."""
    model, owner = _PARTS[name]
    fields = {field.attname: field for field in _columns(model, owner)}
    return [
        model(**{owner: edition.pk, **{key: fields[key].to_python(row[key]) for key in row.keys() & fields.keys()}})
        for row in stored
    ]


def _require_references(edition: Edition, rows: list) -> None:
    wanted = {Person: {edition.author_id}}
    for row in rows:
        for field in row._meta.concrete_fields:
            if field.is_relation and field.related_model is not Edition:
                wanted.setdefault(field.related_model, set()).add(getattr(row, field.attname))
    for model, keys in wanted.items():
        if model.objects.filter(pk__in=keys).count() < len(keys - {None}):
            raise Refused(f"This version shows a {model._meta.verbose_name} that was deleted since.")


def delete_old(now: datetime | None = None) -> int:
    """Delete the versions of editions that were signed off more than RETENTION ago. Returns how many."""
    before = (now or timezone.now()) - RETENTION
    return DraftVersion.objects.filter(edition__signed_off_at__lt=before).delete()[0]
