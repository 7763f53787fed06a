"""Pages of the guides: the overview, one guide, and its pictures. For staff only, as every page of the admin."""

from django.contrib import admin
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.urls import path
from django.utils.cache import patch_cache_control

from . import guides, navigation

PICTURE_SECONDS = 3600  # that a browser keeps a picture


def urls(site) -> list:
    return [
        path("guide/", site.admin_view(overview), name="guides"),
        path("guide/<slug:name>/", site.admin_view(one), name="guide"),
        path("guide/pictures/<slug:name>.webp", site.admin_view(picture), name="guide_picture"),
    ]


def overview(request):
    own = guides.guides_for(navigation.waiting_for(request.user).roles)
    return render(request, "admin/guides.html", {**admin.site.each_context(request), "title": "Guides", "guides": own})


def one(request, name):
    try:
        guide = guides.guide(name)
    except KeyError:
        raise Http404 from None
    return render(
        request, "admin/guide.html", {**admin.site.each_context(request), "title": guide.title, "guide": guide}
    )


def picture(request, name):
    file = guides.picture(name)
    if file is None:
        raise Http404
    response = FileResponse(file.open("rb"), content_type="image/webp")
    patch_cache_control(response, private=True, max_age=PICTURE_SECONDS)
    return response
