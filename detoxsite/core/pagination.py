"""Pages of a list whose rows carry the length of the whole list, so that one query fetches both."""

import re
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404

LAST_PAGE = 100_000  # an address beyond it was not made by us


class OffsetPage:
    """One page of a queryset annotated with ``total``. Raises Http404 for a page that is not there."""

    def __init__(self, rows: QuerySet, number: str, size: int, **query: str) -> None:
        if not re.fullmatch(r"[1-9]\d{0,5}", number, re.ASCII) or int(number) > LAST_PAGE:
            raise Http404
        self.number, self.size = int(number), size
        self.query = f"{urlencode(query)}&" if query else ""  # what the links to other pages keep
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
    def near(self) -> list[int | None]:
        """The pages to link to: first, last, and those around this one; None stands for a gap."""
        wanted = sorted({1, self.last} | set(range(max(1, self.number - 1), min(self.last, self.number + 1) + 1)))
        shown: list[int | None] = []
        for page in wanted:
            if shown and shown[-1] + 1 < page:
                shown.append(None)
            shown.append(page)
        return shown
