"""The desk where articles are written and signed off."""

from content_editor.admin import ContentEditor, ContentEditorInline
from django import forms
from django.contrib import admin
from django.db import connection, models
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.text import slugify
from js_asset import Script

from detoxsite import centre
from detoxsite.acts import Act, ActsMixin
from detoxsite.modeladmins import DeskModelAdmin

from .. import services
from ..models import (
    Article,
    Callout,
    Edition,
    Figure,
    KeyFacts,
    PullQuote,
    Source,
    State,
    Text,
    Topic,
    refresh_text,
)
from ..rendering import with_body
from ..views import render_edition


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
        if not self.instance.pk:
            return
        article = self.instance.article
        self.initial |= {"slug": article.slug, "topic": article.topic}
        if article.editions.filter(signed_off_at__isnull=False).exists():
            self.fields["slug"].disabled = self.fields["topic"].disabled = True
            self.fields["slug"].help_text = "Fixed since it was first signed off: readers have it."

    def clean(self):
        """Check the article's own rules here, so that their words appear beside the fields."""
        data = super().clean()
        slug = data.get("slug") or slugify(data.get("title", ""))[:80]
        with connection.cursor() as cursor:  # of two new articles with one address, the second waits and is told
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"article {slug}"])
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
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        models.DateField: {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")},
    }


FURTHEST = timezone.timedelta(days=366)  # ahead, for a date of publication


class SendBackForm(forms.Form):
    note = forms.CharField(label="What has to change", max_length=4000, widget=forms.Textarea({"rows": 3}))


class SignOffForm(forms.Form):
    publish_at = forms.DateTimeField(
        label="Publish at",
        help_text="Empty: at once. Otherwise in the time of the center.",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_publish_at(self):
        moment, now = self.cleaned_data["publish_at"], timezone.now()
        if moment and not now <= moment <= now + FURTHEST:
            raise forms.ValidationError("Choose a moment from now to a year ahead, or leave it empty.")
        return moment


CHANGE, SIGN_OFF = "articles.change_edition", "articles.sign_off_edition"


@admin.register(Edition)
class EditionAdmin(ActsMixin, DeskModelAdmin, ContentEditor):
    """One row an article: its newest edition. A draft is edited here; everything else is only shown."""

    form = EditionForm
    state_field = "state"
    acts = (
        Act(
            "submit",
            "Send to the clinicians",
            services.submit,
            services.STEPS["submit"],
            CHANGE,
            done="It waits for a clinician now.",
            hint="Save your changes first: what is sent is what was saved.",
        ),
        Act(
            "sign-off",
            "Sign off and publish",
            services.sign_off,
            services.STEPS["sign_off"],
            SIGN_OFF,
            done="Signed off under your name.",
            form=SignOffForm,
            hint="Your name will stand on the page. Read it under “See the page” first.",
        ),
        Act(
            "send-back",
            "Send back",
            services.send_back,
            services.STEPS["send_back"],
            SIGN_OFF,
            done="Sent back to the writer.",
            form=SendBackForm,
            quiet=True,
        ),
        Act(
            "take-back",
            "Take back to go on writing",
            services.take_back,
            services.STEPS["take_back"],
            CHANGE,
            done="It is a draft again.",
            quiet=True,
        ),
        Act(
            "start-draft",
            "Start a new draft",
            services.start_draft,
            services.STEPS["start_draft"],
            CHANGE,
            done="This is the new draft. What visitors see stays as it is.",
        ),
        Act(
            "withdraw",
            "Withdraw from the site",
            services.withdraw,
            services.STEPS["withdraw"],
            SIGN_OFF,
            done="Withdrawn. See below which edition shows now, if any.",
            hint="An older edition that was signed off shows again; withdraw that one too if it must not.",
            quiet=True,
        ),
    )
    list_display = ["title", "topic", "state", "author", "publish_at", "review_due_on", "is_sample"]
    list_filter = ["state", "article__topic", "author"]
    list_per_page = 50
    search_fields = ["title", "article__slug", "text"]
    search_help_text = "Title, address or words of the text."
    ordering = ["-pk"]
    actions = None
    fieldsets = [(None, {"fields": ["standing", "editions", "title", "summary", "slug", "topic", "author"]})]
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

    def get_object(self, request, object_id, from_field=None):
        """While something is posted, the row stays locked: nobody signs off what is just being changed."""
        edition = super().get_object(request, object_id, from_field)
        if edition is not None and request.method == "POST" and connection.in_atomic_block:
            Edition.objects.select_for_update().get(pk=edition.pk)
            edition.refresh_from_db(fields=["state"])
        return edition

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.may_be_edited)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_inlines(self, request, obj):
        """The block editor cannot show what may not be changed: then there is the page itself to look at."""
        return self.inlines if obj is None or self.has_change_permission(request, obj) else []

    def get_fieldsets(self, request, obj=None):
        if obj is None or self.has_change_permission(request, obj):
            return self.fieldsets
        fields = ["standing", "editions", "title", "summary", "address", "author"]
        signed = ["reviewer", "signed_off_at", "publish_at", "review_due_on"] if obj.signed_off_at else []
        return [(None, {"fields": [*fields, *signed]})]

    def get_view_on_site_url(self, obj=None):
        """Only where there is something to see."""
        if obj is None or not Edition.objects.live().filter(article=obj.article_id).exists():
            return None
        return super().get_view_on_site_url(obj)

    def get_readonly_fields(self, request, obj=None):
        return ["standing", "editions", "address", "reviewer", "signed_off_at", "publish_at", "review_due_on"]

    # --- the list -----------------------------------------------------------------------------------------------------

    def get_queryset(self, request):
        queryset = super().get_queryset(request).select_related("article__topic", "author")
        if self.is_list(request):
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
        words = f"Edition {edition.number}, {_standing(edition)}."
        note = format_html('<br><b class="remark">To be changed: {}</b>', edition.note) if edition.note else ""
        return format_html('{} <a href="{}" target="_blank">See the page</a>{}', words, preview, note)

    @admin.display(description="editions")
    def editions(self, edition):
        """All editions of the article, the newest first, and which of them readers see."""
        if not edition.pk:
            return "None yet"
        live = Edition.objects.live().filter(article=edition.article_id).values_list("pk", flat=True).first()
        rows = [
            (
                reverse("admin:articles_edition_change", args=[one.pk]),
                one.number,
                _standing(one),
                ", this is what readers see" if one.pk == live else "",
            )
            for one in edition.article.editions.order_by("-number").only("number", "state", "publish_at")
        ]
        return format_html("<ul>{}</ul>", format_html_join("", '<li><a href="{}">Edition {}</a>, {}{}</li>', rows))

    # --- saving -------------------------------------------------------------------------------------------------------

    def save_model(self, request, obj, form, change):
        obj.article.save()
        if change:
            obj.save(update_fields=["title", "summary", "author"])
            return
        obj.article = obj.article  # the row has its key only now
        obj.number = services.next_number(obj.article)
        obj.created_by = request.user
        obj.save()

    def save_related(self, request, form, formsets, change):
        # past ContentEditor's own: its "clone" fields would move blocks of any edition into any other
        super(ContentEditor, self).save_related(request, form, formsets, change)
        form.instance.contributors.add(request.user)
        refresh_text(form.instance)
        centre.forget()

    def after_act(self, request, obj):
        centre.forget()
        return super().after_act(request, obj)

    # --- pages --------------------------------------------------------------------------------------------------------

    def get_urls(self):
        preview = path(
            "<int:pk>/preview/", self.admin_site.admin_view(self.preview_view), name="articles_edition_preview"
        )
        return [preview, *super().get_urls()]

    def preview_view(self, request, pk):
        """The public page of any edition, for those who may see editions."""
        edition = with_body(Edition.objects.filter(pk=pk)).first()
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


def _standing(edition) -> str:
    """An edition's state in words, with the moment it shows from while that lies ahead."""
    words = edition.get_state_display().lower()
    if edition.state == State.SIGNED_OFF and edition.publish_at > timezone.now():
        return f"{words}, shows from {date_format(timezone.localtime(edition.publish_at), 'DATETIME_FORMAT')}"
    return words
