"""What readers see. Every page starts from ``live()``."""

from django.core.files.storage import default_storage
from django.core.signing import BadSignature
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache

from detoxsite.core import site_profile
from detoxsite.core.page_metadata import Page
from detoxsite.core.pagination import Slice

from . import services
from .content.rendering import highlight, render_body, with_body
from .models import Article, Edition, State, Topic
from .search.engine import SearchResults, corrected

PAGE_SIZE = 10
MAX_SEARCH = 200  # characters


def article_list(request):
    page = Page(
        "Articles about detox, withdrawal and medicines",
        "Plain articles about alcohol, drugs, medicines and withdrawal, each signed off by a clinician, with sources.",
        section="articles",
        here=True,
    )
    return _list(request, page, Edition.objects.live())


def topic(request, slug):
    found = get_object_or_404(Topic, slug=slug)
    page = Page(f"Articles: {found.name}", found.intro, section="articles")
    return _list(request, page, Edition.objects.live().filter(article__topic__slug=slug), topic=found)


def _list(request, page, editions, **context):
    shown = Slice(editions.for_lists(), request.GET.get("page", "1"), PAGE_SIZE)
    if shown.number > 1:
        page.title = f"{page.title}, page {shown.number}"
    return render(
        request, "articles/article_list.html", {"page": page, "page_obj": shown, "editions": shown.rows, **context}
    )


def article(request, slug):
    edition = with_body(Edition.objects.live().filter(article__slug=slug)).first()
    return render_edition(request, edition) if edition else _elsewhere(request, slug)


def _elsewhere(request, slug):
    """Where nothing is live: on to the new address, 410 for what was taken down, and 404.

    What readers never had is answered as if it were not there.
    """
    found = Article.objects.known_to_readers().filter(Q(slug=slug) | Q(former_addresses__slug=slug)).first()
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


def render_edition(request, edition, *, preview=False):
    """The page of an edition fetched through ``with_body()``, also for staff before it is live.

    A preview shows what holds doses also when it is overdue: somebody has to read it to review it.
    """
    shown = render_body(edition, whole=preview)
    page = Page(
        edition.title,
        edition.summary,
        section="articles",
        kind="MedicalWebPage",
        facts={} if preview else _facts(request, edition, shown),
        index=not preview,
    )
    if edition.card:
        page.card, page.card_alt = default_storage.url(edition.card), f"The title of the article: {edition.title}"
    return render(
        request, "articles/article.html", {"page": page, "edition": edition, "body": shown, "preview": preview}
    )


@never_cache
def shared(request, token):
    """An edition that readers do not see yet, for whoever was given the link. Once they see it, its own address."""
    try:
        key = services.edition_id_from_token(token)
    except BadSignature:
        raise Http404 from None
    edition = with_body(Edition.objects.filter(pk=key)).first()
    if edition is None or edition.state == State.WITHDRAWN:
        raise Http404
    if Edition.objects.published().filter(pk=key).exists():
        return redirect(edition)
    return render_edition(request, edition, preview=True)


def _facts(request, edition, shown) -> dict:
    """What the page says about itself, as schema.org properties."""
    pictures = [block["image"].webp_960 for block in shown.rest if block["kind"] == "figure"]
    return {
        "datePublished": timezone.localdate(shown.log[-1]["at"]).isoformat(),
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
    words = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:MAX_SEARCH]
    shown = finds = None
    if words:
        finds = SearchResults(words, site_profile.current().synonyms)
        shown = Slice(finds, request.GET.get("page", "1"), PAGE_SIZE, q=words)
        for row in shown.rows:
            row.title, row.snippet = highlight(row.title), highlight(row.snippet)
    page = Page(
        f"Search: {words}"[:60] if words else "Search the articles",
        "Search our articles about alcohol, drugs, medicines, withdrawal and getting help.",
        section="articles",
        index=not words,
    )
    found = shown.rows if shown else []
    first = found[0] if found else None
    meant = corrected(words, first.meant) if first else ""
    context = {"page": page, "words": words, "page_obj": shown, "found": found, "first": first, "meant": meant}
    context["also"] = finds.asked.also if finds else []
    return render(request, "articles/search.html", context)
