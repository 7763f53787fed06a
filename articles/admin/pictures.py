"""The picture library: where each picture is used, and what may still change."""

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminFileWidget
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, ProtectedError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from imagefield.fields import ImageField

from detoxsite.core import images
from detoxsite.core.adminkit.model_admin import StaffModelAdmin

from ..models import Figure, Person, Picture, State, Topic


class PictureInput(images.AcceptsPictures, AdminFileWidget):
    pass


@admin.register(Picture)
class PictureAdmin(StaffModelAdmin):
    """The library. A picture in signed content is read-only; a picture in use cannot be deleted."""

    list_display = ["thumbnail", "title", "alt", "credit", "where_used"]
    list_display_links = ["thumbnail", "title"]
    search_fields = ["title", "alt"]
    readonly_fields = ["where_used"]
    actions = ["delete_selected"]
    formfield_overrides = {
        ImageField: {
            "form_class": images.PictureField,
            "widget": PictureInput,
            "max_length": None,  # of the name of the file: we give it another
            "help_text": f"{images.FORMAT_NAMES}, up to {images.MAX_SIZE >> 20} MB. Large pictures are made smaller.",
        }
    }

    def get_queryset(self, request):
        figures = Figure.objects.select_related("parent").defer("parent__text", "parent__search")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                Prefetch("figures", figures.order_by("parent_id")),
                Prefetch("people", Person.objects.only("name", "picture")),
                Prefetch("topics", Topic.objects.only("name", "picture")),
            )
        )

    def get_fields(self, request, obj=None):
        can_change = self.has_change_permission(request, obj)
        image, focal_point = ("image", ["image_ppoi"]) if can_change else ("thumbnail", [])
        return [image, "title", "alt", "credit", *focal_point, *(["where_used"] if obj else [])]

    def get_readonly_fields(self, request, obj=None):
        if self.has_change_permission(request, obj):
            return super().get_readonly_fields(request, obj)
        return self.get_fields(request, obj)

    def has_change_permission(self, request, obj=None):
        is_frozen = obj is not None and obj.figures.exclude(parent__state=State.DRAFT).exists()
        return super().has_change_permission(request, obj) and not is_frozen

    def render_change_form(self, request, context, obj=None, **kwargs):
        context["show_delete"] = obj is not None and not self._uses(obj)
        return super().render_change_form(request, context, obj=obj, **kwargs)

    @admin.display(description="picture")
    def thumbnail(self, picture):
        return format_html(
            '<img src="{}" alt="{}" width="120" height="120" loading="lazy">', picture.image.square, picture.alt
        )

    @admin.display(description="used in")
    def where_used(self, picture):
        return format_html_join(mark_safe("<br>"), '<a href="{}">{}</a>', self._uses(picture)) or "Not used yet"

    @staticmethod
    def _uses(picture) -> list[tuple[str, str]]:
        """Where it is used: address in the admin, and what is there."""
        editions = sorted({each.parent for each in picture.figures.all()}, key=lambda one: (one.title, -one.number))
        return [
            *(
                (
                    reverse("admin:articles_edition_change", args=[edition.pk]),
                    f"{edition.title}, edition {edition.number} ({edition.get_state_display().lower()})",
                )
                for edition in editions
            ),
            *(
                (reverse("admin:articles_person_change", args=[one.pk]), f"The page of {one.name}")
                for one in picture.people.all()
            ),
            *(
                (reverse("admin:articles_topic_change", args=[one.pk]), f"The topic {one.name}")
                for one in picture.topics.all()
            ),
        ]

    def save_model(self, request, obj, form, change):
        """Deletes the files of an image that was replaced."""
        replaced = Picture.objects.get(pk=obj.pk).image if change and "image" in form.changed_data else None
        super().save_model(request, obj, form, change)
        if replaced:
            transaction.on_commit(lambda: replaced.delete(save=False))

    def delete_view(self, request, object_id, extra_context=None):
        picture = self.get_object(request, unquote(object_id))
        if picture is None or not self.has_delete_permission(request, picture):
            return super().delete_view(request, object_id, extra_context)
        if not self._refuse_used(request, [picture]):
            try:
                return super().delete_view(request, object_id, extra_context)
            except (ProtectedError, IntegrityError):  # someone has just used it in an article
                self._refuse_used(request, self.get_queryset(request).filter(pk=picture.pk))
        return redirect("admin:articles_picture_change", picture.pk)

    @admin.action(description="Delete selected pictures", permissions=["delete"])
    def delete_selected(self, request, queryset):
        """Deletes pictures that are not in use, and says where the others are used."""
        used = set(self._refuse_used(request, queryset))
        unused = queryset.exclude(pk__in=[picture.pk for picture in used])
        if not unused:
            return None
        try:
            with transaction.atomic():
                return delete_selected(self, request, unused)
        except (ProtectedError, IntegrityError):
            self._refuse_used(request, queryset.all())
            return None

    def delete_queryset(self, request, queryset):
        for picture in queryset:
            picture.delete()  # also its files

    def _refuse_used(self, request, pictures) -> list:
        """The pictures that are in use, each with a message that says where."""
        used = [picture for picture in pictures if self._uses(picture)]
        for picture in used:
            places = "; ".join(sorted(label for _, label in self._uses(picture)))
            self.message_user(request, f"“{picture}” was not deleted, because it is used in: {places}.", messages.ERROR)
        return used
