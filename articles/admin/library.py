"""What articles are made with: topics, bylines, pictures, and words that search takes for the same."""

from django.contrib import admin

from detoxsite import centre
from detoxsite.modeladmins import DeskModelAdmin

from ..models import Person, Picture, Synonym, Topic


@admin.register(Topic)
class TopicAdmin(DeskModelAdmin):
    list_display = ["name", "slug", "position", "intro"]
    prepopulated_fields = {"slug": ["name"]}

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        centre.forget()


@admin.register(Person)
class PersonAdmin(DeskModelAdmin):
    """Bylines. A name under which something was signed off, and whose account it is, are the manager's to change."""

    list_display = ["name", "credentials", "role", "user"]
    list_select_related = ["user"]

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or self._is_manager(request) or not obj.reviewed.exists())

    def get_readonly_fields(self, request, obj=None):
        return [] if self._is_manager(request) else ["user"]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    @staticmethod
    def _is_manager(request):
        return request.user.has_perm("detoxsite.change_user")


@admin.register(Picture)
class PictureAdmin(DeskModelAdmin):
    """The library. A picture that stands in something signed off stays as it is."""

    list_display = ["title", "alt", "credit", "where_used"]
    search_fields = ["title", "alt"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("figures__parent")

    def has_change_permission(self, request, obj=None):
        signed = obj is not None and obj.figures.filter(parent__signed_off_at__isnull=False).exists()
        return super().has_change_permission(request, obj) and not signed

    @admin.display(description="used in")
    def where_used(self, picture):
        return ", ".join(sorted({figure.parent.title for figure in picture.figures.all()}))


@admin.register(Synonym)
class SynonymAdmin(DeskModelAdmin):
    list_display = ["typed", "means"]
    search_fields = ["typed", "means"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        centre.forget()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        centre.forget()
