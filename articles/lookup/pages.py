"""What a text can link to: by the words of a title, by an address, or by a heading of the same page."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from django.db.models import Q

from detoxsite.core.phone_numbers import find_numbers
from detoxsite.core.redirects import store
from detoxsite.core.redirects.addresses import path_of

from ..content.rendering import render_body, with_body
from ..menus.shown import ROUTES, route_url
from ..models import Edition, Kind, Route, Topic
from ..rich_text import links

MAX_FOUND = 12
MIN_TYPED = 2  # characters
MAX_WORDS = 8
NOT_YET, TAKEN_DOWN = "Not published yet", "Taken down"
NO_PAGE = "No page has this address"
_WHOLE = re.compile(r"(?:https?://[^/]|mailto:.|tel:.|[/#])", re.IGNORECASE)  # how an address begins
_PHONE = re.compile(r"\+?\(?\d[\d\s().-]{6,24}(?:(?:ext|x)[.\s]*\d{1,6})?", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    title: str
    url: str  # as a text stores it
    kind: str  # in words
    note: str = ""  # what the writer should know before linking there; the checks find most of it too
    edition: int | None = None  # of a page that readers do not see: the one to look at instead


def find(typed: str) -> list[Target]:
    """Pages, articles, topics and parts of the site whose title has all words or their beginnings.

    ``typed``: words of a title, or an address of this site, whole or in part. What readers see comes first.
    """
    typed = typed.strip()
    if len(typed) < MIN_TYPED:
        return []
    matching = Q(*(Q(title__icontains=word) for word in typed.split()[:MAX_WORDS]))
    if address := path_of(links.tidy(typed) or "").strip("/"):
        matching |= Q(article__path__icontains=address)
    rows = Edition.objects.newest().filter(matching).select_related("article").defer("text", "search")
    targets = [*_of_editions(rows.order_by("title", "pk")[: 4 * MAX_FOUND]), *_parts(typed)]
    return sorted(targets, key=lambda target: bool(target.note))[:MAX_FOUND]


def _of_editions(rows: Iterable[Edition]) -> list[Target]:
    """The documents of some editions, with ``article``."""
    rows = list(rows)
    of_these = Edition.objects.order_by().filter(article__in=[edition.article_id for edition in rows])
    live, coming = (set(some.values_list("article", flat=True)) for some in (of_these.live(), of_these.coming()))

    def target(edition: Edition) -> Target:
        is_live = edition.article_id in live
        note = "" if is_live else NOT_YET if edition.article_id in coming else TAKEN_DOWN
        kind = "Article" if edition.article.kind == Kind.ARTICLE else "Page"
        return Target(edition.title, edition.get_absolute_url(), kind, note, None if is_live else edition.pk)

    return [target(edition) for edition in rows]


def _parts(typed: str) -> list[Target]:
    """Topics, and parts of the site that nobody writes."""
    words = typed.casefold().split()[:MAX_WORDS]
    topics = Topic.objects.filter(*(Q(name__icontains=word) for word in words))[:MAX_FOUND]
    routes = [route for route in Route if all(word in route.label.casefold() for word in words) and route in ROUTES]
    return [
        *(Target(topic.name, topic.get_absolute_url(), "Topic") for topic in topics),
        *(Target(route.label, route_url(route), "Part of the site") for route in routes),
    ]


def headings(edition: int, typed: str) -> list[Target]:
    """The headings of a page as it is saved, by their words. ``typed`` begins with "#"."""
    found = with_body(Edition.objects.filter(pk=edition)).first()
    words = typed.removeprefix("#").replace("-", " ").casefold().split()
    return [
        Target(heading, f"#{name}", "Heading of this page")
        for name, heading in (render_body(found).contents if found else ())
        if all(word in heading.casefold() for word in words)
    ][:MAX_FOUND]


def described(typed: str, answers: Callable[[str], bool]) -> Target | None:
    """What is at an address that was typed or pasted; None for mere words, and for an address that is not stored.

    ``answers``: whether something answers at a path of this site that is of no article or page.
    """
    typed = typed.strip()
    if _PHONE.fullmatch(typed) and (numbers := find_numbers(typed)):
        return Target(numbers[0].display, f"tel:{numbers[0].uri}", "Phone")
    url = links.tidy(typed)
    if not url or not _WHOLE.match(url) or re.search(r"\s", url):
        return None
    scheme, _, rest = url.partition(":")
    match scheme.lower():
        case "mailto":
            return Target(rest.partition("?")[0], url, "Email")
        case "tel":
            return Target(rest, url, "Phone")
        case "http":
            return Target(url, url, "Another site", "Not encrypted: try https://")
        case "https":
            is_wrapped = links.is_wrapped(url)
            return Target(url, url, "Another site", "Passes through a service that watches links" if is_wrapped else "")
    return Target(url, url, "Place on this page") if url.startswith("#") else _inside(url, answers)


def _inside(url: str, answers: Callable[[str], bool]) -> Target:
    path = path_of(unquote(url))
    if not path.isprintable() and path:
        return Target(url, url, "Address of this site", NO_PAGE)
    if found := _document(path):
        return replace(found, url=found.url + url[len(re.match("[^?#]*", url)[0]) :])
    if goal := store.target_of(url):
        return replace(_document(path_of(goal)) or Target(goal, goal, "Redirect"), note=f"Moved here from {path}/")
    if answers(path):
        return Target(url, url, "Part of the site")
    return Target(url, url, "Address of this site", NO_PAGE)


def _document(path: str) -> Target | None:
    rows = Edition.objects.newest().filter(article__path=path.strip("/")).select_related("article")
    return next(iter(_of_editions(rows.defer("text", "search")[:1])), None)
