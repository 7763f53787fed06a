"""Sealing everything to the newest key of the center."""

from collections.abc import Callable, Iterable, Iterator

from django.apps import apps
from django.db import transaction
from django.db.models import BinaryField, F, Func, Value

from . import sealing
from .sealed_models import SealedModel

BATCH = 200
_files: list[Callable[[], Iterable[bytes]]] = []


def register_files(headers: Callable[[], Iterable[bytes]]) -> None:
    """Count sealed files too: ``headers`` gives the first sealing.HEADER bytes of each, b"" of an unreadable one."""
    _files.append(headers)


def _models():
    return [model for model in apps.get_models() if issubclass(model, SealedModel)]


def _old(model):
    """Rows sealed to another key than the newest."""
    header = Func(F("sealed"), Value(1), Value(sealing.HEADER), function="SUBSTR", output_field=BinaryField())
    rows = model.objects.annotate(header=header).exclude(header=sealing.public_key().header)
    return rows.exclude(sealed=b"").order_by("pk")


def rotate() -> Iterator[tuple[str, int]]:
    """Seal every row anew, in batches that are committed one by one. Yields (model, rows) for each model.

    What cannot be opened is left as it is, and counted by ``left``.
    """
    for model in _models():
        done, last = 0, None
        while batch := _batch(model, last):
            last, opened = batch
            done += opened
        yield model._meta.verbose_name, done


@transaction.atomic
def _batch(model, last) -> tuple | None:
    """Seals the next BATCH rows behind ``last``. Returns (key of the last one, how many it could); None at the end."""
    rows = _old(model).select_for_update(skip_locked=True, of=["self"])
    rows = list((rows.filter(pk__gt=last) if last else rows)[:BATCH])
    opened = 0
    for row in rows:
        try:
            row.seal(row.payload)
        except sealing.Unreadable:
            continue
        row.save(update_fields=["sealed"])
        opened += 1
    return (rows[-1].pk, opened) if rows else None


def left() -> int:
    """How many rows and files are not sealed to the newest key."""
    header = sealing.public_key().header
    rows = sum(_old(model).count() for model in _models())
    return rows + sum(each != header for headers in _files for each in headers())
