"""Template tags of every page: icons, the head, stars."""

import functools
import json

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ..address_words import words_of
from ..http_cache import PERSONAL_PATHS
from ..plain_text import escaped

register = template.Library()

_OPEN_GRAPH_TYPES = {"WebPage": "website", "ProfilePage": "profile"}
_IN_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
@functools.lru_cache(maxsize=500)
def icon(name, size=24, sheet="icons"):
    """An icon of a ``sheet`` in ``static/img``; always beside a label, so hidden from screen readers."""
    return format_html(
        '<svg class="i" width="{}" height="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        *(size, size, static(f"img/{sheet}.svg"), name),
    )


@register.simple_tag(takes_context=True)
def about_page(context):
    """The part of the head that depends on the page: title, description, metadata."""
    return head_of(context["page"], context["request"], context["center"])


def head_of(page, request, center) -> SafeString:
    lines = [
        f"<title>{escaped(page.full_title(center))}</title>",
        f'<meta name="description" content="{escaped(page.description)}">',
    ]
    if page.index and not page.error:
        here = escaped(request.build_absolute_uri(request.path))
        data = json.dumps(page.structured_data(request, center), ensure_ascii=False).translate(_IN_SCRIPT)
        lines += [
            f'<link rel="canonical" href="{here}">',
            f'<meta property="og:site_name" content="{escaped(center.name)}">',
            f'<meta property="og:title" content="{escaped(page.title)}">',
            f'<meta property="og:description" content="{escaped(page.description)}">',
            f'<meta property="og:type" content="{_OPEN_GRAPH_TYPES.get(page.kind, "article")}">',
            f'<meta property="og:url" content="{here}">',
            *(
                f'<meta property="{name}" content="{escaped(value)}">'
                for name, value in page.open_graph_image(request, center).items()
            ),
            '<meta name="twitter:card" content="summary_large_image">',
            f'<script type="application/ld+json">{data}</script>',  # <, > and & are gone
        ]
    else:
        lines.append('<meta name="robots" content="noindex">')
    return mark_safe("\n  ".join(lines))  # noqa: S308 everything in the lines is escaped


@register.filter
def address_words(path):
    """The words that an address ends in, for a search; empty for an address of someone's own (address_words.py)."""
    return "" if path.startswith(PERSONAL_PATHS) else words_of(path)


@register.filter
def at(items, place):
    """The item at a place, which a loop over something else counts from 0."""
    return items[place]


@register.filter
def stars(number):
    return "★" * number + "☆" * (5 - number)
