"""The part of an article's page with related articles: the newest ones on its topic."""

from django.utils.safestring import SafeString, mark_safe

from detoxsite.core.page_cache import kept

from ..content.finished import fill, related_part
from .lists import newest

MAX_RELATED = 3


def related_to(article_id: int, *, topic: int) -> SafeString:
    """The HTML of the part; empty if there is no other live article on the topic with this key."""
    return kept(("related articles", topic), ("articles",), lambda: Newest(topic)).without(article_id)


class Newest:
    """The newest live articles of a topic: MAX_RELATED and one more, for the page of an article that is among them."""

    def __init__(self, topic: int) -> None:
        self._entries = {entry.article_id: entry.filled() for entry in newest(MAX_RELATED + 1, topic=topic)}
        self._others = _part(list(self._entries.values()))

    def without(self, article_id: int) -> SafeString:
        if article_id not in self._entries:
            return self._others
        return _part([entry for key, entry in self._entries.items() if key != article_id])


def _part(entries: list[SafeString]) -> SafeString:
    html = mark_safe("".join(entries[:MAX_RELATED]))  # noqa: S308 each is safe
    return fill(related_part(), {"entries": html}) if html else html
