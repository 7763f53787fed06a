"""Pages of lists of wide rows: first their keys, then these rows.

In one query that joins all that a row shows, PostgreSQL sorts the wide rows of all pages before a later one, and takes
longer to plan the joins than to run both queries.
"""

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Window
from django.utils.functional import cached_property

MAX_PAGE = 1_000_000  # no list has as many; PostgreSQL refuses to skip more rows than fit into its integers


def page_number(request) -> int:
    """Of the page that is asked for by ``p``, as Django's lists read it; MAX_PAGE for any that is higher."""
    try:
        return min(max(1, int(request.GET.get("p", 1))), MAX_PAGE)
    except ValueError:
        return 1


class KeyPaginator(Paginator):
    """One query counts the rows and finds the keys of the page ``number``; another page takes a query more."""

    def __init__(self, queryset: QuerySet, per_page: int, *, number: int) -> None:
        super().__init__(queryset, per_page)
        self.number = number

    @cached_property
    def _found(self) -> list[tuple]:
        """Each key of the page, with the number of all rows."""
        start = (self.number - 1) * self.per_page
        counted = self.object_list.annotate(total=Window(Count("pk"))).values_list("pk", "total")
        return list(counted[start : start + self.per_page])

    @cached_property
    def count(self) -> int:
        return self._found[0][1] if self._found else self.object_list.count()

    def keys_of(self, number: int) -> list:
        if number != self.number:
            return KeyPaginator(self.object_list, self.per_page, number=number).keys_of(number)
        return [key for key, _ in self._found]


def in_order(queryset: QuerySet, keys: list) -> list:
    """The rows with these keys, in their order; without those that were deleted a moment ago."""
    found = queryset.in_bulk(keys)
    return [found[key] for key in keys if key in found]
