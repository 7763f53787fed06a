"""The Atom feed of the newest articles."""

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed

from detoxsite.core import site_profile
from detoxsite.core.plain_text import tidy

from .published import lists


class ArticleFeed(Feed):
    """Signed text is frozen: control characters, which XML cannot hold, are left out here."""

    feed_type = Atom1Feed

    def get_object(self, request):
        return site_profile.current()

    def title(self, obj):
        return f"{obj.name}: articles"

    def subtitle(self, obj):
        return "Articles about alcohol, drugs, medicines and withdrawal, each signed off by a clinician."

    def link(self, obj):
        return reverse("articles:list")

    def feed_url(self, obj):
        return reverse("articles:feed")

    def items(self, obj):
        return lists.newest(20)

    def item_title(self, item):
        return tidy(item.facts["title"])

    def item_description(self, item):
        return tidy(item.facts["summary"])

    def item_pubdate(self, item):
        return timezone.localtime(item.publish_at)

    item_updateddate = item_pubdate

    def item_link(self, item):
        return item.url
