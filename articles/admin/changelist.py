"""The list of the article desk: one row an article, its newest edition."""

import re

from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, Q, Subquery
from django.forms import CharField, TextInput
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from detoxsite.core.exceptions import Refused

from .. import services
from ..jobs import SOON
from ..models import Edition, State

MAX_RESULTS = 500


def _live_of_article():
    return Edition.objects.live().filter(article=OuterRef("article")).order_by()


class ConditionFilter(admin.SimpleListFilter):
    """A filter whose answers are names of conditions."""

    answers: dict[str, tuple[str, object]] = {}  # value: (words, function of a queryset)

    def lookups(self, request, model_admin):
        return [(value, words) for value, (words, _) in self.answers.items()]

    def queryset(self, request, queryset):
        return self.answers[self.value()][1](queryset) if self.value() in self.answers else queryset


class StatusFilter(ConditionFilter):
    title, parameter_name = "where it stands", "standing"
    answers = {
        "draft": ("Draft", lambda editions: editions.filter(state=State.DRAFT, note="")),
        "remarks": ("Draft sent back", lambda editions: editions.filter(state=State.DRAFT).exclude(note="")),
        "in_review": ("Waits for a clinician", lambda editions: editions.filter(state=State.IN_REVIEW)),
        "scheduled": (
            "Signed off for later",
            lambda editions: editions.filter(state=State.SIGNED_OFF, publish_at__gt=timezone.now()),
        ),
        "live": ("Readers see it", lambda editions: editions.published()),
        "unpublished": (
            "Live, with unpublished changes",
            lambda editions: editions.exclude(pk__in=Edition.objects.published().values("pk")).filter(
                Exists(_live_of_article())
            ),
        ),
        "withdrawn": ("Withdrawn", lambda editions: editions.filter(state=State.WITHDRAWN)),
    }


class ReviewDueFilter(ConditionFilter):
    """Asks about the edition that readers see, not the newest one."""

    title, parameter_name = "review of the live page", "review"
    answers = {
        "overdue": ("Overdue", lambda editions: editions.filter(Exists(_live_of_article().overdue()))),
        "soon": (
            "Due within 30 days",
            lambda editions: editions.filter(
                Exists(
                    _live_of_article().filter(review_due_on__range=(timezone.localdate(), timezone.localdate() + SOON))
                )
            ),
        ),
    }


class OwnerFilter(ConditionFilter):
    title, parameter_name = "owner", "owner"

    def lookups(self, request, model_admin):
        return [("me", "Mine"), ("nobody", "Nobody's")]

    def queryset(self, request, queryset):
        owner = {"me": Q(article__owner=request.user), "nobody": Q(article__owner=None)}.get(self.value(), Q())
        return queryset.filter(owner)


class NoteForm(ActionForm):
    note = CharField(required=False, max_length=1000, label="Why (to withdraw):", widget=TextInput({"size": 24}))


class EditionList:
    """For EditionAdmin: columns, filters, search, and steps taken on many at once."""

    list_display = ["title", "open_draft", "standing_in_words", "topic", "author", "review_due", "owner"]
    list_filter = [StatusFilter, ReviewDueFilter, OwnerFilter, "article__topic", "author"]
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    search_fields = ["title"]  # see get_search_results
    search_help_text = f"Words of title, summary or text; beginnings of words will do. At most {MAX_RESULTS} are found."
    ordering = ["-pk"]
    action_form = NoteForm
    actions = ["hand_in", "take_back_all", "start_drafts", "withdraw_all"]

    def get_queryset(self, request):
        queryset = super().get_queryset(request).select_related("article__topic", "article__owner", "author")
        if self.is_list(request):
            live = _live_of_article()
            queryset = (
                queryset.newest()
                .defer("text", "search")
                .annotate(
                    live_number=Subquery(live.values("number")[:1]),
                    live_due_on=Subquery(live.values("review_due_on")[:1]),
                )
            )
        return queryset

    def get_list_display(self, request):
        may_write = request.user.has_perm("articles.change_edition")
        return self.list_display if may_write else [name for name in self.list_display if name != "open_draft"]

    def get_search_results(self, request, queryset, search_term):
        """By the full-text index of titles, summaries and texts.

        Where a word stands in nearly every text, PostgreSQL would read them all to count them: so at most MAX_FOUND.
        """
        query = prefix_query(search_term)
        if query is None:
            return queryset, False
        found = Edition.objects.filter(search=SearchQuery(query, search_type="raw", config="english"))
        return queryset.filter(pk__in=found.order_by().values("pk")[:MAX_RESULTS]), False

    @admin.display(description="where it stands", ordering="state")
    def standing_in_words(self, edition):
        """The state, and that readers see an older edition while there are changes they do not see."""
        words = format_html(
            '<span class="sample">{}</span>', "Live" if self._is_live(edition) else status_text(edition).capitalize()
        )
        if edition.live_number is None or self._is_live(edition):
            return words
        return format_html(
            '{}<p class="help">Unpublished changes: readers see edition {}</p>', words, edition.live_number
        )

    @staticmethod
    def _is_live(edition) -> bool:
        return edition.live_number == edition.number

    @admin.display(ordering="article__topic__position")
    def topic(self, edition):
        return edition.article.topic

    @admin.display(ordering="article__owner__first_name")
    def owner(self, edition):
        return edition.article.owner

    @admin.display(description="review due")
    def review_due(self, edition):
        if edition.live_due_on is None:
            return None
        shown = date_format(edition.live_due_on, "N j, Y")
        overdue = edition.live_due_on < timezone.localdate()
        return format_html('<b class="remark">{} (overdue)</b>', shown) if overdue else shown

    @admin.display(description="edit")
    def open_draft(self, edition):
        """One press from the list to a draft: to the open one, or to a new one."""
        url = reverse("admin:articles_edition_change", args=[edition.pk])
        if edition.state in services.ALLOWED_STATES["start_draft"]:
            act = reverse("admin:articles_edition_act", args=[edition.pk, "start-draft"])
            return format_html(
                '<button class="small" formaction="{}" aria-label="Edit {}" title="Starts a draft">Edit</button>',
                *(act, edition),
            )
        words = "Go on" if edition.may_be_edited else "Open"
        return format_html('<a href="{}" aria-label="{} with {}">{}</a>', url, words, edition, words)

    # --- steps on many ------------------------------------------------------------------------------------------------

    def _each(self, request, queryset, service, **values):
        """Take a step on every chosen edition that allows it, and say of the others why not."""
        done = 0
        for edition in queryset:
            try:
                service(edition.pk, by=request.user, **values)
            except Refused as exc:
                self.message_user(request, f"“{edition}”: {exc}", messages.WARNING)
            else:
                done += 1
                self.log_change(request, edition, service.__name__)
        self.after_steps()
        self.message_user(
            request, f"Done for {done} of {len(queryset)}.", messages.SUCCESS if done else messages.WARNING
        )

    @admin.action(description="Send to the clinicians", permissions=["write"])
    def hand_in(self, request, queryset):
        self._each(request, queryset, services.submit)

    @admin.action(description="Take back to go on writing", permissions=["write"])
    def take_back_all(self, request, queryset):
        self._each(request, queryset, services.take_back)

    @admin.action(description="Start new drafts", permissions=["write"])
    def start_drafts(self, request, queryset):
        self._each(request, queryset, services.start_draft)

    @admin.action(description="Withdraw from the site, older editions too", permissions=["sign_off"])
    def withdraw_all(self, request, queryset):
        note = request.POST.get("note", "").strip()[:1000]
        if not note:
            self.message_user(request, "Nothing was withdrawn: say why, in the box beside the action.", messages.ERROR)
            return
        self._each(request, queryset, services.withdraw, note=note, whole=True)

    def has_write_permission(self, request):
        return request.user.has_perm("articles.change_edition")

    def has_sign_off_permission(self, request):
        return request.user.has_perm("articles.sign_off_edition")


def prefix_query(typed: str) -> str | None:
    """All words, each also as the beginning of a longer one. None where nothing can be searched for."""
    words = re.findall(r"[^\W_]+", typed)[:12]
    return " & ".join(f"{word}:*" for word in words) or None


def status_text(edition: Edition) -> str:
    """An edition's state in words, with the moment it shows from while that lies ahead."""
    if edition.state == State.SIGNED_OFF and edition.publish_at > timezone.now():
        return f"signed off, shows from {date_format(timezone.localtime(edition.publish_at), 'N j, Y, H:i')}"
    if edition.state == State.DRAFT and edition.note:
        return "draft, sent back"
    return edition.get_state_display().lower()
