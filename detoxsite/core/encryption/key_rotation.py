"""Key rotation: seal everything again, to the center's newest key."""

from collections.abc import Callable, Iterable, Iterator

from django.apps import apps
from django.db import transaction
from django.db.models import BinaryField, F, Func, Value

from . import sealing
from .sealed_models import SealedModel

BATCH_SIZE = 200
_headers: list[Callable[[], Iterable[bytes]]] = []
_others: list[tuple[str, Callable[[], int]]] = []


def register_files(headers: Callable[[], Iterable[bytes]]) -> None:
    """Count sealed files too: ``headers`` yields the first HEADER_SIZE bytes of each, b"" if it cannot be read."""
    _headers.append(headers)


def register_values(name: str, seal_again: Callable[[], int], headers: Callable[[], Iterable[bytes]]) -> None:
    """Rotate sealed values of other models too. ``seal_again`` returns how many it sealed; ``headers`` as for files."""
    _others.append((name, seal_again))
    _headers.append(headers)


def _sealed_models():
    return [model for model in apps.get_models() if issubclass(model, SealedModel)]


def _outdated(model):
    """Rows sealed to an older key."""
    header = Func(F("sealed"), Value(1), Value(sealing.HEADER_SIZE), function="SUBSTR", output_field=BinaryField())
    rows = model.objects.annotate(header=header).exclude(header=sealing.public_key().header)
    return rows.exclude(sealed=b"").order_by("pk")


def rotate() -> Iterator[tuple[str, int]]:
    """Seal everything to the newest key, committing batch by batch. Yields (name of the model, number) for each.

    Rows that do not open stay as they are; ``count_remaining`` counts them.
    """
    for model in _sealed_models():
        done, last = 0, None
        while batch := _batch(model, last):
            last, opened = batch
            done += opened
        yield model._meta.verbose_name, done
    for name, seal_again in _others:
        yield name, seal_again()


@transaction.atomic
def _batch(model, last) -> tuple | None:
    """Seal the next BATCH_SIZE rows after ``last``. Returns (last primary key, rows sealed), or None at the end."""
    rows = _outdated(model).select_for_update(skip_locked=True, of=["self"])
    rows = list((rows.filter(pk__gt=last) if last else rows)[:BATCH_SIZE])
    opened = 0
    for row in rows:
        try:
            row.seal(row.payload)
        except sealing.Unreadable:
            continue
        row.save(update_fields=["sealed"])
        opened += 1
    return (rows[-1].pk, opened) if rows else None


def count_remaining() -> int:
    """Count rows, values and files that are not sealed to the newest key."""
    header = sealing.public_key().header
    rows = sum(_outdated(model).count() for model in _sealed_models())
    return rows + sum(each != header for headers in _headers for each in headers())
