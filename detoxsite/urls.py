"""URL configuration of the whole site; ``DETOX_SITES`` decides whether the staff half is included."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path, register_converter
from django.views.generic import RedirectView

from articles.views import page
from detoxsite.core import accounts
from detoxsite.core.page_cache import finished_page
from detoxsite.core.root_addresses import PagePathConverter
from detoxsite.core.sign_in.device_list import DeviceListView
from detoxsite.pages import health, media, security_txt, sitemaps, views
from intake import acknowledgement

handler400 = "detoxsite.pages.errors.bad_request"
handler403 = "detoxsite.pages.errors.permission_denied"
handler404 = "detoxsite.pages.errors.not_found"
handler500 = "detoxsite.pages.errors.server_error"

register_converter(PagePathConverter, "page_path")

sitemap = finished_page("articles", "center", query=("p",))

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("leave/", views.leave, name="leave"),
    path("", views.home, name="home"),
    path("", include("articles.urls")),
    path("", include("testimonials.urls")),
    path("", include("intake.urls")),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path(".well-known/security.txt", security_txt.security_txt, name="security-txt"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemaps.part, name="sitemap-part"),
    re_path(r"^media/(?P<path>(?:pictures|cards|__processed__)/.+)$", media.media),
]
if "staff" in settings.SITES:
    urlpatterns += [
        path("accounts/welcome/<uidb64>/<token>/", accounts.WelcomeView.as_view(), name="welcome"),
        # accounts and their addresses are made and changed by managers
        path("accounts/signup/", RedirectView.as_view(pattern_name="account_login")),
        path("accounts/email/", RedirectView.as_view(pattern_name="admin:index")),
        path("accounts/sessions/", DeviceListView.as_view(), name="usersessions_list"),
        path("accounts/", include("allauth.urls")),
        path("admin/", admin.site.urls),
        path("", include("intake.alerting.partner_api.urls")),
        path("ack/<slug:token>/", acknowledgement.acknowledge, name="acknowledge"),
    ]
# pages that the center writes, at any address that nothing above uses (core/root_addresses.py)
urlpatterns.append(path("<page_path:path>/", finished_page("articles", "reviews", "center")(page), name="page"))
