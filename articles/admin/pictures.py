"""The picture library: where each picture is used, and what may still change."""

from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.db import transaction
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.html import format_html
from imagefield.fields import ImageField

from detoxsite.core import images

from ..models import Person, Picture, Topic
from ..reports import lists
from .changelist import ConditionFilter
from .library import LibraryAdmin


class PictureInput(images.AcceptsPictures, AdminFileWidget):
    pass


class UseFilter(ConditionFilter):
    title, parameter_name = "use", "use"
    conditions = {"none": ("Not used anywhere", lists.without_use)}


@admin.register(Picture)
class PictureAdmin(LibraryAdmin):
    """The library. A picture in signed content is read-only; a picture in use cannot be deleted."""

    empty_text = (
        "Pictures are uploaded once, with a description for people who cannot see them, and chosen in any article."
    )
    blocks = ("figures", "gallery_pictures", "maps")
    indirect_blocks = ("videos__players",)
    list_display = ["thumbnail", "title", "alt", "credit", "where_used"]
    list_display_links = ["thumbnail", "title"]
    list_filter = [UseFilter]
    search_fields = ["title", "alt"]
    formfield_overrides = {
        ImageField: {
            "form_class": images.PictureField,
            "widget": PictureInput,
            "max_length": None,  # of the name of the file: we give it another
            "help_text": f"{images.FORMAT_NAMES}, up to {images.MAX_SIZE >> 20} MB. Large pictures are made smaller.",
        }
    }

    def get_queryset(self, request):
        people = Prefetch("people", Person.objects.only("name", "picture"))
        topics = Prefetch("topics", Topic.objects.only("name", "picture"))
        return super().get_queryset(request).prefetch_related(people, topics, "videos")

    def get_fields(self, request, obj=None):
        can_change = self.has_change_permission(request, obj)
        image, focal_point = ("image", ["image_ppoi"]) if can_change else ("thumbnail", [])
        return [image, "title", "alt", "credit", *focal_point, *(["where_used"] if obj else [])]

    def get_readonly_fields(self, request, obj=None):
        if self.has_change_permission(request, obj):
            return super().get_readonly_fields(request, obj)
        return self.get_fields(request, obj)

    @admin.display(description="picture")
    def thumbnail(self, picture):
        return format_html(
            '<img src="{}" alt="{}" width="120" height="120" loading="lazy">', picture.image.square, picture.alt
        )

    def other_uses(self, picture):
        for one in picture.people.all():
            yield reverse("admin:articles_person_change", args=[one.pk]), f"The page of {one.name}"
        for topic in picture.topics.all():
            yield reverse("admin:articles_topic_change", args=[topic.pk]), f"The topic {topic.name}"
        for video in picture.videos.all():
            yield reverse("admin:articles_video_change", args=[video.pk]), f"The video “{video}”"

    def save_model(self, request, obj, form, change):
        """Deletes the files of an image that was replaced."""
        replaced = Picture.objects.get(pk=obj.pk).image if change and "image" in form.changed_data else None
        super().save_model(request, obj, form, change)
        if replaced:
            transaction.on_commit(lambda: replaced.delete(save=False))
