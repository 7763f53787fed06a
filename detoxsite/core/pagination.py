"""Offset pagination of a queryset whose rows carry the total, so that one query fetches both."""

import re
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404

MAX_PAGE = 100_000  # no link of ours goes beyond it


class OffsetPage:
    """One page of a queryset annotated with ``total``. Raises Http404 for a page that does not exist."""

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
        """Page numbers to link to: first, last, and those around this one; None marks a gap."""
        wanted = sorted({1, self.last} | set(range(max(1, self.number - 1), min(self.last, self.number + 1) + 1)))
        shown: list[int | None] = []
        for page in wanted:
            if shown and shown[-1] + 1 < page:
                shown.append(None)
            shown.append(page)
        return shown
