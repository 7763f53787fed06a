from django.urls import path

from detoxsite.core.page_cache import finished_page

from . import feeds, views

app_name = "articles"
urlpatterns = [
    path("articles/", views.article_list, name="list"),
    path("articles/feed/", finished_page("articles", "center")(feeds.ArticleFeed()), name="feed"),
    path("articles/shown/<token>/", views.shared, name="shared"),
    path("articles/topics/<slug:slug>/", views.topic, name="topic"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("search/", views.search, name="search"),
]
