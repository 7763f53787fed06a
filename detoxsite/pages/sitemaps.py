"""robots.txt and the sitemap: an index, and parts that are streamed, so that none is ever in memory as a whole."""

import re
from collections.abc import Iterator
from datetime import datetime

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from articles.published import lists
from detoxsite.core import site_profile
from detoxsite.core.http_cache import cache_public_page
from detoxsite.core.page_cache import finished_page

PART_SIZE = 10_000  # articles; a part may have up to 50,000
XML = "application/xml; charset=utf-8"
_START = '<?xml version="1.0" encoding="UTF-8"?>\n<{} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'


@require_safe
@finished_page()
def robots(request):
    lines = ["User-agent: *", "Disallow: /help/sent/", "Disallow: /help/own/", "Disallow: /leave/", "Disallow: /r/", ""]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@finished_page("articles", "center")
def index(request):
    parts = [reverse("sitemap-part", args=[section]) for section in SECTIONS]
    articles = reverse("sitemap-part", args=["articles"])
    parts += [f"{articles}?p={number}" for number in lists.sitemap_parts(PART_SIZE)]
    entries = ((path, None) for path in parts)  # when a part changed last would mean reading all of it
    return HttpResponse(_document(request, "sitemapindex", "sitemap", entries), content_type=XML)


@require_safe
def part(request, section):
    """A section; of the articles, the part given as ``?p=``."""
    number = request.GET.get("p", "1")
    if not re.fullmatch(r"[1-9]\d{0,5}", number, re.ASCII):
        raise Http404
    if section == "articles":
        entries = lists.sitemap_entries(int(number), PART_SIZE)
    elif section in SECTIONS and number == "1":
        entries = ((address, None) for address in SECTIONS[section]())
    else:
        raise Http404
    response = StreamingHttpResponse(_document(request, "urlset", "url", entries), content_type=XML, headers=_NO_INDEX)
    cache_public_page(response)
    return response


_NO_INDEX = {"X-Robots-Tag": "noindex, noodp, noarchive"}


def _pages() -> list[str]:
    """Pages with fixed addresses."""
    names = [
        *("home", "articles:list", "articles:search", "testimonials:list", "testimonials:how", "testimonials:new"),
        *("intake:call", "privacy", "accessibility"),
    ]
    return [reverse(name) for name in names]


def _topics() -> list[str]:
    return [reverse("articles:topic", args=[topic["slug"]]) for topic in site_profile.current().topics if topic["live"]]


def _people() -> list[str]:
    return [reverse("articles:person", args=[person["slug"]]) for person in site_profile.current().people]


SECTIONS = {"pages": _pages, "topics": _topics, "people": _people}


def _document(request, root: str, element: str, entries) -> Iterator[str]:
    """The XML in pieces. ``entries``: path, and time of the last change or None."""
    origin = request.build_absolute_uri("/")[:-1]
    yield _START.format(root)
    for path, changed_at in entries:
        yield f"<{element}><loc>{escape(origin + path)}</loc>{_last_change(changed_at)}</{element}>\n"
    yield f"</{root}>\n"


def _last_change(at: datetime | None) -> str:
    return f"<lastmod>{at.date().isoformat()}</lastmod>" if at else ""
