"""The desk where articles are written and signed off."""

from content_editor.admin import ContentEditor, ContentEditorInline
from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import slugify
from js_asset import Script

from detoxsite import centre
from detoxsite.acts import Act, ActsMixin

from . import services
from .models import (
    Article,
    Callout,
    Edition,
    Figure,
    KeyFacts,
    Person,
    Picture,
    PullQuote,
    Source,
    State,
    Text,
    Topic,
)
from .views import render_edition


class EditionForm(forms.ModelForm):
    """An edition, with the address and the topic of its article beside it."""

    slug = forms.SlugField(
        label="Address",
        required=False,
        max_length=80,
        help_text="The last part of the address. Left empty, it is made from the title.",
    )
    topic = forms.ModelChoiceField(Topic.objects.all(), label="Topic")

    class Meta:
        model = Edition
        fields = ["title", "summary", "author"]
        widgets = {"summary": forms.Textarea({"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial |= {"slug": self.instance.article.slug, "topic": self.instance.article.topic}

    def clean(self):
        """Check the article's own rules here, so that their words appear beside the fields."""
        data = super().clean()
        slug = data.get("slug") or slugify(data.get("title", ""))[:80]
        if "topic" in data and "title" in data:
            if not self.instance.pk:
                self.instance.article = Article()
            article = self.instance.article
            article.slug, article.topic = slug, data["topic"]
            try:
                article.full_clean()
            except forms.ValidationError as refusal:
                for name, errors in refusal.error_dict.items():
                    self.add_error(name if name in self.fields else None, errors)
        return data


class SourceInline(admin.StackedInline):
    model = Source
    extra = 0
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


class SendBackForm(forms.Form):
    note = forms.CharField(label="What has to change", max_length=4000, widget=forms.Textarea({"rows": 3}))


class SignOffForm(forms.Form):
    publish_at = forms.DateTimeField(
        label="Publish at",
        help_text="Empty: at once.",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


CHANGE, SIGN_OFF = "articles.change_edition", "articles.sign_off_edition"


def in_state(*states):
    return lambda edition: edition.state in states


@admin.register(Edition)
class EditionAdmin(ActsMixin, ContentEditor):
    """One row an article: its newest edition. An open draft is edited here; what was signed off is only shown."""

    form = EditionForm
    refusal = services.Refused
    acts = (
        Act(
            "submit",
            "Send to the clinicians",
            services.submit,
            CHANGE,
            when=in_state(State.DRAFT),
            done="It waits for a clinician now.",
            hint="Save your changes first.",
        ),
        Act(
            "sign-off",
            "Sign off and publish",
            services.sign_off,
            SIGN_OFF,
            when=in_state(State.IN_REVIEW),
            done="Signed off under your name.",
            form=SignOffForm,
            hint="Your name will stand on the page. Read it under “See the page” first.",
        ),
        Act(
            "send-back",
            "Send back",
            services.send_back,
            SIGN_OFF,
            when=in_state(State.IN_REVIEW),
            done="Sent back to the writer.",
            form=SendBackForm,
            quiet=True,
        ),
        Act(
            "start-draft",
            "Start a new draft",
            services.start_draft,
            CHANGE,
            when=in_state(State.SIGNED_OFF, State.WITHDRAWN),
            done="This is the new draft. What visitors see stays as it is.",
        ),
        Act(
            "withdraw",
            "Withdraw from the site",
            services.withdraw,
            SIGN_OFF,
            when=in_state(State.SIGNED_OFF),
            done="Withdrawn.",
            quiet=True,
        ),
    )
    list_display = ["title", "topic", "state", "author", "publish_at", "review_due_on", "is_sample"]
    list_filter = ["state", "article__topic", "author"]
    list_select_related = ["article__topic", "author"]
    list_per_page = 50
    search_fields = ["title", "article__slug", "text"]
    search_help_text = "Title, address or words of the text."
    ordering = ["-pk"]
    actions = None
    fieldsets = [
        (None, {"fields": ["standing", "title", "summary", "slug", "topic", "author"]}),
    ]
    readonly_fields = ["standing"]
    inlines = [
        ContentEditorInline.create(Text, icon="notes"),
        ContentEditorInline.create(Figure, icon="image", autocomplete_fields=["picture"]),
        ContentEditorInline.create(Callout, icon="warning"),
        ContentEditorInline.create(KeyFacts, icon="table_chart"),
        ContentEditorInline.create(PullQuote, icon="format_quote"),
        SourceInline,
    ]

    class Media:
        css = {"all": ["css/editor.css"]}
        js = [Script("js/editor-access.js", type="module")]

    # --- what may be done ---------------------------------------------------------------------------------------------

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.is_open)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_inlines(self, request, obj):
        """The block editor cannot show what may not be changed: then there is the page itself to look at."""
        return self.inlines if obj is None or self.has_change_permission(request, obj) else []

    def get_fieldsets(self, request, obj=None):
        if obj is None or self.has_change_permission(request, obj):
            return self.fieldsets
        fields = ["standing", "title", "summary", "address", "author", "reviewer"]
        return [(None, {"fields": [*fields, "signed_off_at", "publish_at", "review_due_on"]})]

    def get_readonly_fields(self, request, obj=None):
        return ["standing", "address", "reviewer", "signed_off_at", "publish_at", "review_due_on"]

    # --- the list -----------------------------------------------------------------------------------------------------

    def get_queryset(self, request):
        queryset = super().get_queryset(request).select_related("article__topic", "author")
        if request.resolver_match and request.resolver_match.url_name.endswith("_changelist"):
            newer = Edition.objects.filter(article=OuterRef("article"), number__gt=OuterRef("number"))
            queryset = queryset.filter(~Exists(newer)).defer("text", "search")
        return queryset

    @admin.display(ordering="article__topic__position")
    def topic(self, edition):
        return edition.article.topic

    @admin.display(description="address")
    def address(self, edition):
        return edition.get_absolute_url()

    @admin.display(description="where it stands")
    def standing(self, edition):
        if not edition.pk:
            return "A new article. Save it, and more can be done with it here."
        preview = reverse("admin:articles_edition_preview", args=[edition.pk])
        words = f"Edition {edition.number}, {edition.get_state_display().lower()}."
        note = format_html('<br><b class="remark">To be changed: {}</b>', edition.note) if edition.note else ""
        return format_html('{} <a href="{}" target="_blank">See the page</a>{}', words, preview, note)

    # --- saving -------------------------------------------------------------------------------------------------------

    def save_model(self, request, obj, form, change):
        obj.article.save()
        if not change:
            obj.article = obj.article  # the row has its key only now
            obj.number = services.next_number(obj.article)
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.refresh_text()
        centre.forget()

    def after_act(self, act, obj):
        centre.forget()
        return super().after_act(act, obj)

    # --- pages --------------------------------------------------------------------------------------------------------

    def get_urls(self):
        preview = path(
            "<int:pk>/preview/", self.admin_site.admin_view(self.preview_view), name="articles_edition_preview"
        )
        return [preview, *super().get_urls()]

    def preview_view(self, request, pk):
        """The public page of any edition, for those who may see editions."""
        edition = Edition.objects.with_body().filter(pk=pk).first()
        if edition is None or not self.has_view_permission(request, edition):
            raise Http404
        return render_edition(request, edition, preview=True)

    def render_change_form(self, request, context, **kwargs):
        """The editor's import map is the one inline script of the site; it needs this answer's nonce."""
        response = super().render_change_form(request, context, **kwargs)
        if self.get_inlines(request, kwargs.get("obj")):
            response.context_data["media"] = response.context_data["media"].with_nonce(str(request.csp_nonce))
        else:
            response.context_data["media"] = self.media  # nothing to edit: without the editor's scripts
        return response


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "position", "intro"]
    prepopulated_fields = {"slug": ["name"]}

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        centre.forget()


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    list_display = ["name", "credentials", "role", "user"]
    list_select_related = ["user"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Picture)
class PictureAdmin(admin.ModelAdmin):
    list_display = ["title", "alt", "credit", "where_used"]
    search_fields = ["title", "alt"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("figures__parent")

    @admin.display(description="used in")
    def where_used(self, picture):
        return ", ".join(sorted({figure.parent.title for figure in picture.figures.all()}))
