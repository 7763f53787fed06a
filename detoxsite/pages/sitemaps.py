"""robots.txt and the sitemap."""

from django.contrib.sitemaps import Sitemap
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import Edition
from detoxsite.core import site_profile
from detoxsite.core.page_cache import finished_page


@require_safe
@finished_page()
def robots(request):
    lines = ["User-agent: *", "Disallow: /help/sent/", "Disallow: /help/own/", "Disallow: /leave/", "Disallow: /r/", ""]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


class PageSitemap(Sitemap):
    """Pages with fixed addresses."""

    def items(self):
        return [
            *("home", "articles:list", "articles:search", "testimonials:list", "testimonials:how", "testimonials:new"),
            *("intake:call", "privacy", "accessibility"),
        ]

    def location(self, item):
        return reverse(item)


class TopicSitemap(Sitemap):
    def items(self):
        return [topic for topic in site_profile.current().topics if topic["live"]]

    def location(self, item):
        return reverse("articles:topic", args=[item["slug"]])


class EditionSitemap(Sitemap):
    limit = 10_000

    def items(self):
        return Edition.objects.live().select_related("article").only("article__slug", "publish_at")

    def lastmod(self, item):
        return item.publish_at


SITEMAPS = {"pages": PageSitemap, "topics": TopicSitemap, "articles": EditionSitemap}
INDEX = {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap-part"}
