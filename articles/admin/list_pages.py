"""Which rows a page of the list of editions has: first their keys (``KeyPaginator``), then what the columns show."""

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Subquery
from django.utils.functional import cached_property

from detoxsite.core.adminkit.key_pages import in_order

from ..models import Article, Edition, Kind

COLUMNS = (
    *("number", "title", "state", "note", "publish_at", "archived_at", "article__path", "article__topic__name"),
    *("article__owner__first_name", "article__owner__last_name", "article__owner__email"),
    *("assigned_to__first_name", "assigned_to__last_name", "assigned_to__email"),
)


class ArticlePaginator(Paginator):
    """Pages of the list without a filter: it counts the articles, each of which has an edition."""

    @cached_property
    def count(self) -> int:
        has_more = Exists(Edition.objects.filter(article=OuterRef("article"), archived_at=None))
        hidden = Edition.objects.archived().filter(~has_more).order_by()
        return Article.objects.filter(kind=Kind.ARTICLE).exclude(pk__in=hidden.values("article")).count()

    def keys_of(self, number: int) -> list[int]:
        """The keys of the rows of a page. Those in the second half are counted from the end, where fewer are left."""
        keys, start = self.object_list.values_list("pk", flat=True), (number - 1) * self.per_page
        end = min(start + self.per_page, self.count)
        if start <= self.count // 2:
            return list(keys[start:end])
        return list(keys.reverse()[self.count - end : self.count - start])[::-1]


def rows_of(keys: list[int]) -> list[Edition]:
    """The editions in this order, with what the columns of the list show.

    ``live_number`` and ``live_due_on`` are of the edition of the same article that readers see, or None.
    """
    live = Edition.objects.live().filter(article=OuterRef("article")).order_by()
    of_live = {"live_number": Subquery(live.values("number")), "live_due_on": Subquery(live.values("review_due_on"))}
    rows = Edition.objects.select_related("article__topic", "article__owner", "assigned_to").only(*COLUMNS)
    return in_order(rows.annotate(**of_live), keys)
