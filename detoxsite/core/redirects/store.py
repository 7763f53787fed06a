"""Reading and changing the stored redirects, each change under one lock: two at once could close a circle."""

from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from django.db import connection, transaction
from django.db.models import Q
from django.utils.encoding import uri_to_iri

from ..models import Redirect
from .addresses import path_of
from .table import Goal, Table


def locked_table(paths: Iterable[str]) -> Table:
    """The redirects that start at ``paths`` or lead to them. Nobody else changes any until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('redirects'))")
    paths = {path for path in paths if path}
    rows = Redirect.objects.filter(Q(path__in=paths) | Q(target_path__in=paths))
    return Table({path: Goal(target, code) for path, target, code in rows.values_list("path", "target", "code")})


def write(table: Table, source: Redirect.Source) -> None:
    """Store what was changed in a ``locked_table``. ``source`` is noted on the redirects that are new."""
    Redirect.objects.filter(path__in=table.removed()).delete()
    rows = [
        Redirect(path=path, target=goal.target, code=goal.code, source=source) for path, goal in table.changed().items()
    ]
    Redirect.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["path"], update_fields=["target", "code"]
    )


@transaction.atomic
def moved(addresses: Mapping[str, str]) -> None:
    """Pages moved from old to new addresses, such as a page with those below it: let the old ones lead to the new.

    Whatever led to an old address leads to the new one; a redirect that starts at a new address is deleted, since a
    page is there again. Pages may change places. Call it in the transaction that moves the pages, and only for pages
    that readers could see. ``addresses``: paths as ``get_absolute_url`` gives them, old to new.
    """
    pages = {path_of(unquote(old)): uri_to_iri(new) for old, new in addresses.items()}
    table = locked_table({*pages, *map(path_of, pages.values())})
    table.move(pages)
    write(table, Redirect.Source.MOVE)


def target_of(address: str) -> str:
    """Where an address redirects to; "" if nowhere. ``address``: as ``get_absolute_url`` gives it."""
    path = path_of(unquote(address))
    return Redirect.objects.filter(path=path).values_list("target", flat=True).first() or ""


def targets_of(paths: Iterable[str]) -> dict[str, str]:
    """Where those of some paths redirect to that redirect; paths as ``path_of`` gives them."""
    rows = Redirect.objects.filter(path__in=list(paths)).exclude(target="")
    return dict(rows.values_list("path", "target"))


def paths_to(address: str) -> list[str]:
    """The old addresses that lead to one, the newest first. ``address``: as for ``target_of``."""
    return list(Redirect.objects.filter(target_path=path_of(address)).order_by("-pk").values_list("path", flat=True))
