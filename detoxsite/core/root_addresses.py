"""Which addresses are the site's own: those that no page and no redirect can have, and whole ones with its host."""

from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern


def is_reserved(path: str) -> bool:
    """Whether the site uses what ``path`` (without a slash at its start) begins with."""
    return path.partition("/")[0].lower() in reserved()


def without_own_host(address: str) -> str:
    """The path (with query and fragment) of an address on this site; any other address as it is."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    is_own = parts.netloc.lower() in {urlsplit(settings.PUBLIC_ORIGIN).netloc, *settings.ALLOWED_HOSTS}
    if parts.scheme not in {"http", "https"} or not is_own:
        return address
    path = "/" + parts.path.lstrip("/\\")  # with two, a browser would take the next part for a host
    return urlunsplit(("", "", path, parts.query, parts.fragment))


class PagePathConverter:
    """The path of a page that the center writes: up to three parts, none of the site's own addresses."""

    regex = r"[-a-zA-Z0-9_]{1,80}(?:/[-a-zA-Z0-9_]{1,80}){0,2}"

    def to_python(self, value: str) -> str:
        if is_reserved(value):
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        return value


@cache
def reserved() -> frozenset[str]:
    """The first parts of all addresses in the URL configuration, of static files, and the codes of languages.

    A route that begins with something variable reserves nothing: such are the pages themselves.
    """
    folders = (urlsplit(url).path.strip("/").partition("/")[0] for url in (settings.STATIC_URL, settings.MEDIA_URL))
    return frozenset({*_first_parts(get_resolver().url_patterns), *folders, *map(str.lower, LANG_INFO)} - {""})


def _first_parts(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for entry in patterns:
        start = _literal_start(entry.pattern)
        if start or not isinstance(entry, URLResolver):
            yield start.partition("/")[0].lower()
        else:
            yield from _first_parts(entry.url_patterns)


def _literal_start(pattern) -> str:
    """The beginning of a route that is the same for all of its addresses, if a whole part of it is."""
    if isinstance(pattern, RoutePattern):
        start, is_cut, _ = str(pattern).partition("<")
    elif isinstance(pattern, RegexPattern):
        start, is_cut, _ = str(pattern).removeprefix("^").partition("(")
    else:  # a language prefix
        return ""
    return start if "/" in start or not is_cut else ""
