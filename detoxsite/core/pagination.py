"""Pages of a list: by keyset where the list may be long, by offset where readers need page numbers."""

import re
from urllib.parse import urlencode

from django.db.models import F, QuerySet, Subquery
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleLessThan,
    TupleLessThanOrEqual,
)
from django.http import Http404

MAX_PAGE = 100_000  # our own links never lead beyond it


class Keyset:
    """An order by ``fields``, in which a row's place is known by its values and not by counting.

    So the ten-thousandth page costs what the first does, and rows that come or go in between shift nothing. The
    primary key is the last field, to tell equal rows apart.
    """

    def __init__(self, *fields: str, is_descending: bool = False) -> None:
        self.fields = (*fields, "pk")
        self.is_descending = is_descending

    def ordered(self, rows: QuerySet) -> QuerySet:
        return self._order(rows, self.is_descending)

    def after(self, rows: QuerySet, pk: int) -> QuerySet:
        """The rows that follow row ``pk``, in order. None if that row no longer exists."""
        lookup = TupleLessThan if self.is_descending else TupleGreaterThan
        return self.ordered(rows.filter(lookup(self._columns, self._place(rows, pk))))

    def before(self, rows: QuerySet, pk: int, *, is_inclusive: bool = False) -> QuerySet:
        """The rows that come before row ``pk``, nearest first; ``is_inclusive``: beginning with that row."""
        if is_inclusive:
            lookup = TupleGreaterThanOrEqual if self.is_descending else TupleLessThanOrEqual
        else:
            lookup = TupleGreaterThan if self.is_descending else TupleLessThan
        return self._order(rows.filter(lookup(self._columns, self._place(rows, pk))), not self.is_descending)

    @property
    def _columns(self) -> Tuple:
        return Tuple(*(F(field) for field in self.fields))

    def _place(self, rows: QuerySet, pk: int) -> tuple:
        """The values of row ``pk``, found by the database; the row need not be in the list any more."""
        row = rows.model._default_manager.filter(pk=pk).order_by()
        return (*(Subquery(row.values(field)) for field in self.fields[:-1]), pk)

    def _order(self, rows: QuerySet, is_descending: bool) -> QuerySet:
        return rows.order_by(*(f"-{field}" if is_descending else field for field in self.fields))


def key_in_query(request, name: str) -> int | None:
    """A whole number in the query string; None where it is missing. Raises Http404 for anything else."""
    typed = request.GET.get(name)
    if typed is None:
        return None
    if not re.fullmatch(r"[1-9]\d{0,17}", typed, re.ASCII):
        raise Http404
    return int(typed)


class KeysetPage:
    """The first ``size`` of ``rows``, and whether more follow. One query."""

    def __init__(self, rows: QuerySet, size: int) -> None:
        found = list(rows[: size + 1])
        self.rows = found[:size]
        self.has_next = len(found) > size

    @property
    def last(self):
        """The row that the next page comes after."""
        return self.rows[-1]


class OffsetPage:
    """One numbered page of a queryset annotated with ``total``, the length of the whole list: one query fetches both.

    Raises Http404 for a page that does not exist.
    """

    def __init__(self, rows: QuerySet, number: str, size: int, **query: str) -> None:
        if not re.fullmatch(r"[1-9]\d{0,5}", number, re.ASCII) or int(number) > MAX_PAGE:
            raise Http404
        self.number, self.size = int(number), size
        self.query = f"{urlencode(query)}&" if query else ""  # query string kept in links to other pages
        start = (self.number - 1) * size
        self.rows = list(rows[start : start + size])
        if not self.rows and self.number > 1:
            raise Http404
        self.total = self.rows[0].total if self.rows else 0

    @property
    def last(self) -> int:
        return -(-self.total // self.size) or 1

    @property
    def has_other_pages(self) -> bool:
        return self.last > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.last

    @property
    def next(self) -> int:
        return self.number + 1

    @property
    def page_links(self) -> list[int | None]:
        """The pages to link to: first, last, and those around this one; None is a gap."""
        wanted = sorted({1, self.last} | set(range(max(1, self.number - 1), min(self.last, self.number + 1) + 1)))
        shown: list[int | None] = []
        for page in wanted:
            if shown and shown[-1] + 1 < page:
                shown.append(None)
            shown.append(page)
        return shown
