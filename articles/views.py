"""Public pages of articles, pages at the root, and search. Every page starts from ``live()``."""

import re
from datetime import date
from functools import lru_cache

from django.core.files.storage import default_storage
from django.core.signing import BadSignature
from django.db.models.functions import JSONObject
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import pluralize
from django.template.loader import render_to_string
from django.utils import dateformat, timezone
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache

from detoxsite.core import site_profile
from detoxsite.core.page_cache import finished_page
from detoxsite.core.page_metadata import Page
from detoxsite.core.page_shell import FIRST_PAGE, TEMPLATE, render_within
from detoxsite.core.pagination import OffsetPage, key_in_query
from detoxsite.core.plain_text import as_seen
from detoxsite.core.read_replica import reads_replica

from . import sharing
from .content.marks import mark_blocks
from .content.rendering import highlight, render_body, with_body
from .models import ARTICLES, Edition, Kind, State, Topic
from .models.topics import ENTRY
from .published.absent import ever_published
from .published.lists import ListPage, key_before_page
from .published.pages import ArticlePage, article_page, default_first_page, preview
from .published.people import people_of
from .published.topics import render_figure, topic_figure
from .search.engine import SearchResult, SearchResults, corrected

PAGE_SIZE = 10
MAX_QUERY = 200  # characters


@finished_page("articles", "center", query=("after", "page"))
def article_list(request):
    page = Page(
        "Articles about detox, withdrawal and medicines",
        "Plain articles about alcohol, drugs, medicines and withdrawal, each signed off by a clinician, with sources.",
        section="articles",
        here=True,
    )
    return _list(request, page)


@finished_page("articles", "center", query=("after", "page"))
def topic(request, slug):
    found = next((one for one in site_profile.current().topics if one["slug"] == slug), None)
    found = found or get_object_or_404(Topic.objects.values_list(JSONObject(**ENTRY)), slug=slug)[0]
    page = Page(f"Articles: {found['name']}", found["intro"], section="articles")
    if found.get("picture"):  # a copy of the profile by a former version has none
        figure = topic_figure(found)
        page.card, page.card_alt, page.card_size = figure["image"].webp_960, figure["alt"], figure["card_size"]
    return _list(request, page, found)


def _list(request, page, topic=None):
    key, after = topic and topic["pk"], key_in_query(request, "after")
    if number := request.GET.get("page"):
        return redirect(_address_of_page(request.path, number, key), permanent=True)
    shown = ListPage(after=after, topic=key)
    if after and not shown.rows:
        return redirect(request.path)
    if after:
        page.title, page.index, page.here = f"{page.title}: older", False, False
    context = {
        "shown": shown,
        "topic": topic,
        "picture": render_figure(topic) if topic and topic.get("picture") else "",
        "people": people_of(key) if topic else {},
        "path": request.path,
        "center": site_profile.current(),
    }
    return render_within(request, page, render_to_string("articles/_list.html", context))


def _address_of_page(path: str, number: str, topic: int | None) -> str:
    """Where a page of the list is that had a number once. Raises Http404 if there is no such page."""
    if not re.fullmatch(r"[1-9]\d{0,4}", number, re.ASCII):
        raise Http404
    if number == "1":
        return path
    key = key_before_page(int(number), topic=topic)
    if key is None:
        raise Http404
    return f"{path}?after={key}"


@finished_page("articles", "center")
def article(request, slug):
    return _document(request, f"{ARTICLES}{slug}")


def page(request, path):
    """A page at the root of the site, or below another one. Its address names what it shows (detoxsite/urls.py)."""
    return _document(request, path)


def first_page(request):
    """The page at the root itself: the one that the center has signed off, or the default."""
    center = site_profile.current()
    shown = article_page("") if center.first_page else None
    if shown:
        return render_within(request, _page(shown.facts, shown.kind), shown.main, FIRST_PAGE)
    return render_within(request, Page(center.tagline, center.description), default_first_page(), FIRST_PAGE)


def _document(request, path):
    shown = article_page(path)
    if shown is None:
        raise Http404
    if shown is False:
        return _not_live(request, path)
    page = _page(shown.facts, shown.kind)
    if shown.kind != Kind.ARTICLE:
        page.section, page.here = site_profile.current().menus.place_of(path)
    page.facts = _schema_org(request, shown)
    return render_within(request, page, shown.main)


def _not_live(request, path):
    """Answer 410 for a withdrawn document, and 404 otherwise; redirects go before either (core/redirects).

    One that was never published gives 404, as if it did not exist.
    """
    found = ever_published().filter(path=path, is_gone=True).first()
    if found is None:
        raise Http404
    noun = "page" if found.is_page else "article"
    page = Page(f"We took this {noun} down", f"This {noun} was withdrawn. Call us, or ask in writing.", index=False)
    context = {"page": page, "code": 410, "noun": noun}
    return render(request, "articles/gone.html", context, status=410)


def _page(facts: dict, kind: Kind) -> Page:
    section = "articles" if kind == Kind.ARTICLE else ""
    schema_type = "WebPage" if kind in {Kind.HOUSE, Kind.HOME} else "MedicalWebPage"
    page = Page(facts["title"], facts["summary"], section=section, kind=schema_type)
    if facts["card"]:
        noun = "article" if kind == Kind.ARTICLE else "page"
        page.card, page.card_alt = default_storage.url(facts["card"]), f"The title of the {noun}: {page.title}"
    return page


def render_preview(request, edition, *, marks=None, backs=(), status=""):
    """The page of an edition fetched through ``with_body()`` that readers may not see yet.

    ``marks``: words to mark, by the index of their block. ``backs``: links from there (``marks.Back``).
    ``status``: in place of that of the workflow, which is for staff.
    """
    body = render_body(edition)
    elsewhere = mark_blocks([*body.first, *body.rest], marks or {}, backs)
    page = _page({"title": edition.title, "summary": edition.summary, "card": edition.card}, edition.article.kind)
    page.index = False
    above = render_to_string("articles/_changed.html", {"backs": elsewhere}) if backs else SafeString()
    template = FIRST_PAGE if edition.article.is_first_page else TEMPLATE
    return render(
        request, template, {"page": page, "main": above + preview(edition, body, status or edition.status_text)}
    )


@never_cache
def shared(request, token):
    """An unpublished edition, for anyone with the link. Redirects to the article once it is published."""
    try:
        edition_id = sharing.edition_id_from_token(token)
    except BadSignature:
        raise Http404 from None
    edition = with_body(Edition.objects.filter(pk=edition_id)).first()
    if edition is None or edition.state == State.WITHDRAWN:
        raise Http404
    if Edition.objects.published().filter(pk=edition_id).exists():
        return redirect(edition)
    return render_preview(request, edition, status="not published yet")


def _schema_org(request, shown: ArticlePage) -> dict:
    """The page's schema.org properties."""
    facts = shown.facts
    pictures = [request.build_absolute_uri(picture) for picture in facts["pictures"]]
    return {
        "datePublished": facts["published_on"],
        "dateModified": facts["updated_on"],
        **(_signatures(request, shown) if shown.kind != Kind.HOUSE else {}),
        **({"about": {"@type": "Thing", "name": shown.topic["name"]}} if shown.topic else {}),
        **({"breadcrumb": _breadcrumbs(request, shown)} if shown.kind != Kind.ARTICLE else {}),
        **({"image": pictures} if pictures else {}),
    }


def _signatures(request, shown: ArticlePage) -> dict:
    return {
        "lastReviewed": shown.facts["reviewed_on"],
        "author": _person(request, shown.author),
        "reviewedBy": _person(request, shown.reviewer),
    }


def _breadcrumbs(request, shown: ArticlePage) -> dict:
    crumbs = [("/", "Home"), *shown.above, (request.path, shown.facts["title"])]
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": request.build_absolute_uri(address)}
        for position, (address, name) in enumerate(crumbs, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _person(request, person: dict) -> dict:
    url = {"url": request.build_absolute_uri(person["url"])} if person["url"] else {}
    return {
        "@type": "Person",
        "name": person["name"],
        "honorificSuffix": person["credentials"],
        "jobTitle": person["role"],
        **url,
    }


@reads_replica
def search(request):
    query = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:MAX_QUERY]
    has_words = any(map(str.isalnum, as_seen(query)))
    context = {"query": query, "has_words": has_words, **(_results(request, query) if has_words else {})}
    context["page"] = Page(
        f"Search: {query}"[:60] if query else "Search the articles",
        "Search our articles about alcohol, drugs, medicines, withdrawal and getting help.",
        section="articles",
        index=not query,
    )
    return render(request, "articles/search.html", context)


def _results(request, query: str) -> dict:
    results = SearchResults(query, site_profile.current().synonyms)
    page_obj = OffsetPage(results, request.GET.get("page", "1"), PAGE_SIZE, q=query)
    first = page_obj.rows[0] if page_obj.rows else None
    return {
        "page_obj": page_obj,
        "results": [_shown(result) for result in page_obj.rows],
        "first": first,
        "corrected": corrected(results.query.text, first.corrections) if first else "",
        "people": _people_named(query),
        "synonyms_used": results.query.synonyms_used,
    }


def _people_named(query: str) -> list[dict]:
    """People with a page whose name has every word of the query."""
    words = as_seen(query).casefold().split()
    people = site_profile.current().people
    return [one for one in people if all(word in as_seen(one["name"]).casefold().split() for word in words)]


def _shown(result: SearchResult) -> dict:
    """What the page shows of a result. Formatted here, since filters in the template took longer than the rest."""
    updated_on = timezone.localdate(result.publish_at)
    return {
        "url": result.get_absolute_url(),
        "title": highlight(result.title),
        "snippet": highlight(result.snippet),
        "topic": result.topic or "Page",
        "length": f"{result.reading_minutes} minute{pluralize(result.reading_minutes)}",
        "updated_on": updated_on.isoformat(),
        "updated": _long_date(updated_on),
    }


@lru_cache(maxsize=1_000)
def _long_date(day: date) -> str:
    return dateformat.format(day, "F j, Y")
