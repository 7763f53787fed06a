"""The admin of editions: articles are written, reviewed and signed off here."""

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import admin
from django.db import connection
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from js_asset import ImportMap, Media, Script

from detoxsite.core import site_profile
from detoxsite.core.adminkit.key_pages import KeyPaginator, page_number
from detoxsite.core.adminkit.model_admin import StaffModelAdmin
from detoxsite.core.adminkit.object_actions import ObjectActionsMixin
from detoxsite.core.exceptions import Refused
from detoxsite.core.locking import locked

from .. import services, versions
from ..models import Edition, EditionEvent, Person, refresh_text
from . import (
    autosave,
    block_flow,
    bulk_change,
    changelist,
    comments,
    edition_search,
    edition_urls,
    list_columns,
    list_pages,
    preview_history,
    review_rounds,
    sign_off,
    submit_button,
)
from .displays import EditionDisplays
from .edition_actions import ACTIONS, sign_off_initial
from .forms import FORMS, EditionForm, SignOffForm
from .formset_rebase import rebase
from .inlines import FIRST_PAGE_INLINES, INLINES
from .offered import CHANGE, SIGN_OFF
from .page_names import NamedByKindMixin

EDITOR_MODULES = Media(  # of pages that are written on; by these names the scripts import each other
    js=[Script(f"js/editor-{name}.js", type="module") for name in ("blocks", "head", "panels", "pictures", "preview")],
    importmap=ImportMap(
        {
            name: f"js/{name}.js"
            for name in (
                *("citation", "editor-paste", "paste-dom", "paste-cleaning", "paste-lists"),
                *("block-editors", "block-flow", "block-keys", "block-menu", "block-text", "block-turn", "link-dialog"),
            )
        }
    ),
)


@admin.register(Edition)
class EditionAdmin(NamedByKindMixin, EditionDisplays, ObjectActionsMixin, StaffModelAdmin):
    """One row per article: its newest edition. Drafts are edited here; all other editions are read-only."""

    form = EditionForm
    state_field = "state"
    object_actions = ACTIONS
    change_form_template = "admin/articles/edition_form.html"
    inlines = FIRST_PAGE_INLINES  # of all others fewer: get_inlines
    readonly_fields = ["status", "editions", "address", "signature", "publish_at", "reviewed_on", "review_due_on"]
    list_display = [
        *("title", list_columns.status, list_columns.owner, list_columns.review_due, list_columns.edit_draft),
    ]
    row_note = staticmethod(list_columns.about)
    list_filter = [
        *(changelist.KindFilter, changelist.StatusFilter, changelist.AssigneeFilter, changelist.ReviewDueFilter),
        changelist.OwnerFilter,
        *("article__topic", ("author", changelist.AuthorFilter)),
    ]
    saved_filters = changelist.SAVED_FILTERS
    saves_search = True
    empty_text = "An article is checked while you type, and signed off by a clinician before readers see it."
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    search_fields = ["title"]  # see get_search_results
    search_help_text = (
        "Words of the title, summary or text, or the beginnings of words. "
        f"The first {edition_search.MAX_RESULTS} matches are shown."
    )
    ordering = ["-pk"]
    action_form = changelist.NoteForm
    actions = [
        *(changelist.submit_selected, changelist.take_back_selected),
        *(changelist.start_drafts, bulk_change.change_selected, changelist.withdraw_selected),
    ]

    class Media:
        css = {"all": ["css/editor.css", "css/blocks.css", "css/link-dialog.css"]}
        js = [Script(f"js/editor-{name}.js", type="module") for name in ("access", "autosave", "findings", "grid")]

    def get_urls(self):
        return [*edition_urls.of(self), *super().get_urls()]

    @method_decorator(csp_replace({"frame-src": [SELF]}))
    def changeform_view(self, request, *args, **kwargs):
        block_flow.save_before_block(request)
        return block_flow.with_block(request, super().changeform_view(request, *args, **kwargs))

    def history_view(self, request, object_id, extra_context=None):
        return preview_history.history_view(self, request, object_id, extra_context)

    # --- change list --------------------------------------------------------------------------------------------------

    def get_queryset(self, request):
        shown = ("article__topic", "article__parent", "article__owner", "author", "assigned_to")
        queryset = super().get_queryset(request).select_related(*shown)
        if not self.is_list(request):
            return queryset
        listed = queryset.archived() if changelist.is_archive(request) else queryset.newest()
        return listed.defer("text", "search")

    def get_changelist(self, request, **kwargs):
        return changelist.EditionChangeList

    def get_list_display(self, request):
        if self.has_write_permission(request):
            return self.list_display
        return [column for column in self.list_display if column is not list_columns.edit_draft]

    def get_paginator(self, request, queryset, per_page, *args, **kwargs):
        if request.GET.keys() <= changelist.ORDER_AND_PAGE:
            return list_pages.ArticlePaginator(queryset, per_page, *args, **kwargs)
        return KeyPaginator(queryset, per_page, number=page_number(request))

    def get_search_results(self, request, queryset, search_term):
        return edition_search.search(queryset, search_term), False

    # --- permissions --------------------------------------------------------------------------------------------------

    def has_write_permission(self, request):
        return request.user.has_perm(CHANGE)

    def has_sign_off_permission(self, request):
        return request.user.has_perm(SIGN_OFF)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.is_editable)

    def has_delete_permission(self, request, obj=None):
        return False

    # --- form ---------------------------------------------------------------------------------------------------------

    def get_object(self, request, object_id, from_field=None):
        """On POST the row is locked until the transaction ends: nobody signs off what is just being saved."""
        edition = super().get_object(request, object_id, from_field)
        if edition is not None and request.method == "POST" and connection.in_atomic_block:
            try:
                locked(Edition.objects, edition.pk)
            except Refused:
                return None  # deleted a moment ago
            edition.refresh_from_db(fields=["state", "revision", "archived_at"])
        return edition

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """Rebase the rows of a form that is restored from an autosave or was opened on an older revision."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        is_restored = "_kept" in request.POST
        is_outdated = obj.pk is not None and str(obj.revision) != request.POST.get("opened", "")
        if "data" in kwargs and (is_restored or is_outdated):
            owner = inline.get_formset(request, obj).fk.name
            rows = inline.model.objects.filter(**{owner: obj}) if obj.pk else []
            rebase(kwargs["data"], prefix, rows)
        if "data" not in kwargs:
            kwargs |= block_flow.wanted_row(request, obj, prefix)
        return kwargs

    def get_changeform_initial_data(self, request):
        """Whoever starts an article is most often its author."""
        author = Person.objects.filter(user=request.user, has_left=False).values_list("pk", flat=True).first()
        return {"author": author, **super().get_changeform_initial_data(request)}

    def get_inlines(self, request, obj):
        """Read-only editions have no inlines, since the block editor cannot show them; there is the preview instead."""
        if obj is not None and not self.has_change_permission(request, obj):
            return []
        return INLINES[changelist.form_kind(request, obj)]

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, **{"form": self._form_class(request, obj), **kwargs})

    def _form_class(self, request, obj) -> type[EditionForm]:
        return FORMS[changelist.form_kind(request, obj)]

    def get_fieldsets(self, request, obj=None):
        address = self._form_class(request, obj).address_fields
        if obj is None:
            return [(None, {"fields": ["title", "summary", *address, "author"]})]
        if self.has_change_permission(request, obj):
            address = ["address"] if obj.article.has_signed_edition else address
            changes = ["changes"] if obj.number > 1 else []
            return [(None, {"fields": ["title", "summary", *address, "author", *changes, "opened"]})]
        fields = ["status", "editions", "title", "summary", "address", "author", "changes"]
        signature = ["signature", "publish_at", "reviewed_on", "review_due_on"] if obj.signed_off_at else []
        return [(None, {"fields": [*fields, *signature]})]

    def get_view_on_site_url(self, obj=None):
        if obj is None or obj.article.live_edition_id is None:
            return None
        return super().get_view_on_site_url(obj)

    def render_change_form(self, request, context, **kwargs):
        """Adds the autosave and findings panels, and the CSP nonce for the editor's inline import map."""
        edition, form = kwargs.get("obj"), context["adminform"].form
        context["show_save_and_add_another"] = False
        context["has_file_field"] = True  # as multipart/form-data a long text in any script keeps its size
        may_edit = edition is None or self.has_change_permission(request, edition)
        if may_edit:
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            context |= autosave.form_context(request, edition, form, formsets)
            context |= block_flow.flow_context(context["inline_admin_formsets"])
            context |= block_flow.address_context(edition, form)
            context["offers_submit"] = self.has_change_permission(request)
            context["round"] = review_rounds.round_context(edition, request.user) if edition else {}
            context["details"] = self.details(edition) if edition else {}
        else:
            context |= autosave.leftover_context(request, edition)
        is_to_sign = sign_off.is_shown(edition, may_edit=may_edit)
        if is_to_sign:
            context |= sign_off.page_context(edition, request.user)
        elif edition:
            blocks = [row.instance for row in context.get("block_rows", ()) if row.instance.pk]
            context |= comments.panel_context(edition, request.user, blocks=blocks)
        if isinstance(bound := context.get("bound_action_form"), SignOffForm):
            bound.show_again(sign_off_initial(edition))
        if form.is_restored or form.has_conflict:
            context["errors"] = None  # nothing is wrong; the page itself explains what it shows
        response = super().render_change_form(request, context, **kwargs)
        media = self.media  # read-only: without the editor's scripts
        if self.get_inlines(request, edition):
            media = response.context_data["media"] + EDITOR_MODULES
        if edition:
            media += comments.MEDIA
        response.context_data["media"] = media.with_nonce(str(request.csp_nonce))
        if is_to_sign:
            response.template_name = sign_off.TEMPLATE
        return response

    # --- saving -------------------------------------------------------------------------------------------------------

    def save_model(self, request, obj, form, change):
        obj.article.owner = obj.article.owner or request.user
        if change:
            address = form.address_fields if "slug" in form.fields else []
            obj.article.save(update_fields=["owner", *address])
            obj.save(update_fields=["title", "summary", "author", "changes"])
            return
        obj.article.save()
        obj.article = obj.article  # the article has its key only now
        obj.number = services.next_number(obj.article)
        obj.created_by = request.user
        obj.save()
        services.record_event(obj, EditionEvent.Kind.STARTED, by=request.user)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        edition = form.instance
        edition.contributors.add(request.user)
        refresh_text(edition)
        edition.revision += 1
        edition.save(update_fields=["revision"])
        services.record_event(edition, EditionEvent.Kind.SAVED, by=request.user)
        versions.keep(edition, by=request.user)
        site_profile.expire()
        page = autosave.page_token(request.POST, "_page")
        autosave.clear(user=request.user, edition=edition if change else None, page=page)

    def response_add(self, request, obj, post_url_continue=None):
        return submit_button.response(self, request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return submit_button.response(self, request, obj) or super().response_change(request, obj)

    def after_object_action(self, request, obj):
        site_profile.expire()
        if obj is None:  # the last edition was deleted
            return redirect("admin:articles_edition_changelist")
        return super().after_object_action(request, obj)
