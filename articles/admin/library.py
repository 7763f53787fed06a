"""What the libraries have in common: what signed content shows is read-only, and what is in use is not deleted."""

from collections.abc import Iterable

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, ProtectedError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from detoxsite.core.adminkit.model_admin import StaffModelAdmin

from ..models import State

MAX_LISTED = 3  # uses of a row, in a list


class LibraryAdmin(StaffModelAdmin):
    """``blocks``: the relations to the blocks that show a row; ``indirect_blocks``: those that show it with another.

    ``free_fields`` are no part of what is signed, and stay open to change. Without any, what is frozen is read-only.
    """

    blocks: tuple[str, ...] = ()
    indirect_blocks: tuple[str, ...] = ()
    free_fields: tuple[str, ...] = ()
    readonly_fields = ["where_used"]
    saves_search = True
    actions = ["delete_selected"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related(*map(self._with_editions, self.blocks))

    def _with_editions(self, name: str) -> Prefetch:
        """The blocks of a relation, each with what ``_uses`` says of its edition."""
        relation = self.model._meta.get_field(name)
        shown = ("parent__title", "parent__number", "parent__state")
        rows = relation.related_model.objects.select_related("parent").only(relation.field.name, "parent", *shown)
        return Prefetch(name, rows.order_by("parent_id"))

    def has_change_permission(self, request, obj=None):
        may_change = super().has_change_permission(request, obj)
        return may_change and (bool(self.free_fields) or obj is None or not self.is_frozen(obj))

    def is_frozen(self, obj) -> bool:
        """Whether an edition that has left its author's hands shows it. Asked once for each object that was read."""
        if not hasattr(obj, "is_shown_signed"):
            obj.is_shown_signed = self._is_shown_signed(obj)
        return obj.is_shown_signed

    def _is_shown_signed(self, obj) -> bool:
        own = self.model.objects.filter(pk=obj.pk)
        shown = State.IN_REVIEW, State.SIGNED_OFF, State.WITHDRAWN
        return any(
            own.filter(**{f"{path}__parent__state__in": shown}).exists()
            for path in (*self.blocks, *self.indirect_blocks)
        )

    def render_change_form(self, request, context, obj=None, **kwargs):
        context["show_delete"] = obj is not None and not self._uses(obj)
        return super().render_change_form(request, context, obj=obj, **kwargs)

    @admin.display(description="used in")
    def where_used(self, obj):
        return self._links(self._uses(obj)) or "Not used yet"

    @admin.display(description="used in")
    def briefly_used(self, obj):
        """For lists: the first MAX_LISTED uses."""
        uses = self._uses(obj)
        more = f" and {len(uses) - MAX_LISTED} more" if len(uses) > MAX_LISTED else ""
        return format_html("{}{}", self._links(uses[:MAX_LISTED]), more) if uses else "Not used yet"

    @staticmethod
    def _links(uses: list[tuple[str, str]]):
        return format_html_join(mark_safe("<br>"), '<a href="{}">{}</a>', uses)

    def _uses(self, obj) -> list[tuple[str, str]]:
        """Where it is used: address in the admin, and what is there."""
        found = {block.parent for name in self.blocks for block in getattr(obj, name).all()}
        editions = [
            (
                reverse("admin:articles_edition_change", args=[edition.pk]),
                f"{edition.title}, edition {edition.number} ({edition.get_state_display().lower()})",
            )
            for edition in sorted(found, key=lambda one: (one.title, -one.number))
        ]
        return [*editions, *self.other_uses(obj)]

    def other_uses(self, obj) -> Iterable[tuple[str, str]]:
        """Uses besides blocks, like ``_uses``."""
        return ()

    def delete_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not self.has_delete_permission(request, obj):
            return super().delete_view(request, object_id, extra_context)
        if not self._refuse_used(request, [obj]):
            try:
                return super().delete_view(request, object_id, extra_context)
            except (ProtectedError, IntegrityError):  # someone has just used it in an article
                self._refuse_used(request, self.get_queryset(request).filter(pk=obj.pk))
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", obj.pk)

    @admin.action(description="Delete selected %(verbose_name_plural)s", permissions=["delete"])
    def delete_selected(self, request, queryset):
        """Deletes what is not in use, and says where the others are used."""
        used = set(self._refuse_used(request, queryset))
        unused = queryset.exclude(pk__in=[obj.pk for obj in used])
        if not unused:
            return None
        try:
            with transaction.atomic():
                return delete_selected(self, request, unused)
        except (ProtectedError, IntegrityError):
            self._refuse_used(request, queryset.all())
            return None

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            obj.delete()  # also its files

    def _refuse_used(self, request, objects) -> list:
        """Those that are in use, each with a message that says where."""
        used = [obj for obj in objects if self._uses(obj)]
        for obj in used:
            places = "; ".join(sorted(label for _, label in self._uses(obj)))
            self.message_user(request, f"“{obj}” was not deleted, because it is used in: {places}.", messages.ERROR)
        return used
