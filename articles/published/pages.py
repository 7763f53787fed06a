"""The page of an article, composed of its finished main part and of what has changed since."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from detoxsite.core import site_profile
from detoxsite.core.prepared import fetch

from ..content import rendering
from ..content.finished import PERSON, facts_of, fill, related_part, render_main
from ..models import Edition
from . import IS_LIVE
from .lists import FROM_RENDERINGS, NEWEST_FIRST, finished

MAX_RELATED = 3

_RELATED = f"""
SELECT json_build_array(rendering.edition_id, article.slug, topic.name, rendering.publish_at, rendering.entry, NULL)
{FROM_RENDERINGS}
WHERE {IS_LIVE} AND rendering.topic_id = shown.topic_id AND rendering.article_id <> shown.article_id
{NEWEST_FIRST}
LIMIT {MAX_RELATED}
"""  # noqa: S608 our own parts
_ARTICLE = f"""
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
    author.name, author.credentials, author.role, reviewer.name, reviewer.credentials, reviewer.role,
    topic.name, topic.slug,
    ARRAY({_RELATED})::text[]
FROM articles_article AS article
CROSS JOIN LATERAL (
    SELECT * FROM articles_rendering AS rendering
    WHERE rendering.article_id = article.id AND rendering.publish_at <= %(now)s
    ORDER BY rendering.number DESC LIMIT 1
) AS shown
JOIN articles_edition AS edition ON edition.id = shown.edition_id
JOIN articles_person AS author ON author.id = edition.author_id
JOIN articles_person AS reviewer ON reviewer.id = edition.reviewer_id
JOIN articles_topic AS topic ON topic.id = shown.topic_id
WHERE article.slug = %(slug)s
"""  # noqa: S608 our own parts


@dataclass(frozen=True)
class ArticlePage:
    main: SafeString  # HTML
    facts: dict  # content.finished.facts_of()
    author: dict
    reviewer: dict
    topic: dict


def article_page(slug: str) -> ArticlePage | None:
    """The page of the live article at an address; None if there is none. One query.

    An edition that is not finished, or whose list of changes is not what it was then, is rendered in full.
    """
    today = timezone.localdate()
    rows = fetch(_ARTICLE, {"slug": slug, "now": timezone.now(), "today": today})
    if not rows:
        return None
    [(edition_id, facts, has_whole_log, html, review_due_on, *names, topic, topic_slug, related)] = rows
    people = {"author": _person(names[:3]), "reviewer": _person(names[3:])}
    parts = {**people, "topic": {"name": topic, "url": topic_url(topic_slug)}}
    is_overdue = review_due_on < today
    values = _values(parts, review_due_on if is_overdue else None, [json.loads(entry) for entry in related])
    if has_whole_log:
        return ArticlePage(fill(html, values), json.loads(facts), **parts)
    edition = rendering.with_body(Edition.objects.filter(pk=edition_id)).get()
    body = rendering.render_body(edition, show_doses=not is_overdue)
    return ArticlePage(render_main(edition, body, values), facts_of(edition, body), **parts)


def preview(edition: Edition, body: rendering.Body) -> SafeString:
    """The main part of the page of an edition that readers may not see yet, rendered in full, with doses."""
    people = {"author": _person_dict(edition.author), "reviewer": _person_dict(edition.reviewer)}
    topic = edition.article.topic
    parts = {**people, "topic": {"name": topic.name, "url": topic.get_absolute_url()}}
    values = _values(parts, edition.review_due_on if edition.is_overdue else None, _related_to(edition))
    return render_main(edition, body, values, is_preview=True)


@cache
def topic_url(slug: str) -> str:
    return reverse("articles:topic", args=[slug])


def _values(parts: dict, overdue_since: date | None, related: list) -> dict:
    """The values of PAGE_SLOTS. ``overdue_since``: the day on which the review was due; None if it is not overdue."""
    profile = site_profile.current()
    center = {"tel": profile.tel, "phone_shown": profile.phone_shown}
    overdue = {"center": center, "review_due_on": overdue_since}
    entries = mark_safe("".join(entry.filled() for entry in finished(related)))  # noqa: S308 each is safe
    return {
        **parts,
        "center": center,
        "overdue": render_to_string("articles/_overdue.html", overdue) if overdue_since else "",
        "related": fill(related_part(), {"entries": entries}) if entries else "",
    }


def _person(columns: list[str]) -> dict:
    return dict(zip(PERSON, columns, strict=True))


def _person_dict(person) -> dict | None:
    return person and {name: getattr(person, name) for name in PERSON}


def _related_to(edition: Edition) -> list:
    sql = f"""
        SELECT ARRAY({_RELATED})::text[]
        FROM (SELECT %(topic)s::bigint AS topic_id, %(article)s::bigint AS article_id) AS shown
    """  # noqa: S608 our own parts
    article = edition.article
    [(related,)] = fetch(sql, {"now": timezone.now(), "topic": article.topic_id, "article": article.pk})
    return [json.loads(entry) for entry in related]
