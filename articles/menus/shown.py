"""The menus as templates show them: names and addresses, without what leads nowhere at the moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone

from ..models import Menu, MenuEntry, Rendering, Route, url_of
from . import standard

ROUTES = {  # name of the URL, fragment, entry of the navigation (``Page.section``)
    Route.HELP: ("intake:call", "", "help"),
    Route.REQUEST: ("intake:portal_sign_in", "", ""),
    Route.STEPS: ("home", "steps", ""),
    Route.COST: ("home", "cost", ""),
    Route.PLACE: ("home", "place", ""),
    Route.HOME: ("home", "", ""),
    Route.ARTICLES: ("articles:list", "", "articles"),
    Route.SEARCH: ("articles:search", "", ""),
    Route.REVIEWS: ("testimonials:list", "", "reviews"),
    Route.WRITE_REVIEW: ("testimonials:new", "", ""),
    Route.HANDLING: ("testimonials:how", "", ""),
    Route.PRIVACY: ("privacy", "", ""),
    Route.ACCESSIBILITY: ("accessibility", "", ""),
}


@dataclass(frozen=True)
class Link:
    """``url`` is empty for a group that is a name only. ``section``: the pages on which it is marked as current."""

    label: str
    url: str
    section: str = ""
    links: tuple["Link", ...] = ()


def route_url(route: str) -> str:
    name, fragment, _ = ROUTES[route]
    return _with_fragment(reverse(name), fragment)


def _with_fragment(url: str, fragment: str) -> str:
    return f"{url}#{fragment}" if fragment else url


def rows(entries: QuerySet[MenuEntry]) -> QuerySet:
    """Entries as ``Menus`` takes them, each as a JSON value named ``entry``."""
    live = Rendering.objects.filter(article=OuterRef("document"), publish_at__lte=timezone.now())
    return entries.order_by("position", "pk").values(
        entry=JSONObject(
            **{name: name for name in ("id", "menu", "parent", "label", "fragment", "route", "url")},
            topic=F("topic__slug"),
            path=F("document__path"),
            live=Exists(live),
        )
    )


class Menus:
    """The menus of a site profile: from the entries that the center put on the site, or the standard ones."""

    is_open = False  # the sheet; the preview opens it

    def __init__(self, center, entries: Iterable[dict] = ()) -> None:
        self.center = center
        self.entries = list(entries) or standard.entries(center)

    @cached_property
    def top(self) -> list[Link]:
        return self._links(Menu.TOP)

    @cached_property
    def sheet(self) -> list[Link]:
        return self._links(Menu.SHEET)

    @cached_property
    def foot(self) -> list[Link]:
        return self._links(Menu.FOOT)

    def place_of(self, path: str) -> tuple[str, bool]:
        """``Page.section`` and ``Page.here`` of a page: the nearest at or above its path that a menu names."""
        section = path
        while section and section not in self._paths:
            section = section.rpartition("/")[0]
        return section, bool(section) and section == path

    @cached_property
    def _paths(self) -> set[str]:
        return {one["path"] for one in self.entries if one["path"] and not one["fragment"]}

    def _links(self, menu: Menu, parent: int | None = None) -> list[Link]:
        of_level = [one for one in self.entries if one["menu"] == menu and one["parent"] == parent]
        links = [self._link(menu, one) for one in of_level]
        return [link for link in links if link.url or link.links]

    def _link(self, menu: Menu, entry: dict) -> Link:
        below = tuple(self._links(menu, entry["id"])) if entry["parent"] is None else ()
        url, section = self._target(entry)
        return Link(entry["label"], url, section if url else "", below)

    def _target(self, entry: dict) -> tuple[str, str]:
        """Address and section; no address while nothing is there."""
        if route := entry["route"]:
            is_there = route in ROUTES and (route != Route.STEPS or self.center.steps)
            return (route_url(route), ROUTES[route][2]) if is_there else ("", "")
        if entry["topic"]:
            return reverse("articles:topic", args=[entry["topic"]]), ""
        if entry["path"]:
            url = _with_fragment(url_of(entry["path"]), entry["fragment"]) if entry["live"] else ""
            return url, "" if entry["fragment"] else entry["path"]
        return entry["url"], ""
