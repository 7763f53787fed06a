"""Row locks: of two people who act on one row, the second is judged by what the first one left."""

from typing import TypeVar

from django.db.models import Manager, Model, QuerySet

from .exceptions import Refused

M = TypeVar("M", bound=Model)


def locked(rows: QuerySet[M] | Manager[M], pk) -> M:
    """The row with this key, locked until the transaction ends. Raises Refused if it no longer exists.

    Rows joined by ``select_related`` are not locked.
    """
    try:
        return rows.select_for_update(of=["self"]).get(pk=pk)
    except rows.model.DoesNotExist:
        raise Refused("This no longer exists.") from None
