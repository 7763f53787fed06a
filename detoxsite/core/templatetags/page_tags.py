"""Template tags of every page: icons, the head, stars."""

import json

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()

_IN_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def icon(name, size=24):
    """An icon of ``static/img/icons.svg``; always beside a label, so hidden from screen readers."""
    return format_html(
        '<svg class="i" width="{}" height="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        *(size, size, static("img/icons.svg"), name),
    )


@register.simple_tag(takes_context=True)
def about_page(context):
    """The part of the head that depends on the page: title, description, metadata."""
    request, center, page = context["request"], context["center"], context["page"]
    lines = [
        format_html("<title>{}</title>", page.full_title(center)),
        format_html('<meta name="description" content="{}">', page.description),
    ]
    if page.index and not page.error:
        here = request.build_absolute_uri(request.path)
        data = json.dumps(page.structured_data(request, center), ensure_ascii=False).translate(_IN_SCRIPT)
        lines += [
            format_html('<link rel="canonical" href="{}">', here),
            format_html('<meta property="og:title" content="{}">', page.title),
            format_html('<meta property="og:description" content="{}">', page.description),
            format_html('<meta property="og:type" content="{}">', "website" if page.kind == "WebPage" else "article"),
            format_html('<meta property="og:url" content="{}">', here),
            *(
                format_html('<meta property="{}" content="{}">', name, value)
                for name, value in page.open_graph_image(request, center).items()
            ),
            format_html('<script type="application/ld+json">{}</script>', mark_safe(data)),  # noqa: S308 <, >, & are gone
        ]
    else:
        lines.append(mark_safe('<meta name="robots" content="noindex">'))
    return mark_safe("\n  ".join(lines))  # noqa: S308 each line was built by format_html


@register.filter
def stars(number):
    return "★" * number + "☆" * (5 - number)
