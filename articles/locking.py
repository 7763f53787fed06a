"""Row locks for services."""

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def locked(queryset: "QuerySet[Row]", pk) -> Row:
    """Return the row, locked until the transaction ends. Joined rows stay unlocked. Raises DoesNotExist."""
    return queryset.select_for_update(of=["self"]).get(pk=pk)
