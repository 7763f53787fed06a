"""Public pages of articles and search. Every page starts from ``live()``."""

from django.core.files.storage import default_storage
from django.core.signing import BadSignature
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache

from detoxsite.core import site_profile
from detoxsite.core.page_cache import finished_page
from detoxsite.core.page_metadata import Page
from detoxsite.core.pagination import OffsetPage
from detoxsite.core.plain_text import as_seen

from . import services
from .content.marks import mark_blocks
from .content.rendering import highlight, render_body, with_body
from .models import Article, Edition, State, Topic
from .search.engine import SearchResults, corrected

PAGE_SIZE = 10
MAX_QUERY = 200  # characters


@finished_page("articles", "center", query=("page",))
def article_list(request):
    page = Page(
        "Articles about detox, withdrawal and medicines",
        "Plain articles about alcohol, drugs, medicines and withdrawal, each signed off by a clinician, with sources.",
        section="articles",
        here=True,
    )
    return _list(request, page, Edition.objects.live())


@finished_page("articles", "center", query=("page",))
def topic(request, slug):
    found = get_object_or_404(Topic, slug=slug)
    page = Page(f"Articles: {found.name}", found.intro, section="articles")
    return _list(request, page, Edition.objects.live().filter(article__topic__slug=slug), topic=found)


def _list(request, page, editions, **context):
    page_obj = OffsetPage(editions.for_lists(), request.GET.get("page", "1"), PAGE_SIZE)
    if page_obj.number > 1:
        page.title = f"{page.title}, page {page_obj.number}"
    context |= {"page": page, "page_obj": page_obj, "editions": page_obj.rows}
    return render(request, "articles/article_list.html", context)


@finished_page("articles", "center")
def article(request, slug):
    edition = with_body(Edition.objects.live().filter(article__slug=slug)).first()
    return render_edition(request, edition) if edition else _not_live(request, slug)


def _not_live(request, slug):
    """Redirect from a former address, answer 410 for a withdrawn article, and 404 otherwise.

    An article that was never published gives 404, as if it did not exist.
    """
    found = Article.objects.ever_published().filter(Q(slug=slug) | Q(former_addresses__slug=slug)).first()
    if found is None:
        raise Http404
    if found.slug != slug:
        response = redirect(found, permanent=True)
        patch_cache_control(response, no_cache=True)  # it may move back
        return response
    if not found.is_gone:
        raise Http404
    page = Page("We took this article down", "This article was withdrawn. Call us, or ask in writing.", index=False)
    return render(request, "articles/gone.html", {"page": page, "code": 410}, status=410)


def render_edition(request, edition, *, preview=False, marks=None):
    """The page of an edition fetched through ``with_body()``; with ``preview`` also before it is live.

    ``marks``: words to mark in a preview, by the index of their block.
    """
    body = render_body(edition, is_preview=preview)
    mark_blocks([*body.first, *body.rest], marks or {})
    page = Page(
        edition.title,
        edition.summary,
        section="articles",
        kind="MedicalWebPage",
        facts={} if preview else _schema_org(request, edition, body),
        index=not preview,
    )
    if edition.card:
        page.card, page.card_alt = default_storage.url(edition.card), f"The title of the article: {page.title}"
    return render(
        request, "articles/article.html", {"page": page, "edition": edition, "body": body, "preview": preview}
    )


@never_cache
def shared(request, token):
    """An unpublished edition, for anyone with the link. Redirects to the article once it is published."""
    try:
        edition_id = services.edition_id_from_token(token)
    except BadSignature:
        raise Http404 from None
    edition = with_body(Edition.objects.filter(pk=edition_id)).first()
    if edition is None or edition.state == State.WITHDRAWN:
        raise Http404
    if Edition.objects.published().filter(pk=edition_id).exists():
        return redirect(edition)
    return render_edition(request, edition, preview=True)


def _schema_org(request, edition, body) -> dict:
    """The page's schema.org properties."""
    pictures = [block["image"].webp_960 for block in body.rest if block["kind"] == "figure"]
    return {
        "datePublished": timezone.localdate(body.log[-1]["at"]).isoformat(),
        "dateModified": timezone.localdate(edition.publish_at).isoformat(),
        "lastReviewed": edition.reviewed_on.isoformat(),
        "author": _person(edition.author),
        "reviewedBy": _person(edition.reviewer),
        "about": {"@type": "Thing", "name": edition.article.topic.name},
        **({"image": [request.build_absolute_uri(picture) for picture in pictures]} if pictures else {}),
    }


def _person(person) -> dict:
    return {
        "@type": "Person",
        "name": person.name,
        "honorificSuffix": person.credentials,
        "jobTitle": person.role,
    }


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
    for result in page_obj.rows:
        result.title, result.snippet = highlight(result.title), highlight(result.snippet)
    first = page_obj.rows[0] if page_obj.rows else None
    return {
        "page_obj": page_obj,
        "results": page_obj.rows,
        "first": first,
        "corrected": corrected(results.query.text, first.corrections) if first else "",
        "synonyms_used": results.query.synonyms_used,
    }
