"""What readers see. Every page starts from ``live()``."""

from django.contrib.syndication.views import Feed
from django.core.signing import BadSignature
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.cache import never_cache

from detoxsite import centre
from detoxsite.listing import Slice
from detoxsite.pages import Page

from . import services
from .finding import Finds, mended
from .models import Edition, State, Topic
from .rendering import body, marked, with_body

PAGE_SIZE = 10
LONGEST_SEARCH = 200  # characters


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
    if edition is None:
        raise Http404
    return render_edition(request, edition)


def render_edition(request, edition, *, preview=False):
    """The page of an edition fetched through ``with_body()``, also for staff before it is live."""
    facts = {} if preview else _facts(edition)
    page = Page(
        edition.title, edition.summary, section="articles", kind="MedicalWebPage", facts=facts, index=not preview
    )
    context = {"page": page, "edition": edition, "body": body(edition), "preview": preview}
    return render(request, "articles/article.html", context)


@never_cache
def shared(request, token):
    """An edition that readers do not see yet, for whoever was given the link. Once they see it, its own address."""
    try:
        key = services.shared(token)
    except BadSignature:
        raise Http404 from None
    edition = with_body(Edition.objects.filter(pk=key)).first()
    if edition is None or edition.state == State.WITHDRAWN:
        raise Http404
    if Edition.objects.published().filter(pk=key).exists():
        return redirect(edition)
    return render_edition(request, edition, preview=True)


def _facts(edition) -> dict:
    """What the page says about itself, as schema.org properties."""
    return {
        "datePublished": timezone.localdate(edition.publish_at).isoformat(),
        "lastReviewed": timezone.localdate(edition.signed_off_at).isoformat(),
        "author": _person(edition.author),
        "reviewedBy": _person(edition.reviewer),
        "about": {"@type": "Thing", "name": edition.article.topic.name},
    }


def _person(person) -> dict:
    return {
        "@type": "Person",
        "name": person.name,
        "honorificSuffix": person.credentials,
        "jobTitle": person.role,
    }


def search(request):
    words = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST_SEARCH]
    shown = None
    if words:
        shown = Slice(Finds(words, centre.current().synonyms), request.GET.get("page", "1"), PAGE_SIZE, q=words)
        for row in shown.rows:
            row.title, row.snippet = marked(row.title), marked(row.snippet)
    page = Page(
        f"Search: {words}"[:60] if words else "Search the articles",
        "Search our articles about alcohol, drugs, medicines, withdrawal and getting help.",
        section="articles",
        index=not words,
    )
    found = shown.rows if shown else []
    first = found[0] if found else None
    meant = mended(words, first.meant) if first else ""
    context = {"page": page, "words": words, "page_obj": shown, "found": found, "first": first, "meant": meant}
    return render(request, "articles/search.html", context)


class ArticleFeed(Feed):
    """The newest articles for a feed reader (Atom)."""

    feed_type = Atom1Feed

    def get_object(self, request):
        return centre.current()

    def title(self, obj):
        return f"{obj.name}: articles"

    def subtitle(self, obj):
        return "Articles about alcohol, drugs, medicines and withdrawal, each signed off by a clinician."

    def link(self, obj):
        return reverse("articles:list")

    def feed_url(self, obj):
        return reverse("articles:feed")

    def items(self, obj):
        return Edition.objects.live().for_lists()[:20]

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return item.summary

    def item_pubdate(self, item):
        return item.publish_at

    item_updateddate = item_pubdate

    def item_link(self, item):
        return item.get_absolute_url()
