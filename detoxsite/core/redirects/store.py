"""Reading and changing the stored redirects, each change under one lock: two at once could close a circle."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from django.db import connection, transaction
from django.db.models import Q
from django.utils.encoding import uri_to_iri

from ..models import Redirect
from .addresses import path_of
from .table import Goal, Table


@contextlib.contextmanager
def table_of(paths: Iterable[str], *, source: Redirect.Source) -> Iterator[Table]:
    """The redirects that start at ``paths`` or lead to them, locked; what the block changes in them is stored.

    ``source`` is noted on those that are new. An exception in the block stores nothing.
    """
    paths = {path for path in paths if path}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('redirects'))")
        table = Table(_goals(paths))
        yield table
        _write(table, source)


def read_only_table(paths: Iterable[str]) -> Table:
    """As ``table_of``, to find out what a change would do: nothing is locked or stored."""
    return Table(_goals({path for path in paths if path}))


def moved(addresses: Mapping[str, str]) -> None:
    """Pages moved from old to new addresses, such as a page with those below it: let the old ones lead to the new.

    Whatever led to an old address leads to the new one; a redirect that starts at a new address is deleted, since a
    page is there again. Pages may change places. Call it in the transaction that moves the pages, and only for pages
    that readers could see. ``addresses``: paths as ``get_absolute_url`` gives them, old to new.
    """
    pages = {path_of(unquote(old)): uri_to_iri(new) for old, new in addresses.items()}
    with table_of({*pages, *map(path_of, pages.values())}, source=Redirect.Source.MOVE) as table:
        table.move(pages)


def target_of(address: str) -> str:
    """Where an address redirects to; "" if nowhere. ``address``: as ``get_absolute_url`` gives it."""
    path = path_of(unquote(address))
    return Redirect.objects.filter(path=path).values_list("target", flat=True).first() or ""


def paths_to(address: str) -> list[str]:
    """The old addresses that lead to one, the newest first. ``address``: as for ``target_of``."""
    return list(Redirect.objects.filter(target_path=path_of(address)).order_by("-pk").values_list("path", flat=True))


def _goals(paths: set[str]) -> dict[str, Goal]:
    """With where the targets of these lead: a table that is flat goes no further."""
    rows = Redirect.objects.filter(Q(path__in=paths) | Q(target_path__in=paths))
    return {path: Goal(target, code) for path, target, code in rows.values_list("path", "target", "code")}


def _write(table: Table, source: Redirect.Source) -> None:
    Redirect.objects.filter(path__in=list(table.removed())).delete()
    rows = [
        Redirect(path=path, target=goal.target, code=goal.code, source=source) for path, goal in table.changed().items()
    ]
    Redirect.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["path"], update_fields=["target", "code"]
    )
