"""Links inside the site that lead nowhere, or to an address that only redirects: in live editions and open drafts.

Of live editions the paths are kept with their renderings, so that none of their texts is read.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection
from django.urls import Resolver404, resolve
from django.utils import timezone

from detoxsite.core import redirects

from ..content.moved_links import RICH_FIELDS
from ..editorial_gate import DOCUMENTS
from ..models import Edition
from ..published import IS_LIVE

_PATH = re.compile(r'href="/([^"?#]{1,250}?)/?["?#]')  # in the form of Article.path
_OF_LIVE = f"""
    SELECT link, edition_id FROM articles_rendering AS rendering, unnest(links) AS link
    WHERE links <> '{{}}' AND {IS_LIVE} AND NOT EXISTS (
        SELECT FROM articles_article AS article JOIN articles_rendering AS answered ON answered.article_id = article.id
        WHERE article.path = link AND answered.publish_at <= %(now)s
    )
"""  # noqa: S608 our own parts
_OF_OPEN = """
    SELECT parent_id, {field} FROM {table}
    WHERE parent_id = ANY(ARRAY(SELECT id FROM open)) AND strpos({field}, 'href="/') > 0
"""  # strpos takes a third of the time of LIKE


@dataclass(frozen=True)
class Link:
    """A link of an edition. ``target``: where a redirect sends its readers; "" where nothing answers."""

    edition_id: int
    path: str  # with the slashes around it
    target: str


def questionable_links(answers: Callable[[str], bool]) -> list[Link]:
    """All links to addresses of this site at which no page is, by address.

    ``answers``: whether something answers at a path ("/help/"); asked once for each that is of no article or page.
    """
    found = {*_links_of_live(), *_links_of_drafts()}
    goals = redirects.targets_of({f"/{path}" for path, _ in found})
    dead = {path: not _is_answered(path, answers) for path in {path for path, _ in found}}
    return [Link(edition, f"/{path}/", goals.get(f"/{path}", "")) for path, edition in sorted(found) if dead[path]]


def _links_of_live() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_OF_LIVE, {"now": timezone.now()})
        return cursor.fetchall()


def _links_of_drafts() -> set[tuple[str, int]]:
    """Those of drafts and of editions in review that lead to no live article or page."""
    found = {(path, key) for key, body in _texts_with_links() for path in _PATH.findall(body)}
    live = _live_among({path for path, _ in found})
    return {(path, key) for path, key in found if path not in live}


def _texts_with_links() -> list[tuple[int, str]]:
    """The key of each open edition and its text, block by block, where that has a link to this site.

    One query for all kinds of block, whose keys PostgreSQL looks up: with a join it reads the texts of all editions.
    """
    editions, parameters = Edition.objects.open().order_by().values("pk").query.sql_with_params()
    of_blocks = " UNION ALL ".join(
        _OF_OPEN.format(table=model._meta.db_table, field=name)
        for model, names in RICH_FIELDS.items()
        for name in names
    )
    with connection.cursor() as cursor:
        cursor.execute(f"WITH open (id) AS MATERIALIZED ({editions}) {of_blocks}", parameters)
        return cursor.fetchall()


def _live_among(paths: Iterable[str]) -> set[str]:
    live = Edition.objects.live().order_by().filter(article__path__in=paths)
    return set(live.values_list("article__path", flat=True))


def _is_answered(path: str, answers: Callable[[str], bool]) -> bool:
    """Of a path at which no live article or page is."""
    try:
        view = resolve(f"/{path}/").view_name
    except Resolver404:
        try:
            view = resolve(f"/{path}").view_name  # a file
        except Resolver404:
            return False
    return view not in DOCUMENTS and answers(f"/{path}/")


def editions_of(links: Iterable[Link]) -> dict[int, Edition]:
    """The editions of some links by key, with their articles."""
    keys = {link.edition_id for link in links}
    return Edition.objects.select_related("article").defer("text", "search").in_bulk(keys)
