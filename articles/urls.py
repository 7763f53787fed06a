from django.urls import path, re_path

from detoxsite.core.page_cache import finished_page

from . import feeds, file_views, person_views, views

app_name = "articles"
urlpatterns = [
    path("articles/", views.article_list, name="list"),
    path("articles/feed/", finished_page("articles", "center")(feeds.ArticleFeed()), name="feed"),
    path("articles/shown/<token>/", views.shared, name="shared"),
    path("articles/topics/<slug:slug>/", views.topic, name="topic"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("people/<slug:slug>/", person_views.person, name="person"),
    re_path(r"^people/(?P<slug>[-\w]+)/(?P<kind>wrote|reviewed)/$", person_views.work, name="person-work"),
    re_path(r"^media/(?P<name>files/[-\w]+\.pdf)$", file_views.pdf_file, name="pdf-file"),
    re_path(r"^media/(?P<name>videos/[-\w]+\.(?:mp4|webm|vtt))$", file_views.video, name="video"),
    path("search/", views.search, name="search"),
]
