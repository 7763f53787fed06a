"""The desk where articles are written and signed off."""

from content_editor.admin import ContentEditor, ContentEditorInline
from django.contrib import admin
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from js_asset import Script

from detoxsite.core import site_profile
from detoxsite.core.adminkit.model_admin import DeskModelAdmin
from detoxsite.core.adminkit.object_actions import Act, ActsMixin

from .. import editorial_gate, services
from ..content import edition_snapshot
from ..models import (
    OPEN_STATES,
    Callout,
    Edition,
    EditionEvent,
    Figure,
    KeyFacts,
    PullQuote,
    State,
    Text,
)
from .autosave import WorkMixin, findings_context
from .changelist import EditionList, status_text
from .forms import (
    EditionForm,
    RelocateForm,
    SendBackForm,
    SignOffForm,
    SourceInline,
    WaiverForm,
    WithdrawForm,
)
from .preview_history import PagesMixin, editions_of, words_of

CHANGE, SIGN_OFF = "articles.change_edition", "articles.sign_off_edition"
ANY = set(State)


def _what_is_read(edition) -> dict:
    content = edition_snapshot.from_edition(edition)
    return {
        "read": services.sign_off_fingerprint(edition, content),
        "amber": len(editorial_gate.check_edition(edition, content).amber),
    }


def _where_it_is(edition) -> dict:
    article = edition.article
    return {"slug": article.slug, "topic": article.topic_id, "owner": article.owner_id}


def _shared(request, edition) -> str:
    link = request.build_absolute_uri(reverse("articles:shared", args=[services.share_token(edition)]))
    words = "Whoever has this link can read the page for seven days, without an account: "
    return format_html('{}<a href="{}">{}</a>', words, link, link)


def _moved(request, edition) -> str:
    was = edition.article.former_addresses.order_by("-pk").first()
    return f"Changed. Who follows /articles/{was.slug}/ is led to {edition.get_absolute_url()}." if was else "Changed."


ACTS = (
    Act(
        "submit",
        "Send to the clinicians",
        services.submit,
        services.ALLOWED_STATES["submit"],
        CHANGE,
        done="It waits for a clinician now.",
        hint="Save your changes first: what is sent is what was saved.",
    ),
    Act(
        "sign-off",
        "Sign off and publish",
        services.sign_off,
        services.ALLOWED_STATES["sign_off"],
        SIGN_OFF,
        done="Signed off under your name.",
        form=SignOffForm,
        initial=_what_is_read,
        hint="Your name will stand on the page. Read it under “See the page” first.",
    ),
    Act(
        "send-back",
        "Send back",
        services.send_back,
        services.ALLOWED_STATES["send_back"],
        SIGN_OFF,
        done="Sent back to the writer.",
        form=SendBackForm,
        quiet=True,
    ),
    Act(
        "take-back",
        "Take back to go on writing",
        services.take_back,
        services.ALLOWED_STATES["take_back"],
        CHANGE,
        done="It is a draft again.",
        quiet=True,
    ),
    Act(
        "start-draft",
        "Start a new draft from this",
        services.start_draft,
        services.ALLOWED_STATES["start_draft"],
        CHANGE,
        done="This is the new draft. What visitors see stays as it is.",
    ),
    Act(
        "share",
        "Make a link to show it to somebody",
        services.share,
        ANY - {State.WITHDRAWN},
        CHANGE,
        done=_shared,
        hint="For somebody without an account. The link ends after seven days.",
        quiet=True,
    ),
    Act(
        "relocate",
        "Change address, topic or owner",
        services.relocate,
        ANY,
        CHANGE,
        done=_moved,
        form=RelocateForm,
        initial=_where_it_is,
        quiet=True,
        folded=True,
    ),
    Act(
        "withdraw",
        "Withdraw from the site",
        services.withdraw,
        services.ALLOWED_STATES["withdraw"],
        SIGN_OFF,
        done="Withdrawn. See below which edition shows now, if any.",
        form=WithdrawForm,
        quiet=True,
        folded=True,
    ),
    Act(
        "excuse",
        "Record it as a false alarm",
        editorial_gate.waive,
        set(),  # offered beside each remark
        CHANGE,
        done="Recorded.",
        form=WaiverForm,
    ),
)


@admin.register(Edition)
class EditionAdmin(WorkMixin, PagesMixin, ActsMixin, EditionList, DeskModelAdmin, ContentEditor):
    """One row an article: its newest edition. A draft is edited here; everything else is only shown."""

    form = EditionForm
    state_field = "state"
    acts = ACTS
    change_form_template = "admin/articles/edition_form.html"
    inlines = [
        *(
            ContentEditorInline.create(model, icon=icon, template="admin/articles/inline.html", **more)
            for model, icon, more in (
                (Text, "notes", {}),
                (Figure, "image", {"autocomplete_fields": ["picture"]}),
                (Callout, "warning", {}),
                (KeyFacts, "table_chart", {}),
                (PullQuote, "format_quote", {}),
            )
        ),
        SourceInline,
    ]

    class Media:
        css = {"all": ["css/editor.css"]}
        js = [Script("js/editor-access.js", type="module"), Script("js/editor-work.js", type="module")]

    # --- what may be done ---------------------------------------------------------------------------------------------

    def get_object(self, request, object_id, from_field=None):
        """While something is posted, the row stays locked: nobody signs off what is just being changed."""
        edition = super().get_object(request, object_id, from_field)
        if edition is not None and request.method == "POST" and connection.in_atomic_block:
            Edition.objects.select_for_update().get(pk=edition.pk)
            edition.refresh_from_db(fields=["state", "revision"])
            if request.resolver_match.url_name == "articles_edition_change":
                self.mend(request, edition)
        return edition

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.may_be_edited)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_inlines(self, request, obj):
        """The block editor cannot show what may not be changed: then there is the page itself to look at."""
        return self.inlines if obj is None or self.has_change_permission(request, obj) else []

    def get_fieldsets(self, request, obj=None):
        about = ["standing", "editions"]
        if obj is None:
            return [(None, {"fields": ["title", "summary", "slug", "topic", "author"]})]
        if self.has_change_permission(request, obj):
            where = ["address"] if obj.article.was_signed else ["slug", "topic"]
            changes = ["changes"] if obj.number > 1 else []
            return [(None, {"fields": [*about, "title", "summary", *where, "author", *changes, "opened"]})]
        fields = [*about, "title", "summary", "address", "author", "changes"]
        signed = ["signed", "publish_at", "reviewed_on", "review_due_on"] if obj.signed_off_at else []
        return [(None, {"fields": [*fields, *signed]})]

    def get_view_on_site_url(self, obj=None):
        """Only where there is something to see."""
        if obj is None or obj.article.live_edition_id is None:
            return None
        return super().get_view_on_site_url(obj)

    def get_readonly_fields(self, request, obj=None):
        return ["standing", "editions", "address", "signed", "publish_at", "reviewed_on", "review_due_on"]

    # --- what its page says of an edition -----------------------------------------------------------------------------

    @admin.display(description="address")
    def address(self, edition):
        return edition.get_absolute_url()

    @admin.display(description="where it stands")
    def standing(self, edition):
        links = [("See the page", "preview"), ("Compare with another edition", "compare")]
        links += [("What it said on a day", "then")]
        note = format_html('<br><b class="remark">To be changed: {}</b>', edition.note) if edition.note else ""
        return format_html(
            "Edition {}, {}{}<br>{}",
            *(edition.number, status_text(edition), note),
            format_html_join(
                " · ",
                '<a href="{}" target="_blank">{}</a>',
                [(reverse(f"admin:articles_edition_{name}", args=[edition.pk]), words) for words, name in links],
            ),
        )

    @admin.display(description="editions")
    def editions(self, edition):
        rows = (
            (
                one["url"],
                one["edition"].number,
                status_text(one["edition"]),
                ", this is what readers see" * one["is_live"],
            )
            for one in editions_of(edition)
        )
        return format_html("<ul>{}</ul>", format_html_join("", '<li><a href="{}">Edition {}</a>, {}{}</li>', rows))

    @admin.display(description="signed off")
    def signed(self, edition):
        """By whom and when, and whether every letter is still what was signed."""
        if not edition.fingerprint:
            proof = "It was signed before fingerprints were kept."
        elif services.is_as_signed(edition):
            proof = "✓ What is stored is, letter for letter, what was signed."
        else:
            proof = format_html(
                '<b class="remark">{}</b>', "✗ What is stored is NOT what was signed. Tell the manager."
            )
        return format_html(
            'By {} ({}), {}<br>{}<br><small class="quiet">Fingerprint {}</small>',
            edition.signed_as or edition.reviewer,
            edition.signed_off_by,
            date_format(timezone.localtime(edition.signed_off_at), "N j, Y, H:i"),
            *(proof, edition.fingerprint or "none"),
        )

    # --- saving -------------------------------------------------------------------------------------------------------

    def save_model(self, request, obj, form, change):
        obj.article.owner = obj.article.owner or request.user
        if change:
            where = ["slug", "topic"] if "slug" in form.fields else []
            obj.article.save(update_fields=["owner", *where])
            obj.save(update_fields=["title", "summary", "author", "changes"])
            return
        obj.article.save()
        obj.article = obj.article  # the row has its key only now
        obj.number = services.next_number(obj.article)
        obj.created_by = request.user
        obj.save()
        services.record_event(obj, EditionEvent.Kind.STARTED, by=request.user)

    def after_act(self, request, obj):
        self.after_steps()
        return super().after_act(request, obj)

    @staticmethod
    def after_steps():
        site_profile.forget()

    def render_change_form(self, request, context, **kwargs):
        """The editor's import map is the one inline script of the site; it needs this answer's nonce."""
        obj = kwargs.get("obj")
        context["show_save_and_add_another"] = False
        context["has_file_field"] = True  # sent in parts: a long text in any script keeps its size on the way
        if obj is not None and obj.state in OPEN_STATES and not self.has_change_permission(request, obj):
            content = edition_snapshot.from_edition(obj)
            context |= findings_context(editorial_gate.check_edition(obj, content), content, obj) | words_of(
                obj, content
            )
        response = super().render_change_form(request, context, **kwargs)
        if self.get_inlines(request, obj):
            response.context_data["media"] = response.context_data["media"].with_nonce(str(request.csp_nonce))
        else:
            response.context_data["media"] = self.media  # nothing to edit: without the editor's scripts
        return response
