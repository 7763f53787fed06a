"""Template tags of the staff pages: their frame and icons, and the labels of a list's cells on phones."""

import re
from functools import lru_cache

from django import template
from django.contrib import admin
from django.template.defaultfilters import capfirst
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince

from detoxsite.core import roles
from detoxsite.core.templatetags import page_tags

from . import help_links, navigation

register = template.Library()

MAX_THUMBS = 4


@register.simple_tag
def desk_icon(name, size=20):
    return page_tags.icon(name, size, "desk-icons")


@register.simple_tag(takes_context=True)
def desk_frame(context) -> dict | None:
    """What is around a page for the one who is signed in: jobs, thumb bar, account. None for anyone else."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not (user.is_active and user.is_staff):
        return None
    waiting, jobs = navigation.waiting_for(user), list(navigation.jobs_of(user))
    pages = [navigation.HOME, *(page for job in jobs for page in (*job.pages, *job.others))]
    here = navigation.page_at(pages, request.path, _query_of(context, request))

    def entry(page):
        current = "" if page is not here else "page" if request.get_full_path() == page.url else "true"
        return {"page": page, "current": current, "count": waiting.counts.get(page.counted)}

    drawn = [
        {
            "name": job.name,
            "pages": [entry(page) for page in job.pages],
            "others": [entry(page) for page in job.others],
            "is_open": here in job.others,
        }
        for job in jobs
    ]
    return {
        "home": entry(navigation.HOME),
        "jobs": drawn,
        "thumbs": [entry(page) for page in pages if page.thumb][:MAX_THUMBS],
        "help_url": help_links.url_for(getattr(request.resolver_match, "url_name", ""), waiting.roles),
        "name": user.get_full_name() or user.get_username(),
        "initials": _initials(user),
        "roles": ", ".join(roles.label(role) for role in waiting.roles),
    }


@register.simple_tag
def list_name(opts) -> str:
    """What the list of a model is called."""
    model_admin = admin.site.get_model_admin(opts.model)
    return getattr(model_admin, "list_name", "") or capfirst(opts.verbose_name_plural)


@register.filter
def ago(moment) -> str:
    """How long ago, in words."""
    passed = timesince(moment)
    return "just now" if passed == timesince(moment, moment) else f"{passed} ago"


def _query_of(context, request) -> str:
    """The query that tells pages from articles: of the list, and of the page of one."""
    article = getattr(context.get("original"), "article", None)
    is_page = article.is_page if article else request.GET.get("kind") == "page"
    return "?kind=page" if is_page else ""


def _initials(user) -> str:
    return "".join(part[:1] for part in (user.first_name, user.last_name)).upper() or user.get_username()[:1].upper()


_CELL = re.compile(r"<(t[dh])(?= |>)([^>]*>-</td>)?")


@register.filter
def with_labels(cells, headers) -> SafeString:
    """The cells of a row of a list, each with the header of its column in ``data-l``, which phones show before it.

    ``cells`` are Django's, or one string of a whole row. A column without a text (check boxes) has no label. A cell
    without a value says so in ``data-none``: a phone leaves it out.
    """
    labels = iter(_labels(tuple([str(header["text"]) for header in headers])))
    row = "".join(map(str, cells))

    def labelled(found: re.Match) -> str:
        label = next(labels, "")
        if not label or found[1] == "th":
            return found[0]
        return f"<{found[1]}{label}{f' data-none{found[2]}' if found[2] else ''}"

    return mark_safe(_CELL.sub(labelled, row))  # noqa: S308 Django escaped the cells


@lru_cache(200)
def _labels(texts: tuple[str, ...]) -> list[str]:
    """The attribute of the cells of each column; "" where they have none."""
    return ["" if "<input" in text or not text else f' data-l="{escape(capfirst(text))}"' for text in texts]
