"""The listings that pages show (``content/listings.py``): made when a page is composed, and kept until they change.

Other apps register theirs, as reviews do; what a name without a maker stands for is left out of the page.
"""

from collections.abc import Callable, Iterable

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from detoxsite.core import site_profile
from detoxsite.core.page_cache import kept

from .lists import newest

Maker = Callable[..., SafeString | str]
Choices = Callable[[int | None], Iterable[tuple[int, str]]]

_makers: dict[str, Maker] = {}
_choices: dict[str, Choices] = {}


def register(word: str, make: Maker, *, of: tuple[str, ...] = (), choices: Choices | None = None) -> None:
    """``make(*numbers)``: the HTML of the listing named ``word`` and numbers; "": nothing to show.

    ``of``: the areas of public content that it shows, if it is worth keeping until they change. ``choices(chosen)``:
    the numbers that an editor can choose from, each with a label, with ``chosen`` among them as long as readers see it.
    """
    _makers[word] = (lambda *numbers: kept(("listing", word, *numbers), of, lambda: make(*numbers))) if of else make
    if choices:
        _choices[word] = choices


def choices_of(word: str, chosen: int | None) -> list[tuple[int, str]]:
    return list(_choices[word](chosen)) if word in _choices else []


class Listings(dict):
    """The HTML of each listing by its name, made when a page first asks for it."""

    def __missing__(self, name: str) -> SafeString | str:
        word, *numbers = name.split("_")
        html = self[name] = _makers[word](*map(int, numbers)) if word in _makers else ""
        return html


def _articles(count: int, topic: int | None = None) -> SafeString:
    return mark_safe("".join(entry.filled() for entry in newest(count, topic=topic)))  # noqa: S308 each is safe


def _of_profile(word: str, template: str, is_empty: Callable) -> Maker:
    """A listing made of the site profile, and kept with it."""

    def make() -> SafeString | str:
        center = site_profile.current()
        parts = center.rendered_parts
        if ("listing", word) not in parts:
            html = "" if is_empty(center) else render_to_string(template, {"center": center})
            parts["listing", word] = html
        return parts["listing", word]

    return make


def _topic(key: int | None = None) -> str:
    """The address of the list of articles on a topic, or of all."""
    found = next((topic for topic in site_profile.current().topics if topic["pk"] == key), None)
    return reverse("articles:topic", args=[found["slug"]]) if found else reverse("articles:list")


register("articles", _articles, of=("articles",))
register("topic", _topic)
register("topics", _of_profile("topics", "includes/_topics.html", lambda center: not center.topics))
register("place", _of_profile("place", "articles/_place.html", lambda center: False))
