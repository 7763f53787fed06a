"""The page of an article, or a page at the root, composed of its finished main part and of what has changed since."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Literal

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from detoxsite.core import site_profile
from detoxsite.core.plain_text import escaped
from detoxsite.core.prepared import fetch

from ..content import rendering
from ..content.default_first_page import default_main
from ..content.finished import facts_of, fill, render_main
from ..models import Article, Edition, Kind, url_of
from .listings import Listings
from .related import related_to

_ARTICLE = """
SELECT
    shown.edition_id, shown.facts,
    log = ARRAY(
        SELECT number::int FROM articles_rendering AS published
        WHERE published.article_id = shown.article_id AND published.number <= shown.number
            AND published.publish_at <= %(now)s
        ORDER BY number DESC
    ) AS has_whole_log,
    CASE WHEN edition.review_due_on < %(today)s::date AND overdue_html <> '' THEN overdue_html ELSE html END,
    edition.review_due_on,
    author.name, author.credentials, author.role, CASE WHEN author.has_page THEN author.slug END,
    reviewer.name, reviewer.credentials, reviewer.role, CASE WHEN reviewer.has_page THEN reviewer.slug END,
    topic.name, topic.slug, shown.topic_id, shown.article_id, article.kind, ARRAY(
        SELECT json_build_array(above.path, (
            SELECT facts->>'title' FROM articles_rendering AS rendering
            WHERE rendering.article_id = above.id AND rendering.publish_at <= %(now)s
            ORDER BY rendering.number DESC LIMIT 1
        )) FROM articles_article AS above
        WHERE above.id IN (article.parent_id, (SELECT parent_id FROM articles_article WHERE id = article.parent_id))
        ORDER BY length(above.path)
    ) AS above
FROM articles_article AS article
LEFT JOIN LATERAL (
    SELECT * FROM articles_rendering AS rendering
    WHERE rendering.article_id = article.id AND rendering.publish_at <= %(now)s
    ORDER BY rendering.number DESC LIMIT 1
) AS shown ON true
LEFT JOIN articles_edition AS edition ON edition.id = shown.edition_id
LEFT JOIN articles_person AS author ON author.id = edition.author_id
LEFT JOIN articles_person AS reviewer ON reviewer.id = edition.reviewer_id
LEFT JOIN articles_topic AS topic ON topic.id = shown.topic_id
WHERE article.path = %(path)s
"""


def default_first_page() -> SafeString:
    """The main part of the first page while a center has none of its own."""
    parts = {"author": None, "reviewer": None, "topic": None, "above": []}
    return fill(default_main(site_profile.current()), _values(parts, None, ""))


@dataclass(frozen=True)
class ArticlePage:
    main: SafeString  # HTML
    facts: dict  # content.finished.facts_of()
    author: dict
    reviewer: dict
    topic: dict | None  # None: a page at the root
    kind: Kind
    above: list[tuple[str, str]]  # addresses and titles of the live pages above it


def article_page(path: str) -> ArticlePage | Literal[False] | None:
    """The live article or page at an address (``Article.path``); None if there is no such document, and False if
    nothing of it is live. One query, and for related articles one more after a change.

    An edition that is not finished, or whose list of changes is not what it was then, is rendered in full.
    """
    today = timezone.localdate()
    rows = fetch(_ARTICLE, {"path": path, "now": timezone.now(), "today": today})
    if not rows or rows[0][0] is None:
        return False if rows else None
    [(edition_id, facts, has_whole_log, html, due_on, *names, topic, slug, topic_id, article_id, kind, above)] = rows
    parts = {
        "author": person_values(*names[:4]),
        "reviewer": person_values(*names[4:]),
        "topic": topic_id and {"name": topic, "url": topic_url(slug)},
        "above": [(url_of(one), title) for one, title in above if title],
    }
    is_overdue = due_on < today
    values = _values(parts, due_on if is_overdue and kind != Kind.HOUSE else None, _related(article_id, topic_id))
    if has_whole_log:
        return ArticlePage(fill(html, values), json.loads(facts), kind=Kind(kind), **parts)
    edition = rendering.with_body(Edition.objects.filter(pk=edition_id)).get()
    body = rendering.render_body(edition, show_doses=not is_overdue)
    return ArticlePage(render_main(edition, body, values), facts_of(edition, body), kind=Kind(kind), **parts)


def preview(edition: Edition, body: rendering.Body, status: str) -> SafeString:
    """The main part of the page of an edition that readers may not see yet, rendered in full, with doses.

    ``status``: what it says about the edition.
    """
    article = edition.article
    topic = article.topic
    parts = {
        "author": _person_dict(edition.author),
        "reviewer": _person_dict(edition.reviewer),
        "topic": topic and {"name": topic.name, "url": topic.get_absolute_url()},
        "above": _live_above(article),
    }
    is_overdue = edition.is_overdue and article.kind != Kind.HOUSE
    values = _values(parts, edition.review_due_on if is_overdue else None, _related(article.pk, article.topic_id))
    return render_main(edition, body, values, preview=status)


def _live_above(article: Article) -> list[tuple[str, str]]:
    """As ``ArticlePage.above``."""
    found, one = [], article.parent
    while one:
        live = one.editions.live().only("title").first()
        found[:0] = [(one.get_absolute_url(), live.title)] if live else []
        one = one.parent
    return found


def _related(article_id: int, topic_id: int | None) -> SafeString | str:
    return related_to(article_id, topic=topic_id) if topic_id else ""


@cache
def person_url(slug: str) -> str:
    return reverse("articles:person", args=[slug])


@cache
def topic_url(slug: str) -> str:
    return reverse("articles:topic", args=[slug])


def _values(parts: dict, overdue_since: date | None, related: SafeString) -> dict:
    """The values of PAGE_SLOTS. ``overdue_since``: the day on which the review was due; None if it is not overdue."""
    profile = site_profile.current()
    center = {"tel": profile.tel, "phone_shown": profile.phone_shown}
    return {
        **parts,
        "topic": parts["topic"] or {"name": "", "url": ""},
        "above": _crumbs(tuple(parts["above"])),
        "center": center,
        "listing": Listings(),
        "overdue": _overdue(profile.tel, profile.phone_shown, overdue_since) if overdue_since else "",
        "related": related,
    }


@lru_cache(maxsize=1000)
def _crumbs(above: tuple[tuple[str, str], ...]) -> SafeString:
    """The entries of the pages above in the breadcrumbs."""
    return format_html_join("", '<li><a href="{}">{}</a></li>', above)


@lru_cache(maxsize=1000)
def _overdue(tel: str, phone_shown: str, due_on: date) -> SafeString:
    """The notice that the review was due on a day."""
    context = {"center": {"tel": tel, "phone_shown": phone_shown}, "review_due_on": due_on}
    return render_to_string("articles/_overdue.html", context)


def person_values(name: str, credentials: str, role: str, slug: str | None) -> dict:
    """The values of a person's slots, and ``url``. ``slug``: None for someone without a page."""
    byline = f"{escaped(name)}, {escaped(credentials)}"
    url = person_url(slug) if slug else ""
    linked = mark_safe(f'<a href="{url}">{byline}</a>' if url else byline)  # noqa: S308 escaped
    return {"name": name, "credentials": credentials, "role": role, "byline": linked, "url": url}


def _person_dict(person) -> dict | None:
    slug = person and person.has_page and person.slug
    return person and person_values(person.name, person.credentials, person.role, slug or None)
