"""The picture library: the grid, the page of a picture, where each is used, and what may still change."""

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Prefetch
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from imagefield.fields import ImageField

from detoxsite.core import images
from detoxsite.core.plain_text import tidy

from ..lookup import pictures
from ..models import Person, Picture, Topic
from ..reports import lists
from .changelist import ConditionFilter
from .library import LibraryAdmin
from .picture_chooser import choose_view, upload_view
from .picture_forms import FILE_HELP, STYLES, PictureForm, PictureInput, tags_context
from .picture_uploads import add_several_view

VIEWS = (  # the address, the name of the URL, the view
    ("choose", "choose", choose_view),
    ("upload", "upload", upload_view),
    ("add-several", "add_several", add_several_view),
)


class UseFilter(ConditionFilter):
    title, parameter_name = "use", "use"
    conditions = {"none": ("Not used anywhere", lists.without_use)}


class TagFilter(admin.SimpleListFilter):
    title, parameter_name = "tag", "tag"

    def lookups(self, request, model_admin):
        return [(tag, f"{tag} ({count})") for tag, count in pictures.tags()]

    def queryset(self, request, queryset):
        return pictures.tagged(queryset, tidy(self.value() or ""))


@admin.register(Picture)
class PictureAdmin(LibraryAdmin):
    """The library. Image, text alternative and credit of a picture in signed content are read-only; what helps to find
    it, and its focal point, are not (decision 53). A picture in use cannot be deleted.
    """

    form = PictureForm
    blocks = ("figures", "gallery_pictures", "maps")
    indirect_blocks = ("videos__players",)
    free_fields = ("title", "tags", "image_ppoi")
    list_display = ["thumbnail", "title", "alt", "credit", "tag_links", "briefly_used"]
    list_display_links = ["thumbnail", "title"]
    list_filter = [UseFilter, TagFilter]
    list_per_page = pictures.PER_PAGE
    show_full_result_count = False
    ordering = ["-pk"]
    search_fields = ["title"]  # see get_search_results
    search_help_text = "Words of title, text alternative, credit or tags, or the beginnings of words."
    empty_text = "Add several at once: drop the files, then describe each in a sentence."
    formfield_overrides = {
        ImageField: {
            "form_class": images.PictureField,
            "max_length": None,  # of the name of the file: we give it another
            "help_text": FILE_HELP,
        }
    }

    @property
    def media(self):
        return super().media + forms.Media(css=STYLES)

    def get_urls(self):
        def view(function):
            return self.admin_site.admin_view(lambda request: function(self, request))

        own = [
            path(f"{address}/", view(function), name=f"articles_picture_{name}") for address, name, function in VIEWS
        ]
        return [*own, *super().get_urls()]

    def get_queryset(self, request):
        people = Prefetch("people", Person.objects.only("name", "picture"))
        topics = Prefetch("topics", Topic.objects.only("name", "picture"))
        return super().get_queryset(request).prefetch_related(people, topics, "videos")

    def get_search_results(self, request, queryset, search_term):
        return pictures.matching(queryset, search_term), False

    def get_fields(self, request, obj=None):
        words = ["title", "alt", "credit", "tags"]
        if obj is None:
            return ["image", *words]
        if not self.has_change_permission(request, obj):
            return ["thumbnail", *words, "where_used"]
        image = [] if self.is_frozen(obj) else ["image"]
        return ["image_ppoi", *image, *words, "where_used"]

    def get_readonly_fields(self, request, obj=None):
        if not self.has_change_permission(request, obj):
            return self.get_fields(request, obj)
        frozen = ["alt", "credit"] if obj is not None and self.is_frozen(obj) else []
        return [*super().get_readonly_fields(request, obj), *frozen]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "image":
            field.widget = PictureInput()  # without django-imagefield's preview: the focal point shows the picture
            field.widget.is_required = field.required
        return field

    def render_change_form(self, request, context, obj=None, **kwargs):
        context |= tags_context()
        context["is_frozen"] = obj is not None and self.is_frozen(obj)
        return super().render_change_form(request, context, obj=obj, **kwargs)

    @admin.display(description="picture")
    def thumbnail(self, picture):
        return format_html(
            '<img src="{}" alt="{}" width="120" height="120" loading="lazy">', picture.image.square, picture.alt
        )

    @admin.display(description="tags")
    def tag_links(self, picture):
        return format_html_join(" ", '<a class="chip" href="?tag={}">{}</a>', ((tag, tag) for tag in picture.tags))

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
